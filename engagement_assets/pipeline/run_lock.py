"""One run at a time works on a data folder: it holds a lock that ends with its process."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
from filelock import FileLock, Timeout

from engagement_assets.errors import BusyError

# Dagster's own tag of every run that its web server or daemon starts; those of the command have
# none. `dagster.yaml` lets one of them go on at a time: the others wait in Dagster's queue.
LAUNCHED_TAG = "dagster/code_location"

# its own id, once a run holds the lock: so that one which still waits is not taken for dead
HOLDER_TAG = "engagement/holds_the_lock"

_POLL_SECONDS = 1.0


@contextlib.contextmanager
def taken(data_dir: Path, context: dg.InitResourceContext) -> Iterator[None]:
    """Hold the lock of a data folder as long as the block lasts.

    A run that Dagster started waits for the one before it. One that somebody started in a terminal
    says at once that there is another.

    Raises:
        BusyError: when another run works on the same data folder, and this one does not wait.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = _lock(data_dir)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        if context.run is None or LAUNCHED_TAG not in context.run.tags:
            raise BusyError(
                f"Another run works on {data_dir}.",
                remedy="Wait until it ends, then run again.",
            ) from error
        if context.log is not None:
            context.log.info("Another run works on %s. This one waits until it ends.", data_dir)
        lock.acquire(timeout=-1, poll_interval=_POLL_SECONDS)
    try:
        if context.instance is not None and context.run is not None:
            # nobody else can hold the lock any longer: they were killed, and could not say so
            _bury(context.instance, lambda run: run.tags.get(HOLDER_TAG) == run.run_id)
            mine = context.run.run_id
            context.instance.add_run_tags(mine, {HOLDER_TAG: mine})
        yield
    finally:
        lock.release()


def bury_launched(data_dir: Path, instance: dg.DagsterInstance) -> None:
    """Tell Dagster, before it starts, that runs which it started have ended with their machine.

    For Dagster's queue they would go on, and nothing would ever run again. While somebody holds the
    lock nothing is said: that run may have outlived the server that started it.
    """
    with contextlib.suppress(Timeout), _lock(data_dir).acquire(timeout=0):
        _bury(instance, lambda run: LAUNCHED_TAG in run.tags)


def _lock(data_dir: Path) -> FileLock:
    return FileLock(data_dir / "run.lock")


def _bury(instance: dg.DagsterInstance, is_dead: Callable[[dg.DagsterRun], bool]) -> None:
    going_on = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    for run in instance.get_runs(dg.RunsFilter(statuses=going_on)):
        if is_dead(run):
            instance.report_run_failed(run, "Its process was killed, or its machine.")
