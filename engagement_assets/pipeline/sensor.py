"""The sensor that waits for consent, and requests the first run of every grant once.

What is true of a grant stands in `data_dir` (grants.py); runs write there too. That its run was
requested is known to Dagster first, by cursor and run key, which it stores together with the run;
the tick after notes it in the file, so that it is known even without Dagster's history.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from engagement_assets import config, time_zones
from engagement_assets.config import Configuration
from engagement_assets.consent import grants
from engagement_assets.consent.grants import Grant
from engagement_assets.errors import ConfigurationError, EngagementError
from engagement_assets.pipeline import automation, tick

# as often as Dagster's own sensors may look; a check is one request for a token as a rule
INTERVAL_SECONDS = 60


def of(
    config_file: Path,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    seconds: float = tick.SECONDS,
) -> dg.SensorDefinition:
    """Return the sensor; on from the start.

    Args:
        config_file: the YAML file, read anew at every tick.
        now: the present moment, UTC.
        seconds: what a tick may take.
    """

    @dg.sensor(
        name="consent_sensor",
        job=automation.JOB,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Waits for consent, and requests the first run of every grant: once, "
        "first_run_delay_hours after the consent was first seen.",
    )
    def consent_sensor(
        context: dg.SensorEvaluationContext,
    ) -> dg.SensorResult | dg.SkipReason:
        try:
            seen = tick.look(config_file, now, seconds)
            if seen.consent.grant is None:
                return dg.SkipReason(seen.consent.missing)
            return _first_run(context, config_file, seen.configuration, seen.consent.grant, now())
        except EngagementError as error:
            return dg.SkipReason(str(error))

    return consent_sensor


def _first_run(
    context: dg.SensorEvaluationContext,
    config_file: Path,
    configuration: Configuration,
    grant: Grant,
    now: datetime,
) -> dg.SensorResult | dg.SkipReason:
    since = f"Consent seen at {time_zones.shown(grant.granted_at, configuration.time_zone)}"
    name = grant.granted_at.isoformat()
    if grant.first_run_requested_at is None and context.cursor == name:
        grants.note_first_run(configuration.data_dir, grant.granted_at, now)
    if grant.first_run_requested_at is not None or context.cursor == name:
        return dg.SkipReason(
            f"{since}; its first run was requested. The schedule starts all others."
        )
    due = grant.first_run_due(configuration.first_run_delay_hours)
    if now < due:
        shown = time_zones.shown(due, configuration.time_zone)
        return dg.SkipReason(f"{since}, first run at {shown}.")
    try:
        config.load(config_file)  # the files too: a run that fails without them is the only one
    except ConfigurationError as error:
        return dg.SkipReason(f"{since}. The first run is due, and waits for this: {error}")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"consent {name}")], cursor=name)
