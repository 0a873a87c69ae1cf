"""The gate of one run: what is opened, and when; what is asked, and how often."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engagement_assets import consent, sources
from engagement_assets.activity.folder import FolderSource
from engagement_assets.config import Configuration, Source
from engagement_assets.consent import gate, grants
from engagement_assets.errors import ConfigurationError, ConsentError, SourceError
from engagement_assets.microsoft365.consent import ConsentStatus
from engagement_assets.microsoft365.retry_budget import WAIT_PER_RUN, RetryBudget, RunBudget
from tests.support.memory_source import MemorySource

GRANTED = ConsentStatus({"Everything": "role"}, (), ())
MISSING = ConsentStatus({}, ("Everything",), ())
TERMS = {"accepted_by": "ada@contoso.com", "accepted_at": "2026-11-20T09:00:00Z"}


def configuration(folder: Path, **changes: Any) -> Configuration:
    return Configuration.model_validate(
        {
            "source": {"kind": "folder", "path": folder / "activity"},
            "mailboxes": {"addresses": ["ada@contoso.com"], "opted_out": ["bob@contoso.com"]},
            "customers": {"contacts": folder / "contacts.csv"},
            "privacy_terms": TERMS,
            "data_dir": folder / "data",
            **changes,
        }
    )


@pytest.fixture
def activity(tmp_path: Path) -> Path:
    (tmp_path / "activity").mkdir()
    (tmp_path / "activity" / "users.ndjson").touch()
    return tmp_path


class Administrator:
    """An administrator who is asked what is granted, in place of a tenant's."""

    def __init__(self) -> None:
        self.status = GRANTED
        self.asked: list[tuple[object, object]] = []
        self.opened: list[MemorySource] = []
        self.wait_left: list[float] = []

    def check(
        self,
        source: MemorySource,
        listed: Sequence[str],
        opted_out: Sequence[str] = (),
        retry_budget: RetryBudget | None = None,
    ) -> ConsentStatus:
        """Note who may be asked."""
        assert source in self.opened
        assert retry_budget is not None, "a run waits longer than a sensor's tick"
        self.wait_left.append(retry_budget.run.wait_left)
        self.asked.append((listed, opted_out))
        return self.status

    def open(
        self, settings: Source, data_dir: Path, budget: Callable[[], RunBudget] = RunBudget
    ) -> MemorySource:
        """Open a tenant of nobody."""
        assert (settings.kind, data_dir.name) == ("folder", "data")
        self.wait_left.append(budget().wait_left)
        self.opened.append(MemorySource([], {}))
        return self.opened[-1]


@pytest.fixture
def administrator(monkeypatch: pytest.MonkeyPatch) -> Administrator:
    """Let the folder be of a kind for which an administrator has to consent."""
    made = Administrator()
    asked: sources.AdminConsent[Any, Any] = sources.AdminConsent(
        of=lambda _: "a tenant",
        link=lambda _: "https://consent.example",
        check=made.check,
        proofs={},
        request=lambda _: sources.Request("", "", {}, "", "", "", ""),
    )
    folder: sources.SourceKind[Any, Any] = sources.FOLDER
    kind = replace(folder, open=made.open, consent=asked)
    monkeypatch.setattr(sources, "KINDS", (kind,))
    return made


def test_nothing_is_opened_before_the_terms_are_accepted(tmp_path: Path) -> None:
    """The folder is not there: whoever opened it would say so."""
    closed = consent.Gate(configuration(tmp_path, privacy_terms=None))
    with pytest.raises(ConfigurationError, match="privacy_terms are not accepted"):
        _ = closed.source
    with pytest.raises(SourceError):
        _ = consent.Gate(configuration(tmp_path)).source


def test_the_terms_are_enough_where_nobody_else_consents(activity: Path) -> None:
    opened = consent.Gate(configuration(activity))
    assert isinstance(opened.source, FolderSource)
    assert opened.source is opened.source
    assert opened.consent.tenant is None
    assert consent.tenant_of(configuration(activity)) is None
    assert gate.status(configuration(activity), opened.source) is None
    grant = grants.last_seen(activity / "data")
    assert grant is not None
    assert grant.of == "privacy terms"


def test_an_administrator_is_asked_once_and_what_was_asked_is_read(
    administrator: Administrator, tmp_path: Path
) -> None:
    opened = consent.Gate(configuration(tmp_path))
    assert administrator.opened == [], "nothing before somebody asks"
    assert opened.consent.is_granted
    assert [opened.source, opened.source] == administrator.opened * 2
    assert administrator.asked == [(("ada@contoso.com",), ("bob@contoso.com",))]
    grant = grants.last_seen(tmp_path / "data")
    assert grant is not None
    assert grant.of == "a tenant"


def test_opening_and_asking_may_spend_what_the_run_may(
    administrator: Administrator, tmp_path: Path
) -> None:
    assert consent.Gate(configuration(tmp_path)).consent.is_granted
    assert administrator.wait_left == [WAIT_PER_RUN] * 2
    administrator.wait_left.clear()
    frugal = consent.Gate(configuration(tmp_path), lambda: RunBudget(wait_left=7.0))
    assert frugal.consent.is_granted
    assert administrator.wait_left == [7.0, 7.0]


def test_what_is_missing_closes_the_gate(administrator: Administrator, tmp_path: Path) -> None:
    administrator.status = MISSING
    closed = consent.Gate(configuration(tmp_path))
    with pytest.raises(ConsentError, match="has not granted Everything"):
        _ = closed.source
    assert "Everything" in closed.consent.missing
    assert grants.last_seen(tmp_path / "data") is None


def test_no_mailbox_is_asked_before_the_terms_are_accepted(
    administrator: Administrator, tmp_path: Path
) -> None:
    seen = consent.Gate(configuration(tmp_path, privacy_terms=None)).consent
    assert administrator.asked == [((), ())]
    assert (seen.is_granted, seen.grant) == (False, None)
