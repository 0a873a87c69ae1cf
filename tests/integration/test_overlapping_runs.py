"""Two runs at once on one data folder: those that Dagster starts wait, and none is left behind."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.test_utils import create_test_daemon_workspace_context, poll_for_finished_run
from dagster._core.workspace.context import IWorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from filelock import FileLock

from engagement_assets import definitions
from engagement_assets.pipeline import instance, run_lock
from tests.support.command import TIMEOUT, write_sample

GOES_ON = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED)
ONE_STEP = frozenset({dg.AssetKey("consent_status")})


@pytest.fixture
def workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[IWorkspaceProcessContext[Any]]:
    """What Dagster's daemon works with: the instance of an organisation, and a code server."""
    config_file = write_sample(tmp_path)
    monkeypatch.setenv(definitions.CONFIG_VARIABLE, str(config_file))
    # the code server is a process, and nobody may be left behind
    waits = "wait_for_local_code_server_processes_on_shutdown"
    monkeypatch.setattr(dg.DagsterInstance, waits, property(lambda _: True))
    code = ModuleTarget("engagement_assets.definitions", None, str(tmp_path), "engagement")
    with (
        instance.opened(tmp_path / "data") as opened,
        create_test_daemon_workspace_context(code, opened) as context,
    ):
        yield context


def _materialize(workspace: IWorkspaceProcessContext[Any]) -> str:
    """Put a run of one asset into Dagster's queue, as "Materialize" on its page does."""
    opened, request = workspace.instance, workspace.create_request_context()
    (location,) = request.code_locations
    (repository,) = location.get_repositories().values()
    job = repository.get_full_job("engagement")
    local = definitions.build(definitions.configured({}, _configuration(workspace)))
    run = opened.create_run_for_job(
        job_def=local.resolve_job_def("engagement"),
        asset_selection=ONE_STEP,
        remote_job_origin=job.get_remote_origin(),
        job_code_origin=job.get_python_origin(),
    )
    opened.submit_run(run.run_id, request)
    return run.run_id


def _configuration(workspace: IWorkspaceProcessContext[Any]) -> Path:
    return Path(workspace.instance.root_directory).parents[1] / "engagement.yaml"


def _status(opened: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = opened.get_run_by_id(run_id)
    assert run is not None
    return run.status


def _says_that_it_waits(opened: dg.DagsterInstance, run_id: str) -> bool:
    return any("waits until it ends" in entry.user_message for entry in opened.all_logs(run_id))


def test_a_run_that_dagster_starts_waits_and_then_succeeds(
    workspace: IWorkspaceProcessContext[Any], tmp_path: Path
) -> None:
    opened, coordinator = workspace.instance, QueuedRunCoordinatorDaemon(1)
    with FileLock(tmp_path / "data" / "run.lock"):  # as a run of the command holds it
        first, second = _materialize(workspace), _materialize(workspace)
        deadline = time.monotonic() + TIMEOUT
        while not _says_that_it_waits(opened, first):
            list(coordinator.run_iteration(workspace))
            assert _status(opened, first) in GOES_ON, opened.all_logs(first)
            assert _status(opened, second) is dg.DagsterRunStatus.QUEUED
            assert time.monotonic() < deadline
    for run_id in (first, second):
        list(coordinator.run_iteration(workspace))
        ended = poll_for_finished_run(opened, run_id, timeout=TIMEOUT)
        assert ended.status is dg.DagsterRunStatus.SUCCESS, opened.all_logs(run_id)


@dg.job
def _nothing() -> None:
    """A job that does nothing."""


def _start(opened: dg.DagsterInstance, **tags: str) -> str:
    """Make a run that seems to go on: nobody ever said that it ended."""
    run = opened.create_run_for_job(job_def=_nothing, status=dg.DagsterRunStatus.STARTED, tags=tags)
    return run.run_id


def test_a_queue_does_not_wait_for_runs_that_ended_with_their_machine(tmp_path: Path) -> None:
    with instance.opened(tmp_path) as opened:
        launched = _start(opened, **{run_lock.LAUNCHED_TAG: "engagement"})
        by_command = _start(opened)

        with FileLock(tmp_path / "run.lock"):
            instance.prepare_to_serve(tmp_path)
        assert _status(opened, launched) is dg.DagsterRunStatus.STARTED  # it may be that one

        instance.prepare_to_serve(tmp_path)
        assert _status(opened, launched) is dg.DagsterRunStatus.FAILURE
        assert _status(opened, by_command) is dg.DagsterRunStatus.STARTED  # in nobody's way


def test_who_holds_the_lock_buries_who_held_it_and_nobody_else(tmp_path: Path) -> None:
    with instance.opened(tmp_path) as opened:
        dead = _start(opened)
        opened.add_run_tags(dead, {run_lock.HOLDER_TAG: dead})
        waiting = _start(opened)
        repeated = _start(opened, **{run_lock.HOLDER_TAG: dead})  # it has the tags of the other one
        mine = _start(opened)
        run = opened.get_run_by_id(mine)
        context = dg.build_init_resource_context(instance=opened)
        context._dagster_run = run  # Dagster builds none with a run
        for _ in range(2):
            with run_lock.taken(tmp_path, context):
                assert _status(opened, mine) is dg.DagsterRunStatus.STARTED
            mine = _start(opened)
        assert [_status(opened, found) for found in (dead, waiting, repeated)] == [
            dg.DagsterRunStatus.FAILURE,
            dg.DagsterRunStatus.STARTED,
            dg.DagsterRunStatus.STARTED,
        ]
