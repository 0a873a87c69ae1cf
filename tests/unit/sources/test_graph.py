"""The record of Microsoft 365: the estimate of a first run, and opening without a file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engagement_assets.activity.source import User
from engagement_assets.config import FolderSource, GraphSource
from engagement_assets.errors import ConfigurationError
from engagement_assets.microsoft365.sign_in import Credential, SignIn
from engagement_assets.microsoft365.source import GraphSource as Tenant
from engagement_assets.sources import GRAPH, Estimate, Reach
from engagement_assets.sources.graph import ASSUMED_MESSAGES
from engagement_assets.window import Window

WINDOW = Window.until(datetime(2026, 11, 24, 12, tzinfo=UTC), "UTC")
SETTINGS = GraphSource(kind="graph", tenant_id="contoso.com", client_id="app")


@pytest.fixture
def tenant(tmp_path: Path) -> Tenant:
    sign_in = SignIn(SETTINGS, Credential("secret", "never used"))
    return Tenant(SETTINGS, tmp_path, sign_in=sign_in)


def estimate(tenant: Tenant, mailboxes: int, counts: tuple[int, ...] = ()) -> Estimate:
    persons = tuple(User(str(number), ()) for number in range(mailboxes))
    return GRAPH.estimate(tenant, Reach(persons, 5, WINDOW, counts))


def test_more_of_everything_takes_longer(tenant: Tenant) -> None:
    def of(mailboxes: int = 100, messages: int = 10_000) -> Estimate:
        return estimate(tenant, mailboxes, (messages,))

    assert of(200).seconds > of(100).seconds
    assert of(messages=100_000).requests > of(messages=10_000).requests
    assert of(messages=10_000).seconds > of(messages=0).seconds
    assert of(messages=0).requests > 100 * 12
    # one mailbox is not read by eight workers at once
    assert of(1).seconds > of(8).seconds * 0.9
    assert of(2_500).copies == 2_500 * 11_000


def test_what_was_counted_is_taken_for_all(tenant: Tenant) -> None:
    assert estimate(tenant, 9, (100, 300)).copies == 9 * 220
    assert estimate(tenant, 9, (0, 0)).copies == 0, "nothing is a count, too"


def test_what_was_assumed_is_said(tenant: Tenant) -> None:
    assumed, counted = estimate(tenant, 10), estimate(tenant, 10, (ASSUMED_MESSAGES,) * 7)
    assert "Assumed: 10,000 messages a mailbox" in assumed.basis
    assert "From 7 mailbox(es) counted" in counted.basis
    assert (assumed.copies, assumed.seconds) == (counted.copies, counted.seconds)


def test_a_bundle_that_went_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sensor's tick reads the configuration without looking for files."""
    monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", "never used")
    settings = SETTINGS.model_copy(update={"ca_bundle": tmp_path / "gone.pem"})
    with pytest.raises(ConfigurationError, match=r"^source\.ca_bundle: .*gone\.pem: it is not"):
        GRAPH.open(settings, tmp_path)
    (tmp_path / "gone.pem").touch()
    assert isinstance(GRAPH.open(settings, tmp_path), Tenant)


def test_settings_of_another_kind(tmp_path: Path) -> None:
    assert GRAPH.settings_of(SETTINGS) is SETTINGS
    with pytest.raises(TypeError, match=r"source\.kind: graph is needed"):
        GRAPH.settings_of(FolderSource(kind="folder", path=tmp_path))
