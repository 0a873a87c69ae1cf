"""Publishing: all tables or none, the old snapshot or the new one, never anything between."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engagement_assets import schemas
from engagement_assets.errors import PublishingError
from engagement_assets.schemas import TABLES
from engagement_assets.warehouse import publishing
from engagement_assets.warehouse.checked import Checked
from tests.support.failing import fail_at
from tests.support.snapshot import fill

Connection = duckdb.DuckDBPyConnection
CHECKED = Checked()
FILES = {"engagement.duckdb", *(f"parquet/{name}.parquet" for name in TABLES)}


@pytest.fixture
def warehouse() -> Iterator[Connection]:
    """Return a warehouse whose finished tables keep every rule."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        fill(connection)
        yield connection


def publish(connection: Connection, data_dir: Path) -> Path:
    """Publish tables that keep every rule: they are checked once, whatever is changed in place."""
    return publishing.publish(connection, data_dir, CHECKED)


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder (or below what a link names)."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(connection: Connection, table: str) -> list[tuple[object, ...]]:
    return connection.execute(f"from {table}").fetchall()


def change(connection: Connection) -> None:
    """Make another result, which keeps every rule."""
    for table in ("Office_Customer", "Customer_Profile"):
        connection.execute(f"update {table} set Name = Name || ' (new)'")


# What is published


def test_what_is_published(warehouse: Connection, tmp_path: Path) -> None:
    published = publish(warehouse, tmp_path)
    assert published == tmp_path / "published"
    assert set(hashes(published)) == FILES
    with duckdb.connect(published.resolve() / "engagement.duckdb", read_only=True) as database:
        database.execute("set TimeZone = 'UTC'")
        names = database.execute("select table_name from duckdb_tables() order by 1").fetchall()
        assert [name for (name,) in names] == sorted(TABLES)
        for name, table in TABLES.items():
            found = rows(database, name)
            assert found, name
            assert found == rows(database, f"'{published}/parquet/{name}.parquet'")
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            key = ", ".join(f'"{column}"' for column in table.key)
            expected = warehouse.execute(f'select {columns} from "{name}" order by {key}')
            assert found == expected.fetchall(), "every row, in the order of its key"


@pytest.mark.parametrize("name", TABLES)
def test_types_and_comments(warehouse: Connection, tmp_path: Path, name: str) -> None:
    """Whoever opens the file finds in it what the columns mean."""
    table = TABLES[name]
    published = publish(warehouse, tmp_path).resolve()
    with duckdb.connect(published / "engagement.duckdb", read_only=True) as database:
        found = database.execute(
            "select column_name, data_type, comment from duckdb_columns() "
            "where table_name = ? order by column_index",
            [name],
        ).fetchall()
        assert found == [(column.name, column.type, column.description) for column in table.columns]
        assert all(comment for *_, comment in found)
        comments = database.execute(
            "select comment from duckdb_tables() where table_name = ?", [name]
        )
        assert comments.fetchall() == [(table.description,)]
        described = database.execute(
            f"describe from '{published}/parquet/{name}.parquet'"
        ).fetchall()
        assert [row[:2] for row in described] == [(c.name, c.type) for c in table.columns]


def test_rows_in_another_order_are_the_same_bytes(tmp_path: Path) -> None:
    results = []
    for direction in ("asc", "desc"):
        with duckdb.connect(config={"threads": 2}) as connection:
            fill(connection)
            for table in TABLES.values():
                key = ", ".join(f'"{column}" {direction}' for column in table.key)
                connection.execute(
                    f'create table copied as from "{table.name}" order by {key}; '
                    f'drop table "{table.name}"; alter table copied rename to "{table.name}"'
                )
            results.append(hashes(publish(connection, tmp_path / direction) / "parquet"))
    assert results[0] == results[1]


def test_the_warehouse_goes_on_as_before(warehouse: Connection, tmp_path: Path) -> None:
    settings = "select current_setting('threads'), current_setting('preserve_insertion_order')"
    before = warehouse.execute(settings).fetchall()
    publish(warehouse, tmp_path)
    assert warehouse.execute(settings).fetchall() == before
    databases = warehouse.execute("select database_name from duckdb_databases() where not internal")
    assert databases.fetchall() == [("memory",)]


@pytest.mark.parametrize("name", ["o'brien", "a b [1]", "ünïcode ✓", "$x%20"])
def test_any_name_of_a_folder(warehouse: Connection, tmp_path: Path, name: str) -> None:
    assert set(hashes(publish(warehouse, tmp_path / name))) == FILES


# What stays


BREAKS = {
    "a rule of a table": "update Office set NoOfEmails_ToAccount = -1",
    "a rule between tables": "delete from Office_ScoreContribution",
    "a table that is missing": "drop table Office_Mailbox",
    "a column too many": "alter table Office_Customer add column Email varchar",
    "a null": "update Office_Customer set CustomerId = null",
    "the last table": "insert into Office_ScoreHistory from Office_ScoreHistory",
}


@pytest.mark.parametrize("statement", BREAKS.values(), ids=BREAKS)
def test_a_broken_rule_publishes_nothing(
    warehouse: Connection, tmp_path: Path, statement: str
) -> None:
    publish(warehouse, tmp_path)
    before = hashes(tmp_path)
    target = (tmp_path / "published").readlink()
    warehouse.execute(statement)
    with pytest.raises(PublishingError, match=r"break \d+ rule.* those of the run before stay"):
        publishing.publish(warehouse, tmp_path)
    assert hashes(tmp_path) == before, "not a single file, published or not"
    assert (tmp_path / "published").readlink() == target


def test_a_broken_rule_in_the_first_run(warehouse: Connection, tmp_path: Path) -> None:
    warehouse.execute("update Office set EngagementScore = 101")
    with pytest.raises(PublishingError, match="EngagementScore"):
        publishing.publish(warehouse, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_table_is_checked(
    warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def validate(connection: Connection, table: str) -> list[object]:
        checked.append(table)
        return []

    monkeypatch.setattr(schemas, "validate", validate)
    publishing.publish(warehouse, tmp_path)
    assert checked == list(TABLES)


class FailingAt:
    """A connection whose nth statement of a kind fails."""

    def __init__(self, connection: Connection, beginning: str, number: int) -> None:
        self._connection = connection
        self._beginning = beginning
        self._left = number

    def execute(self, statement: str, *arguments: object) -> Connection:
        """Run the statement, or fail."""
        if statement.startswith(self._beginning):
            self._left -= 1
            if self._left == 0:
                raise duckdb.IOException("No space left on device")
        return self._connection.execute(statement, *arguments)


@pytest.mark.parametrize(
    ("beginning", "number"),
    [
        *(
            ("select table_name", 1),
            ("select current_setting", 1),
            ("set threads", 1),
            ("attach", 1),
            ("copy", 1),
            ("copy", len(TABLES)),
        ),
        *(("create table", 1), ("create table", len(TABLES)), ("comment on table", 2)),
        *(("comment on column", 30), ("detach", 1)),
    ],
)
def test_a_statement_that_fails_keeps_the_old_snapshot(
    warehouse: Connection, tmp_path: Path, beginning: str, number: int
) -> None:
    publish(warehouse, tmp_path)
    before = hashes(tmp_path / "published")
    change(warehouse)
    failing: Any = FailingAt(warehouse, beginning, number)
    with pytest.raises(duckdb.IOException):
        publish(failing, tmp_path)
    assert hashes(tmp_path / "published") == before
    if beginning != "detach":
        assert_recovers(warehouse, tmp_path, before)


def assert_recovers(warehouse: Connection, data_dir: Path, before: dict[str, str]) -> None:
    """Check that the next run publishes, and leaves nothing of the one that failed."""
    after = hashes(publish(warehouse, data_dir))
    assert set(after) == FILES
    assert after != before
    names = {path.name for path in data_dir.iterdir()}
    assert names == {"published", "snapshots"}
    assert not (data_dir / "snapshots" / ".building").exists()


CALLS = {
    "mkdir": (Path, "mkdir"),
    "fsync": (os, "fsync"),
    "open": (os, "open"),
    "rmtree": (shutil, "rmtree"),
    "rename": (Path, "replace"),
    "unlink": (Path, "unlink"),
    "symlink": (Path, "symlink_to"),
    "stat": (Path, "stat"),
    "list": (Path, "iterdir"),
}


@pytest.mark.parametrize(("owner", "name"), CALLS.values(), ids=CALLS)
def test_whatever_fails_keeps_the_old_snapshot(
    warehouse: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: object,
    name: str,
) -> None:
    """Every single call fails once: a run that says it failed has changed nothing."""
    prepare(warehouse, tmp_path)
    tried = numbers(warehouse, tmp_path, monkeypatch, owner, name)
    before = hashes(tmp_path / "published")
    for number in tried:
        with monkeypatch.context() as patch:
            fail_at(patch, owner, name, number, OSError("No space left on device"))
            try:
                publish(warehouse, tmp_path)
            except OSError:
                failed = True
            else:
                failed = False
        # a failure that does not matter to the results may be overlooked
        after = hashes(tmp_path / "published")
        assert failed is (after == before), f"call {number}"
        if not failed:
            before = hashes(publish(warehouse, tmp_path))
            change(warehouse)
    assert_recovers(warehouse, tmp_path, {})


@pytest.mark.parametrize("name", ["mkdir", "fsync", "rmtree", "rename", "symlink"])
def test_a_kill_leaves_the_old_snapshot_or_the_new_one(
    warehouse: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    prepare(warehouse, tmp_path)
    tried = numbers(warehouse, tmp_path, monkeypatch, *CALLS[name])
    before = hashes(tmp_path / "published")
    for number in tried:
        new = hashes(publish(warehouse, tmp_path / "elsewhere") / "parquet")
        with monkeypatch.context() as patch:
            fail_at(patch, *CALLS[name], number, KeyboardInterrupt())
            with contextlib.suppress(KeyboardInterrupt):
                publish(warehouse, tmp_path)
        after = hashes(tmp_path / "published")
        assert after == before or (set(after) == FILES and new.items() <= in_parquet(after).items())
        before = hashes(publish(warehouse, tmp_path))
        change(warehouse)


def in_parquet(files: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("parquet/"): value for name, value in files.items()}


def prepare(warehouse: Connection, data_dir: Path) -> dict[str, str]:
    """Publish until there is an old snapshot to remove, and make another result."""
    for _ in range(3):
        publish(warehouse, data_dir)
    change(warehouse)
    return hashes(data_dir / "published")


def numbers(
    warehouse: Connection,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: object,
    name: str,
) -> list[int]:
    """Return which calls to let fail: those in the middle are for one table after another."""
    with monkeypatch.context() as patch:
        calls = fail_at(patch, owner, name, 0, OSError())
        publish(warehouse, data_dir)
        last = len(calls)
    change(warehouse)
    assert last, "nothing to try"
    return sorted({*range(1, 4), *range(last - 3, last + 1)} & set(range(1, last + 1)))


# Snapshots


def test_two_snapshots_remain(warehouse: Connection, tmp_path: Path) -> None:
    for number in range(1, 13):
        publish(warehouse, tmp_path)
        kept = {path.name for path in (tmp_path / "snapshots").iterdir()}
        assert kept == {f"{place:06d}" for place in (number - 1, number) if place}
        assert (tmp_path / "published").resolve().name == f"{number:06d}"
    assert not (tmp_path / "published").readlink().is_absolute(), "the folder may be moved"


def test_the_folder_may_be_moved(warehouse: Connection, tmp_path: Path) -> None:
    before = hashes(publish(warehouse, tmp_path / "here"))
    (tmp_path / "here").rename(tmp_path / "there")
    assert hashes(tmp_path / "there" / "published") == before


def test_a_reader_goes_on_while_a_new_snapshot_is_published(
    warehouse: Connection, tmp_path: Path
) -> None:
    """On what it opened, also when that snapshot is removed under it."""
    old = publish(warehouse, tmp_path).resolve()
    expected = rows(warehouse, "Office_Customer order by all")
    with duckdb.connect(old / "engagement.duckdb", read_only=True) as reader:
        for number in (2, 3, 4):
            change(warehouse)
            publish(warehouse, tmp_path)
            assert rows(reader, "Office_Customer order by all") == expected
            assert old.exists() is (number == 2), "readers have the time of one run to open it"
            for name in TABLES:
                assert rows(reader, name)
        newest = (tmp_path / "published").resolve()
        with duckdb.connect(newest / "engagement.duckdb", read_only=True) as database:
            found = rows(database, "Office_Customer order by all")
        assert found == rows(warehouse, "Office_Customer order by all")
        assert found != expected


def test_a_snapshot_that_was_never_published_is_removed(
    warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run was killed between its snapshot and the link: the next one finds both numbers taken."""
    publish(warehouse, tmp_path)
    before = hashes(tmp_path / "published")
    change(warehouse)
    with monkeypatch.context() as patch:
        fail_at(patch, Path, "symlink_to", 1, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            publish(warehouse, tmp_path)
    assert (tmp_path / "published").resolve().name == "000001"
    assert hashes(tmp_path / "published") == before
    assert hashes(publish(warehouse, tmp_path)) != before
    newest = (tmp_path / "published").resolve().name
    assert {path.name for path in (tmp_path / "snapshots").iterdir()} == {"000001", newest}


def test_the_first_run_has_no_runs_before(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        publishing.load_previous(connection, tmp_path)
        assert rows(connection, "previous_run") == rows(connection, "previous_score") == []
