"""The Dagster instance of a data folder: state kept inside it, nothing sent anywhere."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

_SETTINGS = """\
# Written by engagement at every start: state stays in this folder and nothing leaves the machine.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
"""


def prepare(data_dir: Path) -> Path:
    """Make the folder that Dagster calls DAGSTER_HOME and return it."""
    home = data_dir.absolute() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") != _SETTINGS:
        settings.write_text(_SETTINGS, encoding="utf-8")
    return home


@contextlib.contextmanager
def opened(data_dir: Path) -> Iterator[dg.DagsterInstance]:
    """Open the instance of a data folder for as long as a run takes."""
    with dg.DagsterInstance.from_config(str(prepare(data_dir))) as instance:
        yield instance
