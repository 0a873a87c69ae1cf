"""One person's mailbox in an activity folder: which files it has, and whether they hold items."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from engagement_assets.activity.ndjson import ENDINGS, is_named_so, json_file, json_lines
from engagement_assets.activity.source import ActivityFile, BrokenFileError, Kind, Mailbox

_KINDS: Mapping[str, Kind] = {"messages": "message", "events": "event"}
_TIMES: Mapping[Kind, str] = {"message": "sentDateTime", "event": "start"}
_EXCLUDED = "excluded_folders"
_NO_LIST = "not a JSON array of folder ids"


def in_order(entries: Iterable[Path]) -> list[Path]:
    """Return files or folders in the order of their names, and where those are equal of paths."""
    return sorted(entries, key=lambda path: (path.name, str(path)))


def read(root: Path, user_id: str, folders: Sequence[Path]) -> Mailbox:
    """Return a person's mailbox, once it is clear that its files can hold one.

    A line or two of each kind are read: whether there are items at all is seen before any of
    them counts, and also when nothing has changed since they were landed.

    Args:
        root: the activity folder, which names of files are relative to.
        user_id: the owner.
        folders: where the mailbox lies: one, or several whose names differ in their case only.

    Raises:
        BrokenFileError: when a file cannot be one of the mailbox, cannot be read as far as was
            looked, or none of the messages, or of the events, is one.
    """
    files: list[ActivityFile] = []
    excluded: list[str] = []
    for path in in_order(path for folder in folders for path in _content(root, folder)):
        name = str(path.relative_to(root))
        lower = path.name.lower()
        stem = next((stem for stem in _KINDS if lower.startswith(stem)), None)
        if lower.startswith(_EXCLUDED):
            excluded += _excluded_folders(path, name)
        elif stem and is_named_so(lower):
            files.append(_file(_KINDS[stem], name, path))
        elif stem:
            raise BrokenFileError(
                name,
                1,
                f"the name has none of the endings {', '.join(ENDINGS)}, so it is not read. Export "
                f"the {stem} as JSON, one resource per line, or take it away",
            )
    for kind in _TIMES:
        _must_hold_items(kind, [file for file in files if file.kind == kind])
    return Mailbox(user_id, tuple(files), tuple(dict.fromkeys(excluded)))


def _content(root: Path, folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError as error:
        name = str(folder.relative_to(root))
        raise BrokenFileError(name, 1, f"cannot be read ({error.strerror})") from error


def _file(kind: Kind, name: str, path: Path) -> ActivityFile:
    try:
        status = path.stat()
    except OSError as error:
        raise BrokenFileError(name, 1, f"cannot be read ({error.strerror})") from error
    return ActivityFile(kind, name, path, status.st_size, status.st_mtime_ns)


def _excluded_folders(path: Path, name: str) -> list[str]:
    if path.name.lower() != f"{_EXCLUDED}.json":
        # without them drafts and junk would count
        raise BrokenFileError(name, 1, f"the name is not {_EXCLUDED}.json, so it is not read")
    content = json_file(path, name, _NO_LIST)
    if not isinstance(content, list) or not all(isinstance(item, str) for item in content):
        raise BrokenFileError(name, 1, _NO_LIST)
    return content


def _must_hold_items(kind: Kind, files: Sequence[ActivityFile]) -> None:
    """Refuse files of which no line is an item: names in another case are other names."""
    first: tuple[str, int] | None = None
    for file in files:
        with closing(json_lines(file.path, file.name)) as lines:
            for number, line in lines:
                if any(line.get(field) is not None for field in ("id", _TIMES[kind])):
                    return
                first = first or (file.name, number)
    if first:
        raise BrokenFileError(
            *first,
            f"no line of the {kind}s has an id or a time ({_TIMES[kind]}). Names of fields are "
            "matched as Graph writes them, case included: id, not Id",
        )
