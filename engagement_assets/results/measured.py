"""What a measure of the whole business came to: over the runs, and by month."""

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engagement_assets.results import charts, units
from engagement_assets.results.language import Language
from engagement_assets.window import year_before

__all__ = ["Months", "Row", "by_measure", "by_month"]

# A dimension of months goes across the page; two series are as many as can be told apart.
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_MOST_SERIES = 2
_ADDED = frozenset({"count"})  # units of which two series come to their sum


@dataclass(frozen=True)
class Row:
    """One value of a measure of the whole business, over the runs.

    Attributes:
        dimensions: what it is about: dimension to its value.
        values: what it came to in the last runs, the oldest first.
        moments: what each of these runs was about.
        before: what it came to in the run before; None when that is not known.
    """

    dimensions: Mapping[str, str | None]
    values: tuple[float | None, ...]
    moments: tuple[datetime, ...]
    before: float | None

    @property
    def value(self) -> float | None:
        """What it comes to now."""
        return self.values[-1]


@dataclass(frozen=True)
class Months:
    """Values by month, and by one more dimension at most.

    Attributes:
        months: the months, the oldest first.
        other: the other dimension; empty without one.
        series: its values; one empty name without one.
        values: per month the value of each series.
        bars: the same as bars, shares in per cent; those that the year looked at does not hold
            whole are parts.
        labels: the places of the months that have room for a name below their bar.
        latest: what the newest month comes to; None when its series do not add up.
    """

    months: tuple[str, ...]
    other: str
    series: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    bars: charts.Bars
    labels: Mapping[int, charts.Label]
    latest: float | None

    @property
    def is_running(self) -> bool:
        """Whether the newest month is not over."""
        return self.bars.bars[-1].part

    @property
    def first_label(self) -> int:
        """The place of the first month that is named."""
        return min(self.labels)

    def starts(self, place: int) -> date:
        """Return the first day of a month."""
        return date.fromisoformat(f"{self.months[place]}-01")

    def names(self, reader: Language) -> list[str]:
        """Return what the series are called; none when there is only one kind of bar."""
        return [
            f"{reader.gettext(self.other)}: {reader.gettext(name)}" for name in self.series if name
        ]


def by_measure(history: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Row, ...]]:
    """Return the values that the newest run has, by measure.

    Args:
        history: rows of `measure_history.sql`.
    """
    found: dict[str, list[Row]] = {}
    for (name, dimensions), group in itertools.groupby(
        history, key=lambda row: (row["Measure"], row["Dimensions"])
    ):
        alike = list(group)
        if alike[-1]["Age"] != 1:
            continue  # of a month that has left the window, for instance
        row = Row(
            json.loads(dimensions or "{}"),
            tuple(each["Value"] for each in alike),
            tuple(each["AsOfTime"] for each in alike),
            next((each["Value"] for each in alike if each["Age"] == 2), None),
        )
        found.setdefault(name, []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def by_month(rows: Sequence[Row], unit: str, today: date) -> Months | None:
    """Return values by month, when one dimension is months and few enough series are left.

    Args:
        rows: the values of one measure.
        unit: its unit.
        today: the day that the results are about.
    """
    dimensions = list(rows[0].dimensions) if rows else []
    over = next(
        (
            name
            for name in dimensions
            if all(_MONTH.fullmatch(row.dimensions.get(name) or "") for row in rows)
        ),
        None,
    )
    if over is None:
        return None
    others = [name for name in dimensions if name != over]
    if len(others) > 1 or any(row.value is None or row.value < 0 for row in rows):
        return None
    found: dict[tuple[str, str], float] = {
        (str(row.dimensions[over]), str(row.dimensions[others[0]]) if others else ""): row.value
        or 0
        for row in rows
    }
    months = sorted({month for month, _ in found})
    series = sorted({name for _, name in found})
    if len(series) > _MOST_SERIES or len(found) < len(rows):
        return None
    values = tuple(tuple(found.get((month, name), 0) for name in series) for month in months)
    cut_off = _cut_off(today)
    drawn = charts.bars(
        [[each or 0 for each in units.drawn(unit, pieces)] for pieces in values],
        least_step=1 if unit == "count" else 0,
        reach=(units.reach(unit) or (0, 0))[1],
        parts=[place for place, month in enumerate(months) if month in cut_off],
    )
    newest = values[-1]
    return Months(
        tuple(months),
        others[0] if others else "",
        tuple(series),
        values,
        drawn,
        charts.labels(
            {place: bar.middle for place, bar in enumerate(drawn.bars)}, charts.MONTH_LETTERS
        ),
        sum(newest) if len(newest) == 1 or unit in _ADDED else None,
    )


def _cut_off(today: date) -> set[str]:
    """Return the months of which the year up to a day holds only a part (numbers 4.2)."""
    first = year_before(today)
    is_over = (today + timedelta(days=1)).month != today.month
    return {
        f"{day:%Y-%m}" for day, is_cut in ((first, first.day > 1), (today, not is_over)) if is_cut
    }
