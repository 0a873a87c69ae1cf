"""Reading the files of an activity folder and the customers' CSV files (section 8)."""

import csv
import gzip
import io
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

from backports import zstd

from .values import Json

SUFFIXES = (".ndjson", ".ndjson.gz", ".ndjson.zst")


class BrokenFileError(Exception):
    """A file with a line that is not a JSON object, that is not UTF-8, or badly compressed."""


@dataclass(frozen=True)
class Mailbox:
    """Everything that was read of one person, before any rule."""

    user_id: str
    messages: list[Json]
    events: list[Json]
    excluded_folders: set[str]


def unpack(path: Path) -> bytes:
    """Return the content of a file, uncompressed."""
    raw = path.read_bytes()
    try:
        if path.name.endswith(".gz"):
            return gzip.decompress(raw)
        if path.name.endswith(".zst"):
            with zstd.open(io.BytesIO(raw), "rb") as stream:
                return bytes(stream.read())
    except (OSError, EOFError, zlib.error, zstd.ZstdError) as error:
        raise BrokenFileError(path) from error
    return raw


def refuse_constant(name: str) -> object:
    """Refuse NaN and Infinity, which Python reads although JSON has no such thing."""
    raise ValueError(name)


def read_json(content: str, path: Path) -> object:
    """Read one JSON text by the strict grammar."""
    try:
        value: object = json.loads(content, parse_constant=refuse_constant)
    except ValueError as error:
        raise BrokenFileError(path) from error
    return value


def read_text(path: Path) -> str:
    """Return the content of a file as text."""
    try:
        return unpack(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenFileError(path) from error


def read_objects(path: Path) -> list[Json]:
    """Read one JSON object per line; blank lines are skipped.

    Only a line feed ends a line: JSON texts may hold other characters that Python's splitlines
    would take for an end.
    """
    found: list[Json] = []
    for line in read_text(path).split("\n"):
        if line.strip(" \t\r") == "":
            continue
        value = read_json(line, path)
        if not isinstance(value, dict):
            raise BrokenFileError(path)
        found.append(value)
    return found


def read_all(folder: Path, prefix: str) -> list[Json]:
    """Read the files ``<prefix>*.ndjson…`` of a folder, in the order of their names."""
    found: list[Json] = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_file() and path.name.startswith(prefix) and path.name.endswith(SUFFIXES):
            found.extend(read_objects(path))
    return found


def read_one(folder: Path, name: str) -> list[Json]:
    """Read ``<name>.ndjson``, compressed or not; nothing when there is no such file."""
    found: list[Json] = []
    for suffix in SUFFIXES:
        path = folder / (name + suffix)
        if path.is_file():
            found.extend(read_objects(path))
    return found


def read_mailbox(folder: Path, user_id: str) -> Mailbox:
    """Read one person's folder, or raise BrokenFileError: nothing of it counts then."""
    excluded: set[str] = set()
    path = folder / "excluded_folders.json"
    if path.is_file():
        value = read_json(read_text(path), path)
        if not isinstance(value, list):
            raise BrokenFileError(path)
        excluded = {entry for entry in value if isinstance(entry, str)}
    return Mailbox(user_id, read_all(folder, "messages"), read_all(folder, "events"), excluded)


def read_csv(path: Path, columns: list[str]) -> list[Json]:
    """Read a CSV file, separated by whichever of comma, semicolon and tab shows the columns.

    A field that a short row lacks is empty; blank lines are skipped.
    """
    content = path.read_bytes().decode("utf-8-sig")
    for separator in (",", ";", "\t"):
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
        rows = [row for row in rows if row]
        if rows and all(column in rows[0] for column in columns):
            header = rows[0]
            return [
                {
                    column: row[header.index(column)] if header.index(column) < len(row) else ""
                    for column in columns
                }
                for row in rows[1:]
            ]
    message = f"{path}: no columns {columns}"
    raise ValueError(message)
