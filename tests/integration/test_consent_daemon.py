"""Dagster's own daemon with the sensor: what is requested becomes one run, even one that fails."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.scheduler.instigation import InstigatorType, SensorInstigatorData
from dagster._core.test_utils import (
    create_test_daemon_workspace_context,
    freeze_time,
    poll_for_finished_run,
)
from dagster._core.workspace.context import IWorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster._daemon.sensor import execute_sensor_iteration

from engagement_assets.consent import grants
from engagement_assets.definitions import CONFIG_VARIABLE
from engagement_assets.pipeline import instance
from tests.support.command import TIMEOUT, read_settings, write_sample, write_settings

# further apart than the sensor's interval
TICKS = timedelta(minutes=5)


def tick(workspace: IWorkspaceProcessContext[Any], moment: datetime) -> str:
    """Let the daemon look at its sensors, and return what became of the tick, and its run keys."""
    with freeze_time(moment):
        for _ in execute_sensor_iteration(workspace, logging.getLogger("daemon"), None, None):
            pass
    (state,) = workspace.instance.all_instigator_state(instigator_type=InstigatorType.SENSOR)
    newest = workspace.instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)[0]
    return f"{newest.status.value}: {newest.skip_reason or ''} {newest.run_keys}"


def forget(opened: dg.DagsterInstance, data_dir: Path) -> None:
    """Lose the cursor and the note in the file: only the runs are still there."""
    (state,) = opened.all_instigator_state(instigator_type=InstigatorType.SENSOR)
    data = state.instigator_data
    assert isinstance(data, SensorInstigatorData)
    opened.update_instigator_state(state.with_data(SensorInstigatorData(data.last_tick_timestamp)))
    grant = grants.last_seen(data_dir)
    assert grant is not None
    (data_dir / grants.FILE).write_text(
        f'{{"of": "{grant.of}", "granted_at": "{grant.granted_at.isoformat()}"}}'
    )


def test_one_run_for_a_grant_even_if_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config_file = write_sample(tmp_path)
    write_settings(config_file, read_settings(config_file) | {"first_run_delay_hours": 0})
    (tmp_path / "activity" / "users.ndjson").unlink()  # the run will fail
    monkeypatch.setenv(CONFIG_VARIABLE, str(config_file))
    # the code server is a process, and nobody may be left behind
    waits = "wait_for_local_code_server_processes_on_shutdown"
    monkeypatch.setattr(dg.DagsterInstance, waits, property(lambda _: True))
    data_dir = tmp_path / "data"
    now = datetime.now(UTC)
    code = ModuleTarget("engagement_assets.definitions", None, str(tmp_path), "engagement")

    with (
        instance.opened(data_dir) as opened,
        create_test_daemon_workspace_context(code, opened) as workspace,
    ):
        assert tick(workspace, now).startswith("SUCCESS")
        (run,) = opened.get_runs()
        list(QueuedRunCoordinatorDaemon(1).run_iteration(workspace))
        run = poll_for_finished_run(opened, run.run_id, timeout=TIMEOUT)
        assert (run.job_name, run.status) == ("engagement", dg.DagsterRunStatus.FAILURE)

        assert "its first run was requested" in tick(workspace, now + TICKS)
        forget(opened, data_dir)
        # it asks once more, and Dagster knows the key
        assert tick(workspace, now + 2 * TICKS).startswith("SKIPPED:  ['consent ")
        assert len(opened.get_runs()) == 1
