"""Landing a few lines of a few mailboxes, without a source."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson

from engagement_assets.activity.source import (
    KINDS,
    ActivityFile,
    BrokenFileError,
    Kind,
    Mailbox,
    Resource,
)
from engagement_assets.sql_text import literal
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_manifest import FILE
from engagement_assets.warehouse.activity_store import ActivityStore

Connection = duckdb.DuckDBPyConnection
Json = dict[str, Any]
Land = Callable[..., list[Json]]

# landed rows have keys in place of ids: SQL for the id behind one, among those that tests use
_WORDS = ["old", "kept", "other", "new", "gone", "more", "added", "changed", "adaX", *"AB"]
_NUMBERED = [f"{name}{number}" for name in ("", "ada", "bob", "cy") for number in range(10)]
_IDS = [*_WORDS, *_NUMBERED, *(f"x{number}" for number in range(500))]
ITEM_ID = f"(select id from (select unnest({_IDS}) as id) where key_of(id) = item_key)"

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
            unknown = [f for f in content if not store.is_landed(user_id, f)]
            new = {f: numbered(content[f]) for f in unknown}
            batch.add_mailbox(Mailbox(user_id, tuple(content), read=read), COVERED, new)
        store.commit(connection, batch)


def exposed(connection: Connection, store: ActivityStore, *users: str) -> list[tuple[object, ...]]:
    """Return the events that count: number of the person, of the file, line and id."""
    store.expose(connection, {user_id: number for number, user_id in enumerate(users, start=1)})
    return connection.execute(
        f"select person_no, file_no, line, {ITEM_ID} from landed_event order by all"
    ).fetchall()


def stored(connection: Connection, folder: Path) -> list[str]:
    """Return the ids of all events on disk, whether they count or not."""
    found: list[str] = []
    for path in folder.glob("events-*.parquet"):
        rows = connection.execute(f"select {ITEM_ID} from read_parquet(?)", [str(path)]).fetchall()
        found += [item for (item,) in rows]
    return sorted(found)


def parquet(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def of_an_earlier_version(connection: Connection, folder: Path) -> None:
    """Rewrite every batch and the manifest as a version did that knew neither rules nor reads."""
    for path in folder.glob("*.parquet"):
        lists = [
            name
            for name, type_, *_ in connection.execute(f"describe from '{path}'").fetchall()
            if type_.endswith("[]")
        ]
        left_out = ", ".join(["modified_at", *lists])
        old = path.with_suffix(".old")
        connection.execute(
            f"copy (select * exclude ({left_out}), 'text' as item_id from '{path}') to '{old}' "
            "(format parquet)"
        )
        old.replace(path)
    content = orjson.loads((folder / FILE).read_bytes())
    content["files"] = [
        [file_id, user_id, kind, name, size, ns, rows, batch]
        for user_id, kind, files, *_ in content.pop("reads")
        for file_id, name, size, ns, rows, batch, _ in files
    ]
    (folder / FILE).write_bytes(orjson.dumps({**content, "format": 1}))


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
