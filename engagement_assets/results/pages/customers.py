"""Customers: all of them, searched and sorted, and the card of one."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from engagement_assets.results import language, words
from engagement_assets.results.card.activity import LEVELS, SPANS, Choice
from engagement_assets.results.card.reading import read
from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.language import N_
from engagement_assets.results.listing import Listing
from engagement_assets.results.queries import query
from engagement_assets.results.roles import AnyViewer
from engagement_assets.results.snapshot import CurrentSnapshot, Snapshot
from engagement_assets.results.templating import page, settings_of

router = APIRouter()

PAGE_LENGTH = 50
_COLUMNS = (
    "Label",
    "Score",
    "ScoreChange",
    "ScoreTrend",
    "EmailsTo",
    "EmailsFrom",
    "Meetings",
    "DaysSinceLastContact",
)
_ENGAGED = ("yes", "no")
_SHOWN_ANYWAY = frozenset({"CustomerId", "Name", "EngagementScore", "Rank"})  # at the top


@dataclass(frozen=True)
class Pages:
    """Which of the pages of a long list is shown.

    Attributes:
        number: the page, from 1.
        total: how many rows the whole list has.
    """

    number: int
    total: int

    @classmethod
    def of(cls, asked: str, total: int) -> "Pages":
        """Read the parameter `page`; what makes no sense is the first or the last page."""
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return cls(min(max(number, 1), max(math.ceil(total / PAGE_LENGTH), 1)), total)

    @property
    def first(self) -> int:
        """The place of the first row on the page, from 1."""
        return (self.number - 1) * PAGE_LENGTH + 1

    @property
    def last(self) -> int:
        """The place of the last row on the page."""
        return min(self.number * PAGE_LENGTH, self.total)

    @property
    def before(self) -> int | None:
        """The page before; None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after; None on the last."""
        return self.number + 1 if self.last < self.total else None


@router.get("/customers")
def customers(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:  # noqa: ARG001 - the guard
    """List customers."""
    _require_profiles(snapshot)
    listing = Listing.of(request, _COLUMNS, sort="Score", descending=True)
    asked = request.query_params.get("engaged", "")
    engaged = asked if asked in _ENGAGED else ""
    search = {"search": listing.search}
    (count,) = snapshot.rows(query("customers_count"), search)
    total = count[{"": "Everybody", "yes": "Engaged", "no": "NotEngaged"}[engaged]]
    pages = Pages.of(request.query_params.get("page", ""), total)
    direction = "desc" if listing.descending else "asc"
    rows = snapshot.rows(
        f"select * from ({query('customers_found')}) "
        f'order by "{listing.sort}" {direction} nulls last, Label, CustomerId '
        f"limit {PAGE_LENGTH} offset {pages.first - 1}",
        {**search, "engaged": engaged},
    )
    return page(
        request,
        "customers.html",
        listing=listing,
        engaged=engaged,
        count=count,
        pages=pages,
        customers=rows,
    )


@router.get("/customers/{customer_id:path}")
def card(
    request: Request,
    customer_id: str,
    snapshot: CurrentSnapshot,
    viewer: AnyViewer,  # noqa: ARG001 - the guard
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
        facts={row["Segment"]: _facts(language.of(request), row) for row in found.segments},
        choice=choice,
        levels=LEVELS,
        spans=SPANS,
    )


def _facts(reader: language.Language, segment: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a segment shows of the customer, in words, beyond what stands at the top."""
    listed: dict[str, Any] = json.loads(segment["Facts"])
    return [
        (words.label(reader, column), words.shown(reader, column, value))
        for column, value in listed.items()
        if column not in _SHOWN_ANYWAY
    ]


def _require_profiles(snapshot: Snapshot) -> None:
    if not snapshot.has("Customer_Profile"):
        raise NotFoundError(
            N_(
                "These results were published by an older version, which knew less about customers."
            ),
            remedy=N_("Start a run; then this page is there."),
        )
