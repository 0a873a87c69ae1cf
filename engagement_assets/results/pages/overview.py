"""The enrichment at a glance: what was read, what it says, whether it can be trusted."""

from fastapi import APIRouter, Request, Response

from engagement_assets.results.queries import query
from engagement_assets.results.roles import AnyViewer
from engagement_assets.results.snapshot import CurrentSnapshot
from engagement_assets.results.templating import page

router = APIRouter()


@router.get("/")
def overview(request: Request, snapshot: CurrentSnapshot, viewer: AnyViewer) -> Response:  # noqa: ARG001
    """Show the overview."""
    return page(request, "overview.html", run=snapshot.row(query("overview_run")))
