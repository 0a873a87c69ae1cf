"""The record of an activity folder: the estimate of a first run, by the sizes of files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engagement_assets.activity.source import User
from engagement_assets.config import FolderSource
from engagement_assets.errors import SourceError
from engagement_assets.sources import FOLDER, Estimate, Reach
from engagement_assets.sources.folder import BYTES_PER_COMPRESSED_LINE, BYTES_PER_LINE
from engagement_assets.window import Window

WINDOW = Window.until(datetime(2026, 11, 24, 12, tzinfo=UTC), "UTC")
PERSONS = tuple(User(name, ()) for name in ("ada", "bob", "cy", "dee"))


def write(folder: Path, name: str, size: int) -> None:
    file = folder / "mailboxes" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x" * size)


def estimate(folder: Path) -> Estimate:
    source = FOLDER.open(FolderSource(kind="folder", path=folder), folder / "data")
    return FOLDER.estimate(source, Reach(PERSONS, 5, WINDOW))


def test_sizes_are_what_counts(tmp_path: Path) -> None:
    (tmp_path / "users.ndjson").touch()
    write(tmp_path, "ada/messages.ndjson", 3 * BYTES_PER_LINE)
    write(tmp_path, "ada/events.ndjson.zst", 5 * BYTES_PER_COMPRESSED_LINE)
    write(tmp_path, "bob/events.ndjson.gz", 2 * BYTES_PER_COMPRESSED_LINE)
    write(tmp_path, "cy/excluded_folders.json", 1)  # broken: it fails alone
    found = estimate(tmp_path)
    assert (found.mailboxes, found.copies, found.requests) == (2, 10, 0)
    assert found.basis == ""
    before = found.seconds
    write(tmp_path, "bob/messages.ndjson", 10 * BYTES_PER_LINE)
    assert estimate(tmp_path).seconds == pytest.approx(2 * before)


def test_a_folder_without_users_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"users\.ndjson: it is missing"):
        estimate(tmp_path)
