"""The job that makes everything, and the weekly schedule that starts it."""

import dagster as dg

from engagement_assets.config import Configuration

JOB = dg.define_asset_job(
    "engagement",
    selection=dg.AssetSelection.all(),
    description="Everything, from consent to the published snapshot.",
)


def weekly(configuration: Configuration) -> dg.ScheduleDefinition:
    """Return the schedule that the configuration asks for; on from the start."""
    return dg.ScheduleDefinition(
        name="weekly",
        job=JOB,
        cron_schedule=configuration.schedule,
        execution_timezone=configuration.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Publishes the week's results.",
    )
