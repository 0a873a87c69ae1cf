"""What is said about the permissions that an administrator granted."""

from pathlib import Path
from typing import Any

from engagement_assets.config import Configuration
from engagement_assets.microsoft365.consent import ConsentStatus
from engagement_assets.preflight import permissions
from engagement_assets.preflight.check import Check


def inspect(status: ConsentStatus, folder: Path, **changes: Any) -> list[Check]:
    configuration = Configuration.model_validate(
        {
            "source": {"kind": "graph", "tenant_id": "contoso.com", "client_id": "app"},
            "mailboxes": {"addresses": ["ada@contoso.com"]},
            "customers": {"contacts": folder / "contacts.csv"},
            **changes,
        }
    )
    return list(permissions.inspect(status, configuration))


def test_everything_is_granted_and_how_that_was_proved(tmp_path: Path) -> None:
    (found,) = inspect(ConsentStatus({"Mail": "probe", "Users": "role"}, (), ()), tmp_path)
    assert found.level == "ok"
    assert found.found == "Granted: Mail (by Exchange: a listed mailbox answers), Users."


def test_what_is_missing_and_whether_somebody_can_be_asked(tmp_path: Path) -> None:
    missing = ConsentStatus({"Users": "role"}, ("Mail",), ())
    (found,) = inspect(missing, tmp_path)
    assert (found.level, found.exit_code) == ("error", 3)
    assert found.found == "Missing: Mail. Granted: Users."
    assert "tenant_admins is empty" in found.advice
    (found,) = inspect(missing, tmp_path, tenant_admins=["admin@contoso.com"])
    assert "--notify mails it" in found.advice


def test_why_nothing_could_be_checked(tmp_path: Path) -> None:
    (found,) = inspect(ConsentStatus({}, ("Mail",), (), reason="No such app."), tmp_path)
    assert found.found == "No such app."


def test_what_nobody_needs(tmp_path: Path) -> None:
    granted, beyond = inspect(ConsentStatus({"Mail": "role"}, (), ("Mail.Send",)), tmp_path)
    assert (granted.level, beyond.level) == ("ok", "warning")
    assert "Mail.Send" in beyond.found
    assert "Mail.Send: Not needed: an administrator should take it away." in beyond.advice


def test_what_nobody_needs_and_what_stands_for_something(tmp_path: Path) -> None:
    status = ConsentStatus(
        {"Mail.ReadBasic.All": "role"},
        (),
        ("Mail.Read", "Mail.Send"),
        {"Mail.Read": ("Mail.ReadBasic.All",), "Mail.Send": ()},
    )
    _, beyond = inspect(status, tmp_path)
    read, _, send = beyond.advice.partition("Mail.Send: ")
    assert "It stands for Mail.ReadBasic.All: grant that first" in read
    assert "take it away" in send
