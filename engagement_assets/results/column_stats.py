"""What the columns of a published table hold: how many values, between what, how often which.

A table of more than half a million rows is looked at in part; the pages say so.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from engagement_assets.results import charts
from engagement_assets.results.roles import Role, Viewer
from engagement_assets.results.snapshot import Snapshot
from engagement_assets.schemas import TABLES, Column, Table

LARGE = 500_000  # rows; more than that take longer than a reader waits
_SAMPLE = 200_000
_BINS = 12
_TOP = 10
_MOST_MONTHS = 36
_OWN_VALUES = 0.95  # of the rows have a value of their own: then single values say nothing
_NUMBERS = frozenset({"BIGINT", "DOUBLE"})
_TIMES = frozenset({"DATE", "TIMESTAMP WITH TIME ZONE"})

# What is about one employee each; viewers see no value of it.
_PERSONAL: Mapping[str, frozenset[str]] = {
    "Office_UserEntity": frozenset({"UserId", "EmailAddress"}),
    "Office_Mailbox": frozenset({"UserId", "EmailAddress", "Reason"}),
}


@dataclass(frozen=True)
class ColumnStats:
    """What a column holds.

    Attributes:
        filled: how many of the rows looked at have a value.
        different: how many different values there are.
        lowest: the smallest value; None for text, and without values.
        middle: the median; the same.
        highest: the greatest value; the same.
    """

    filled: int
    different: int
    lowest: Any = None
    middle: Any = None
    highest: Any = None


@dataclass(frozen=True)
class TableStats:
    """What a table holds.

    Attributes:
        rows: how many rows it has.
        looked_at: how many of them the rest is about.
        columns: its columns by name.
    """

    rows: int
    looked_at: int
    columns: Mapping[str, ColumnStats]

    @property
    def is_sample(self) -> bool:
        """Whether only a part of the table was looked at."""
        return self.looked_at < self.rows


@dataclass(frozen=True)
class Range:
    """How many values lie from one edge to before the next; `last` is the last whole number in it.

    Attributes:
        first: the lower edge.
        last: the greatest value that can lie in it; None when it is the next edge.
        count: how many values.
    """

    first: Any
    last: Any
    count: int


@dataclass(frozen=True)
class Distribution:
    """How often which values occur; one of the two lists has something, or there is nothing to say.

    Attributes:
        values: the most frequent values and how often each occurs.
        ranges: ranges of values, in their order.
        by: of ranges of times, `month` or `year`; else None.
    """

    values: Sequence[tuple[Any, int]] = ()
    ranges: Sequence[Range] = ()
    by: str | None = None

    @property
    def digits(self) -> int:
        """How many digits behind the point tell the edges of ranges of numbers apart."""
        edges = [each.first for each in self.ranges]
        return charts.digits(edges[1] - edges[0]) if len(edges) > 1 else 0

    @cached_property
    def labels(self) -> dict[int, charts.Label]:
        """Which ranges a chart names."""
        letters = charts.MONTH_LETTERS + (len(" 26") if self.by == "month" else 0)
        if self.by is None:
            letters = max(len(f"{each.first:,.{max(self.digits, 0)}f}") for each in self.ranges)
        middles = {place: bar.middle for place, bar in enumerate(self.bars.bars)}
        return charts.labels(middles, letters)

    @property
    def bars(self) -> charts.Bars:
        """The ranges as bars."""
        return charts.bars([(each.count,) for each in self.ranges])


def may_see(viewer: Viewer, table: str, column: str) -> bool:
    """Tell whether somebody may see values of a column."""
    return viewer.may(Role.CONTRIBUTOR) or column not in _PERSONAL.get(table, frozenset())


def sizes(snapshot: Snapshot) -> dict[str, int]:
    """Return how many rows each published table has."""
    names = [name for name in TABLES if snapshot.has(name)]
    counts = " union all ".join(
        f"select '{name}' as TableName, count(*) as Number from \"{name}\"" for name in names
    )
    return {row["TableName"]: row["Number"] for row in snapshot.rows(counts)}


def of_table(snapshot: Snapshot, table: Table) -> TableStats:
    """Look at every column of a table, once per snapshot."""
    return snapshot.remembered(("column_stats", table.name), lambda: _found(snapshot, table))


def distribution(snapshot: Snapshot, table: Table, column: Column) -> Distribution:
    """Look at how the values of a column are distributed, once per snapshot."""
    found = of_table(snapshot, table)
    return snapshot.remembered(
        ("distribution", table.name, column.name),
        lambda: _distribution(snapshot, table, column, found),
    )


def _found(snapshot: Snapshot, table: Table) -> TableStats:
    (size,) = snapshot.rows(f'select count(*) as Number from "{table.name}"')
    rows = size["Number"]
    wanted = ["count(*) as Number"]
    for place, column in enumerate(table.columns):
        wanted.append(f'count("{column.name}") as filled_{place}')
        wanted.append(f'count(distinct "{column.name}") as different_{place}')
        if column.type in _NUMBERS | _TIMES:
            wanted.append(f'min("{column.name}") as lowest_{place}')
            wanted.append(f'quantile_disc("{column.name}", 0.5) as middle_{place}')
            wanted.append(f'max("{column.name}") as highest_{place}')
    (row,) = snapshot.rows(f"select {', '.join(wanted)} from {_source(table, rows)}")
    return TableStats(
        rows=rows,
        looked_at=row["Number"],
        columns={
            column.name: ColumnStats(
                filled=row[f"filled_{place}"],
                different=row[f"different_{place}"],
                lowest=row.get(f"lowest_{place}"),
                middle=row.get(f"middle_{place}"),
                highest=row.get(f"highest_{place}"),
            )
            for place, column in enumerate(table.columns)
        },
    )


def _distribution(
    snapshot: Snapshot, table: Table, column: Column, found: TableStats
) -> Distribution:
    about = found.columns[column.name]
    source = _source(table, found.rows)
    if not about.filled:
        return Distribution()
    if column.type in _NUMBERS:
        return Distribution(ranges=_number_ranges(snapshot, source, column, about))
    if column.type in _TIMES:
        return _times(snapshot, source, column, about)
    if column.type == "VARCHAR" and about.different > max(_TOP, _OWN_VALUES * about.filled):
        return Distribution()
    rows = snapshot.rows(
        f'select "{column.name}" as Item, count(*) as Number from {source} '
        f'where "{column.name}" is not null group by 1 order by 2 desc, 1 limit {_TOP}'
    )
    return Distribution(values=[(row["Item"], row["Number"]) for row in rows])


def _number_ranges(
    snapshot: Snapshot, source: str, column: Column, about: ColumnStats
) -> list[Range]:
    whole = column.type == "BIGINT"
    edges = charts.steps(
        about.lowest,
        about.highest + 1 if whole else about.highest,
        lines=_BINS,
        least_step=1 if whole else 0,
    )
    first, step, last = edges[0], edges[1] - edges[0], len(edges) - 2
    rows = snapshot.rows(
        f'select least(greatest(floor(("{column.name}" - $first) / $step), 0), $last) as Bin, '
        f'count(*) as Number from {source} where "{column.name}" is not null group by 1',
        {"first": first, "step": step, "last": last},
    )
    counts = {int(row["Bin"]): row["Number"] for row in rows}
    return [
        Range(edge, following - 1 if whole else None, counts.get(place, 0))
        for place, (edge, following) in enumerate(itertools.pairwise(edges))
    ]


def _times(snapshot: Snapshot, source: str, column: Column, about: ColumnStats) -> Distribution:
    by = "month" if _months(about.lowest, about.highest) <= _MOST_MONTHS else "year"
    rows = snapshot.rows(
        f"select date_trunc('{by}', \"{column.name}\")::date as Start, count(*) as Number "
        f'from {source} where "{column.name}" is not null group by 1'
    )
    counts = {row["Start"]: row["Number"] for row in rows}
    start, ranges = min(counts), []
    while start <= max(counts):
        ranges.append(Range(start, None, counts.get(start, 0)))
        start = start.replace(
            year=start.year + (1 if by == "year" or start.month == 12 else 0),
            month=1 if by == "year" else start.month % 12 + 1,
        )
    return Distribution(ranges=ranges, by=by)


def _months(first: date | datetime, last: date | datetime) -> int:
    return 12 * (last.year - first.year) + last.month - first.month


def _source(table: Table, rows: int) -> str:
    """Return what to select from: the table, or some of it, spread over the whole."""
    if rows <= LARGE:
        return f'"{table.name}"'
    share = math.ceil(_SAMPLE / rows * 10_000) / 100
    return f'(select * from "{table.name}" using sample {share}% (system, 7))'
