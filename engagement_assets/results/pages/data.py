"""Data: the published tables, their columns, what these hold and where they come from."""

from fastapi import APIRouter, Request, Response

from engagement_assets.results import ancestry, column_stats
from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.language import N_
from engagement_assets.results.queries import query
from engagement_assets.results.roles import AnyViewer
from engagement_assets.results.snapshot import CurrentSnapshot, Snapshot
from engagement_assets.results.templating import page
from engagement_assets.schemas import TABLES, Table
from engagement_assets.vocabulary import COMPONENTS

router = APIRouter()

# The parts of the page of definitions, by the section of docs/the-numbers.md that they repeat.
_SECTIONS = {
    "1": "people",
    "2": "emails",
    "3": "meetings",
    "4": "periods",
    "5": "figures",
    "6": "score",
}


@router.get("/data")
def tables(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:  # noqa: ARG001 - asking for it keeps others out
    """List the published tables."""
    return page(
        request,
        "data.html",
        tables=[table for table in TABLES.values() if snapshot.has(table.name)],
        sizes=column_stats.sizes(snapshot),
    )


@router.get("/data/{table}")
def table(request: Request, table: str, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:
    """Show a table: its columns and what they hold."""
    definition = _table(snapshot, table)
    return page(
        request,
        "data_table.html",
        table=definition,
        stats=column_stats.of_table(snapshot, definition),
        may_see=lambda column: column_stats.may_see(viewer, table, column),
    )


@router.get("/data/{table}/{column}")
def column(
    request: Request, table: str, column: str, snapshot: CurrentSnapshot, viewer: AnyViewer
) -> Response:
    """Show a column: what it holds, what it is made of, what is made of it."""
    definition = _table(snapshot, table)
    found = next((each for each in definition.columns if each.name == column), None)
    if found is None:
        raise NotFoundError(
            N_("The table has no such column."), remedy=N_("The page of the table lists them.")
        )
    may_see = column_stats.may_see(viewer, table, column)
    traced = snapshot.has(ancestry.TABLE)
    steps = ancestry.trace(snapshot, table, column) if traced else ()
    name = {"of_table": table, "of_column": column}
    return page(
        request,
        "data_column.html",
        table=definition,
        column=found,
        stats=column_stats.of_table(snapshot, definition),
        distribution=column_stats.distribution(snapshot, definition, found) if may_see else None,
        traced=traced,
        steps=steps,
        sources=ancestry.sources(steps),
        published=[each for each in TABLES if snapshot.has(each)],
        uses=snapshot.rows(query("data_uses"), name) if traced else [],
        sections=[_SECTIONS[part] for part in found.numbers.split(", ") if part in _SECTIONS],
    )


@router.get("/definitions")
def definitions(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:  # noqa: ARG001 - asking for it keeps others out
    """Say what counts, and how the score is made."""
    parts = {
        row["Component"]: row
        for row in snapshot.remembered(
            "definitions_score", lambda: snapshot.rows(query("definitions_score"))
        )
    }
    return page(
        request, "definitions.html", parts=[parts[name] for name in COMPONENTS if name in parts]
    )


def _table(snapshot: Snapshot, name: str) -> Table:
    if name not in TABLES or not snapshot.has(name):
        raise NotFoundError(
            N_("There is no such table among the published ones."),
            remedy=N_("The list of tables has all of them."),
        )
    return TABLES[name]
