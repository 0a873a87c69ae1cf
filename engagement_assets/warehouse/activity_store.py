"""Activity as typed Parquet: batches of many mailboxes, and the manifest that says what they hold.

A batch becomes visible when the manifest that names it is renamed into place, so a killed run
leaves whole batches or nothing, and the next one goes on behind the last. The store knows
nothing of the configuration: who counts is decided when `expose` makes the view.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import duckdb
import orjson

from engagement_assets import state_files
from engagement_assets.activity.source import (
    FIELDS,
    ActivityFile,
    BrokenFileError,
    Kind,
    Resource,
)
from engagement_assets.errors import SourceError
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.sql_text import literal
from engagement_assets.warehouse.database import LANDING

# about 20 MB of Parquet: large enough that a year of weekly batches stays a few dozen files,
# small enough that sorting one fits in a fraction of the memory limit
BATCH_BYTES = 256 * 1024 * 1024

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 1

_LINE = orjson.OPT_APPEND_NEWLINE

# what landing/macros.sql lets DuckDB read (it holds several such buffers): the longest line of a
# source, and the envelope around it. Numbers can grow when they are written again
LONGEST_ENVELOPE = 17 * 1024 * 1024

_STATEMENTS: Mapping[Kind, str] = {"message": "messages.sql", "event": "events.sql"}


@dataclass(frozen=True)
class LandedFile:
    """A file whose lines are in the store.

    Attributes:
        file_id: number that the rows carry.
        user_id: owner of the mailbox.
        kind: message or event.
        name: the file's name at its source.
        size: its size in bytes when it was read.
        modified_ns: its time of change when it was read.
        rows: lines that it has.
        batch: number of the batch.
    """

    file_id: int
    user_id: str
    kind: Kind
    name: str
    size: int
    modified_ns: int
    rows: int
    batch: int

    def is_still(self, file: ActivityFile) -> bool:
        """Tell whether the file at the source is the one that was landed."""
        return (self.size, self.modified_ns) == (file.size, file.modified_ns)


def _numbered(content: state_files.Content) -> state_files.Content:
    """Before format 1 there was no number, and the same content."""
    return content


_STEPS: state_files.Steps = {0: _numbered}


class ActivityStore:
    """The landed activity below one folder. One process at a time (the run holds the lock).

    Raises:
        SourceError: when what is kept there is damaged.
        DataFolderError: when a newer version wrote it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manifest = folder / MANIFEST
        self._files: dict[tuple[str, str], LandedFile] = {}
        # never given twice: rows of a forgotten file stay in their batch until it is written anew
        self._last_id = 0
        self._last_batch = 0
        self._forgotten = False
        if self._manifest.exists():
            present = {(kind, number) for kind, number, _ in self._batches()}
            for landed in self._load():
                if (landed.kind, landed.batch) in present:  # else it is read anew
                    self._files[landed.user_id, landed.name] = landed

    def __len__(self) -> int:
        """Return how many files are landed."""
        return len(self._files)

    def is_landed(self, user_id: str, file: ActivityFile) -> bool:
        """Tell whether this very file, unchanged, is in the store."""
        landed = self._files.get((user_id, file.name))
        return landed is not None and landed.is_still(file)

    def batch(self) -> "Batch":
        """Return an empty batch to write lines into."""
        self._last_batch += 1
        return Batch(self._folder, self._last_id + 1, self._last_batch)

    def commit(self, connection: duckdb.DuckDBPyConnection, batch: "Batch") -> None:
        """Turn a batch into Parquet and make it visible, all or nothing."""
        if not batch.files:
            return
        for kind in _STATEMENTS:
            incoming = batch.close(kind)
            if any(landed.kind == kind for landed in batch.files):
                statement = (LANDING / _STATEMENTS[kind]).read_text(encoding="utf-8")
                self._write(
                    connection, statement.replace("$file", literal(incoming)), kind, batch.number
                )
        self._files.update({(landed.user_id, landed.name): landed for landed in batch.files})
        self._last_id = batch.files[-1].file_id
        self._save()

    def keep_only(self, user_id: str, names: Iterable[str]) -> None:
        """Forget files that a mailbox no longer has (or all of them, with no names)."""
        kept = set(names)
        for key in [key for key in self._files if key[0] == user_id and key[1] not in kept]:
            del self._files[key]
            self._forgotten = True

    def tidy(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take rows of forgotten files off the disk: what nobody may count is not kept."""
        for kind, number, path in list(self._batches()):
            wanted = [
                landed
                for landed in self._files.values()
                if (landed.kind, landed.batch) == (kind, number)
            ]
            if not wanted:
                continue  # nothing names it: removed below
            total = self._rows(connection, path)
            if sum(landed.rows for landed in wanted) == total:
                continue
            self._last_batch += 1
            ids = ", ".join(str(landed.file_id) for landed in wanted)
            rows = f"select * from read_parquet({literal(path)}) where file_id in ({ids})"
            self._write(connection, rows, kind, self._last_batch)
            for landed in wanted:
                self._files[landed.user_id, landed.name] = replace(landed, batch=self._last_batch)
            self._forgotten = True
        if self._forgotten:
            self._save()
        self._remove_unnamed()

    def expose(
        self, connection: duckdb.DuckDBPyConnection, live: Sequence[tuple[int, str, int, str]]
    ) -> None:
        """Make `landed_message` and `landed_event` show the rows of the files that count.

        Args:
            connection: the warehouse.
            live: (person_no, user id, file_no, name of the file) of every file that counts.
        """
        connection.execute(
            "create or replace table live_file (file_id integer, person_no integer, "
            "file_no integer)"
        )
        rows = [
            (self._files[user_id, name].file_id, person_no, file_no)
            for person_no, user_id, file_no, name in live
        ]
        if rows:
            connection.execute(
                "insert into live_file select unnest(?), unnest(?), unnest(?)",
                [list(column) for column in zip(*rows, strict=True)],
            )
        batches = list(self._batches())
        for kind in _STATEMENTS:
            source = INPUT_TABLES[f"landed_{kind}"]
            named = {landed.batch for landed in self._files.values() if landed.kind == kind}
            paths = [path for k, number, path in batches if k == kind and number in named]
            for drop in ("view", "table"):
                _drop(connection, drop, source.name)
            if not paths:
                source.create(connection)
                continue
            columns = ", ".join(
                ("live." if name in {"person_no", "file_no"} else "row.") + f'"{name}"'
                for name in source.columns
            )
            connection.execute(
                f'create view "{source.name}" as select {columns} '
                f"from read_parquet([{', '.join(map(literal, paths))}]) as row "
                "inner join live_file as live on row.file_id = live.file_id"
            )

    def _write(
        self, connection: duckdb.DuckDBPyConnection, rows: str, kind: Kind, number: int
    ) -> None:
        path = self._path(kind, number)
        building = path.with_suffix(".building")
        connection.execute(
            f"copy ({rows}) to {literal(building)} (format parquet, compression zstd)"
        )
        with building.open("rb") as written:
            os.fsync(written.fileno())  # before a manifest names it
        building.replace(path)

    def _path(self, kind: Kind, number: int) -> Path:
        return self._folder / f"{kind}s-{number:06d}.parquet"

    def _batches(self) -> Iterator[tuple[Kind, int, Path]]:
        for kind in _STATEMENTS:
            for path in sorted(self._folder.glob(f"{kind}s-*.parquet")):
                yield kind, int(path.stem.rpartition("-")[2]), path

    def _remove_unnamed(self) -> None:
        """Remove what a killed run, or a batch written anew, left behind."""
        named = {(landed.kind, landed.batch) for landed in self._files.values()}
        for kind, number, path in list(self._batches()):
            if (kind, number) not in named:
                path.unlink()
        for leftover in [*self._folder.glob("*.building"), *self._folder.glob("incoming-*")]:
            leftover.unlink()

    def _load(self) -> list[LandedFile]:
        try:
            content = state_files.read(self._manifest, MANIFEST_FORMAT, _STEPS)
            self._last_id, self._last_batch = content["last_id"], content["last_batch"]
            return [LandedFile(*row) for row in content["files"]]
        except (ValueError, TypeError, LookupError) as error:
            raise self._damaged(self._manifest) from error

    def _rows(self, connection: duckdb.DuckDBPyConnection, path: Path) -> int:
        try:
            counted = connection.execute("select count(*) from read_parquet(?)", [str(path)])
            return int(counted.fetchall()[0][0])
        except duckdb.Error:
            raise self._damaged(path) from None  # its message can quote data

    def _damaged(self, file: Path) -> SourceError:
        return SourceError(
            "it is damaged",
            where=file,
            remedy=f"Remove the folder {self._folder}: the next run reads all activity anew.",
        )

    def _save(self) -> None:
        content = {
            "last_id": self._last_id,
            "last_batch": self._last_batch,
            "files": [list(vars(landed).values()) for landed in self._files.values()],
        }
        state_files.write(self._manifest, MANIFEST_FORMAT, content)
        self._forgotten = False


class Batch:
    """Lines of whole mailboxes on their way into the store, one temporary file per kind."""

    def __init__(self, folder: Path, first_file_id: int, number: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.number = number
        self.files: list[LandedFile] = []
        self._next = first_file_id
        self._paths = {kind: folder / f"incoming-{kind}s.ndjson" for kind in _STATEMENTS}
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

    def add_mailbox(
        self, user_id: str, files: Mapping[ActivityFile, Iterator[tuple[int, Resource]]]
    ) -> None:
        """Write all lines of a mailbox's new files; none of them stays when one raises."""
        marks = {kind: stream.tell() for kind, stream in self._streams.items()}
        landed = []
        try:
            for file, lines in files.items():
                rows = 0
                write = self._streams[file.kind].write
                for number, resource in lines:
                    write(_envelope(self._next, file, number, resource))
                    rows += 1
                landed.append(
                    LandedFile(
                        self._next,
                        user_id,
                        file.kind,
                        file.name,
                        file.size,
                        file.modified_ns,
                        rows,
                        self.number,
                    )
                )
                self._next += 1
        except BaseException:
            for kind, mark in marks.items():
                self._streams[kind].seek(mark)
                self._streams[kind].truncate()
            raise
        self.files.extend(landed)

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


def _drop(connection: duckdb.DuckDBPyConnection, kind: str, name: str) -> None:
    found = connection.execute(
        f"select 1 from duckdb_{kind}s() where {kind}_name = ? and not internal", [name]
    ).fetchall()
    if found:
        connection.execute(f'drop {kind} "{name}"')
