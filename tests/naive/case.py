"""Organisations written by hand, for checking the oracle with figures worked out on paper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .compute import compute
from .values import Row, Tables

Item = dict[str, object]


def who(address: str) -> Item:
    """Return a recipient resource."""
    return {"emailAddress": {"address": address}}


def attendee(address: str, answer: str = "accepted", kind: str = "required") -> Item:
    """Return an attendee resource."""
    return {**who(address), "status": {"response": answer}, "type": kind}


@dataclass
class Case:
    """Ada and Bob of contoso.com, and two customers: acme and zeta."""

    folder: Path
    as_of: str = "2024-06-14T12:00:00Z"
    time_zone: str = "UTC"
    contacts: str = "id,mail\nacme,ann@acme.example\nzeta,zoe@zeta.example\n"
    settings: Item = field(default_factory=dict)
    messages: dict[str, list[Item]] = field(default_factory=lambda: {"ada": [], "bob": []})
    events: dict[str, list[Item]] = field(default_factory=lambda: {"ada": [], "bob": []})
    count: int = 0

    def email(self, owner: str, time: str, sender: str, *to: str, **fields: object) -> None:
        """Put an e-mail into a mailbox."""
        self.count += 1
        message: Item = {
            "id": f"item-{self.count}",
            "internetMessageId": f"<{self.count}@x>",
            "from": who(sender),
            "toRecipients": [who(address) for address in to],
            "sentDateTime": time,
        }
        self.messages[owner].append({**message, **fields})

    def event(
        self, owner: str, start: Mapping[str, object], end: Mapping[str, object], **fields: object
    ) -> None:
        """Put a meeting with Ada and acme's Ann into a calendar."""
        self.count += 1
        event: Item = {
            "id": f"event-{self.count}",
            "iCalUId": f"uid-{self.count}",
            "organizer": who("ada@contoso.com"),
            "attendees": [attendee("ann@acme.example")],
            "start": start,
            "end": end,
        }
        self.events[owner].append({**event, **fields})

    def write(self) -> Path:
        """Write the folder, and return the configuration's path."""
        activity = self.folder / "activity"
        for user, messages in self.messages.items():
            mailbox = activity / "mailboxes" / user
            mailbox.mkdir(parents=True, exist_ok=True)
            (mailbox / "excluded_folders.json").write_text('["junk"]')
            (mailbox / "messages.ndjson").write_text("\n".join(map(json.dumps, messages)))
            (mailbox / "events.ndjson").write_text("\n".join(map(json.dumps, self.events[user])))
        (activity / "organization.json").write_text(
            '{"verifiedDomains": [{"name": "Contoso.com"}]}'
        )
        users = [
            {"id": "ada", "mail": "Ada@contoso.com", "proxyAddresses": ["smtp:a@contoso.com"]},
            {"id": "bob", "userPrincipalName": "bob@contoso.com"},
            {"id": "cid", "mail": "cid@elsewhere.example"},
        ]
        (activity / "users.ndjson").write_text("\n".join(map(json.dumps, users)))
        (self.folder / "contacts.csv").write_text(self.contacts)
        mailboxes = {"addresses": ["ada@contoso.com", "bob@contoso.com"]}
        settings: Item = {
            "source": {"kind": "folder", "path": "activity"},
            "mailboxes": mailboxes,
            "customers": {"contacts": "contacts.csv", "account_id": "id", "email": "mail"},
            "time_zone": self.time_zone,
            "as_of": self.as_of,
        }
        path = self.folder / "engagement.yaml"
        path.write_text(yaml.safe_dump({**settings, **self.settings}))
        return path

    def tables(self) -> Tables:
        """Write everything and compute."""
        return compute(self.write())


def ledger(tables: Tables, item: str) -> dict[object, object]:
    """Return the outcomes of one kind of item that are not zero."""
    return {
        row["Outcome"]: row["Count"]
        for row in tables["Office_Ledger"]
        if row["Item"] == item and row["Count"]
    }


def office(tables: Tables, account: str, level: str = "year") -> list[Row]:
    """Return the Office rows of an account."""
    return [
        row
        for row in tables["Office"]
        if row["CustomerId"] == account and row["AggregationLevel"] == level
    ]


def utc(wall: str) -> Item:
    """Return a start or end in UTC."""
    return {"dateTime": wall, "timeZone": "UTC"}
