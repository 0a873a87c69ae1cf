"""A mail server on localhost, with TLS and sign-in, that keeps what it gets."""

import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "mailer@contoso.com", "a-password-nobody-shows"


@dataclass
class MailServer:
    """What the server got, and whom it turns away.

    Attributes:
        port: its port on localhost.
        authority: the PEM file of the authority behind its certificate.
        received: sender, recipients and content of every mail.
        signed_in: every user and password that was tried, and whether the line was encrypted.
        turned_away: recipients whom it refuses.
    """

    port: int
    authority: Path
    received: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    signed_in: list[tuple[str, str, bool]] = field(default_factory=list)
    turned_away: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.turned_away:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def authenticate(
        self, _server: Any, session: Any, _envelope: Any, _mechanism: str, login: Any
    ) -> AuthResult:
        assert isinstance(login, LoginPassword)
        user, password = login.login.decode(), login.password.decode()
        self.signed_in.append((user, password, session.ssl is not None))
        success = (user, password) == (USER, PASSWORD)
        # handled=False lets aiosmtpd answer a refusal
        return AuthResult(success=success, handled=False)


@contextmanager
def serve(
    folder: Path, *, encryption: str = "starttls", name: str = "localhost"
) -> Iterator[MailServer]:
    """Serve while the block lasts.

    Args:
        folder: where the authority's certificate is written.
        encryption: starttls, tls, or nothing.
        name: whom the certificate names.
    """
    authority = trustme.CA()
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = MailServer(port, file)
    speaks: dict[str, dict[str, Any]] = {
        "starttls": {"tls_context": context, "require_starttls": True, "auth_required": True},
        # aiosmtpd takes only STARTTLS for encrypted
        "tls": {"ssl_context": context, "auth_require_tls": False},
        "": {"auth_require_tls": False},
    }
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=port,
        server_hostname=name,
        authenticator=server.authenticate,
        **speaks[encryption],
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
