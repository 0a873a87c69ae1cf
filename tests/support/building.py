"""Things with believable values everywhere: a test says only what it is about.

People and what they write are as Microsoft Graph gives them; a row of a published table has all
the columns that `schemas.TABLES` says. A column that is not there is an error.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from engagement_assets.schemas import TABLES
from tests.support.snapshot import create

Json = dict[str, Any]


def recipient(address: str, name: str = "NAME") -> Json:
    """Return somebody whom a message or an event names."""
    return {"emailAddress": {"name": name, "address": address}}


ANN, EVE = recipient("ann@contoso.com", "NAME Ann"), recipient("eve@customer.com", "NAME Eve")


def user(name: str = "ann", **changes: Any) -> Json:
    """Return a person of the organisation, with an alias."""
    return {
        "id": name,
        "mail": f"{name}@contoso.com",
        "userPrincipalName": f"{name}@contoso.com",
        "proxyAddresses": [f"SMTP:{name}@contoso.com", f"smtp:{name}.x@contoso.com"],
        "userType": "Member",
        "accountEnabled": True,
    } | changes


def contact(address: str = "eve@customer.com", **changes: str) -> dict[str, str]:
    """Return a row of a customer dataset's contacts."""
    return {"CustomerId": "C-1", "Email": address} | changes


def message(number: int, received: str, **changes: Any) -> Json:
    """Return a message from Ann to a customer's Eve, received at an instant."""
    return {
        "@odata.etag": 'W/"1"',
        "id": f"AAMk-{number}",
        "internetMessageId": f"<{number}@mail.contoso.com>",
        "conversationId": "AAQk",
        "parentFolderId": "inbox-id",
        "receivedDateTime": received,
        "sentDateTime": received,
        "lastModifiedDateTime": received,
        "isDraft": False,
        "subject": "SUBJECT",
        "bodyPreview": "PREVIEW",
        "from": ANN,
        "sender": ANN,
        "toRecipients": [EVE],
        "ccRecipients": [],
        "bccRecipients": [],
    } | changes


def event(number: int, start: str, **changes: Any) -> Json:
    """Return a meeting of Ann with a customer's Eve, from a wall time in UTC."""
    return {
        "id": f"EVT-{number}",
        "iCalUId": f"UID-{number}",
        "subject": "SUBJECT",
        "location": {"displayName": "PLACE"},
        "type": "singleInstance",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "start": {"dateTime": f"{start}.0000000", "timeZone": "UTC"},
        "end": {"dateTime": f"{start}.0000000", "timeZone": "UTC"},
        "organizer": ANN,
        "attendees": [
            {
                "type": "required",
                "status": {"response": "accepted", "time": "0001-01-01T00:00:00Z"},
                **EVE,
            }
        ],
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        "lastModifiedDateTime": f"{start}.0000000Z",
    } | changes


# What a column holds unless a test says: by its name, else by its type.
_NAMED: Mapping[str, object] = {
    "CustomerId": "C-1",
    "Name": "Acme",
    "AggregationLevel": "year",
    "Component": "Meetings",
    "Status": "succeeded",
    "RunId": "run-1",
}
_TYPED: Mapping[str, object] = {
    "VARCHAR": "text",
    "BIGINT": 1,
    "DOUBLE": 1.0,
    "BOOLEAN": True,
    "DATE": date(2026, 11, 23),
    "TIMESTAMP WITH TIME ZONE": datetime(2026, 11, 23, 7, tzinfo=UTC),
}


def published(table: str, **columns: object) -> Json:
    """Return a row of a published table, in the order of its columns.

    It need not keep the rules between columns: those who ask for them name them.
    """
    known = TABLES[table].columns
    unknown = columns.keys() - {column.name for column in known}
    assert not unknown, f"{table} has no column {', '.join(sorted(unknown))}"
    return {
        column.name: columns.get(column.name, _NAMED.get(column.name, _TYPED[column.type]))
        for column in known
    }


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Json]) -> None:
    """Create a published table in a database and put rows of `published` into it."""
    create(connection, TABLES[table])
    marks = ", ".join("?" for _ in TABLES[table].columns)
    for row in rows:
        connection.execute(f'insert into "{table}" values ({marks})', list(row.values()))
