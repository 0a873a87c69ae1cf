"""Segments: which there are, who is in one, who came and went and why."""

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from engagement_assets.results import charts, language, tracked, words
from engagement_assets.results.coverage import Coverage
from engagement_assets.results.downloads import Format, download
from engagement_assets.results.facts import facts_of, members, reading_order
from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.language import N_, Language
from engagement_assets.results.listing import Listing
from engagement_assets.results.paging import Pages, counted, ordered
from engagement_assets.results.queries import query
from engagement_assets.results.roles import AContributor, AnyViewer
from engagement_assets.results.rules import SOURCE
from engagement_assets.results.snapshot import CurrentSnapshot, Snapshot
from engagement_assets.results.templating import page
from engagement_assets.results.tracked import RUNS_SHOWN, dated, require_segments

router = APIRouter()

_CHANGED_RUNS = 5
_CHANGES_EACH = 20  # per run and direction; more than anybody reads
_RULE_OF = re.compile(r"^-- source: " + re.escape(SOURCE) + r"(\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """A customer that joined or left, and why.

    Attributes:
        customer_id: the customer.
        label: what the customer is called.
        reasons: the figures that changed, in words; none when other customers or the rule did.
        cause: why it joined or left, as in Segment_Change; None where nobody knows.
    """

    customer_id: str
    label: str
    reasons: tuple[str, ...]
    cause: str | None


@dataclass(frozen=True)
class Changes:
    """Who joined or left in one run.

    Attributes:
        run: one row of the run.
        kind: `joined` or `left`.
        total: how many did.
        listed: those that are shown.
    """

    run: Mapping[str, Any]
    kind: str
    total: int
    listed: tuple[Change, ...]


@router.get("/segments")
def segments(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:  # noqa: ARG001 - asking for it keeps others out
    """List the segments."""
    require_segments(snapshot)
    coverage = Coverage.of(snapshot)
    sizes = snapshot.rows(query("segment_sizes"), {"segment": "", "runs": RUNS_SHOWN})
    sparks = {
        segment: tracked.spark([row["Members"] for row in rows])
        for segment, rows in itertools.groupby(sizes, key=lambda row: row["Segment"])
    }
    return page(
        request,
        "segments.html",
        segments=snapshot.rows(query("segments")),
        sparks=sparks,
        coverage=coverage,
        silent=_silent(snapshot) if coverage.unread else set(),
        run=snapshot.row(query("newest_run")),
    )


@router.get("/segments/{segment}")
def segment(
    request: Request,
    segment: str,
    snapshot: CurrentSnapshot,
    viewer: AnyViewer,  # noqa: ARG001 - asking for it keeps others out
) -> Response:
    """Show a segment: its members, its size over the runs, who came and went."""
    definition = _definition(snapshot, segment)
    facts = facts_of(snapshot, definition)
    order = reading_order(definition, facts)
    listing = Listing.of(
        request,
        ["Label", "Since", *(fact.column for fact in facts)],
        sort=order.column,
        descending=order.descending,
    )
    sql, parameters = members(facts)
    parameters |= {"segment": segment, "search": listing.search}
    pages = Pages.of(request.query_params.get("page", ""), counted(snapshot, sql, parameters))
    sizes = snapshot.rows(query("segment_sizes"), {"segment": segment, "runs": RUNS_SHOWN})
    line = charts.line([(float(at), row["Members"]) for at, row in enumerate(sizes)])
    reader, coverage = language.of(request), Coverage.of(snapshot)
    shown = pages.rows(snapshot, listing.ordered(sql, "CustomerId"), parameters)
    rule = _RULE_OF.search(definition["Sql"])
    return page(
        request,
        "segment.html",
        segment=definition,
        coverage=coverage,
        silent=bool(coverage.unread and _silent(snapshot, segment)),
        facts=facts,
        listing=listing,
        members=shown,
        unknown=coverage.unknown(snapshot, [member["CustomerId"] for member in shown]),
        pages=pages,
        sizes=sizes,
        newest={**sizes[-1], "IsNew": len(sizes) == 1},
        line=line,
        dates=charts.ends(line),
        causes=words.CAUSES,
        changes=_changes(snapshot, segment, reader),
        rule=rule[1] if rule else None,
        **words.of_columns(reader, coverage.unread),
    )


@router.get("/segments/{segment}/members.{kind}")
def segment_download(
    request: Request,
    segment: str,
    kind: Format,
    snapshot: CurrentSnapshot,
    viewer: AContributor,  # noqa: ARG001 - asking for it keeps others out
) -> Response:
    """Give all members of a segment as a file, in the order in which the page shows them."""
    definition = _definition(snapshot, segment)
    facts = facts_of(snapshot, definition)
    order = reading_order(definition, facts)
    sql, parameters = members(facts)
    shown = ordered(sql, order.column, descending=order.descending, ties="CustomerId")
    return download(
        snapshot.cursor,
        f"select * exclude (Label) from ({shown})",
        parameters | {"segment": segment, "search": ""},
        name=dated(snapshot, segment),
        kind=kind,
        language=language.of(request),
        coverage=Coverage.of(snapshot),
    )


def _definition(snapshot: Snapshot, segment: str) -> dict[str, Any]:
    missing = NotFoundError(
        N_("There is no such segment."), remedy=N_("The list of segments has all of them.")
    )
    return tracked.defined(snapshot, "segment_definition", {"segment": segment}, missing)


def _silent(snapshot: Snapshot, segment: str = "") -> set[str]:
    """Return the segments, or the one, in which there are customers without e-mail and meeting."""
    rows = snapshot.rows(query("segments_silent"), {"segment": segment})
    return {row["Segment"] for row in rows}


def _changes(snapshot: Snapshot, segment: str, reader: Language) -> list[Changes]:
    rows = snapshot.rows(
        query("segment_changes"),
        {"segment": segment, "runs": _CHANGED_RUNS, "each": _CHANGES_EACH},
    )
    found = []
    for (_, kind), group in itertools.groupby(rows, key=lambda row: (row["RunId"], row["Change"])):
        alike = list(group)
        listed = tuple(
            Change(row["CustomerId"], row["Label"], _reasons(row["Reason"], reader), row["Cause"])
            for row in alike
        )
        found.append(Changes(alike[0], kind, alike[0]["Alike"], listed))
    return found


def _reasons(reason: str, reader: Language) -> tuple[str, ...]:
    figures: dict[str, dict[str, Any]] = json.loads(reason)
    return tuple(
        words.change(reader, column, figure["before"], figure["after"])
        for column, figure in figures.items()
    )
