"""Lines of whole mailboxes on their way into the activity store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson

from engagement_assets import addresses
from engagement_assets.activity.source import (
    FIELDS,
    KINDS,
    ActivityFile,
    BrokenFileError,
    Kind,
    Mailbox,
    Resource,
)
from engagement_assets.warehouse.activity_manifest import LandedFile, Stretch

_LINE = orjson.OPT_APPEND_NEWLINE

# what landing/macros.sql lets DuckDB read (it holds several such buffers): the longest line of a
# source, and the envelope around it. Numbers can grow when they are written again
LONGEST_ENVELOPE = 17 * 1024 * 1024


@dataclass(frozen=True)
class MailboxRead:
    """A mailbox of a batch, read to its end.

    Attributes:
        mailbox: what the source said of it.
        covered: the window that was read.
        landed: those of its files whose lines are in the batch.
    """

    mailbox: Mailbox
    covered: Stretch
    landed: Mapping[ActivityFile, LandedFile]


class Batch:
    """Lines of whole mailboxes, one temporary file per kind."""

    def __init__(self, folder: Path, first_file_id: int, number: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.number = number
        self.reads: list[MailboxRead] = []
        self.next_id = first_file_id
        self._paths = {kind: folder / f"incoming-{kind}s.ndjson" for kind in KINDS}
        self._streams: dict[Kind, IO[bytes]] = {
            kind: path.open("wb") for kind, path in self._paths.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the temporary files."""
        for stream in self._streams.values():
            stream.close()
        for path in self._paths.values():
            path.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        """Bytes that were written so far."""
        return sum(stream.tell() for stream in self._streams.values())

    def has(self, kind: Kind) -> bool:
        """Tell whether a file of this kind came in, though it may have no lines."""
        return any(file.kind == kind for read in self.reads for file in read.landed)

    def add_mailbox(
        self,
        mailbox: Mailbox,
        covered: Stretch,
        new: Mapping[ActivityFile, Iterator[tuple[int, Resource]]],
    ) -> None:
        """Write all lines of a mailbox's new files; none of them stays when one raises.

        Args:
            mailbox: the mailbox; all files of the kinds that it was read of.
            covered: the window that was read.
            new: the lines of those files that the store does not have.
        """
        marks = {kind: stream.tell() for kind, stream in self._streams.items()}
        landed: dict[ActivityFile, LandedFile] = {}
        file_id = self.next_id
        try:
            for file, lines in new.items():
                rows = 0
                write = self._streams[file.kind].write
                for number, resource in lines:
                    write(_envelope(file_id, file, number, resource))
                    rows += 1
                landed[file] = LandedFile(
                    file_id,
                    file.name,
                    file.size,
                    file.modified_ns,
                    rows,
                    self.number,
                    addresses.RULE,
                )
                file_id += 1
        except BaseException:
            for kind, mark in marks.items():
                self._streams[kind].seek(mark)
                self._streams[kind].truncate()
            raise
        self.next_id = file_id
        self.reads.append(MailboxRead(mailbox, covered, landed))

    def close(self, kind: Kind) -> Path:
        """Finish the lines of one kind and return the file that has them."""
        self._streams[kind].close()
        return self._paths[kind]


def _envelope(file_id: int, file: ActivityFile, number: int, resource: Resource) -> bytes:
    kept = {field: resource[field] for field in FIELDS[file.kind] if field in resource}
    try:
        text = orjson.dumps({"f": file_id, "l": number, "r": kept}, option=_LINE)
    except orjson.JSONEncodeError:  # it reads deeper than it writes
        raise BrokenFileError(file.name, number, "nested too deeply") from None
    if len(text) > LONGEST_ENVELOPE:
        raise BrokenFileError(file.name, number, "longer than 16 MiB")
    return text
