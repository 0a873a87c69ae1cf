"""The Dagster instance of a data folder: state kept inside it, nothing sent anywhere."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from filelock import FileLock

from engagement_assets.errors import DataFolderError
from engagement_assets.pipeline import run_lock, sqlite_engines

_SETTINGS = f"""\
# Written by engagement at every start: state stays in this folder and nothing leaves the machine.
telemetry:
  enabled: false
nux:
  enabled: false
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
# one run at a time of those that Dagster starts, whatever they make: they write the same warehouse
concurrency:
  runs:
    tag_concurrency_limits:
      - key: {run_lock.LAUNCHED_TAG}
        limit: 1
# whether `published` is as new as the schedule promises
freshness:
  enabled: true
"""

# Dagster keeps what a step prints by pointing the process's own output elsewhere while it runs.
# That would take a command's terminal away, and the processes beside it end noisily at Ctrl-C.
_SETTINGS_OF_A_COMMAND = f"""\
{_SETTINGS}compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""

_FILE, _FILE_OF_A_COMMAND = "dagster.yaml", "command.yaml"


def prepare(data_dir: Path) -> Path:
    """Make the folder that Dagster calls DAGSTER_HOME and return it.

    Raises:
        DataFolderError: when that is not possible.
    """
    home = data_dir.absolute() / "dagster"
    try:
        home.mkdir(parents=True, exist_ok=True)
        _write(home / _FILE, _SETTINGS)
        _write(home / _FILE_OF_A_COMMAND, _SETTINGS_OF_A_COMMAND)
        with FileLock(home / "prepare.lock"):
            _make_databases(home)
    except OSError as error:
        raise DataFolderError.unwritable(data_dir, error) from error
    return home


def prepare_to_serve(data_dir: Path) -> Path:
    """Make the folder for Dagster's server and daemon, which begin where the last ones ended.

    Raises:
        UnwritableError: when that is not possible.
    """
    home = prepare(data_dir)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        run_lock.bury_launched(data_dir, instance)
    return home


def _write(file: Path, settings: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != settings:
        file.write_text(settings, encoding="utf-8")


def _make_databases(home: Path) -> None:
    """Make Dagster's databases: its processes do it all at once, and trip over each other."""
    done = home / "history" / "runs.db"
    if done.exists():
        return
    with dg.DagsterInstance.from_config(str(home)) as instance:
        # each is made when it is first asked for; the runs, which tell that all is done, last
        for storage in (
            instance.schedule_storage,
            instance.event_log_storage,
            instance.run_storage,
        ):
            if storage is None:
                raise DataFolderError("it has no place for the history of runs", where=home)


@contextlib.contextmanager
def opened(data_dir: Path) -> Iterator[dg.DagsterInstance]:
    """Open the instance of a data folder for as long as a command's run takes."""
    with (
        dg.DagsterInstance.from_config(str(prepare(data_dir)), _FILE_OF_A_COMMAND) as instance,
        sqlite_engines.kept(instance),
    ):
        yield instance
