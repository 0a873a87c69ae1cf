"""Activity as typed Parquet: batches of many mailboxes, and what was last read whole of each.

What counts of a mailbox is what the last read that came to its end found, whichever run that was:
a later read replaces it whole or not at all. A batch becomes visible when the manifest that names
it is renamed into place, so a killed run leaves whole batches or nothing, and the next one goes on
behind the last. The store knows nothing of the configuration: who counts is decided when `expose`
makes the view.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from engagement_assets import addresses
from engagement_assets.activity.source import ActivityFile, Kind
from engagement_assets.errors import SourceError
from engagement_assets.schemas.input_tables import INPUT_TABLES, InputTable
from engagement_assets.sql_text import literal
from engagement_assets.warehouse import activity_manifest
from engagement_assets.warehouse.activity_batch import Batch
from engagement_assets.warehouse.activity_manifest import LandedFile, Manifest, WholeRead
from engagement_assets.warehouse.database import LANDING

# about 20 MB of Parquet: large enough that a year of weekly batches stays a few dozen files,
# small enough that sorting one fits in a fraction of the memory limit
BATCH_BYTES = 256 * 1024 * 1024

# in the order in which the files of a mailbox are numbered
_STATEMENTS: Mapping[Kind, str] = {"event": "events.sql", "message": "messages.sql"}


class ActivityStore:
    """The landed activity below one folder. One process at a time (the run holds the lock).

    Raises:
        SourceError: when what is kept there is damaged.
        DataFolderError: when a newer version wrote it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / activity_manifest.FILE
        self._manifest = Manifest()
        self._is_changed = False
        if self._path.exists():
            try:
                self._manifest = Manifest.load(self._path)
            except (ValueError, TypeError, LookupError) as error:
                raise self._damaged(self._path) from error
        present = {(kind, number) for kind, number, _ in self._batches()}
        for key, read in list(self._manifest.reads.items()):
            if any((read.kind, file.batch) not in present for file in read.files):
                del self._manifest.reads[key]  # half a read counts for nothing: it is read anew
        self._landed: dict[tuple[str, str], LandedFile] = {
            (read.user_id, file.name): file for read, file in self._manifest.files()
        }

    def __len__(self) -> int:
        """Return how many files are landed."""
        return len(self._landed)

    def is_landed(self, user_id: str, file: ActivityFile) -> bool:
        """Tell whether this very file, unchanged, is in the store, under the present rules."""
        landed = self._landed.get((user_id, file.name))
        return landed is not None and landed.is_still(file) and landed.rule == addresses.RULE

    def last_read(self, user_id: str, kind: Kind) -> WholeRead | None:
        """Return what was last read whole of a mailbox; None when it never was."""
        return self._manifest.reads.get((user_id, kind))

    def batch(self) -> Batch:
        """Return an empty batch to write lines into."""
        self._manifest.last_batch += 1
        return Batch(self._folder, self._manifest.last_id + 1, self._manifest.last_batch)

    def commit(self, connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        """Turn a batch into Parquet and make it visible, all or nothing.

        Each mailbox in it takes the place of what was read of it before.
        """
        if not batch.reads:
            return
        for kind, name in _STATEMENTS.items():
            incoming = batch.close(kind)
            if batch.has(kind):
                statement = (LANDING / name).read_text(encoding="utf-8")
                rows = statement.replace("$file", literal(incoming))
                self._write(connection, rows, kind, batch.number)
        for read in list(_whole_reads(connection, batch, self._landed)):
            self._remember(read)
        self._manifest.last_id = batch.next_id - 1
        self._save()

    def forget(self, user_id: str) -> None:
        """Let go of all that was ever read of a mailbox; `tidy` takes it off the disk."""
        for kind in _STATEMENTS:
            if read := self._manifest.reads.pop((user_id, kind), None):
                for file in read.files:
                    del self._landed[user_id, file.name]
                self._is_changed = True

    def carried_over(self) -> list[WholeRead]:
        """Return the reads of which an earlier version wrote down the files only."""
        return [read for read in self._manifest.reads.values() if read.covered is None]

    def complete(self, reads: Sequence[WholeRead]) -> None:
        """Keep what else is known of reads that were carried over."""
        for read in reads:
            self._remember(read)
        if reads:
            self._save()

    def leave_out(
        self, connection: duckdb.DuckDBPyConnection, user_id: str, folders: Sequence[str]
    ) -> None:
        """Keep which folders a read that was carried over left out, where that is not known yet."""
        read = self.last_read(user_id, "message")
        if read and read.excluded_folders is None:
            self._remember(replace(read, excluded_folders=_keys(connection, folders)))

    def tidy(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take rows that do not count off the disk: what nobody may count is not kept."""
        for kind, number, path in list(self._batches()):
            wanted = [
                file
                for read, file in self._manifest.files()
                if (read.kind, file.batch) == (kind, number)
            ]
            if not wanted:
                continue  # nothing names it: removed below
            total = self._rows(connection, path)
            if sum(landed.rows for landed in wanted) == total:
                continue
            self._manifest.last_batch += 1
            ids = ", ".join(str(landed.file_id) for landed in wanted)
            rows = f"select * from read_parquet({literal(path)}) where file_id in ({ids})"
            self._write(connection, rows, kind, self._manifest.last_batch)
            for read in list(self._manifest.reads.values()):
                if read.kind == kind:
                    self._remember(read.in_batch(number, self._manifest.last_batch))
        if self._is_changed:
            self._save()
        self._remove_unnamed()

    def expose(self, connection: duckdb.DuckDBPyConnection, persons: Mapping[str, int]) -> None:
        """Make `landed_message` and `landed_event` show all that is kept of these people.

        Args:
            connection: the warehouse.
            persons: the number of each person, by user id.
        """
        connection.execute(
            "create or replace table live_file (file_id integer, person_no integer, "
            "file_no integer)"
        )
        rows = [
            (file.file_id, number, file_no)
            for user_id, number in persons.items()
            for file_no, file in enumerate(self._files_of(user_id), start=1)
        ]
        if rows:
            connection.execute(
                "insert into live_file select unnest(?), unnest(?), unnest(?)",
                [list(column) for column in zip(*rows, strict=True)],
            )
        named = {(read.kind, file.batch) for read, file in self._manifest.files()}
        batches = [
            (kind, path) for kind, number, path in self._batches() if (kind, number) in named
        ]
        for kind in _STATEMENTS:
            source = INPUT_TABLES[f"landed_{kind}"]
            paths = [path for of_kind, path in batches if of_kind == kind]
            for drop in ("view", "table"):
                _drop(connection, drop, source.name)
            if not paths:
                source.create(connection)
                continue
            rows_of = _rows_of(connection, source, paths)
            connection.execute(f'create view "{source.name}" as {rows_of}')

    def _files_of(self, user_id: str) -> Iterator[LandedFile]:
        for kind in _STATEMENTS:
            if read := self.last_read(user_id, kind):
                yield from read.files

    def _remember(self, read: WholeRead) -> None:
        before = self._manifest.reads.get((read.user_id, read.kind))
        for file in before.files if before else ():
            self._landed.pop((read.user_id, file.name), None)
        self._landed.update({(read.user_id, file.name): file for file in read.files})
        self._manifest.reads[read.user_id, read.kind] = read
        self._is_changed = True

    def _write(
        self, connection: duckdb.DuckDBPyConnection, rows: str, kind: Kind, number: int
    ) -> None:
        path = self._folder / f"{kind}s-{number:06d}.parquet"
        building = path.with_suffix(".building")
        connection.execute(
            f"copy ({rows}) to {literal(building)} (format parquet, compression zstd)"
        )
        with building.open("rb") as written:
            os.fsync(written.fileno())  # before a manifest names it
        building.replace(path)

    def _batches(self) -> Iterator[tuple[Kind, int, Path]]:
        for kind in _STATEMENTS:
            for path in sorted(self._folder.glob(f"{kind}s-*.parquet")):
                yield kind, int(path.stem.rpartition("-")[2]), path

    def _remove_unnamed(self) -> None:
        """Remove what a killed run, or a batch written anew, left behind."""
        named = {(read.kind, file.batch) for read, file in self._manifest.files()}
        for kind, number, path in list(self._batches()):
            if (kind, number) not in named:
                path.unlink()
        for leftover in [*self._folder.glob("*.building"), *self._folder.glob("incoming-*")]:
            leftover.unlink()

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
        self._manifest.save(self._path)
        self._is_changed = False


def _whole_reads(
    connection: duckdb.DuckDBPyConnection, batch: Batch, known: Mapping[tuple[str, str], LandedFile]
) -> Iterator[WholeRead]:
    """Yield what a batch makes of its mailboxes: new files, and those that are known already."""
    for read in batch.reads:
        mailbox = read.mailbox
        for kind in mailbox.read:
            whole = WholeRead(
                mailbox.user_id,
                kind,
                tuple(
                    read.landed.get(file) or known[mailbox.user_id, file.name]
                    for file in mailbox.files
                    if file.kind == kind
                ),
                covered=read.covered,
            )
            if kind == "message":
                folders = _keys(connection, mailbox.excluded_folders)
                whole = replace(whole, excluded_folders=folders)
            yield whole


def _keys(connection: duckdb.DuckDBPyConnection, texts: Sequence[str]) -> tuple[int, ...]:
    if not texts:
        return ()
    found = connection.execute("select key_of(unnest(?))", [list(texts)]).fetchall()
    return tuple(key for (key,) in found)


def _rows_of(
    connection: duckdb.DuckDBPyConnection, source: InputTable, paths: Sequence[Path]
) -> str:
    """Return the query over batches; those of an earlier version lack columns of this one."""
    found = {
        tuple(name for name, *_ in connection.execute(f"describe from {literal(path)}").fetchall())
        for path in paths
    }
    everywhere = set.intersection(*map(set, found))
    somewhere = set[str]().union(*found)
    selected = []
    for name, (type_, _) in source.columns.items():
        nothing = f"cast({'[]' if type_.endswith('[]') else 'null'} as {type_})"
        if name in {"person_no", "file_no"}:
            column = f'live."{name}"'
        elif name not in somewhere:
            column = nothing
        elif name not in everywhere and type_.endswith("[]"):
            column = f'coalesce("row"."{name}", {nothing})'
        else:
            column = f'"row"."{name}"'
        selected.append(f'{column} as "{name}"')
    union = "" if len(found) == 1 else ", union_by_name = true"
    listed = ", ".join(map(literal, paths))
    return (
        f'select {", ".join(selected)} from read_parquet([{listed}]{union}) as "row" '
        'inner join live_file as live on "row".file_id = live.file_id'
    )


def _drop(connection: duckdb.DuckDBPyConnection, kind: str, name: str) -> None:
    found = connection.execute(
        f"select 1 from duckdb_{kind}s() where {kind}_name = ? and not internal", [name]
    ).fetchall()
    if found:
        connection.execute(f'drop {kind} "{name}"')
