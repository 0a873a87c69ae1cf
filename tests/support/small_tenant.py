"""Two people's mailboxes, held in memory, as the simulator serves them: what each case changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from simulator.directory import Directory
from simulator.graph_shape import JsonObject
from simulator.mail_folders import ROOT
from simulator.odata import microseconds
from simulator.server import SimulatedServer
from simulator.tenant import Mailbox, MailFolder, MessageQuery, Placed, Position

from .building import recipient
from .command import write_settings

AS_OF = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
ADA = "10000000-0000-4000-8000-000000000001"
BERT = "10000000-0000-4000-8000-000000000002"
JANE, IM = "jane@customer-a.example", "im@customer-im.example"
E_MAILS = 30

# what a mailbox shows, and Clutter, which it hides
FOLDERS = {
    "inbox": False,
    "drafts": False,
    "sentitems": False,
    "junkemail": False,
    "conversationhistory": False,
    "clutter": True,
}


def person(user_id: str, name: str, **changes: Any) -> JsonObject:
    """Return a user of contoso.com."""
    address = f"{name}@contoso.com"
    return {
        "id": user_id,
        "mail": address,
        "userPrincipalName": address,
        "proxyAddresses": [f"SMTP:{address}"],
        "userType": "Member",
    } | changes


def e_mail(sender: str, folder: str, number: int) -> JsonObject:
    """Return a message to Ada; the later the number, the earlier it was received."""
    received = f"{AS_OF - timedelta(hours=number + 1):%Y-%m-%dT%H:%M:%SZ}"
    key = f"{sender}-{folder}-{number}"
    return {
        "id": key,
        "internetMessageId": f"<{key}@mail.example>",
        "conversationId": key,
        "parentFolderId": f"{folder}-id",
        "receivedDateTime": received,
        "sentDateTime": received,
        "lastModifiedDateTime": received,
        "isDraft": False,
        "from": recipient(sender),
        "sender": recipient(sender),
        "toRecipients": [recipient("ada@contoso.com")],
        "ccRecipients": [],
        "bccRecipients": [],
    }


def meeting(contact: str) -> JsonObject:
    """Return a meeting that Ada organises with a contact."""
    start = AS_OF - timedelta(days=3)
    ada = recipient("ada@contoso.com")
    return {
        "id": f"meeting-{contact}",
        "iCalUId": f"meeting-{contact}",
        "type": "singleInstance",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "start": {"dateTime": f"{start:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"},
        "end": {
            "dateTime": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}.0000000",
            "timeZone": "UTC",
        },
        "organizer": ada,
        "attendees": [
            {"type": "required", "status": {"response": "accepted"}, **recipient(contact)}
        ],
        "responseStatus": {"response": "organizer"},
        "lastModifiedDateTime": "2026-11-01T00:00:00.0000000Z",
    }


@dataclass
class SmallMailbox:
    """A mailbox; `children` are folders below others, by name."""

    items: Sequence[JsonObject] = ()
    meetings: Sequence[JsonObject] = ()
    names: Iterable[str] = tuple(FOLDERS)
    children: Mapping[str, str] = field(default_factory=dict)
    version: object = "1"

    def folders(self) -> tuple[MailFolder, ...]:
        """See `Mailbox`; no name tells which folder is which, as in other languages."""
        top = (
            MailFolder(f"{name}-id", "Map", f"{ROOT}-id", name, hidden=FOLDERS[name])
            for name in self.names
        )
        below = (
            MailFolder(f"{name}-id", "Map", f"{parent}-id")
            for name, parent in self.children.items()
        )
        return (*top, *below)

    def messages(self, query: MessageQuery, after: Position | None) -> Iterator[Placed]:
        """See `Mailbox`."""
        del query
        ordered = sorted(self.items, key=lambda item: str(item["receivedDateTime"]))
        return _numbered(ordered, after)

    def events(self, low: int, high: int, after: Position | None) -> Iterator[Placed]:
        """See `Mailbox`."""
        found = [
            item
            for item in self.meetings
            if low <= (microseconds(item["start"]["dateTime"][:19]) or 0) < high
        ]
        return _numbered(found, after)


def _numbered(items: Sequence[JsonObject], after: Position | None) -> Iterator[Placed]:
    for number in range(0 if after is None else after[0] + 1, len(items)):
        yield (number,), items[number]


@dataclass
class SmallTenant:
    """Ada, who has mail and a meeting, and Bert, who has none; more when a case says so."""

    users: list[JsonObject] = field(
        default_factory=lambda: [person(ADA, "ada"), person(BERT, "bert")]
    )
    groups: list[JsonObject] = field(default_factory=list)
    mailboxes: dict[str, SmallMailbox] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Fills Ada's mailbox: mail of Jane, a meeting with her, and a line of a chat."""
        mail = [e_mail(JANE, "inbox", number) for number in range(E_MAILS)]
        chat = e_mail(IM, "conversationhistory", 0)
        self.mailboxes.setdefault(ADA, SmallMailbox([*mail, chat], [meeting(JANE)]))
        self.mailboxes.setdefault(BERT, SmallMailbox())

    def organization(self) -> JsonObject:
        """See `Tenant`."""
        return {
            "id": "11111111-1111-4111-8111-111111111111",
            "verifiedDomains": [{"name": "contoso.com"}, {"name": "contoso.example"}],
        }

    def directory(self) -> Directory:
        """See `Tenant`."""
        return Directory(self.users, self.groups)

    def mailbox(self, user_id: str) -> Mailbox:
        """See `Tenant`."""
        return self.mailboxes[user_id]


def write_graph(folder: Path, server: SimulatedServer, **mailboxes: Any) -> Path:
    """Write the configuration that reads these people, with the accounts A and IM."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contacts.csv").write_text(f"CustomerId,Email\nA,{JANE}\nIM,{IM}\n", encoding="utf-8")
    addresses = {"addresses": ["ada@contoso.com", "bert@contoso.com"]}
    return write_settings(
        folder / "engagement.yaml",
        {
            "source": server.source,
            "mailboxes": addresses | mailboxes,
            "customers": {"contacts": "contacts.csv"},
            "privacy_terms": {
                "accepted_by": "ada@contoso.com",
                "accepted_at": "2026-11-20T09:00:00Z",
            },
            "as_of": AS_OF.isoformat(),
        },
    )
