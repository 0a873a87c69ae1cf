"""Parts of the score that hardly any customer has: said once, not as everybody's shortcoming."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engagement_assets.results.queries import query
from engagement_assets.results.snapshot import Snapshot
from engagement_assets.vocabulary import COMPONENTS

__all__ = ["HARDLY_ANY", "Scarce", "found", "of_year"]

HARDLY_ANY = 0.05  # of the customers of the year: fewer have the part


@dataclass(frozen=True)
class Scarce:
    """A part of the score that hardly any customer has.

    Attributes:
        component: its name in Office_ScoreContribution.
        customers: how many have any; often none at all.
        cohort: how many customers have a score.
        points: the most points that it can give.
    """

    component: str
    customers: int
    cohort: int
    points: float


def of_year(snapshot: Snapshot) -> Mapping[str, Scarce]:
    """Return the scarce parts of the year's score by their names, found once per snapshot."""
    return snapshot.remembered(
        "score_scarcity", lambda: found(snapshot.rows(query("score_scarcity")))
    )


def found(rows: list[dict[str, Any]]) -> Mapping[str, Scarce]:
    """Return the scarce parts in the order of numbers 6.

    A part that weighs nothing is not missed by anybody.

    Args:
        rows: rows of `score_scarcity.sql`.
    """
    by_name = {row["Component"]: row for row in rows}
    return {
        name: Scarce(name, row["WithAny"], row["Customers"], row["Weight"])
        for name in COMPONENTS
        if (row := by_name.get(name)) is not None
        and row["Weight"] > 0
        and row["WithAny"] < HARDLY_ANY * row["Customers"]
    }
