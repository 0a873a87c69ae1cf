"""What the pages about segments and about measures have in common."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engagement_assets.results import charts
from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.language import N_
from engagement_assets.results.queries import query
from engagement_assets.results.snapshot import Snapshot

RUNS_SHOWN = 52  # of a history: a year of weekly runs
SPARK_HEIGHT = 28
_LEAST_STEP = math.log10(20)  # a twentieth of the largest value, as a power of ten


def line(
    values: Sequence[float | None],
    height: float = charts.HEIGHT,
    *,
    reach: tuple[float, float] | None = None,
) -> charts.Line:
    """Return the line of a history, run by run.

    Runs are evenly apart: two of them can be about the same moment.

    Args:
        values: what each run found, the oldest first.
        height: of the plot, in pixels.
        reach: from where to where the lines across reach at least.
    """
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    # a change of next to nothing must not look like a leap, whatever the unit
    least = 10.0 ** math.floor(math.log10(largest) - _LEAST_STEP) if largest else 1.0
    return charts.line(
        [(float(place), value) for place, value in enumerate(values)],
        height,
        least_step=least,
        reach=reach,
    )


def spark(values: Sequence[float | None]) -> charts.Line:
    """Return the same so small that only up and down can be seen; what never changed is even."""
    known = {value for value in values if value is not None}
    if len(known) == 1:
        (only,) = known
        middle = SPARK_HEIGHT / 2
        return charts.Line(
            SPARK_HEIGHT,
            (),
            (charts.Point(100.0, middle, only),),
            (charts.Stretch(0.0, middle, 100.0, middle),) if len(values) > 1 else (),
        )
    return line(values, SPARK_HEIGHT)


def require_segments(snapshot: Snapshot) -> None:
    """Require that the snapshot knows segments, measures and profiles.

    Raises:
        NotFoundError: when it was published before there were any.
    """
    if not snapshot.has("Segment_Definition"):
        raise NotFoundError(
            N_(
                "These results were published by an older version, which had no segments and "
                "measures."
            ),
            remedy=N_("Start a run to get this page."),
        )


def defined(
    snapshot: Snapshot, select: str, parameters: Mapping[str, str], missing: NotFoundError
) -> dict[str, Any]:
    """Return the definition of a segment or a measure.

    Args:
        snapshot: the snapshot.
        select: the name of the query that finds it.
        parameters: its parameters, which name the segment or measure.
        missing: what to raise when there is none of that name.

    Raises:
        NotFoundError: when there is none, or the snapshot is older than segments and measures.
    """
    require_segments(snapshot)
    # an empty name would find all of them
    found = snapshot.row(query(select), parameters) if all(parameters.values()) else None
    if found is None:
        raise missing
    return found


def dated(snapshot: Snapshot, name: str) -> str:
    """Return the name of a file that says of which day its figures are."""
    row = snapshot.row(query("newest_run"))
    return f"{name}-{row['AsOfTime']:%Y-%m-%d}" if row else name
