"""Measures: what they come to, and how that changed over the runs."""

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from engagement_assets.results import charts, language, tracked, units
from engagement_assets.results.coverage import Coverage
from engagement_assets.results.downloads import Format, download
from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.language import N_, Language
from engagement_assets.results.listing import Listing
from engagement_assets.results.paging import Pages, counted
from engagement_assets.results.queries import query
from engagement_assets.results.roles import AContributor, AnyViewer
from engagement_assets.results.snapshot import CurrentSnapshot, Snapshot
from engagement_assets.results.templating import page
from engagement_assets.results.tracked import RUNS_SHOWN, dated, require_segments

router = APIRouter()

# A dimension of months goes across the page; two series are as many as can be told apart.
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_MOST_SERIES = 2


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
        bars: the same as bars.
    """

    months: tuple[str, ...]
    other: str
    series: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    bars: charts.Bars

    def names(self, reader: Language) -> list[str]:
        """Return what the series are called; none when there is only one kind of bar."""
        return [
            f"{reader.gettext(self.other)}: {reader.gettext(name)}" for name in self.series if name
        ]


@dataclass(frozen=True)
class Card:
    """A measure in the list: its row of Measure_Definition, its values, the same by month."""

    definition: Mapping[str, Any]
    rows: Sequence[Row]
    months: Months | None


@router.get("/measures")
def measures(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:  # noqa: ARG001 - the guard
    """List the measures."""
    require_segments(snapshot)
    rows = _rows(snapshot)
    reader = language.of(request)
    cards = [
        Card(definition, own := rows.get(definition["Measure"], ()), _months(own))
        for definition in snapshot.rows(query("measures"), {"measure": ""})
    ]
    return page(
        request,
        "measures.html",
        coverage=Coverage.of(snapshot),
        # those without any value last: they wait for data that not everybody has
        cards=sorted(cards, key=lambda card: not (card.rows or card.definition["Customers"])),
        spark=tracked.spark,
        run=snapshot.row(query("newest_run")),
        **_in_words(reader),
    )


@router.get("/measures/{measure}")
def measure(
    request: Request,
    measure: str,
    snapshot: CurrentSnapshot,
    viewer: AnyViewer,  # noqa: ARG001 - the guard
) -> Response:
    """Show a measure: its values now, and over the runs."""
    definition = _definition(snapshot, measure)
    reader = language.of(request)
    if definition["Grain"] == "customer":
        return _of_customers(request, snapshot, definition, reader)
    rows = _rows(snapshot, measure).get(measure, ())
    months = _months(rows)
    return page(
        request,
        "measure.html",
        coverage=Coverage.of(snapshot),
        measure=definition,
        rows=rows,
        drawn=tracked.line(units.drawn(definition["Unit"], rows[0].values))
        if len(rows) == 1
        else None,
        axis=units.axis(reader, definition["Unit"]),
        months=months,
        series=months.names(reader) if months else [],
        dimensions=_dimensions(rows),
        **_in_words(reader),
    )


@router.get("/measures/{measure}/values.{kind}")
def measure_download(
    request: Request,
    measure: str,
    kind: Format,
    snapshot: CurrentSnapshot,
    viewer: AContributor,  # noqa: ARG001 - the guard
) -> Response:
    """Give the values of a measure as a file: per customer, or of every run."""
    definition = _definition(snapshot, measure)
    of_customers = definition["Grain"] == "customer"
    sql = query("measure_customers_file" if of_customers else "measure_history_file")
    return download(
        snapshot.cursor,
        sql,
        {"measure": measure},
        name=dated(snapshot, measure),
        kind=kind,
        language=language.of(request),
        coverage=Coverage.of(snapshot),
    )


def _of_customers(
    request: Request, snapshot: Snapshot, definition: Mapping[str, Any], reader: Language
) -> Response:
    listing = Listing.of(request, ["Label", "Value"], sort="Value", descending=True)
    sql = query("measure_customers")
    parameters = {"measure": definition["Measure"], "search": listing.search}
    pages = Pages.of(request.query_params.get("page", ""), counted(snapshot, sql, parameters))
    customers = pages.rows(snapshot, listing.ordered(sql, "CustomerId, Dimensions"), parameters)
    for row in customers:
        row["Dimensions"] = json.loads(row["Dimensions"] or "{}")
    return page(
        request,
        "measure_customers.html",
        coverage=Coverage.of(snapshot),
        measure=definition,
        listing=listing,
        customers=customers,
        dimensions=list(customers[0]["Dimensions"]) if customers else [],
        pages=pages,
        **_in_words(reader),
    )


def _definition(snapshot: Snapshot, measure: str) -> dict[str, Any]:
    missing = NotFoundError(
        N_("There is no such measure."), remedy=N_("The list of measures has all of them.")
    )
    return tracked.defined(snapshot, "measures", {"measure": measure}, missing)


def _rows(snapshot: Snapshot, measure: str = "") -> dict[str, tuple[Row, ...]]:
    """Return the values of measures of the whole business that the newest run has, by measure."""
    history = snapshot.rows(query("measure_history"), {"measure": measure, "runs": RUNS_SHOWN})
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


def _dimensions(rows: Sequence[Row]) -> list[str]:
    return list(rows[0].dimensions) if rows else []


def _months(rows: Sequence[Row]) -> Months | None:
    """Return values by month, when one dimension is months and few enough series are left."""
    over = next(
        (
            name
            for name in _dimensions(rows)
            if all(_MONTH.fullmatch(row.dimensions.get(name) or "") for row in rows)
        ),
        None,
    )
    if over is None:
        return None
    others = [name for name in _dimensions(rows) if name != over]
    if len(others) > 1 or any(row.value is None or row.value < 0 for row in rows):
        return None
    found: dict[tuple[str, str], float] = {
        (str(row.dimensions[over]), str(row.dimensions[others[0]]) if others else ""): row.value
        or 0
        for row in rows
    }
    months = sorted({month for month, _ in found})
    series = sorted({name for _, name in found}, reverse=True)
    if len(series) > _MOST_SERIES or len(found) < len(rows):
        return None
    values = tuple(tuple(found.get((month, name), 0) for name in series) for month in months)
    return Months(
        tuple(months), others[0] if others else "", tuple(series), values, charts.bars(values)
    )


def _in_words(reader: Language) -> dict[str, Any]:
    return {
        "shown": lambda unit, value: units.shown(reader, unit, value),
        "changed": lambda unit, row: units.change(reader, unit, row.before, row.value),
        "since": lambda unit, row: _since(reader, unit, row),
        "month": lambda text, pattern="LLLL y": reader.day(
            date.fromisoformat(f"{text}-01"), pattern
        ),
    }


def _since(reader: Language, unit: str, row: Row) -> str:
    """Return how a value changed since the run before, in words."""
    changed = units.change(reader, unit, row.before, row.value)
    if not changed:
        return ""
    if changed == units.change(reader, unit, row.value, row.value):
        return reader.gettext(N_("as in the run before"))
    return reader.gettext(N_("{} since the run before")).format(changed)
