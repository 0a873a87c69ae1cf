"""The Dagster instance of a data folder: state kept inside it, nothing sent anywhere."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from engagement_assets.errors import EngagementError

_SETTINGS = """\
# Written by engagement at every start: state stays in this folder and nothing leaves the machine.
telemetry:
  enabled: false
nux:
  enabled: false
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
"""


class UnwritableError(EngagementError):
    """The data folder cannot be made or written."""


def prepare(data_dir: Path) -> Path:
    """Make the folder that Dagster calls DAGSTER_HOME and return it.

    Raises:
        UnwritableError: when that is not possible.
    """
    home = data_dir.absolute() / "dagster"
    settings = home / "dagster.yaml"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not settings.exists() or settings.read_text(encoding="utf-8") != _SETTINGS:
            settings.write_text(_SETTINGS, encoding="utf-8")
    except OSError as error:
        raise UnwritableError(
            f"data_dir: {data_dir} cannot be written: {error.strerror}. Name a folder that can."
        ) from error
    return home


@contextlib.contextmanager
def opened(data_dir: Path) -> Iterator[dg.DagsterInstance]:
    """Open the instance of a data folder for as long as a run takes."""
    with dg.DagsterInstance.from_config(str(prepare(data_dir))) as instance:
        yield instance
