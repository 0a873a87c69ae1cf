"""The window of a run (numbers 4.1, 4.2)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from engagement_assets import time_zones


@dataclass(frozen=True)
class Window:
    """The year up to a run's moment, in the configured time zone.

    Attributes:
        as_of: the run's moment, UTC.
        time_zone: IANA name.
        first_day: the day one year before `as_of`'s day (29 February: the 28th).
        last_day: `as_of`'s day.
        start: local midnight of the first day, UTC.
    """

    as_of: datetime
    time_zone: str
    first_day: date
    last_day: date
    start: datetime

    @classmethod
    def until(cls, as_of: datetime, time_zone: str) -> "Window":
        """Return the window that ends at an aware moment."""
        last_day = as_of.astimezone(time_zones.zone(time_zone)).date()
        first_day = year_before(last_day)
        return cls(
            as_of.astimezone(UTC), time_zone, first_day, last_day, midnight(first_day, time_zone)
        )

    def days(self, margin: timedelta = timedelta(0)) -> list[date]:
        """Return the window's days, with a margin on both sides."""
        first, last = self.first_day - margin, self.last_day + margin
        return [first + timedelta(number) for number in range((last - first).days + 1)]


def year_before(day: date) -> date:
    """Return the first day of the window that ends with a day (29 February: the 28th)."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def midnight(day: date, time_zone: str) -> datetime:
    """Return when a day begins, UTC; the first such moment where midnight occurs twice."""
    local = datetime(day.year, day.month, day.day, tzinfo=time_zones.zone(time_zone))
    return local.astimezone(UTC)
