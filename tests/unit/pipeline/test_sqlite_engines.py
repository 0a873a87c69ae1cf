"""One engine for each of Dagster's databases: nothing that is written is lost, whoever writes."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy
from sqlalchemy import event

from engagement_assets.pipeline import instance, sqlite_engines
from tests.support.command import TIMEOUT

THREADS, PROCESSES, EVENTS = 4, 2, 10


def write(opened: dg.DagsterInstance, name: str) -> None:
    """Write materialisations of an asset, as the steps of a run do."""
    for number in range(EVENTS):
        opened.report_runless_asset_event(dg.AssetMaterialization(name, metadata={"n": number}))


def written(opened: dg.DagsterInstance, name: str) -> list[object]:
    """Return what was written of an asset, in its order."""
    found = opened.fetch_materializations(dg.AssetKey(name), limit=1000, ascending=True).records
    return [
        record.asset_materialization.metadata["n"].value
        for record in found
        if record.asset_materialization
    ]


_WRITE = """
import sys
from pathlib import Path
from engagement_assets.pipeline import instance
from tests.unit.pipeline.test_sqlite_engines import write
with instance.opened(Path(sys.argv[1])) as opened:
    write(opened, sys.argv[2])
"""


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count, per database file, the connections that are made while the block lasts."""
    made: Counter[str] = Counter()

    def connects(_: object, __: object, arguments: list[str], ___: object) -> None:
        made[Path(arguments[0]).name] += 1

    event.listen(sqlalchemy.Engine, "do_connect", connects)
    try:
        yield made
    finally:
        event.remove(sqlalchemy.Engine, "do_connect", connects)


def test_a_database_is_opened_once_however_much_is_written(tmp_path: Path) -> None:
    with instance.opened(tmp_path) as opened, counted() as made:
        write(opened, "first")
        few = made.copy()
        write(opened, "second")
        assert made == few
    assert few["index.db"] <= 3  # twice by Dagster, which looks at it first, then the kept engine
    with counted() as made, dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as opened:
        write(opened, "third")
    assert made["index.db"] > EVENTS  # what it would be: when this fails, Dagster does it itself


def test_threads_lose_nothing(tmp_path: Path) -> None:
    names = [f"thread_{number}" for number in range(THREADS)]
    with instance.opened(tmp_path) as opened:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda name: write(opened, name), names))
        for name in names:
            assert written(opened, name) == list(range(EVENTS)), name


def test_processes_lose_nothing_beside_those_that_keep_no_engine(tmp_path: Path) -> None:
    names = [f"process_{number}" for number in range(PROCESSES)]
    home = instance.prepare(tmp_path)
    writing = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITE, str(tmp_path), name],
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    with dg.DagsterInstance.from_config(str(home)) as old:  # as Dagster's web server does
        write(old, "server")
        for process in writing:
            _, said = process.communicate(timeout=TIMEOUT)
            assert process.returncode == 0, said
        for name in (*names, "server"):
            assert written(old, name) == list(range(EVENTS)), name


def test_what_dagster_wrote_alone_is_read_and_the_other_way_round(tmp_path: Path) -> None:
    home = instance.prepare(tmp_path)
    with dg.DagsterInstance.from_config(str(home)) as old:
        write(old, "before")
    with instance.opened(tmp_path) as opened:
        assert written(opened, "before") == list(range(EVENTS))
        write(opened, "after")
    with dg.DagsterInstance.from_config(str(home)) as old:
        assert written(old, "after") == list(range(EVENTS))


def test_both_sides_of_a_fork_write(tmp_path: Path) -> None:
    with instance.opened(tmp_path) as opened:
        write(opened, "parent")
        child = os.fork()
        if child == 0:  # nothing of pytest may run here
            try:
                write(opened, "child")
            finally:
                os._exit(0 if written(opened, "child") == list(range(EVENTS)) else 1)
        _, status = os.waitpid(child, 0)
        assert status == 0
        write(opened, "parent")
        assert written(opened, "parent") == 2 * list(range(EVENTS))


def test_it_ends_with_the_block(tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(instance.prepare(tmp_path))) as opened:
        storages = (opened.run_storage, opened.event_log_storage)
        before = [set(vars(storage)) for storage in storages]
        with sqlite_engines.kept(opened), sqlite_engines.kept(opened):
            write(opened, "inside")
            assert "connect" in vars(opened.run_storage)
        assert [set(vars(storage)) for storage in storages] == before
        assert written(opened, "inside") == list(range(EVENTS))


def test_what_is_in_memory_is_left_to_dagster() -> None:
    with dg.DagsterInstance.ephemeral() as opened, sqlite_engines.kept(opened):
        write(opened, "inside")
        assert written(opened, "inside") == list(range(EVENTS))
    with sqlite_engines.kept(None):
        pass


def _break(opened: dg.DagsterInstance) -> None:
    connect: Any = getattr(opened.run_storage, "connect")  # noqa: B009 - of SQL storages only
    with connect() as connection:
        connection.execute(sqlalchemy.text("delete from instance_info"))
        connection.execute(sqlalchemy.text("select * from no_such_table"))


def test_a_failure_is_rolled_back_and_the_engine_goes_on(tmp_path: Path) -> None:
    with instance.opened(tmp_path) as opened:
        write(opened, "before")
        with pytest.raises(sqlalchemy.exc.OperationalError, match="no_such_table"):
            _break(opened)
        write(opened, "after")
        assert written(opened, "after") == list(range(EVENTS))
