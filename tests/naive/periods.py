"""The window and the periods (section 4)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .values import midnight

LEVELS = ("year", "month", "week")
DECEMBER = 12


def one_year_before(day: date) -> date:
    """Return the same day a year earlier, 28 February for the 29th (section 4.2)."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True)
class Window:
    """What lies in time counts, and in which time zone days are days."""

    start: datetime
    as_of: datetime
    zone: ZoneInfo

    def contains(self, moment: datetime) -> bool:
        """Return whether a moment lies in the window: both ends count."""
        return self.start <= moment <= self.as_of

    def day(self, moment: datetime) -> date:
        """Return the local day of a moment."""
        return moment.astimezone(self.zone).date()

    @property
    def first_day(self) -> date:
        """Return the first day of the window."""
        return one_year_before(self.last_day)

    @property
    def last_day(self) -> date:
        """Return the day of as_of."""
        return self.day(self.as_of)

    def period_start(self, level: str, day: date) -> date:
        """Return the AggregationStartDate of the period in which a day lies (section 4.3)."""
        if level == "year":
            return self.first_day
        if level == "month":
            return day.replace(day=1)
        return day - timedelta(days=day.weekday())

    def period_end(self, level: str, start: date) -> date:
        """Return the last day of a period, or as_of's day if that is earlier (section 5)."""
        if level == "year":
            last = self.last_day
        elif level == "month" and start.month == DECEMBER:
            last = date(start.year, DECEMBER, 31)
        elif level == "month":
            last = date(start.year, start.month + 1, 1) - timedelta(days=1)
        else:
            last = start + timedelta(days=6)
        return min(last, self.last_day)


def make_window(as_of: datetime, zone: ZoneInfo) -> Window:
    """Return the window that ends at as_of."""
    as_of = as_of.astimezone(UTC)
    start = midnight(one_year_before(as_of.astimezone(zone).date()), zone)
    if start is None:
        message = f"as_of is too far from today: {as_of}"
        raise ValueError(message)
    return Window(start, as_of, zone)
