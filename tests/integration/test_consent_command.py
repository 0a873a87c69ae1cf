"""`engagement consent`: what is granted, the link that grants it, and the mail that asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from engagement_assets.command import cli
from engagement_assets.consent import grants
from simulator.generated_tenant import GeneratedTenant
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from tests.support import mail, tenant
from tests.support.command import read_settings, write_settings
from tests.support.tenant import ACTIVITY

LINK = "/adminconsent?client_id="


@dataclass(frozen=True)
class Said:
    """What the command printed, and its exit code."""

    code: int
    output: str
    errors: str

    @property
    def link(self) -> str:
        (line,) = (line for line in self.output.splitlines() if LINK in line)
        return line

    def row(self, name: str) -> str:
        (line,) = (line for line in self.output.splitlines() if line.startswith(f"{name} "))
        return line.removeprefix(name).strip()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedServer]:
    with simulate(GeneratedTenant(ACTIVITY)) as running:
        monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", running.client_secret)
        yield running


@pytest.fixture
def config_file(server: SimulatedServer, tmp_path: Path) -> Path:
    return tenant.write_graph(tmp_path / "organisation", server)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command in this process, as its entry point does."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(config_file: Path, *options: str) -> Said:
        arguments = ["consent", "-c", str(config_file), *options]
        with pytest.raises(SystemExit) as ended:
            cli.main(lambda: cli.app(arguments))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Said(int(ended.value.code or 0), printed.out, printed.err)

    return run


def change(config_file: Path, **changes: Any) -> None:
    settings = {**read_settings(config_file), **changes}
    write_settings(
        config_file, {name: value for name, value in settings.items() if value is not None}
    )


def test_the_link_that_it_prints_grants_what_is_missing(
    server: SimulatedServer, config_file: Path, command: Any
) -> None:
    before = command(config_file)
    assert before.code == 3
    assert [before.row(role) for role in NEEDED_ROLES] == ["missing"] * 4
    assert before.row("Privacy terms") == (
        "accepted by ada@contoso.com, 2026-11-20 10:00 Europe/Amsterdam"
    )
    assert "has not granted" in before.errors

    portal, page_of_error = before.output.index("Grant admin consent"), "AADSTS500113"
    assert portal < before.output.index(before.link) < before.output.index(page_of_error)

    page = requests.get(before.link, verify=str(server.ca_bundle), timeout=9)
    assert "Permissions requested" in page.text
    decision = {"decision": "accept"}
    last = requests.post(
        before.link, decision, verify=str(server.ca_bundle), timeout=9, allow_redirects=False
    )
    assert page_of_error in last.text

    after = command(config_file)
    assert after.code == 0, after.errors
    assert [after.row(role) for role in NEEDED_ROLES] == ["granted"] * 4
    assert after.row("Consent seen since").endswith("Europe/Amsterdam")
    assert after.row("First run").startswith("due ")
    assert grants.last_seen(config_file.parent / "data") is not None


def test_what_is_partly_granted_proved_by_a_mailbox_or_not_needed(
    server: SimulatedServer, config_file: Path, command: Any
) -> None:
    person = ACTIVITY.organisation.selected_users[2].user_id
    server.registration.mail_scope.add(person)
    server.grant(["User.Read.All", "GroupMember.Read.All", "Mail.Send"])
    said = command(config_file)
    assert said.code == 3
    assert said.row("Mail.ReadBasic.All") == "granted by Exchange: a listed mailbox answers"
    assert said.row("Calendars.ReadBasic.All") == "missing"
    assert said.row("User.Read.All") == "granted"
    assert said.row("Mail.Send").startswith("not needed")
    assert "Consent seen since" not in said.output


def test_what_works_is_not_to_be_taken_away_first(
    server: SimulatedServer, config_file: Path, command: Any
) -> None:
    narrow = set(NEEDED_ROLES) - {"Mail.ReadBasic.All", "GroupMember.Read.All"}
    optional = ("Organization.Read.All", "Member.Read.Hidden", "GroupMember.ReadBasic.All")
    server.grant([*narrow, *optional, "Mail.ReadWrite"])
    said = command(config_file)
    assert said.code == 0
    assert said.row("Mail.ReadWrite").startswith("more than is needed")
    said_in_one_line = " ".join(said.output.split())
    assert "It stands for Mail.ReadBasic.All: grant that first" in said_in_one_line
    assert not [role for role in optional if role in said.output]


def test_it_works_before_the_customers_are_there(
    server: SimulatedServer, config_file: Path, command: Any
) -> None:
    server.grant(NEEDED_ROLES)
    (config_file.parent / "contacts.csv").unlink()
    assert command(config_file).code == 0


def test_a_folder_needs_the_privacy_terms_only(tmp_path: Path, command: Any) -> None:
    (tmp_path / "activity").mkdir()
    config_file = tenant.write_folder(tmp_path)
    said = command(config_file)
    assert said.code == 0
    assert "Nobody else has to consent: the privacy terms are enough." in said.output
    assert LINK not in said.output
    said = command(config_file, "--notify")
    assert said.code == 2
    assert "nobody has to be asked" in said.errors
    change(config_file, privacy_terms=None)
    said = command(config_file)
    assert said.code == 2
    assert said.row("Privacy terms") == "not accepted"


def test_without_a_credential_there_is_the_link_at_least(
    server: SimulatedServer,
    config_file: Path,
    command: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ENGAGEMENT_CLIENT_SECRET")
    said = command(config_file)
    assert said.code == 2
    assert said.link.startswith(server.login_url)
    assert "ENGAGEMENT_CLIENT_CERTIFICATE" in said.errors


def test_a_wrong_secret_is_not_missing_consent_and_is_not_shown(
    config_file: Path, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", "wrong-and-still-secret")
    said = command(config_file)
    assert said.code == 1
    assert "the secret is wrong" in said.errors
    assert "wrong-and-still-secret" not in said.output + said.errors


def test_a_bundle_that_is_not_there(config_file: Path, command: Any) -> None:
    source = read_settings(config_file)["source"] | {"ca_bundle": "nowhere.pem"}
    change(config_file, source=source)
    said = command(config_file)
    assert said.code == 2
    assert "source.ca_bundle" in said.errors


def test_the_administrators_are_asked_while_consent_is_missing(
    server: SimulatedServer,
    config_file: Path,
    command: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = command(config_file, "--notify")
    assert (said.code, "tenant_admins: it is empty" in said.errors) == (2, True)
    monkeypatch.setenv("ENGAGEMENT_SMTP_PASSWORD", mail.PASSWORD)
    with mail.serve(tmp_path) as mail_server:
        change(
            config_file,
            tenant_admins=["admin@contoso.com"],
            smtp={
                "host": "localhost",
                "port": mail_server.port,
                "sender": "engagement@contoso.com",
                "user": mail.USER,
                "ca_bundle": str(mail_server.authority),
            },
        )
        said = command(config_file, "--notify")
        assert said.code == 3, "asked is not granted"
        assert "Asked: admin@contoso.com" in said.output
        ((_, recipients, message),) = mail_server.received
        assert recipients == ["admin@contoso.com"]
        assert said.link in message.get_content().split()

        server.grant(NEEDED_ROLES)
        said = command(config_file, "--notify")
        assert said.code == 0
        assert "Asked" not in said.output
        assert len(mail_server.received) == 1, "nobody is asked for what is there"
