"""What was read of one mailbox: a small file beside the downloaded ones, replaced by renaming."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from engagement_assets import state_files
from engagement_assets.activity.source import ActivityFile, Kind
from engagement_assets.microsoft365.slices import Slice

# raised when the meaning of what is written here changes. There was no format before 1, and no
# step leads on from a file without a number: it is damaged
FORMAT = 1
_STEPS: state_files.Steps = {}

FILE = "state.json"


@dataclass(frozen=True)
class SliceFile:
    """One stretch of one kind of items, complete in one file.

    Attributes:
        kind: message or event resources.
        slice: the stretch.
        name: the file's name in the mailbox's folder. It stays here when the file was landed and
            deleted, because the store knows it by name, size and time.
        size: bytes; 0 when there was nothing, and then there is no file.
        modified_ns: time of its last change, nanoseconds.
        digest: of its lines, to see that nothing has changed.
        read_at: when reading it began.
        round: in which round it was read.
    """

    kind: Kind
    slice: Slice
    name: str
    size: int
    modified_ns: int
    digest: str
    read_at: datetime
    round: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in the stretch."""
        return self.size == 0

    def read_again(self, stretch: Slice, read_at: datetime, round_: str) -> "SliceFile":
        """Return the same content, as a later read found it."""
        return replace(self, slice=stretch, read_at=read_at, round=round_)

    def activity_file(self, folder: Path) -> ActivityFile:
        """Return it as the activity room knows files."""
        name = f"mailboxes/{folder.name}/{self.name}"
        return ActivityFile(self.kind, name, folder / self.name, self.size, self.modified_ns)


@dataclass
class State:
    """What was read of a mailbox.

    Attributes:
        files: what counts: all files of the last read that came to its end.
        covered: from when to when they hold all activity; None before the first such read.
        round: the round of that read.
        excluded_folders: the folders left out, as of that read.
        unfinished: files of a read that did not come to its end. They count for nothing, and
            save asking again.
        generation: how many reads were begun; part of the names of files, so that no read ever
            writes over a file that still counts.
    """

    files: list[SliceFile] = field(default_factory=list)
    covered: Slice | None = None
    round: str = ""
    excluded_folders: tuple[str, ...] = ()
    unfinished: list[SliceFile] = field(default_factory=list)
    generation: int = 0

    @classmethod
    def load(cls, folder: Path) -> "State":
        """Return what stands in a mailbox's folder; the empty state when that cannot be used.

        Raises:
            DataFolderError: when a newer version wrote it.
        """
        try:
            content = state_files.read(folder / FILE, FORMAT, _STEPS)
            return cls(
                files=[_file(item) for item in content["files"]],
                covered=_slice(content["covered"]) if content["covered"] else None,
                round=content["round"],
                excluded_folders=tuple(content["excluded_folders"]),
                unfinished=[_file(item) for item in content["unfinished"]],
                generation=content["generation"],
            )
        except (OSError, ValueError, LookupError, TypeError):
            return cls()  # damaged or not there: everything is read again, nothing is lost

    def save(self, folder: Path) -> None:
        """Replace the file, whole or not at all, also when the machine stops."""
        content = {
            "files": [_row(file) for file in self.files],
            "covered": [self.covered.start, self.covered.end] if self.covered else None,
            "round": self.round,
            "excluded_folders": self.excluded_folders,
            "unfinished": [_row(file) for file in self.unfinished],
            "generation": self.generation,
        }
        state_files.write(folder / FILE, FORMAT, content, orjson.OPT_INDENT_2)

    def lose(self, lost: Iterable[SliceFile]) -> None:
        """Take out files that are nowhere any more; what they were part of counts no longer."""
        names = {file.name for file in lost}
        if any(file.name in names for file in self.files):
            self.unfinished = [*self.files, *self.unfinished]
            self.files, self.covered, self.round = [], None, ""
        self.unfinished = [file for file in self.unfinished if file.name not in names]

    def keep_for_later(self, file: SliceFile) -> None:
        """Remember a stretch of the read under way, in place of an earlier one of the same."""
        others = [
            f for f in self.unfinished if (f.kind, f.slice.label) != (file.kind, file.slice.label)
        ]
        self.unfinished = [*others, file]

    def complete(
        self, files: Iterable[SliceFile], covered: Slice, round_: str, excluded: tuple[str, ...]
    ) -> None:
        """Let a read that came to its end count, in place of the one before."""
        self.files = sorted(files, key=lambda file: file.name)
        self.covered, self.round, self.excluded_folders = covered, round_, excluded
        self.unfinished = []

    def complete_mail(self, files: Iterable[SliceFile], excluded: tuple[str, ...]) -> None:
        """Let the mail count alone: the calendar could not be read, and is asked for again.

        Its files of earlier reads are remembered, so that what has not changed is not landed again.
        """
        later = [file for file in self.unfinished if file.kind == "event"]
        labels = {file.slice.label for file in later}
        earlier = [file for file in self.files if file.kind == "event"]
        self.unfinished = [*later, *(f for f in earlier if f.slice.label not in labels)]
        self.files = sorted(files, key=lambda file: file.name)
        self.covered, self.round, self.excluded_folders = None, "", excluded

    def find(self, kind: Kind, label: str) -> SliceFile | None:
        """Return the file of a stretch with this label, the one read last."""
        found = [
            file
            for file in (*self.files, *self.unfinished)
            if (file.kind, file.slice.label) == (kind, label)
        ]
        return max(found, key=lambda file: file.read_at, default=None)


def folder_of(root: Path, user_id: str) -> Path | None:
    """Return the folder of a mailbox; None for an id that would lead elsewhere."""
    folder = root / user_id
    is_name = user_id != ".." and (folder.parent, folder.name) == (root, user_id)
    return folder if is_name else None


def _row(file: SliceFile) -> dict[str, Any]:
    return {
        **{name: value for name, value in vars(file).items() if name != "slice"},
        "start": file.slice.start,
        "end": file.slice.end,
    }


def _file(item: dict[str, Any]) -> SliceFile:
    stretch = _slice((item.pop("start"), item.pop("end")))
    file = SliceFile(slice=stretch, **item)
    return replace(file, read_at=_moment(item["read_at"]))


def _slice(pair: tuple[str, str]) -> Slice:
    start, end = pair
    return Slice(_moment(start), _moment(end))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
