"""Which snapshot a request reads, and what a statement may do."""

import contextlib
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from engagement_assets.results import snapshot as snapshots
from engagement_assets.results.snapshot import (
    NothingPublishedError,
    Snapshots,
    TooSlowError,
    UnreadableError,
)
from engagement_assets.warehouse import publishing

ONE = "select max(Value) as Value, count(*) as Rows from One"
OTHER = "select min(Value) as Value from Other"


def publish(data_dir: Path, value: int) -> Path:
    """Put a snapshot in the place of the one before, in the product's own order of steps."""
    building = data_dir / "snapshots" / ".building"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    with duckdb.connect(building / "engagement.duckdb") as connection:
        # many blocks, so that not all of it is in memory once it is open
        connection.execute(
            f"create table One as select {value} as Value, hash(range) as Filler from range(200000)"
        )
        connection.execute(f"create table Other as select {value} as Value from range(1000)")
    published = data_dir / "published"
    publishing._remove_all_but(data_dir / "snapshots", published.resolve())
    folder = data_dir / "snapshots" / f"{value:06d}"
    building.replace(folder)
    publishing._link(folder.relative_to(data_dir), published)
    return published


def held(name: str) -> list[Path]:
    """Return the open files of this process below a folder of that name, deleted ones too."""
    found = []
    for number in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that listed them
            found.append(number.readlink())
    return [file for file in found if name in file.parts]


def value_of(read: Snapshots) -> int:
    with read.reading() as snapshot:
        row = snapshot.row(ONE)
    assert row is not None
    return int(row["Value"])


def test_a_newer_snapshot_is_read_without_being_told(tmp_path: Path) -> None:
    read = Snapshots(publish(tmp_path, 1))
    assert value_of(read) == 1
    publish(tmp_path, 2)
    assert value_of(read) == 2
    read.close()


def test_a_request_keeps_its_snapshot_though_it_is_gone_from_the_disk(tmp_path: Path) -> None:
    read = Snapshots(publish(tmp_path, 1))
    with read.reading() as before:
        for value in (2, 3, 4):
            publish(tmp_path, value)
            assert value_of(read) == value
        assert not (tmp_path / "snapshots" / "000001").exists()
        assert before.row(ONE) == {"Value": 1, "Rows": 200_000}
        assert before.row(OTHER) == {"Value": 1}
        assert before.name == "000001"
    read.close()


def test_what_is_replaced_is_closed_with_its_last_reader(tmp_path: Path) -> None:
    read = Snapshots(publish(tmp_path, 1))
    with read.reading() as first, read.reading():
        publish(tmp_path, 2)
        assert value_of(read) == 2
        assert first.row(OTHER) == {"Value": 1}
        assert held("000001")
    assert not held("000001")
    read.close()


def test_readers_and_publishing_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    read = Snapshots(publish(tmp_path, 1))
    done = threading.Event()

    def visit() -> int:
        seen = 0
        while not done.is_set():
            with read.reading() as snapshot:
                one, other = snapshot.row(ONE), snapshot.row(OTHER)
                assert one is not None
                assert other is not None
                assert one["Value"] == other["Value"]
                assert one["Value"] >= seen
                seen = one["Value"]
        return seen

    with ThreadPoolExecutor(8) as pool:
        visits = [pool.submit(visit) for _ in range(8)]
        try:
            for value in range(2, 27):
                publish(tmp_path, value)
        finally:
            done.set()
        assert all(visit.result() > 1 for visit in visits)
    assert value_of(read) == 26
    read.close()


def test_a_data_folder_made_anew_is_not_the_old_one(tmp_path: Path) -> None:
    read = Snapshots(publish(tmp_path / "data", 1))
    with read.reading() as before:
        shutil.rmtree(tmp_path / "data")
        with pytest.raises(NothingPublishedError), read.reading():
            pass
        publish(tmp_path / "other", 1)
        with duckdb.connect(tmp_path / "other/snapshots/000001/engagement.duckdb") as connection:
            connection.execute("update One set Value = 7")
        (tmp_path / "other").rename(tmp_path / "data")  # the same path, another file
        assert value_of(read) == 7
        assert before.row(OTHER) == {"Value": 1}
    read.close()


def test_nothing_published_says_so(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError, match="engagement run"):
        value_of(Snapshots(tmp_path / "published"))


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    published = publish(tmp_path, 1)
    (published / "engagement.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(UnreadableError, match=r"000001.engagement\.duckdb: it cannot be opened"):
        value_of(Snapshots(published))


@pytest.mark.parametrize(
    "sql",
    [
        "insert into Other values (1)",
        "drop table One",
        "copy Other to '{folder}/leak.csv'",
        "select * from read_text('{folder}/secret')",
        "attach '{folder}/other.duckdb'",
        "set memory_limit = '100GB'",
        "set global max_execution_time = 0",
        "install httpfs",
    ],
)
def test_a_statement_changes_nothing_and_reaches_nothing_else(tmp_path: Path, sql: str) -> None:
    (tmp_path / "secret").write_text("secret")
    read = Snapshots(publish(tmp_path, 1))
    with read.reading() as snapshot, pytest.raises(duckdb.Error):
        snapshot.rows(sql.format(folder=tmp_path))
    assert value_of(read) == 1
    assert not (tmp_path / "leak.csv").exists()
    read.close()


def test_a_statement_that_takes_too_long_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "STATEMENT_MILLISECONDS", 100)
    read = Snapshots(publish(tmp_path, 1))
    with read.reading() as snapshot:
        with pytest.raises(TooSlowError, match="stopped"):
            snapshot.rows("select sum(a.Filler % 7 * b.Value) from One as a, One as b")
        assert snapshot.row(OTHER) == {"Value": 1}  # the request may go on
    read.close()
