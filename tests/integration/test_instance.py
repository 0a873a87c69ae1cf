"""The Dagster instance of a data folder: made once, by whoever comes first."""

import subprocess
import sys
from pathlib import Path

import dagster as dg

from engagement_assets.pipeline import instance

# what every process of `dg dev` does with a home that has just been made
_OPEN = """
import sys
import dagster as dg
with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    print(len(instance.get_runs()), len(instance.all_instigator_state()), instance.get_asset_keys())
"""


def test_its_databases_are_there_before_anybody_opens_them(tmp_path: Path) -> None:
    home = instance.prepare(tmp_path)
    made = {file.relative_to(home): file.stat().st_ino for file in home.rglob("*.db")}
    assert {file.name for file in made} >= {"runs.db", "schedules.db", "index.db"}
    opening = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN, str(home)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [process.communicate()[0] for process in opening] == ["0 0 []\n"] * 2
    assert {file: (home / file).stat().st_ino for file in made} == made


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    with instance.opened(tmp_path) as opened:
        run = opened.create_run_for_job(job_def=_nothing)
    with instance.opened(tmp_path) as opened:
        assert [found.run_id for found in opened.get_runs()] == [run.run_id]


@dg.job
def _nothing() -> None:
    """A job that does nothing."""
