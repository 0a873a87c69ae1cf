"""Measures: what they come to, and how that changed over the runs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from engagement_assets.results import charts, language, tracked, units
from engagement_assets.results.coverage import Coverage
from engagement_assets.results.downloads import Format, download
from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.language import N_, Language
from engagement_assets.results.listing import Listing
from engagement_assets.results.measured import Months, Row, by_measure, by_month
from engagement_assets.results.paging import Pages, counted
from engagement_assets.results.queries import query
from engagement_assets.results.roles import AContributor, AnyViewer
from engagement_assets.results.snapshot import CurrentSnapshot, Snapshot
from engagement_assets.results.templating import page, settings_of
from engagement_assets.results.tracked import RUNS_SHOWN, dated, require_segments

router = APIRouter()


@dataclass(frozen=True)
class Card:
    """A measure in the list: its row of Measure_Definition, its values, the same by month."""

    definition: Mapping[str, Any]
    rows: Sequence[Row]
    months: Months | None

    @property
    def has_value(self) -> bool:
        """Whether there is anything to show: some wait for data that not everybody has."""
        return bool(self.definition["Customers"]) or any(row.value is not None for row in self.rows)


@router.get("/measures")
def measures(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:  # noqa: ARG001 - asking for it keeps others out
    """List the measures."""
    require_segments(snapshot)
    rows, run = _rows(snapshot), snapshot.rows(query("newest_run"))[0]
    today = _today(request, run)
    reader = language.of(request)
    cards = [
        Card(
            definition,
            own := rows.get(definition["Measure"], ()),
            by_month(own, definition["Unit"], today),
        )
        for definition in snapshot.rows(query("measures"), {"measure": ""})
    ]
    return page(
        request,
        "measures.html",
        coverage=Coverage.of(snapshot),
        # those without any value last: they wait for data that not everybody has
        cards=sorted(cards, key=lambda card: not card.has_value),
        spark=tracked.spark,
        run=run,
        **_in_words(reader),
    )


@router.get("/measures/{measure}")
def measure(
    request: Request,
    measure: str,
    snapshot: CurrentSnapshot,
    viewer: AnyViewer,  # noqa: ARG001 - asking for it keeps others out
) -> Response:
    """Show a measure: its values now, and over the runs."""
    definition = _definition(snapshot, measure)
    reader = language.of(request)
    if definition["Grain"] == "customer":
        return _of_customers(request, snapshot, definition, reader)
    rows = _rows(snapshot, measure).get(measure, ())
    unit, run = definition["Unit"], snapshot.rows(query("newest_run"))[0]
    months = by_month(rows, unit, _today(request, run))
    drawn = (
        tracked.line(units.drawn(unit, rows[0].values), reach=units.reach(unit)) if rows else None
    )
    return page(
        request,
        "measure.html",
        coverage=Coverage.of(snapshot),
        measure=definition,
        rows=rows,
        drawn=drawn,
        dates=charts.ends(drawn) if drawn else {},
        axis=units.axis(reader, unit),
        months=months,
        series=months.names(reader) if months else [],
        dimensions=list(rows[0].dimensions) if rows else [],
        **_in_words(reader),
    )


@router.get("/measures/{measure}/values.{kind}")
def measure_download(
    request: Request,
    measure: str,
    kind: Format,
    snapshot: CurrentSnapshot,
    viewer: AContributor,  # noqa: ARG001 - asking for it keeps others out
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
    parameters = {"measure": measure, "runs": RUNS_SHOWN}
    return by_measure(snapshot.rows(query("measure_history"), parameters))


def _today(request: Request, run: Mapping[str, Any]) -> date:
    """Return the day that the newest run was about."""
    moment: datetime = run["AsOfTime"]
    return moment.astimezone(ZoneInfo(settings_of(request).time_zone)).date()


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
