"""Publishing: a snapshot is built beside the old one, checked, and put in its place at once.

`<data_dir>/published` is a link to a folder below `<data_dir>/snapshots`. Renaming a new link
over it replaces every table in one step, so that a reader, and a run that is killed, sees the
old snapshot or the new one and nothing between.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from engagement_assets import schemas
from engagement_assets.errors import PublishingError
from engagement_assets.schemas.input_tables import INPUT_TABLES, PREVIOUS, PREVIOUS_PARTS
from engagement_assets.sql_text import literal
from engagement_assets.warehouse.checked import Checked

# the oldest release whose users can still open the published file
STORAGE_VERSION = "v1.4.0"


def load_previous(connection: duckdb.DuckDBPyConnection, data_dir: Path) -> None:
    """Fill the tables of what is published now, on which the next results go on.

    Columns that the published table does not have yet, or no more, are left empty, or out.
    """
    for source, table in PREVIOUS.items():
        INPUT_TABLES[source].create(connection)
        file = data_dir / "published" / "parquet" / f"{table}.parquet"
        if file.exists():
            described = connection.execute("describe from read_parquet(?)", [str(file)]).fetchall()
            there = {name for name, *_ in described}
            shared = ", ".join(
                f'"{name}"' for name in INPUT_TABLES[source].columns if name in there
            )
            once = "distinct " if source in PREVIOUS_PARTS else ""
            connection.execute(
                f"insert into {source} by name select {once}{shared} from read_parquet(?)",
                [str(file)],
            )


def publish(
    connection: duckdb.DuckDBPyConnection, data_dir: Path, checked: Checked | None = None
) -> Path:
    """Check the finished tables and replace the published snapshot with them.

    Args:
        connection: the warehouse.
        data_dir: the folder that holds `published`.
        checked: what this run has checked already; everything is checked when None.

    Returns:
        The published folder.

    Raises:
        PublishingError: when a table breaks a rule; the old snapshot stays as it is.
    """
    checked = checked or Checked()
    failures = [f for table in schemas.TABLES for f in checked.validate(connection, table)]
    failures += checked.validate_cross_table(connection)
    if failures:
        listed = "\n".join(f"  {failure}" for failure in failures)
        raise PublishingError(
            f"The results break {len(failures)} rule(s) and were not published; those of the "
            f"run before stay:\n{listed}",
            remedy="Their pages in the Dagster UI (engagement ui) say what is wrong.",
        )
    snapshots = data_dir / "snapshots"
    building = snapshots / ".building"
    shutil.rmtree(building, ignore_errors=True)
    (building / "parquet").mkdir(parents=True)
    _write(connection, building)
    published = data_dir / "published"
    # before the link changes, because a run that fails must not have replaced anything
    _remove_all_but(snapshots, published.resolve())
    snapshot = snapshots / f"{1 + max(map(_number, snapshots.iterdir())):06d}"
    building.replace(snapshot)
    _link(snapshot.relative_to(data_dir), published)
    return published


def _write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write every table in the order of its key, so that equal results are equal bytes."""
    # with more threads, or in any order, the same rows would be written as other bytes
    (threads,) = connection.execute("select current_setting('threads')").fetchall()[0]
    connection.execute("set threads = 1; set preserve_insertion_order = true")
    database = folder / "engagement.duckdb"
    try:
        connection.execute(
            f"attach {literal(database)} as snapshot (storage_version {literal(STORAGE_VERSION)})"
        )
        for table in schemas.TABLES.values():
            parquet = folder / "parquet" / f"{table.name}.parquet"
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            order = ", ".join(f'"{column}"' for column in table.key)
            connection.execute(
                f'copy (select {columns} from "{table.name}" order by {order}) '
                f"to {literal(parquet)} (format parquet, compression zstd)"
            )
            name = f'snapshot."{table.name}"'
            connection.execute(
                f"create table {name} as select * from read_parquet({literal(parquet)})"
            )
            connection.execute(f"comment on table {name} is {literal(table.description)}")
            for column in table.columns:
                connection.execute(
                    f'comment on column {name}."{column.name}" is {literal(column.description)}'
                )
    finally:
        connection.execute("detach database if exists snapshot")
        connection.execute(f"set threads = {threads}; set preserve_insertion_order = false")
    _flush([database, *folder.glob("parquet/*")])


def _flush(files: Sequence[Path]) -> None:
    """See the bytes on disk before a link names them, so that a power cut finds them whole."""
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _link(target: Path, link: Path) -> None:
    building = link.with_name(".published.building")
    building.unlink(missing_ok=True)
    building.symlink_to(target)
    building.replace(link)


def _number(snapshot: Path) -> int:
    return int(snapshot.name) if snapshot.name.isdigit() else 0


def _remove_all_but(snapshots: Path, current: Path) -> None:
    """Remove what no reader needs; readers of the current snapshot go on when it is replaced."""
    for folder in snapshots.iterdir():
        if _number(folder) and folder.resolve() != current:
            shutil.rmtree(folder)
