"""The stretches of time that a mailbox is read in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engagement_assets.window import Window

# A sender's clock can be ahead, so that mail is received before it was sent: by a time zone that
# was set wrongly, a day at most.
MAIL_BEFORE = timedelta(days=2)

# Mail sent in the window can arrive later: queued, or moved in from elsewhere. It matters only
# for a run about a moment in the past; else the present comes first.
MAIL_AFTER = timedelta(days=31)

# A later run reads this much again. Junk Email is emptied after 30 days, so mail is moved into
# it or rescued from it within that time, and nearly all that arrives late has arrived.
OVERLAP = timedelta(days=31)

# All-day meetings lie at midnight UTC of their date in Graph and at local midnight by
# numbers 3.6: up to 14 hours apart.
MEETINGS_AROUND = timedelta(days=1)

# a year of a busy mailbox is some 20,000 messages and 2,000 events: so a slice of either is a
# few pages, and one that has to be read again costs little
MAIL_MONTHS, CALENDAR_MONTHS = 1, 3


@dataclass(frozen=True, order=True)
class Slice:
    """A stretch of time, from and including `start`, up to `end`, whole seconds UTC."""

    start: datetime
    end: datetime

    @property
    def label(self) -> str:
        """Return the month that it lies in or begins with, such as 2026-11."""
        return f"{self.start:%Y-%m}"

    def holds(self, other: "Slice") -> bool:
        """Tell whether the other one lies within this one."""
        return self.start <= other.start and other.end <= self.end

    def is_settled(self, read_at: datetime) -> bool:
        """Tell whether mail of this time, read at that moment, is not expected to change."""
        return self.end <= read_at - OVERLAP


def text(moment: datetime) -> str:
    """Return a moment as Graph's filters take it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def of_mail(window: Window, now: datetime) -> list[Slice]:
    """Return when the mail of a window may have been received, month by month."""
    return _months(window.start - MAIL_BEFORE, mail_until(window, now), MAIL_MONTHS)


def mail_until(window: Window, now: datetime) -> datetime:
    """Return up to when mail is asked for."""
    return max(window.as_of, min(now, window.as_of + MAIL_AFTER))


def of_calendar(window: Window) -> list[Slice]:
    """Return when the meetings of a window may lie, quarter by quarter."""
    return _months(window.start - MEETINGS_AROUND, window.as_of + MEETINGS_AROUND, CALENDAR_MONTHS)


def _months(start: datetime, end: datetime, number: int) -> list[Slice]:
    """Cut a stretch at the first of every month (or of every `number`th)."""
    start = start.astimezone(UTC).replace(microsecond=0)
    end = end.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    slices = []
    while start < end:
        months = start.year * 12 + (start.month - 1) // number * number + number
        following = datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
        slices.append(Slice(start, min(following, end)))
        start = following
    return slices
