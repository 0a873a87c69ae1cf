"""The job that makes everything, the weekly schedule that starts it, and how old results may be."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
from cronsim import CronSim

from engagement_assets import time_zones
from engagement_assets.config import Configuration
from engagement_assets.errors import EngagementError
from engagement_assets.pipeline import tick

# A first read of a large tenant takes hours; before that a missing run is not worth a warning.
LATE = timedelta(days=1)
MISSING = timedelta(days=3)

# of a schedule, to find its longest pause: enough to see a weekend, or the longest month
_TICKS = 100
_ANY_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)

JOB = dg.define_asset_job(
    "engagement",
    selection=dg.AssetSelection.all(),
    description="Everything, from consent to the published snapshot.",
)


def weekly(
    configuration: Configuration,
    config_file: Path,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    seconds: float = tick.SECONDS,
) -> dg.ScheduleDefinition:
    """Return the schedule that the configuration asks for; on from the start.

    Args:
        configuration: the configuration: when it ticks.
        config_file: the YAML file, read anew at every tick.
        now: the present moment, UTC.
        seconds: what a tick may take.
    """

    def run_or_wait(_: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        reason = _why_wait(config_file, now, seconds)
        return dg.SkipReason(reason) if reason else dg.RunRequest()

    return dg.ScheduleDefinition(
        name="weekly",
        job=JOB,
        cron_schedule=configuration.schedule,
        execution_timezone=configuration.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Publishes the week's results. Before the first results it waits for consent "
        "and for the first run, which the sensor requests.",
        execution_fn=run_or_wait,
    )


def fresh(published: dg.AssetsDefinition, configuration: Configuration) -> dg.AssetsDefinition:
    """Return the published snapshot with how old it may become, by the schedule."""
    moment = _ANY_MONDAY.astimezone(ZoneInfo(configuration.time_zone))
    ticks = itertools.islice(CronSim(configuration.schedule, moment), _TICKS)
    pause = max(after - before for before, after in itertools.pairwise(ticks))
    policy = dg.FreshnessPolicy.time_window(warn_window=pause + LATE, fail_window=pause + MISSING)
    return published.map_asset_specs(lambda spec: spec.replace_attributes(freshness_policy=policy))


def _why_wait(config_file: Path, now: Callable[[], datetime], seconds: float) -> str:
    """Return why there is nothing to run yet; empty when a run has to start.

    Once there are results, a run starts whatever is wrong: consent that was withdrawn, or a
    mistake in the configuration, is seen in a run that fails, and not in one that is missing.
    """
    try:
        seen = tick.look(config_file, now, seconds)
    except EngagementError:
        return ""  # the run says it
    if (seen.configuration.data_dir / "published").exists():
        return ""
    grant = seen.consent.grant
    if grant is None:
        return seen.consent.missing
    if grant.first_run_requested_at is None and now() < (
        due := grant.first_run_due(seen.configuration.first_run_delay_hours)
    ):
        return f"The first run is at {time_zones.shown(due, seen.configuration.time_zone)}."
    return ""
