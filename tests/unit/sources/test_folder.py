"""The record of an activity folder: the estimate of a first run, by the sizes of files."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from backports import zstd

from engagement_assets.activity.source import User
from engagement_assets.config import FolderSource
from engagement_assets.errors import SourceError
from engagement_assets.sources import FOLDER, Estimate, Reach
from engagement_assets.sources.folder import BYTES_PER_COMPRESSED_LINE, BYTES_PER_LINE
from engagement_assets.window import Window

WINDOW = Window.until(datetime(2026, 11, 24, 12, tzinfo=UTC), "UTC")
PACKS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstd.compress,
    ".jsonl": bytes,
    ".json": bytes,
}
PERSONS = tuple(User(name, ()) for name in ("ada", "bob", "cy", "dee"))


def write(folder: Path, name: str, lines: float = 1) -> None:
    """Write a file that holds one item and is as long as so many lines are."""
    file = folder / "mailboxes" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    packed = PACKS[file.suffix.lower()](b'{"id": "a"}\n')
    each = BYTES_PER_LINE if file.suffix == ".jsonl" else BYTES_PER_COMPRESSED_LINE
    # what follows the item is not looked at before it is landed
    file.write_bytes(packed + b"x" * (round(lines * each) - len(packed)))


def estimate(folder: Path) -> Estimate:
    source = FOLDER.open(FolderSource(kind="folder", path=folder), folder / "data")
    return FOLDER.estimate(source, Reach(PERSONS, 5, WINDOW))


def test_sizes_are_what_counts(tmp_path: Path) -> None:
    (tmp_path / "users.ndjson").touch()
    write(tmp_path, "ada/messages.jsonl", 3)
    write(tmp_path, "ada/events.ndjson.ZST", 5)
    write(tmp_path, "bob/events.jsonl.gz", 2)
    write(tmp_path, "cy/messages.json")  # not read: it fails alone
    found = estimate(tmp_path)
    assert (found.mailboxes, found.copies, found.requests) == (2, 10, 0)
    assert found.basis == ""
    before = found.seconds
    write(tmp_path, "bob/messages.jsonl", 10)
    assert estimate(tmp_path).seconds == pytest.approx(2 * before)


def test_a_folder_without_users_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"users\.ndjson: it is missing"):
        estimate(tmp_path)
