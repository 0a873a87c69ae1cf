"""The asset graph as data, and the committed snapshot of it.

After a change that is meant (a new SQL file, another dependency), write the snapshot anew, read
the difference and commit it:

    .venv/bin/python -m tests.support.asset_graph && git diff tests/support/asset_graph.json
"""

import json
from pathlib import Path
from typing import Any

import dagster as dg

from engagement_assets import definitions

from .command import write_settings

SNAPSHOT = Path(__file__).with_name("asset_graph.json")
UPDATE = ".venv/bin/python -m tests.support.asset_graph"


def settings(**more: object) -> dict[str, object]:
    """Return the least that a configuration can say: all else is default."""
    return {
        "source": {"kind": "folder", "path": "activity"},
        "mailboxes": {"addresses": ["team@contoso.com"]},
        "customers": {"contacts": "contacts.csv"},
        **more,
    }


def build(folder: Path, **more: object) -> dg.Definitions:
    """Return the definitions for such a configuration; none of its files exists."""
    return definitions.build(write_settings(folder / "engagement.yaml", settings(**more)))


def described(built: dg.Definitions) -> dict[str, dict[str, Any]]:
    """Return what the graph consists of, in a stable order."""
    graph = built.resolve_asset_graph()
    assets = {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "kinds": sorted(graph.get(key).kinds),
        }
        for key in graph.get_all_asset_keys()
    }
    checks = {
        f"{key.asset_key.to_user_string()}:{key.name}": {
            "blocking": graph.get_check_spec(key).blocking,
            "more deps": sorted(
                dep.asset_key.to_user_string()
                for dep in graph.get_check_spec(key).additional_deps or ()
            ),
        }
        for key in graph.asset_check_keys
    }
    job = built.resolve_job_def("engagement")
    schedules = {
        schedule.name: {
            "cron": schedule.cron_schedule,
            "time zone": schedule.execution_timezone,
            "status": schedule.default_status.value,
            "job": schedule.job_name,
        }
        for schedule in built.get_repository_def().schedule_defs
    }
    sensors = {
        sensor.name: {
            "seconds": sensor.minimum_interval_seconds,
            "status": sensor.default_status.value,
            "job": sensor.job_name,
        }
        for sensor in built.get_repository_def().sensor_defs
    }
    return {
        "assets": dict(sorted(assets.items())),
        "checks": dict(sorted(checks.items())),
        "jobs": {
            job.name: sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys)
        },
        "schedules": schedules,
        "sensors": sensors,
    }


def as_text(graph: dict[str, dict[str, Any]]) -> str:
    """Return the text that the snapshot file holds: a line for each thing, so that diffs read."""
    parts = []
    for kind, things in graph.items():
        lines = [f"    {json.dumps(name)}: {json.dumps(thing)}" for name, thing in things.items()]
        parts.append(f'  "{kind}": {{\n' + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _main() -> None:
    import tempfile  # noqa: PLC0415 - only when the file is run

    with tempfile.TemporaryDirectory() as folder:
        SNAPSHOT.write_text(as_text(described(build(Path(folder)))), encoding="utf-8")


if __name__ == "__main__":
    _main()
