"""E-mails, meetings and scores per month or week, with the chooser of what is shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engagement_assets.results import charts
from engagement_assets.vocabulary import LEVELS as ALL_LEVELS

LEVELS = tuple(level for level in ALL_LEVELS if level != "year")  # of a chart's periods
SPANS = (3, 6, 12)


@dataclass(frozen=True)
class Choice:
    """What the reader wants to see.

    Attributes:
        level: `month` or `week`.
        months: how many months back.
    """

    level: str = LEVELS[0]
    months: int = SPANS[-1]

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Choice":
        """Read the parameters `by` and `last` of an address; what makes no sense is ignored."""
        level, months = parameters.get("by", ""), parameters.get("last", "")
        return cls(
            level if level in LEVELS else LEVELS[0],
            int(months) if months in map(str, SPANS) else SPANS[-1],
        )

    def starts(self, first: date, today: date) -> Iterator[date]:
        """Yield the first days of the periods, the whole ones and those that are cut off.

        Args:
            first: the first day whose activity counts.
            today: the last one.
        """
        day = self._start(max(first, _months_before(today, self.months)))
        while day <= today:
            yield day
            day = self.after(day)

    def after(self, start: date) -> date:
        """Return the first day of the period after the one that starts then."""
        return start + timedelta(7) if self.level == "week" else next_month(start)

    def _start(self, day: date) -> date:
        if self.level == "week":
            return day - timedelta(day.weekday())
        return day.replace(day=1)


@dataclass(frozen=True)
class Period:
    """A month or a week; without activity all counts are 0 and the rest is None.

    Attributes:
        start: its first day.
        begins: the first day of it that counts, when it began before the year looked at.
        unfinished: whether it is not over.
        label: the text below its bar; None where there is no room for it.
        emails_from: e-mails from the customer.
        emails_to: e-mails to the customer.
        meetings_from: meetings that the customer called.
        meetings_to: meetings that your organisation called.
        meetings_other: meetings that somebody else called.
        their_people: the customer's people in e-mails, and in meetings.
        own_people: your people in e-mails, and in meetings.
        reply_minutes: how long the customer's replies took on average.
        meeting_minutes: how long meetings took on average.
        score: the score among all customers in this period.
    """

    start: date
    begins: date | None
    unfinished: bool
    label: charts.Label | None
    emails_from: int = 0
    emails_to: int = 0
    meetings_from: int = 0
    meetings_to: int = 0
    meetings_other: int = 0
    their_people: tuple[int, int] = (0, 0)
    own_people: tuple[int, int] = (0, 0)
    reply_minutes: float | None = None
    meeting_minutes: float | None = None
    score: float | None = None

    @property
    def is_part(self) -> bool:
        """Whether only some of its days count: it is not over, or began before the year."""
        return self.unfinished or self.begins is not None


@dataclass(frozen=True)
class Activity:
    """The periods and the charts of them.

    Attributes:
        choice: what the reader wanted.
        periods: the periods, the oldest first.
        emails: bars of e-mails from and to the customer.
        meetings: bars of meetings by who called them.
        scores: a line of the scores; a whole period without activity counts as 0.
        others_called: whether somebody else called a meeting.
    """

    choice: Choice
    periods: tuple[Period, ...]
    emails: charts.Bars
    meetings: charts.Bars
    scores: charts.Line
    others_called: bool

    @classmethod
    def of(
        cls,
        choice: Choice,
        rows: Sequence[Mapping[str, Any]],
        meetings: Mapping[str, int],
        first: date,
        today: date,
    ) -> "Activity":
        """Put the periods together.

        Args:
            choice: what the reader wants.
            rows: rows of `card_periods.sql`.
            meetings: all meetings of each of these rows, by its PrimaryKey.
            first: the first day whose activity counts.
            today: the last one.
        """
        found = {row["Start"]: row for row in rows if row["Level"] == choice.level}
        periods = tuple(_periods(choice, found, meetings, first, today))
        parts = {place for place, period in enumerate(periods) if period.is_part}
        return cls(
            choice=choice,
            periods=periods,
            emails=charts.bars(
                [(period.emails_from, period.emails_to) for period in periods], parts=parts
            ),
            meetings=charts.bars(
                [
                    (period.meetings_from, period.meetings_to, period.meetings_other)
                    for period in periods
                ],
                parts=parts,
            ),
            # in the middle of a period's place, below the bar of the other charts
            scores=charts.line(
                [(place, _drawn_score(period)) for place, period in enumerate(periods)],
                reach=charts.SCORES,
                margin=0.5,
                parts=parts,
            ),
            others_called=any(period.meetings_other for period in periods),
        )

    @property
    def first_label(self) -> int:
        """The place of the first period that a chart names."""
        return next(place for place, period in enumerate(self.periods) if period.label)

    @property
    def total_emails(self) -> float:
        """How many e-mails there were in all periods shown."""
        return sum(bar.total for bar in self.emails.bars)

    @property
    def total_meetings(self) -> float:
        """How many meetings there were in all periods shown."""
        return sum(bar.total for bar in self.meetings.bars)

    @property
    def has_any(self) -> bool:
        """Whether there was any activity in these periods."""
        return any(period.score is not None for period in self.periods)


def _periods(
    choice: Choice,
    found: Mapping[date, Mapping[str, Any]],
    meetings: Mapping[str, int],
    first: date,
    today: date,
) -> Iterator[Period]:
    starts = list(choice.starts(first, today))
    labels = _labels(starts)
    for place, start in enumerate(starts):
        frame = Period(
            start=start,
            begins=first if start < first else None,
            unfinished=choice.after(start) > today + timedelta(1),
            label=labels.get(place),
        )
        row = found.get(start)
        yield frame if row is None else _filled(frame, row, meetings)


def _labels(starts: Sequence[date]) -> dict[int, charts.Label]:
    """Return which places a chart names: months, or the first week of each, as far as they fit."""
    middles = {
        place: (place + 0.5) / len(starts) * 100
        for place, start in enumerate(starts)
        if place == 0 or start.month != starts[place - 1].month
    }
    return charts.labels(middles, charts.MONTH_LETTERS)


def _drawn_score(period: Period) -> float | None:
    if period.score is None and period.unfinished:
        return None  # it may still come
    return period.score or 0.0


def _filled(frame: Period, row: Mapping[str, Any], meetings: Mapping[str, int]) -> Period:
    called = row["MeetingsTo"] + row["MeetingsFrom"]
    return Period(
        start=frame.start,
        begins=frame.begins,
        unfinished=frame.unfinished,
        label=frame.label,
        emails_from=row["EmailsFrom"],
        emails_to=row["EmailsTo"],
        meetings_from=row["MeetingsFrom"],
        meetings_to=row["MeetingsTo"],
        meetings_other=meetings.get(row["PrimaryKey"], called) - called,
        their_people=(row["TheirsInEmails"], row["TheirsInMeetings"]),
        own_people=(row["OwnInEmails"], row["OwnInMeetings"]),
        reply_minutes=row["ReplyMinutes"],
        meeting_minutes=row["MeetingMinutes"],
        score=row["Score"],
    )


def next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(32)).replace(day=1)


def previous_month(day: date) -> date:
    """Return the first day of the month before a day's."""
    return (day.replace(day=1) - timedelta(1)).replace(day=1)


def _months_before(day: date, months: int) -> date:
    """Return the first day of the month so many months before a day's."""
    for _ in range(months):
        day = previous_month(day)
    return day.replace(day=1)
