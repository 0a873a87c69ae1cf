"""Reading the files of an activity folder (section 8)."""

import gzip
import io
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from backports import zstd

from .values import Json

SUFFIXES = tuple(
    ending + packed for ending in (".ndjson", ".jsonl") for packed in ("", ".gz", ".zst")
)
BYTE_ORDER_MARK = "\ufeff"
HALF_A_PAIR = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


class BrokenFileError(Exception):
    """A file, or a line of it, that cannot be read: it fails a mailbox, or the run."""


@dataclass(frozen=True)
class Mailbox:
    """Everything that was read of one person, before any rule."""

    user_id: str
    messages: list[Json]
    events: list[Json]
    excluded_folders: set[str]


def named(folder: Path, name: str) -> Path | None:
    """Return what has a name in a folder, in whatever case, None when nothing has."""
    if not folder.is_dir():
        return None
    found = [path for path in folder.iterdir() if path.name.lower() == name]
    return min(found, default=None)


def unpack(path: Path) -> bytes:
    """Return the content of a file, uncompressed."""
    raw, name = path.read_bytes(), path.name.lower()
    if not name.endswith((".gz", ".zst")):
        return raw
    if raw == b"":
        raise BrokenFileError(path)
    try:
        if name.endswith(".gz"):
            return gzip.decompress(raw)
        with zstd.open(io.BytesIO(raw), "rb") as stream:
            return bytes(stream.read())
    except (OSError, EOFError, zlib.error, zstd.ZstdError) as error:
        raise BrokenFileError(path) from error


def refuse_constant(name: str) -> object:
    """Refuse NaN and Infinity, which Python reads although JSON has no such thing."""
    raise ValueError(name)


def whole_characters(value: object) -> object:
    """Put U+FFFD for every half of a surrogate pair in the texts of a JSON value."""
    if isinstance(value, str):
        return HALF_A_PAIR.sub(REPLACEMENT, value)
    if isinstance(value, list):
        return [whole_characters(entry) for entry in value]
    if isinstance(value, dict):
        return {whole_characters(name): whole_characters(entry) for name, entry in value.items()}
    return value


def read_json(content: str, path: Path) -> object:
    """Read one JSON text by the strict grammar."""
    try:
        value: object = json.loads(content, parse_constant=refuse_constant)
    except ValueError as error:
        raise BrokenFileError(path) from error
    return whole_characters(value)


def read_text(path: Path) -> str:
    """Return the content of a file as text, without a byte-order mark."""
    try:
        return unpack(path).decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise BrokenFileError(path) from error


def is_page(value: Json) -> bool:
    """Return whether an object is a page of resources, and not a resource."""
    return isinstance(value.get("value"), list) and value.get("id") is None


def read_objects(path: Path) -> list[Json]:
    """Read one resource per line; blank lines are skipped.

    Only a line feed ends a line: JSON texts may hold other characters that Python's splitlines
    would take for an end.
    """
    found: list[Json] = []
    for line in read_text(path).split("\n"):
        if line.strip(" \t\r") == "":
            continue
        value = read_json(line, path)
        if not isinstance(value, dict) or is_page(value):
            raise BrokenFileError(path)
        found.append(value)
    return found


def read_all(folder: Path, prefix: str, time: str) -> list[Json]:
    """Read the files of a mailbox whose names begin with a prefix, in the order of their names.

    Whatever has such a name must be such a file; and what lines there are must look like items:
    one of them has an id, or the field that says when.
    """
    found: list[Json] = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if not path.name.lower().startswith(prefix):
            continue
        if not path.is_file() or not path.name.lower().endswith(SUFFIXES):
            raise BrokenFileError(path)
        found.extend(read_objects(path))
    if found and all(line.get("id") is None and line.get(time) is None for line in found):
        raise BrokenFileError(folder)
    return found


def read_one(folder: Path, name: str) -> list[Json]:
    """Read ``<name>.ndjson``, in any ending; nothing when there is no such file."""
    names = {name + suffix for suffix in SUFFIXES}
    paths = [path for path in folder.iterdir() if path.name.lower() in names]
    return [entry for path in sorted(paths) for entry in read_objects(path)]


def read_organization(folder: Path) -> Json:
    """Read the organization resource; a page of exactly one is that one."""
    path = named(folder, "organization.json")
    if path is None:
        raise BrokenFileError(folder)
    value = read_json(read_text(path), path)
    if isinstance(value, dict) and is_page(value):
        page = value["value"]
        value = page[0] if isinstance(page, list) and len(page) == 1 else None
    if not isinstance(value, dict) or not isinstance(value.get("verifiedDomains"), list):
        raise BrokenFileError(path)
    return value


def read_excluded_folders(folder: Path) -> set[str]:
    """Read the ids of the folders that do not count; none when there is no such file."""
    path = named(folder, "excluded_folders.json")
    if path is None:
        return set()
    value = read_json(read_text(path), path)
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise BrokenFileError(path)
    return set(value)


def read_mailbox(folder: Path, user_id: str) -> Mailbox:
    """Read one person's folder, or raise BrokenFileError: nothing of it counts then."""
    return Mailbox(
        user_id,
        read_all(folder, "messages", "sentDateTime"),
        read_all(folder, "events", "start"),
        read_excluded_folders(folder),
    )
