"""Inputs made in code: ada and bert of contoso.example, and customers of kunde.example."""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

Item = dict[str, object]

ADA_ID = "10000000-0000-4000-8000-000000000001"
BERT_ID = "10000000-0000-4000-8000-000000000002"
ADA, BERT = "ada@contoso.example", "bert@contoso.example"
NOON = "2026-05-04T10:00:00"


def user(identity: str, address: str, **fields: object) -> Item:
    """Return a user resource."""
    return {"id": identity, "mail": address, "userPrincipalName": address, **fields}


def who(address: object) -> Item:
    """Return a recipient resource, with the name that nobody reads."""
    return {"emailAddress": {"name": "?", "address": address}}


def attendee(address: object, **fields: object) -> Item:
    """Return an attendee resource."""
    return {"type": "required", "status": {"response": "none"}, **who(address), **fields}


@dataclass
class Made:
    """What is written into a folder: everything may be changed before, and files after.

    Attributes:
        contacts: rows of account id and cell.
        messages: of each mailbox, by user id; so are events.
        mailboxes: the section of the configuration; so is customers.
    """

    folder: Path
    contacts: list[tuple[str, str]] = field(default_factory=list)
    users: list[Item] = field(default_factory=lambda: [user(ADA_ID, ADA), user(BERT_ID, BERT)])
    groups: list[Item] = field(default_factory=list)
    messages: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    mailboxes: dict[str, object] = field(default_factory=lambda: {"addresses": [ADA, BERT]})
    customers: dict[str, object] = field(default_factory=dict)
    as_of: str = "2026-06-30T12:00:00Z"
    count: int = 0

    def contact(self, account: str, cell: str) -> None:
        """Add a row of the contacts file."""
        self.contacts.append((account, cell))

    def email(
        self, sender: object, recipient: object, owner: str = ADA_ID, **fields: object
    ) -> Item:
        """Put an e-mail into a mailbox, and return it."""
        self.count += 1
        message: Item = {
            "id": f"AAMk{self.count:06}=",
            "internetMessageId": f"<m{self.count}@mx.example>",
            "conversationId": f"c{self.count}",
            "sentDateTime": f"{NOON}Z",
            "from": who(sender),
            "toRecipients": [who(recipient)],
            **fields,
        }
        self.messages[owner].append(message)
        return message

    def meeting(self, invited: object, owner: str = ADA_ID, **fields: object) -> Item:
        """Put a meeting of an hour, which Ada invites to, into a calendar, and return it."""
        self.count += 1
        event: Item = {
            "id": f"AAEv{self.count:06}=",
            "iCalUId": f"04{self.count:08}",
            "isOrganizer": owner == ADA_ID,
            "start": {"dateTime": f"{NOON}.0000000", "timeZone": "UTC"},
            "end": {"dateTime": "2026-05-04T11:00:00.0000000", "timeZone": "UTC"},
            "organizer": who(ADA),
            "attendees": [attendee(invited)],
            **fields,
        }
        self.events[owner].append(event)
        return event

    def mailbox(self, owner: str = ADA_ID) -> Path:
        """Return a mailbox's folder."""
        return self.folder / "activity" / "mailboxes" / owner

    def write(self) -> Path:
        """Write all files, and return the configuration's path."""
        activity = self.folder / "activity"
        for owner in {ADA_ID, *self.messages, *self.events}:
            self.mailbox(owner).mkdir(parents=True, exist_ok=True)
            write_lines(self.mailbox(owner) / "messages.ndjson", self.messages[owner])
            write_lines(self.mailbox(owner) / "events.ndjson", self.events[owner])
        (activity / "organization.json").write_text(
            '{"verifiedDomains": [{"name": "contoso.example"}]}', encoding="utf-8"
        )
        write_lines(activity / "users.ndjson", self.users)
        write_lines(activity / "groups.ndjson", self.groups)
        with (self.folder / "contacts.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("CustomerId", "Email"), *self.contacts])
        return self.write_settings()

    def write_settings(self) -> Path:
        """Write the configuration only."""
        settings: Mapping[str, object] = {
            "name": "field",
            "source": {"kind": "folder", "path": "activity"},
            "mailboxes": self.mailboxes,
            "customers": {
                "contacts": "contacts.csv",
                "account_id": "CustomerId",
                "email": "Email",
                **self.customers,
            },
            "privacy_terms": {"accepted_by": ADA, "accepted_at": "2026-01-01T00:00:00Z"},
            "as_of": self.as_of,
        }
        file = self.folder / "engagement.yaml"
        file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
        return file


def write_lines(file: Path, entries: list[Item]) -> None:
    """Write resources, one a line, as tools do that escape what is not ASCII."""
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
