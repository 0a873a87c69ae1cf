"""What moved: the score over the runs, and its parts from one month to the next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engagement_assets.results.card.score import Part, in_order

_MOVED = 0.05  # points: less is shown as no change


@dataclass(frozen=True)
class Run:
    """A run, and the yearly score that it gave the customer; None when it found no activity."""

    run_id: str
    as_of: datetime
    score: float | None


@dataclass(frozen=True)
class Since:
    """How the yearly score changed since an earlier run.

    Attributes:
        before: the earlier run.
        change: by how many points the score rose; None when one of the two runs had no score.
    """

    before: Run
    change: float | None


@dataclass(frozen=True)
class History:
    """The score in every run.

    Attributes:
        runs: all runs, the oldest first.
        last_run: the change since the run before; None in the first run.
        last_month: the change since the newest run that is at least a month older; None without
            one, or when that is the run before.
    """

    runs: tuple[Run, ...]
    last_run: Since | None
    last_month: Since | None

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> "History":
        """Make the history from the rows of `card_history.sql`."""
        runs = tuple(Run(row["RunId"], row["AsOfTime"], row["Score"]) for row in rows)
        if len(runs) < 2:
            return cls(runs, None, None)
        *earlier, newest = runs
        old = [run for run, row in zip(runs, rows, strict=True) if row["MonthOld"]]
        month = old[-1] if old and old[-1] != earlier[-1] else None
        return cls(
            runs,
            _since(earlier[-1], newest),
            None if month is None else _since(month, newest),
        )

    @property
    def scored(self) -> tuple[Run, ...]:
        """The runs in which the customer had a score."""
        return tuple(run for run in self.runs if run.score is not None)


@dataclass(frozen=True)
class Moved:
    """One part of the score in two months.

    Attributes:
        component: the part.
        before: it in the earlier month; None when the customer had no activity then.
        after: it in the later month; the same.
        change: by how many points it rose.
    """

    component: str
    before: Part | None
    after: Part | None
    change: float


@dataclass(frozen=True)
class Months:
    """A month compared with the one before.

    Attributes:
        before: first day of the earlier month.
        after: first day of the later month.
        score_before: the score of the earlier month; 0 without activity.
        score_after: the score of the later month; the same.
        moved: the parts that moved, those that moved most first.
    """

    before: date
    after: date
    score_before: float
    score_after: float
    moved: tuple[Moved, ...]

    @property
    def change(self) -> float:
        """By how many points the month's score rose."""
        return self.score_after - self.score_before


def compare(
    before: date,
    after: date,
    scores: Mapping[date, float],
    parts: Mapping[date, Iterable[Part]],
) -> Months | None:
    """Compare two months.

    Args:
        before: first day of the earlier month.
        after: first day of the later month.
        scores: the scores of months with activity.
        parts: the parts of these scores.

    Returns:
        The comparison; None when both months are without activity.
    """
    if before not in scores and after not in scores:
        return None
    earlier = {part.component: part for part in parts.get(before, ())}
    later = {part.component: part for part in parts.get(after, ())}
    names = [part.component for part in in_order({**earlier, **later}.values())]
    moved = [
        Moved(
            name,
            earlier.get(name),
            later.get(name),
            _points(later.get(name)) - _points(earlier.get(name)),
        )
        for name in names
    ]
    return Months(
        before,
        after,
        scores.get(before, 0.0),
        scores.get(after, 0.0),
        tuple(
            sorted(
                (part for part in moved if abs(part.change) >= _MOVED),
                key=lambda part: -abs(part.change),
            )
        ),
    )


def month_end(month: date, time_zone: str) -> datetime:
    """Return the moment at which a month has ended: a mailbox read up to it holds all of it.

    Args:
        month: its first day.
        time_zone: the time zone of days.
    """
    following = (month + timedelta(days=31)).replace(day=1)
    return datetime(following.year, following.month, 1, tzinfo=ZoneInfo(time_zone))


def _since(before: Run, newest: Run) -> Since:
    if before.score is None or newest.score is None:
        return Since(before, None)
    return Since(before, newest.score - before.score)


def _points(part: Part | None) -> float:
    return 0.0 if part is None else part.points
