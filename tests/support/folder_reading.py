"""Reading an activity folder as the pipeline does: what was opened, what counts, what is kept."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import ActivityFile, Resource
from engagement_assets.reading import mailboxes
from engagement_assets.reading.mailboxes import MailboxOutcome
from engagement_assets.warehouse.activity_store import BATCH_BYTES, ActivityStore
from engagement_assets.window import Window
from tests.support.landing import ITEM_ID

Connection = duckdb.DuckDBPyConnection
WINDOW = Window.until(datetime(2024, 6, 14, 12, tzinfo=UTC), "UTC")
USERS = ("ada", "bob", "cy")


class CountingSource(FolderSource):
    """A folder that knows which of its files were opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.opened: list[str] = []

    def lines(self, file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        """Note the file when its first line is asked for."""
        self.opened.append(file.name.removeprefix("mailboxes/"))
        yield from super().lines(file)


def kill_at(patch: pytest.MonkeyPatch, user: str) -> None:
    """End the run where the first file of a mailbox is opened."""
    original = CountingSource.lines

    def killed(self: CountingSource, file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        if f"/{user}/" in file.name:
            raise KeyboardInterrupt
        return original(self, file)

    patch.setattr(CountingSource, "lines", killed)


def ndjson(*resources: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


def write(folder: Path, name: str, *resources: Mapping[str, object], raw: bytes = b"") -> Path:
    file = folder / "mailboxes" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(ndjson(*resources) + raw)
    return file


@dataclass(frozen=True)
class Seen:
    """What a run over a folder did.

    Attributes:
        opened: the files whose lines were asked for.
        outcomes: what became of each person's mailbox.
        events: ids of the events that count.
        messages: the same of messages.
    """

    opened: list[str]
    outcomes: Mapping[str, MailboxOutcome]
    events: list[str]
    messages: list[str]

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each person's mailbox."""
        return {user_id: outcome.status for user_id, outcome in self.outcomes.items()}


def run(
    connection: Connection,
    folder: Path,
    window: Window = WINDOW,
    *,
    batch_bytes: int = BATCH_BYTES,
) -> Seen:
    """Read everybody's mailbox and return what came of it."""
    source = CountingSource(folder)
    store = ActivityStore(folder.parent / "store")
    steps: list[tuple[int, int]] = []
    outcomes = mailboxes.read_mailboxes(
        connection,
        store,
        source,
        USERS,
        window,
        lambda done, total: steps.append((done, total)),
        batch_bytes=batch_bytes,
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert [outcome.user_id for outcome in outcomes] == list(USERS)
    store.tidy(connection)
    mailboxes.expose_mailboxes(connection, store, outcomes)
    found = {}
    for kind in ("event", "message"):
        rows = connection.execute(f"select {ITEM_ID} from landed_{kind} order by 1").fetchall()
        found[kind] = [item for (item,) in rows]
    by_user = {outcome.user_id: outcome for outcome in outcomes}
    return Seen(source.opened, by_user, found["event"], found["message"])


def read(
    connection: Connection, folder: Path, batch_bytes: int = BATCH_BYTES
) -> tuple[list[str], dict[str, str], list[str]]:
    """Return what was opened, the status of each person, and the events that count."""
    seen = run(connection, folder, batch_bytes=batch_bytes)
    return seen.opened, seen.statuses, seen.events


def on_disk(connection: Connection, folder: Path) -> list[str]:
    """Return the ids of all rows that the store has, whether they count or not."""
    found: list[str] = []
    for path in (folder.parent / "store").glob("*.parquet"):
        rows = connection.execute(f"select {ITEM_ID} from read_parquet(?)", [str(path)]).fetchall()
        found += [item for (item,) in rows]
    return sorted(found)
