"""Landing a few lines of a few mailboxes, without a source."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from engagement_assets.activity.source import (
    KINDS,
    ActivityFile,
    BrokenFileError,
    Kind,
    Mailbox,
    Resource,
)
from engagement_assets.warehouse.activity_store import ActivityStore

Connection = duckdb.DuckDBPyConnection
Content = dict[ActivityFile, list[str]]
COVERED = (datetime(2023, 6, 14, tzinfo=UTC), datetime(2024, 6, 14, 12, tzinfo=UTC))


def file(name: str, kind: Kind = "event", size: int = 9, modified_ns: int = 5) -> ActivityFile:
    """Return a file of a mailbox; nothing is read from it."""
    return ActivityFile(kind, name, Path(name), size, modified_ns)


def numbered(ids: list[str]) -> Iterator[tuple[int, Resource]]:
    """Yield a line for each id; `!` breaks the file."""
    for number, text in enumerate(ids, start=1):
        if text == "!":
            raise BrokenFileError("x", number, "broken")
        yield number, {"id": text}


def land(
    connection: Connection,
    store: ActivityStore,
    mailboxes: dict[str, Content],
    read: frozenset[Kind] = KINDS,
) -> None:
    """Land mailboxes in one batch: what is given is all that each has of the kinds read."""
    with store.batch() as batch:
        for user_id, content in mailboxes.items():
            new = {f: numbered(ids) for f, ids in content.items() if not store.is_landed(user_id, f)}
            batch.add_mailbox(Mailbox(user_id, tuple(content), read=read), COVERED, new)
        store.commit(connection, batch)
