"""Customers: all of them, searched and sorted, and the card of one."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from engagement_assets.results import language, words
from engagement_assets.results.card.activity import LEVELS, SPANS, Choice
from engagement_assets.results.card.reading import read
from engagement_assets.results.coverage import Coverage
from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.language import N_
from engagement_assets.results.listing import Listing
from engagement_assets.results.paging import Pages
from engagement_assets.results.queries import query
from engagement_assets.results.roles import AnyViewer
from engagement_assets.results.snapshot import CurrentSnapshot, Snapshot
from engagement_assets.results.templating import page, settings_of

router = APIRouter()

_COLUMNS = (
    "Label",
    "Score",
    "ScoreChange",
    "ScoreTrend",
    "EmailsFrom",
    "EmailsTo",
    "Meetings",
    "DaysSinceLastContact",
)
_ENGAGED = ("yes", "no")
_SHOWN_ANYWAY = frozenset({"CustomerId", "Name", "EngagementScore", "Rank"})  # at the top


@router.get("/customers")
def customers(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:  # noqa: ARG001 - asking for it keeps others out
    """List customers."""
    _require_profiles(snapshot)
    listing = Listing.of(request, _COLUMNS, sort="Score", descending=True)
    asked = request.query_params.get("engaged", "")
    engaged = asked if asked in _ENGAGED else ""
    search = {"search": listing.search}
    (count,) = snapshot.rows(query("customers_count"), search)
    total = count[{"": "Everybody", "yes": "Engaged", "no": "NotEngaged"}[engaged]]
    pages = Pages.of(request.query_params.get("page", ""), total)
    found = listing.ordered(query("customers_found"), "Label, CustomerId")
    return page(
        request,
        "customers.html",
        coverage=Coverage.of(snapshot),
        listing=listing,
        engaged=engaged,
        count=count,
        pages=pages,
        customers=pages.rows(snapshot, found, {**search, "engaged": engaged}),
    )


@router.get("/customers/{customer_id:path}")
def card(
    request: Request,
    customer_id: str,
    snapshot: CurrentSnapshot,
    viewer: AnyViewer,  # noqa: ARG001 - asking for it keeps others out
) -> Response:
    """Show the card of a customer."""
    _require_profiles(snapshot)
    choice = Choice.of(request.query_params)
    found = read(snapshot, customer_id, choice, settings_of(request).time_zone)
    if found is None:
        return page(request, "customer_unknown.html", 404, customer_id=customer_id)
    return page(
        request,
        "customer.html",
        card=found,
        coverage=found.coverage,
        causes=words.CAUSES,
        facts={
            row["Segment"]: _facts(language.of(request), row, found.coverage)
            for row in found.segments
        },
        choice=choice,
        levels=LEVELS,
        spans=SPANS,
    )


def _facts(
    reader: language.Language, segment: Mapping[str, Any], coverage: Coverage
) -> list[tuple[str, str]]:
    """Return what a segment shows of the customer, in words, beyond what stands at the top."""
    listed: dict[str, Any] = json.loads(segment["Facts"])
    return [
        (words.label(reader, column), words.shown(reader, column, value, unread=coverage.unread))
        for column, value in listed.items()
        if column not in _SHOWN_ANYWAY
    ]


def _require_profiles(snapshot: Snapshot) -> None:
    if not snapshot.has("Customer_Profile"):
        raise NotFoundError(
            N_(
                "These results were published by an older version, which knew less about customers."
            ),
            remedy=N_("Start a run to get this page."),
        )
