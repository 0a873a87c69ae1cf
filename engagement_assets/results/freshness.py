"""Whether the results are as new as the schedule promises."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

# A first read of a large tenant takes hours; before that a missing run is not worth a warning.
SLACK = timedelta(hours=24)


@dataclass(frozen=True)
class Freshness:
    """When runs start.

    Attributes:
        next_run: the next moment at which one is to start.
        overdue_since: when the run that is missing should have started; None when none is.
    """

    next_run: datetime
    overdue_since: datetime | None

    @classmethod
    def of(cls, schedule: str, time_zone: str, started: datetime, now: datetime) -> "Freshness":
        """Hold the newest run against the schedule.

        Args:
            schedule: when runs start (cron).
            time_zone: the schedule's time zone.
            started: when the newest run began.
            now: the moment to judge at.
        """
        local = now.astimezone(ZoneInfo(time_zone))
        due = next(CronSim(schedule, local - SLACK, reverse=True))
        return cls(next(CronSim(schedule, local)), due if started < due else None)
