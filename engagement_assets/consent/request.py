"""The mail that asks the tenant's administrators for consent."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from engagement_assets.config import Configuration, GraphSource, Smtp
from engagement_assets.consent import smtp
from engagement_assets.errors import ConfigurationError
from engagement_assets.microsoft365.consent import (
    CALENDARS,
    MAIL,
    MEMBERS,
    NEEDED,
    USERS,
    admin_consent_link,
)

# a mail that lists thousands is not read
MOST_ADDRESSES = 20

_WHY: Mapping[str, str] = {
    MAIL: "who wrote to whom and when; no content",
    CALENDARS: "who met whom, when and for how long; no content",
    USERS: "which addresses belong to which person, and the tenant's domains",
    MEMBERS: "who is behind a listed group's address",
}


def ask_for_consent(configuration: Configuration) -> None:
    """Mail the link that grants consent to `tenant_admins`.

    Raises:
        ConfigurationError: when nobody can be asked: the source is a folder, or `tenant_admins`,
            `smtp` or its password is missing.
        MailError: when the mail could not be sent, or not to everybody.
    """
    settings = configuration.source
    if settings.kind == "folder":
        raise ConfigurationError(
            "it is folder: nobody has to be asked, the privacy terms are consent enough",
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
    smtp.send(configuration.smtp, request(configuration, settings, configuration.smtp))


def request(configuration: Configuration, settings: GraphSource, server: Smtp) -> EmailMessage:
    """Return the mail: who asks, what for and why, what is not read, and the link.

    Args:
        configuration: the configuration.
        settings: its `source`.
        server: its `smtp`.
    """
    name = " ".join(configuration.name.split())
    message = EmailMessage()
    message["Subject"] = f"Please consent: {name} asks for mail and calendar metadata"
    message["From"] = server.sender
    message["To"] = ", ".join(configuration.tenant_admins)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=server.sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_text(configuration, settings, server.sender, name))
    return message


def _text(configuration: Configuration, settings: GraphSource, sender: str, name: str) -> str:
    terms, mailboxes = configuration.privacy_terms, configuration.mailboxes
    asks = terms.accepted_by if terms else sender
    permissions = "\n".join(f"  {permission:<25} {_WHY[permission]}" for permission in NEEDED)
    listed = [f"  {address}" for address in mailboxes.addresses[:MOST_ADDRESSES]]
    if more := len(mailboxes.addresses) - len(listed):
        listed.append(f"  and {more:,} more")
    if mailboxes.opted_out:
        listed.append(f"Not read, because they opted out: {len(mailboxes.opted_out):,} of them.")
    hours = configuration.first_run_delay_hours
    return f"""\
You get this as an administrator of the Microsoft 365 tenant {settings.tenant_id}.

WHO ASKS
{asks}, for "{name}": how engaged each customer account is, computed every week
from the metadata of e-mails and meetings between your colleagues and your
customers. It runs on your organisation's own machine; the results are figures
per customer, never per employee.

WHAT IS ASKED FOR, AND WHY
The app {settings.client_id} asks for four application
permissions of Microsoft Graph, all of them for reading only:

{permissions}

WHOSE MAILBOXES ARE READ
The users and the members of the groups behind these addresses:

{chr(10).join(listed)}

The first two permissions reach every mailbox of the tenant. To hold the app to
the listed people, leave those two out and grant them in Exchange instead (RBAC
for Applications, with a management scope).

WHAT IS NOT READ
No subject, no text, no preview and no attachment is ever asked for. Nothing is
written, moved, sent or deleted in a mailbox.

HOW TO CONSENT
Open this link and sign in as a Privileged Role Administrator or a Global
Administrator. Other roles may not consent to these permissions.

{admin_consent_link(settings)}

Compare the permissions on that page with the list above. The page after it may
be empty or show an error about a missing reply address: the consent counts all
the same.

WHAT HAPPENS THEN
The consent is noticed by itself, and mailboxes are read for the first time
{hours:g} hour(s) later. You can withdraw it at any time in the Entra admin center,
under Enterprise applications: the next run then stops before it reads anything.

You do not know what this is about? Do not consent, and ask {asks}.
"""
