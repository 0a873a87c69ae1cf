"""What the checks of a run said: those that stopped it, and those that only warn."""

import contextlib
from collections.abc import Iterator

import dagster as dg

# which checks warned: a run with this tag is seen at once in Dagster's list of runs
WARNINGS_TAG = "engagement/warnings"


def failed_checks(
    instance: dg.DagsterInstance, run_id: str, severity: dg.AssetCheckSeverity
) -> list[str]:
    """Return the checks of this severity that failed in a run so far, as `asset: check`."""
    failed = []
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        if entry.dagster_event is None:
            continue
        check = entry.dagster_event.asset_check_evaluation_data
        if not check.passed and check.severity is severity:
            failed.append(f"{check.asset_key.to_user_string()}: {check.check_name}")
    return failed


def warnings(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Return the checks that warned in a run so far, as `asset: check`."""
    return failed_checks(instance, run_id, dg.AssetCheckSeverity.WARN)


@contextlib.contextmanager
def noted(context: dg.InitResourceContext) -> Iterator[None]:
    """Tag a run, when the block ends, with the checks that warned in it."""
    try:
        yield
    finally:
        if context.instance is not None and context.run is not None:
            found = warnings(context.instance, context.run.run_id)
            # a run that repeats another one begins with its tags
            if found or WARNINGS_TAG in context.run.tags:
                tag = {WARNINGS_TAG: ", ".join(found) or "none"}
                context.instance.add_run_tags(context.run.run_id, tag)
