"""The enrichment at a glance: what was read, what came of it, whether it can be trusted."""

import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from engagement_assets.results import charts, ledger
from engagement_assets.results.freshness import Freshness
from engagement_assets.results.language import N_
from engagement_assets.results.listing import Listing
from engagement_assets.results.queries import query
from engagement_assets.results.roles import AnyViewer, Role
from engagement_assets.results.snapshot import CurrentSnapshot, NothingPublishedError, Snapshot
from engagement_assets.results.templating import page, settings_of

router = APIRouter()

_LINES = 50  # a fiftieth of all customers is the least change that is worth a line of its own
_DAY = 86_400.0  # seconds: room beside the first and the last point of the line

_COLUMNS = (
    "Name",
    "EngagementScore",
    "ScoreChange",
    "NoOfEmails_ToAccount",
    "NoOfEmails_FromAccount",
    "Meetings",
    "DaysSinceLastContact",
)
MAILBOXES: Mapping[str, tuple[str, str]] = {
    "failed": (N_("Failed"), N_("An error stopped the reading. The next run tries again.")),
    "denied": (
        N_("Denied"),
        N_("Your administrator does not allow the app to read these mailboxes."),
    ),
    "partly": (
        N_("Partly"),
        N_("E-mails were read. The calendar does not exist, or the app is not allowed to read it."),
    ),
    "pending": (N_("Pending"), N_("Not their turn yet. The next run goes on.")),
    "no_mailbox": (N_("No mailbox"), N_("These people have no mailbox in Microsoft 365.")),
}


@router.get("/")
def overview(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:
    """Show the overview."""
    settings = settings_of(request)
    runs = snapshot.rows(query("overview_runs"))
    if not runs:
        raise NothingPublishedError("The published snapshot knows of no run.")
    newest, before = runs[-1], runs[-2] if len(runs) > 1 else None
    # runs about one moment, such as a second try, are one point: the last of them counts
    points = list({run["AsOfTime"]: run for run in runs}.values())
    missing = snapshot.rows(query("overview_mailboxes"))
    listing = Listing.of(request, _COLUMNS, sort="EngagementScore", descending=True)
    rows, total = _preview(snapshot, listing)
    return page(
        request,
        "overview.html",
        run=newest,
        before=before,
        points=points,
        drawn=charts.line(
            [(run["AsOfTime"].timestamp(), run["CustomersEnriched"]) for run in points],
            least_step=math.ceil(max(1, newest["CustomersTotal"]) / _LINES),
            margin=_DAY,
        ),
        freshness=Freshness.of(
            settings.schedule, settings.time_zone, newest["StartedAt"], datetime.now(UTC)
        ),
        missing=Counter(row["Status"] for row in missing),
        # who is behind a mailbox is for those who can do something about it
        mailboxes=missing if viewer.may(Role.CONTRIBUTOR) else [],
        explained=MAILBOXES,
        ledger=ledger.accounts(snapshot.rows(query("overview_ledger"))),
        outdated=not snapshot.has("Customer_Profile"),
        listing=listing,
        rows=rows,
        total=total,
    )


def _preview(snapshot: Snapshot, listing: Listing) -> tuple[list[dict[str, Any]], int]:
    if not snapshot.has("Customer_Profile"):
        return [], 0  # published by an older version
    sql, parameters = query("overview_preview"), {"search": listing.search}
    counted = snapshot.row(f"select count(*) as Total from ({sql})", parameters)
    return snapshot.rows(listing.applied(sql), parameters), counted["Total"] if counted else 0
