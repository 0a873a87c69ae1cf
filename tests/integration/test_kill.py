"""A run that is killed at any moment: results are whole, and the next run repairs everything.

`ENGAGEMENT_KILLS` says how many runs are killed (3 when it says nothing): the first ones where the
run says that it has come to a place, the others after a random share of an undisturbed run.
"""

import contextlib
import os
import random
import re
import shutil
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from engagement_assets import schemas
from tests.support import pipeline
from tests.support.command import (
    TIMEOUT,
    assert_published,
    copied,
    run_here,
    start,
)
from tests.support.finished import Finished
from tests.support.pipeline import Rows
from tests.support.repetition import OF_SEVERAL_RUNS, assert_repeated

# what a run prints, and so roughly where it is: in the middle of reading, of the models, at the end
PLACES = (r"[123] of \d+ mailboxes read", r"\d+/\d+ Office", r"\d+/\d+ published")
SHARES = 1_000
SEED = 20_261_124


@dataclass(frozen=True)
class Kill:
    """One run to kill: where it prints what, or else after a share of an undisturbed run.

    Attributes:
        number: of the test.
        place: what a line must look like.
        share: thousandths of the time that an undisturbed run takes.
    """

    number: int
    place: str | None = None
    share: int = 0

    @property
    def has_results(self) -> bool:
        """Whether a run has published before: so it is for every second kill."""
        return self.number % 2 == 1

    def __str__(self) -> str:
        where = f"at '{self.place}'" if self.place else f"after {self.share / 10:g} %"
        return f"{where}, {'second' if self.has_results else 'first'} run"


def _kills() -> list[Kill]:
    count = int(os.environ.get("ENGAGEMENT_KILLS", "3"))
    rng = random.Random(SEED)
    kills = [Kill(number, place) for number, place in enumerate(PLACES)]
    kills += [Kill(n, share=rng.randrange(SHARES)) for n in range(len(kills), count)]
    return kills[:count]


@dataclass(frozen=True)
class Undisturbed:
    """What a run gives that nobody killed.

    Attributes:
        config_file: an organisation before its first run.
        finished: a copy of it after one run.
        seconds: how long that run took.
        files: the bytes of the published Parquet files.
        tables: what is in them.
    """

    config_file: Path
    finished: Path
    seconds: float
    files: Mapping[str, bytes]
    tables: Mapping[str, Rows]


@pytest.fixture
def undisturbed(finished_sample: Finished, tmp_path: Path) -> Undisturbed:
    finished = finished_sample.config_file
    config_file = copied(finished, tmp_path / "before", without=["data"])
    published = finished.parent / "data" / "published"
    return Undisturbed(
        config_file,
        finished,
        finished_sample.seconds,
        _parquet(published),
        pipeline.published(published),
    )


def _parquet(published: Path) -> dict[str, bytes]:
    return {file.stem: file.read_bytes() for file in published.glob("parquet/*.parquet")}


def _run_and_kill(config_file: Path, kill: Kill, seconds: float) -> list[str]:
    """Start a run, kill it and all it started with SIGKILL, and return the lines that it said."""
    process = start(config_file)
    assert process.stdout is not None

    def strike() -> None:
        with contextlib.suppress(ProcessLookupError):  # it was faster
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(TIMEOUT if kill.place else seconds * kill.share / SHARES, strike)
    timer.start()
    said = []
    try:
        for line in process.stdout:
            said.append(line.rstrip("\n"))
            if kill.place and re.fullmatch(rf"\s*{kill.place}", said[-1]):
                strike()
        process.wait(TIMEOUT)
    finally:
        timer.cancel()
        timer.join()
        strike()
        process.stdout.close()
    # it was killed, or it had come to its end just before
    assert process.returncode in {-signal.SIGKILL, 0}, "\n".join(said)
    if kill.place:
        assert any(re.fullmatch(rf"\s*{kill.place}", line) for line in said), "\n".join(said)
    return said


def _assert_whole(published: Path, expected: Undisturbed) -> int:
    """Check that what is published is complete, and return how many runs it tells of."""
    files, tables = _parquet(published), pipeline.published(published)
    assert files.keys() == schemas.TABLES.keys()
    different = [name for name, data in files.items() if data != expected.files[name]]
    assert set(different) <= set(OF_SEVERAL_RUNS), different
    # every run found the same
    runs = assert_repeated(expected.tables, tables)
    with duckdb.connect(published / "engagement.duckdb", read_only=True) as connection:
        for name, rows in tables.items():
            (count,) = connection.execute(f'select count(*) from "{name}"').fetchall()[0]
            assert count == len(rows), name
    return runs


@pytest.mark.parametrize("kill", _kills(), ids=str)
def test_a_killed_run_leaves_whole_results_and_the_next_run_repairs(
    kill: Kill, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    start = undisturbed.finished if kill.has_results else undisturbed.config_file
    config_file = copied(start, tmp_path / "organisation")
    data = config_file.parent / "data"
    published = data / "published"
    if kill.has_results:  # so that there is activity to read again, and a score to compute again
        shutil.rmtree(data / "activity")

    _run_and_kill(config_file, kill, undisturbed.seconds)

    # absent or whole: never something between
    if kill.has_results:
        assert published.is_dir()
    runs = _assert_whole(published, undisturbed) if published.is_dir() else 0
    assert published.is_dir() or not published.is_symlink(), "a link that leads nowhere"
    assert runs in ({1, 2} if kill.has_results else {0, 1}), "a run that nobody started"

    assert_published(run_here(config_file))

    assert _assert_whole(published, undisturbed) == runs + 1
    leftovers = [path for path in (data / "activity").iterdir() if path.suffix == ".building"]
    leftovers += (data / "activity").glob("incoming-*")
    leftovers += [path for path in (data / "snapshots").iterdir() if path.name == ".building"]
    leftovers += data.glob(".published*")
    assert leftovers == []
