"""Landing a few lines of a few mailboxes, without a source."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from engagement_assets.activity.source import ActivityFile, BrokenFileError, Kind, Resource
from engagement_assets.warehouse.activity_store import ActivityStore

Connection = duckdb.DuckDBPyConnection
Content = dict[ActivityFile, list[str]]


def file(name: str, kind: Kind = "event", size: int = 9, modified_ns: int = 5) -> ActivityFile:
    """Return a file of a mailbox; nothing is read from it."""
    return ActivityFile(kind, name, Path(name), size, modified_ns)


def numbered(ids: list[str]) -> Iterator[tuple[int, Resource]]:
    """Yield a line for each id; `!` breaks the file."""
    for number, text in enumerate(ids, start=1):
        if text == "!":
            raise BrokenFileError("x", number, "broken")
        yield number, {"id": text}


def land(connection: Connection, store: ActivityStore, mailboxes: dict[str, Content]) -> None:
    """Land mailboxes in one batch."""
    with store.batch() as batch:
        for user_id, content in mailboxes.items():
            batch.add_mailbox(user_id, {f: numbered(ids) for f, ids in content.items()})
        store.commit(connection, batch)
