"""Landing a few lines of a few mailboxes, without a source."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import orjson

from engagement_assets.activity.source import ActivityFile, BrokenFileError, Kind, Resource
from engagement_assets.sql_text import literal
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_store import ActivityStore

Connection = duckdb.DuckDBPyConnection
Json = dict[str, Any]

# landed rows have keys in place of ids: SQL for the id behind one, null unless it is one of these
_IDS = [
    *("a", "b", "x", "old", "kept", "new", "other", "gone", "changed", "more", "added", "adaX"),
    *(f"{name}{number}" for name in ("", "ada", "bob", "cy", "b", "x") for number in range(50)),
    *(f"{name}-{i}-{j}" for name in ("ada", "bob", "cy") for i in range(25) for j in range(9)),
]
ITEM_ID = f"(select id from (select unnest({_IDS}) as id) where key_of(id) = item_key)"
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


def landed_rows(connection: Connection, file: Path, kind: str, *items: Json | bytes) -> list[Json]:
    """Land resources by the product's statement and return their rows in the order of lines.

    Args:
        connection: a database that is prepared for landing.
        file: where the lines may be written.
        kind: message or event.
        items: resources, or their JSON.
    """
    lines = [item if isinstance(item, bytes) else orjson.dumps(item) for item in items]
    file.write_bytes(
        b"".join(b'{"f":7,"l":%d,"r":%b}\n' % (n, text) for n, text in enumerate(lines, 1))
    )
    statement = (database.LANDING / f"{kind}s.sql").read_text(encoding="utf-8")
    answer = connection.execute(statement.replace("$file", literal(file)))
    names = [column[0] for column in answer.description or ()]
    found = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    assert len(found) == len(items)
    return sorted(found, key=lambda row: row["line"])
