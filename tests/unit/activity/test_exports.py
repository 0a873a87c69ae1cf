"""Exports as ordinary tools write them, through to the rows that count: read, or failed by name."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from engagement_assets.activity.folder import FolderSource
from engagement_assets.reading import mailboxes
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_store import ActivityStore
from engagement_assets.window import Window
from tests.support import building

WINDOW = Window.until(datetime(2026, 6, 30, 12, tzinfo=UTC), "UTC")
SENT = "2026-05-04T10:00:00Z"
MARK = b"\xef\xbb\xbf"
Read = Callable[[], tuple[mailboxes.MailboxOutcome, int]]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(tmp_path / "warehouse.duckdb") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ann's mailbox, which is empty."""
    found = tmp_path / "activity" / "mailboxes" / "ann"
    found.mkdir(parents=True)
    (tmp_path / "activity" / "users.ndjson").write_text(json.dumps(building.user("ann")))
    return found


@pytest.fixture
def read(connection: duckdb.DuckDBPyConnection, folder: Path, tmp_path: Path) -> Read:
    """What makes a run: it returns what became of the mailbox, and how many messages count."""

    def run() -> tuple[mailboxes.MailboxOutcome, int]:
        store = ActivityStore(tmp_path / "store")
        source = FolderSource(folder.parent.parent)
        outcomes = mailboxes.read_mailboxes(
            connection, store, source, ["ann"], WINDOW, lambda done, total: None
        )
        mailboxes.expose_mailboxes(connection, store, outcomes)
        rows = connection.execute(
            "select count(*) from landed_message where sent_at is not null"
        ).fetchall()
        return outcomes[0], rows[0][0]

    return run


def messages(*numbers: int) -> bytes:
    lines = (json.dumps(building.message(number, SENT)) for number in numbers)
    return "".join(f"{line}\n" for line in lines).encode()


def cut(content: bytes) -> bytes:
    """Return messages whose previews end within an emoji."""
    return content.replace(b'"PREVIEW"', b'"see you \\ud83d"')


def pascal_case(content: bytes) -> bytes:
    objects = map(json.loads, content.splitlines())
    changed = ({key[0].upper() + key[1:]: value for key, value in each.items()} for each in objects)
    return b"".join(json.dumps(each).encode() + b"\n" for each in changed)


READ = {
    "Windows PowerShell": {"messages.ndjson": MARK + messages(1, 2).replace(b"\n", b"\r\n")},
    "put together": {"messages.ndjson": MARK + messages(1) + MARK + messages(2)},
    "previews that are cut": {"messages.jsonl": cut(messages(1, 2))},
    "some are cut": {"messages-1.ndjson": cut(messages(1)), "messages-2.jsonl": messages(2)},
    "capitals": {"MESSAGES.JSONL": messages(1, 2)},
    "one of many has other names": {"messages.ndjson": messages(1, 2) + pascal_case(messages(3))},
}


@pytest.mark.parametrize("files", READ.values(), ids=READ)
def test_what_is_read(folder: Path, read: Read, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    outcome, rows = read()
    assert (outcome.status, outcome.reason, rows) == ("processed", None, 2)


PAGE = b'{"value": [' + messages(2).strip() + b"]}\n"
FAILED = {
    "a page behind messages": (
        {"messages.ndjson": messages(1) + PAGE}, "messages.ndjson, line 2: a page of Graph",
    ),
    "a page in a later file": (
        {"messages-1.ndjson": messages(1), "messages-2.ndjson": PAGE},
        "messages-2.ndjson, line 1: a page of Graph",
    ),
    "other names": (
        {"messages.ndjson": pascal_case(messages(1, 2))}, "messages.ndjson, line 1: no line of",
    ),
    "another ending": (
        {"messages.ndjson": messages(1), "messages-2.json": messages(2)},
        "messages-2.json, line 1: the name has none of the endings",
    ),
    "meetings in a folder": (
        {"messages.ndjson": messages(1), "events/1.ndjson": messages(2)},
        "events, line 1: the name has none of the endings",
    ),
    "UTF-16": (
        {"messages.ndjson": messages(1).decode().encode("utf-16")},
        "messages.ndjson, line 1: not UTF-8 but UTF-16",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "reason"), FAILED.values(), ids=FAILED)
def test_what_fails_by_name(folder: Path, read: Read, files: dict[str, bytes], reason: str) -> None:
    """Nothing of it counts: half a mailbox would look like a whole one."""
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    outcome, rows = read()
    assert (outcome.status, rows) == ("failed", 0)
    assert str(outcome.reason).startswith(f"mailboxes/ann/{reason}")
    assert "customer.com" not in str(outcome.reason)


def test_files_that_are_landed_are_judged_with_the_others_again(folder: Path, read: Read) -> None:
    """Lines that were excused by a file beside them have no excuse once it is gone."""
    (folder / "messages-1.ndjson").write_bytes(pascal_case(messages(1)))
    (folder / "messages-2.ndjson").write_bytes(messages(2))
    assert read()[0].status == "processed"
    assert read()[0].status == "processed"
    (folder / "messages-2.ndjson").unlink()
    outcome, _ = read()
    assert outcome.status == "failed"
    assert "messages-1.ndjson, line 1: no line of the messages has an id" in str(outcome.reason)
