"""The mail that asks for consent: what it says, and that it goes only where it is safe."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engagement_assets.config import Configuration
from engagement_assets.consent import smtp
from engagement_assets.consent.request import MOST_ADDRESSES, ask_for_consent
from engagement_assets.consent.smtp import MailError
from engagement_assets.errors import ConfigurationError
from engagement_assets.microsoft365.consent import admin_consent_link
from engagement_assets.microsoft365.permissions import NEEDED, OPTIONAL
from tests.support import mail
from tests.support.mail import PASSWORD, USER, MailServer

ADMINS = ("admin@contoso.com", "other.admin@contoso.com")
TENANT, CLIENT = "11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGEMENT_SMTP_PASSWORD", PASSWORD)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail.serve(tmp_path) as running:
        yield running


def configuration(server: MailServer, folder: Path, **changes: Any) -> Configuration:
    """Return the configuration of a tenant; `smtp` in the changes is merged into the server's."""
    (folder / "contacts.csv").touch()
    settings = {
        "host": "localhost",
        "port": server.port,
        "sender": "engagement@contoso.com",
        "user": USER,
        "ca_bundle": server.authority,
        **changes.pop("smtp", {}),
    }
    return Configuration.model_validate(
        {
            "name": "Who keeps in touch",
            "source": {"kind": "graph", "tenant_id": TENANT, "client_id": CLIENT},
            "mailboxes": {"addresses": ["sales@contoso.com"], "opted_out": ["noor@contoso.com"]},
            "customers": {"contacts": folder / "contacts.csv"},
            "privacy_terms": {
                "accepted_by": "ada@contoso.com",
                "accepted_at": "2026-11-20T09:00:00Z",
            },
            "tenant_admins": ADMINS,
            "smtp": settings,
            "first_run_delay_hours": 2.5,
            **changes,
        }
    )


def refusal(settings: Configuration) -> str:
    """Return what is said when nothing can be sent; never the password."""
    with pytest.raises(MailError) as caught:
        ask_for_consent(settings)
    text = str(caught.value)
    assert PASSWORD not in text
    assert text.startswith(settings.smtp.host if settings.smtp else "")
    return text


# --- what it says -------------------------------------------------------------------------------


def test_the_administrators_get_a_mail_that_explains_itself(
    server: MailServer, tmp_path: Path
) -> None:
    settings = configuration(server, tmp_path)
    ask_for_consent(settings)
    ((sender, recipients, message),) = server.received
    assert (sender, tuple(recipients)) == ("engagement@contoso.com", ADMINS)
    assert message["From"] == "engagement@contoso.com"
    assert message["To"] == ", ".join(ADMINS)
    assert "Who keeps in touch" in message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    assert message["Message-ID"].endswith("@contoso.com>"), "no name of the machine"
    text = message.get_content()
    assert message.get_content_type() == "text/plain"
    assert settings.source.kind == "graph"
    assert admin_consent_link(settings.source) in text.split()
    for words in (*NEEDED, TENANT, CLIENT, "ada@contoso.com", "sales@contoso.com", "2.5 hour"):
        assert words in text
    assert "noor@contoso.com" not in text, "who opted out is nobody's business"
    assert "No subject, no text, no preview and no attachment" in text
    for words in OPTIONAL:
        assert words in text[text.index("Of use, and not needed") : text.index("WHOSE MAILBOXES")]
    link = text.index(admin_consent_link(settings.source))
    assert text.index('"Grant admin consent for ..."') < link < text.index("AADSTS500113")
    assert "the text of meetings" in " ".join(text.split()), "what limiting calendars costs"


def test_the_user_signs_in_behind_tls(server: MailServer, tmp_path: Path) -> None:
    ask_for_consent(configuration(server, tmp_path))
    assert server.signed_in == [(USER, PASSWORD, True)]


def test_long_lists_are_cut_and_counted(server: MailServer, tmp_path: Path) -> None:
    addresses = [f"team-{number:04}@contoso.com" for number in range(MOST_ADDRESSES + 1_480)]
    ask_for_consent(configuration(server, tmp_path, mailboxes={"addresses": addresses}))
    text = server.received[0][2].get_content()
    assert text.count("team-") == MOST_ADDRESSES
    assert "and 1,480 more" in text


def test_a_name_cannot_add_headers(server: MailServer, tmp_path: Path) -> None:
    ask_for_consent(configuration(server, tmp_path, name="Us\nBcc: eve@fabrikam.com\n\nÜbersicht"))
    ((_, recipients, message),) = server.received
    assert tuple(recipients) == ADMINS
    assert message["Bcc"] is None
    assert "Übersicht" in message["Subject"]


def test_tls_from_the_start(tmp_path: Path) -> None:
    with mail.serve(tmp_path, encryption="tls") as server:
        ask_for_consent(configuration(server, tmp_path, smtp={"encryption": "tls"}))
        assert len(server.received) == 1
        assert server.signed_in[0][:2] == (USER, PASSWORD)


# --- where it does not go -----------------------------------------------------------------------


def test_nothing_is_sent_without_encryption(tmp_path: Path) -> None:
    with mail.serve(tmp_path, encryption="") as server:
        assert "does not offer STARTTLS" in refusal(configuration(server, tmp_path))
        assert "no TLS on port" in refusal(
            configuration(server, tmp_path, smtp={"encryption": "tls"})
        )
        assert (server.signed_in, server.received) == ([], [])


def test_a_certificate_that_nobody_vouches_for(server: MailServer, tmp_path: Path) -> None:
    text = refusal(configuration(server, tmp_path, smtp={"ca_bundle": None}))
    assert "smtp.ca_bundle" in text
    assert (server.signed_in, server.received) == ([], [])


def test_a_certificate_of_another_server(tmp_path: Path) -> None:
    with mail.serve(tmp_path, name="mail.contoso.com") as server:
        assert "certificate is not accepted" in refusal(configuration(server, tmp_path))
        assert (server.signed_in, server.received) == ([], [])


def test_a_refused_sign_in(
    server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGAGEMENT_SMTP_PASSWORD", f"not-{PASSWORD}")
    text = refusal(configuration(server, tmp_path))
    assert f"the sign-in of {USER} was refused (535 5.7.8)" in text
    assert server.received == []


def test_a_server_that_wants_a_sign_in_and_gets_none(server: MailServer, tmp_path: Path) -> None:
    text = refusal(configuration(server, tmp_path, smtp={"user": None}))
    assert "does not take mail from engagement@contoso.com (530" in text


def test_a_server_that_nobody_reaches(server: MailServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    assert "cannot be reached" in refusal(configuration(server, tmp_path, smtp={"port": closed}))


def test_a_server_that_hangs_up(server: MailServer, tmp_path: Path) -> None:
    def hang_up(listener: socket.socket) -> None:
        listener.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=hang_up, args=[listener])
        thread.start()
        settings = configuration(server, tmp_path, smtp={"port": listener.getsockname()[1]})
        assert "ended early" in refusal(settings)
        thread.join()


def test_recipients_who_are_turned_away(server: MailServer, tmp_path: Path) -> None:
    server.turned_away.add(ADMINS[1])
    text = refusal(configuration(server, tmp_path))
    assert text.endswith(f"but not for {ADMINS[1]}.")
    assert [recipients for _, recipients, _ in server.received] == [[ADMINS[0]]]
    server.turned_away.update(ADMINS)
    assert "for none of" in refusal(configuration(server, tmp_path))


def test_a_bundle_that_is_not_one(server: MailServer, tmp_path: Path) -> None:
    for name, content in (("missing.pem", None), ("empty.pem", "no certificate")):
        if content is not None:
            (tmp_path / name).write_text(content)
        settings = configuration(server, tmp_path, smtp={"ca_bundle": tmp_path / name})
        with pytest.raises(ConfigurationError, match=r"smtp\.ca_bundle"):
            ask_for_consent(settings)


# --- what is missing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tenant_admins": ()}, "tenant_admins: it is empty"),
        ({"source": {"kind": "folder", "path": "."}}, "nobody has to be asked"),
    ],
)
def test_nobody_can_be_asked(
    changes: dict[str, Any], words: str, server: MailServer, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        ask_for_consent(configuration(server, tmp_path, **changes))


def test_no_server_or_no_password(
    server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = configuration(server, tmp_path)
    with pytest.raises(ConfigurationError, match="smtp: it is missing"):
        ask_for_consent(settings.model_copy(update={"smtp": None}))
    monkeypatch.delenv("ENGAGEMENT_SMTP_PASSWORD")
    with pytest.raises(ConfigurationError, match=smtp.PASSWORD_VARIABLE):
        ask_for_consent(settings)
    assert server.received == []
