"""The mail that asks the administrators for consent, in the words of the kind of source."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from engagement_assets import sources
from engagement_assets.config import Configuration, Smtp
from engagement_assets.consent import smtp
from engagement_assets.errors import ConfigurationError
from engagement_assets.sources import Request

# a mail that lists thousands is not read
MOST_ADDRESSES = 20


def ask_for_consent(configuration: Configuration) -> None:
    """Mail the link that grants consent to `tenant_admins`.

    Raises:
        ConfigurationError: when nobody can be asked: nobody has to be, or `tenant_admins`, `smtp`
            or its password is missing.
        MailError: when the mail could not be sent, or not to everybody.
    """
    asked = sources.of(configuration.source).consent
    if asked is None:
        raise ConfigurationError(
            f"it is {configuration.source.kind}: nobody has to be asked, the privacy terms are "
            "consent enough",
            where="source.kind",
        )
    if not configuration.tenant_admins:
        raise ConfigurationError(
            "it is empty, so nobody can be asked",
            where="tenant_admins",
            remedy="List the addresses of administrators who may consent, or hand them the link "
            "that `engagement consent` prints.",
        )
    if configuration.smtp is None:
        raise ConfigurationError(
            "it is missing, so no mail can be sent",
            where="smtp",
            remedy="Add `smtp: {host: <mail server>, sender: <address>}`, or hand the "
            "administrators the link that `engagement consent` prints.",
        )
    text = _text(
        configuration,
        asked.request(configuration.source),
        asked.link(configuration.source),
        configuration.smtp.sender,
    )
    smtp.send(configuration.smtp, _message(configuration, configuration.smtp, text))


def _message(configuration: Configuration, server: Smtp, text: str) -> EmailMessage:
    name, message = _name(configuration), EmailMessage()
    message["Subject"] = f"Please consent: {name} asks for mail and calendar metadata"
    message["From"] = server.sender
    message["To"] = ", ".join(configuration.tenant_admins)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=server.sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _name(configuration: Configuration) -> str:
    return " ".join(configuration.name.split())  # a line end would begin another header


def _text(configuration: Configuration, request: Request, link: str, sender: str) -> str:
    """Say who asks, what for and why, what is not read, and where to consent."""
    terms, mailboxes = configuration.privacy_terms, configuration.mailboxes
    asks = terms.accepted_by if terms else sender
    optional = (
        f"\n\nOf use, and not needed:\n\n{_listed(request.optional)}" if request.optional else ""
    )
    listed = [f"  {address}" for address in mailboxes.addresses[:MOST_ADDRESSES]]
    if more := len(mailboxes.addresses) - len(listed):
        listed.append(f"  and {more:,} more")
    if mailboxes.opted_out:
        listed.append(f"Not read, because they opted out: {len(mailboxes.opted_out):,} of them.")
    name, hours = _name(configuration), configuration.first_run_delay_hours
    return f"""\
You get this as {request.addressee}.

WHO ASKS
{asks}, for "{name}": how engaged each customer account is, computed every week
from the metadata of e-mails and meetings between your colleagues and your
customers. It runs on your organisation's own machine; the results are figures
per customer, never per employee.

WHAT IS ASKED FOR, AND WHY
{request.asks}

{_listed(request.permissions)}{optional}

WHOSE MAILBOXES ARE READ
The users and the members of the groups behind these addresses:

{chr(10).join(listed)}

{request.narrower}

WHAT IS NOT READ
No subject, no text, no preview and no attachment is ever asked for. Nothing is
written, moved, sent or deleted in a mailbox.

HOW TO CONSENT
{request.how}

{link}

{request.afterwards}

WHAT HAPPENS THEN
The consent is noticed by itself, and mailboxes are read for the first time
{hours:g} hour(s) later. You can withdraw it at any time {request.withdrawal}

You do not know what this is about? Do not consent, and ask {asks}.
"""


def _listed(permissions: Mapping[str, str]) -> str:
    return "\n".join(f"  {name:<25} {why}" for name, why in permissions.items())
