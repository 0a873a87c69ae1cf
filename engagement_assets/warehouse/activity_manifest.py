"""What the activity store holds: of every mailbox the last read that came to its end, by kind.

It is a small JSON file beside the batches. A row on disk counts when, and only when, its file
belongs to such a read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engagement_assets import addresses, state_files
from engagement_assets.activity.source import ActivityFile, Kind

FILE = "manifest.json"
FORMAT = 2

# the rule for addresses that was in force before its version was written down
_FIRST_RULE = 1

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class LandedFile:
    """A file whose lines are in the store.

    Attributes:
        file_id: number that the rows carry.
        name: the file's name at its source.
        size: its size in bytes when it was read.
        modified_ns: its time of change when it was read.
        rows: lines that it has.
        batch: number of the batch.
        rule: version of the rule for addresses that its rows were landed under.
    """

    file_id: int
    name: str
    size: int
    modified_ns: int
    rows: int
    batch: int
    rule: int

    def is_still(self, file: ActivityFile) -> bool:
        """Tell whether the file at the source is the one that was landed."""
        return (self.size, self.modified_ns) == (file.size, file.modified_ns)


@dataclass(frozen=True)
class WholeRead:
    """The last read of a mailbox's messages, or of its events, that came to its end.

    Attributes:
        user_id: owner of the mailbox.
        kind: message or event.
        files: what the mailbox had, in the order of names.
        excluded_folders: keys of the folders left out; None when an earlier version did not write
            them down and nothing else has told them yet.
        covered: the window that was read; None when an earlier version did not write it down.
    """

    user_id: str
    kind: Kind
    files: tuple[LandedFile, ...]
    excluded_folders: tuple[int, ...] | None = ()
    covered: Stretch | None = None

    @property
    def is_of_an_earlier_rule(self) -> bool:
        """Whether rows were landed under another rule for addresses than the present one."""
        return any(file.rule != addresses.RULE for file in self.files)

    def in_batch(self, of: int, to: int) -> "WholeRead":
        """Return the same read, its files of one batch being in another."""
        moved = tuple(replace(f, batch=to) if f.batch == of else f for f in self.files)
        return replace(self, files=moved)


@dataclass
class Manifest:
    """All that the store holds.

    Attributes:
        last_id: the greatest number of a file. None is given twice: rows of a file that does not
            count any more stay in their batch until it is written anew.
        last_batch: the greatest number of a batch; so too.
        reads: by user id and kind.
    """

    last_id: int = 0
    last_batch: int = 0
    reads: dict[tuple[str, Kind], WholeRead] = field(default_factory=dict)

    def files(self) -> Iterator[tuple[WholeRead, LandedFile]]:
        """Yield every file that counts, with the read that it belongs to."""
        return ((read, file) for read in self.reads.values() for file in read.files)

    @classmethod
    def load(cls, path: Path) -> "Manifest":
        """Return what a file says.

        Raises:
            DataFolderError: when a newer version wrote it.
            ValueError, TypeError, LookupError: when it is damaged.
        """
        content = state_files.read(path, FORMAT, _STEPS)
        reads = map(_read, content["reads"])
        return cls(
            content["last_id"],
            content["last_batch"],
            {(read.user_id, read.kind): read for read in reads},
        )

    def save(self, path: Path) -> None:
        """Replace the file, whole or not at all."""
        content = {
            "last_id": self.last_id,
            "last_batch": self.last_batch,
            "reads": [_row(read) for read in self.reads.values()],
        }
        state_files.write(path, FORMAT, content)


def _row(read: WholeRead) -> list[Any]:
    files = [list(vars(file).values()) for file in read.files]
    return [read.user_id, read.kind, files, read.excluded_folders, read.covered]


def _read(row: list[Any]) -> WholeRead:
    user_id, kind, files, excluded_folders, covered = row
    return WholeRead(
        user_id,
        kind,
        tuple(LandedFile(*file) for file in files),
        None if excluded_folders is None else tuple(excluded_folders),
        _stretch(covered) if covered else None,
    )


def _stretch(pair: Iterable[str]) -> Stretch:
    start, end = (datetime.fromisoformat(text).astimezone(UTC) for text in pair)
    return start, end


def _numbered(content: state_files.Content) -> state_files.Content:
    """Before format 1 there was no number, and the same content."""
    return content


def _in_reads(content: state_files.Content) -> state_files.Content:
    """Format 1 had the files alone: those of a mailbox are what was last read whole of it.

    Nothing of a mailbox was landed before all of it was read. User ids were kept as they came;
    now they are lower case.
    """
    reads: dict[str, dict[str, list[list[Any]]]] = {}
    for file_id, user_id, kind, name, size, modified_ns, rows, batch in content.pop("files"):
        file = [file_id, name, size, modified_ns, rows, batch, _FIRST_RULE]
        kinds = reads.setdefault(str(user_id).lower(), {"message": [], "event": []})
        kinds[kind].append(file)
    content["reads"] = [
        [user_id, kind, sorted(files, key=_name), None if kind == "message" else [], None]
        for user_id, kinds in reads.items()
        for kind, files in kinds.items()
    ]
    return content


def _name(file: list[Any]) -> str:
    return str(file[1])


_STEPS: state_files.Steps = {0: _numbered, 1: _in_reads}
