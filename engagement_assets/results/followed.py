"""What the pages about segments and about measures have in common."""

from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.language import N_
from engagement_assets.results.queries import query
from engagement_assets.results.snapshot import Snapshot

RUNS_SHOWN = 52  # of a history: a year of weekly runs
SPARK_HEIGHT = 28


def see_that_there_are_segments(snapshot: Snapshot) -> None:
    """See that the snapshot knows segments, measures and profiles.

    Raises:
        NotFoundError: when it was published before there were any.
    """
    if not snapshot.has("Segment_Definition"):
        raise NotFoundError(
            N_(
                "These results were published by an older version, which had no segments and "
                "measures. Start a run; then this page is there."
            )
        )


def dated(snapshot: Snapshot, name: str) -> str:
    """Return the name of a file that says of which day its figures are."""
    row = snapshot.row(query("newest_run"))
    return f"{name}-{row['AsOfTime']:%Y-%m-%d}" if row else name
