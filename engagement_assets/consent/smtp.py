"""Sending a mail through the configured server: encrypted, to a server that proves its name.

The password comes from the environment only, and goes to the server only behind TLS.
"""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage

from engagement_assets.config import Smtp
from engagement_assets.errors import ConfigurationError, EngagementError

PASSWORD_VARIABLE = "ENGAGEMENT_SMTP_PASSWORD"  # noqa: S105 - where the secret is, not the secret

# a mail server answers in seconds; half a minute is for one that looks names up first
_TIMEOUT = 30.0

_PORTS = "Servers usually take 587 with starttls and 465 with tls."
# what a server says may quote anything; its enhanced code says the same (RFC 3463)
_ENHANCED = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")


class MailError(EngagementError):
    """The mail could not be sent."""


def send(
    settings: Smtp, message: EmailMessage, environment: Mapping[str, str] = os.environ
) -> None:
    """Send a mail to everybody whom it names.

    Args:
        settings: `smtp` of the configuration.
        message: the mail, with its sender and recipients.
        environment: where the password is.

    Raises:
        ConfigurationError: when there is a user and no password.
        MailError: when it was not sent, or not to everybody.
    """
    with _signed_in(settings, environment) as server:
        refused = server.send_message(message)
    if refused:
        raise MailError(
            f"it took the mail, but not for {', '.join(sorted(refused))}", where=settings.host
        )


def check(settings: Smtp, environment: Mapping[str, str] = os.environ) -> None:
    """Check that a mail could be sent, as far as the server tells before there is one.

    Args:
        settings: `smtp` of the configuration.
        environment: where the password is.

    Raises:
        ConfigurationError: when there is a user and no password.
        MailError: when the server cannot be used.
    """
    with _signed_in(settings, environment) as server:
        server.noop()


@contextmanager
def _signed_in(settings: Smtp, environment: Mapping[str, str]) -> Iterator[smtplib.SMTP]:
    """Explain whatever goes wrong while the block lasts, too."""
    password = environment.get(PASSWORD_VARIABLE, "")
    if settings.user and not password:
        raise ConfigurationError(
            f"it is {settings.user}, and there is no password",
            where="smtp.user",
            remedy=f"Set {PASSWORD_VARIABLE}.",
        )
    trusted = _trusted(settings)
    try:
        with _connected(settings, trusted) as server:
            if settings.user:
                server.login(settings.user, password)
            yield server
    except OSError as error:  # every exception of smtplib, ssl and sockets is one
        # said in words of our own: what the server answered may quote the user or the password
        what, remedy = _problem(error, settings)
        raise MailError(what, where=settings.host, remedy=remedy) from None


def _trusted(settings: Smtp) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(
            cafile=str(settings.ca_bundle) if settings.ca_bundle else None
        )
    except OSError:
        raise ConfigurationError(
            "it is not a PEM file with certificates",
            where=f"smtp.ca_bundle: {settings.ca_bundle}",
            remedy="Name the PEM file of the authority.",
        ) from None


def _connected(settings: Smtp, trusted: ssl.SSLContext) -> smtplib.SMTP:
    """Return a connection that is encrypted from here on."""
    if settings.encryption == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_TIMEOUT, context=trusted)
    server = smtplib.SMTP(settings.host, settings.port, timeout=_TIMEOUT)
    try:
        server.starttls(context=trusted)
    except smtplib.SMTPNotSupportedError:
        server.close()
        raise MailError(
            f"port {settings.port} does not offer STARTTLS, and nothing is sent unencrypted",
            where=settings.host,
            remedy=_PORTS,
        ) from None
    except OSError:
        server.close()
        raise
    return server


def _problem(error: OSError, settings: Smtp) -> tuple[str, str | None]:
    """Return what went wrong, and what to do."""
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"its certificate is not accepted ({error.verify_message}), and nothing was sent",
                "Write smtp.host as the certificate does, or name its authority in smtp.ca_bundle.",
            )
        case ssl.SSLError():
            encryption = f"smtp.encryption {settings.encryption}"
            return f"no TLS on port {settings.port} with {encryption}", _PORTS
        case smtplib.SMTPException():
            return _refusal(error, settings)
        case TimeoutError():
            return f"port {settings.port} does not answer in {_TIMEOUT:.0f} seconds", _PORTS
        case _:
            cause = error.strerror or type(error).__name__
            return (
                f"port {settings.port} cannot be reached ({cause})",
                "Check smtp.host and smtp.port.",
            )


def _refusal(error: smtplib.SMTPException, settings: Smtp) -> tuple[str, str | None]:
    match error:
        case smtplib.SMTPAuthenticationError():
            return (
                f"the sign-in of {settings.user} was refused{_code(error)}",
                f"Check smtp.user and {PASSWORD_VARIABLE}, and that the account may send by SMTP.",
            )
        case smtplib.SMTPNotSupportedError():
            return (
                "it does not support what is needed: sign-in (smtp.user), or such addresses",
                None,
            )
        case smtplib.SMTPRecipientsRefused():
            return f"it takes mail for none of {', '.join(sorted(error.recipients))}", None
        case smtplib.SMTPSenderRefused():
            return (
                f"it does not take mail from {settings.sender}{_code(error)}",
                "Check smtp.sender.",
            )
        case smtplib.SMTPResponseException():
            return f"it refused the mail{_code(error)}", None
        case _:
            return f"the connection ended early ({type(error).__name__})", _PORTS


def _code(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
    enhanced = _ENHANCED.search(text)
    return f" ({error.smtp_code}{f' {enhanced.group(0).decode()}' if enhanced else ''})"
