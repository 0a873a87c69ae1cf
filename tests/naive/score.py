"""The engagement score (section 6)."""

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .office import OfficeRow

DEFAULT_WEIGHTS: dict[str, float] = {
    "EmailsFromAccount": 20,
    "TwoWayEmails": 15,
    "Replies": 10,
    "Meetings": 25,
    "AccountPeople": 10,
    "OwnPeople": 10,
    "Recency": 10,
}


@dataclass(frozen=True)
class Contribution:
    """What one component gives to one row."""

    key: str
    component: str
    value: float
    reference: float | None
    weight: float
    points: float


def geometric_mean(values: list[float]) -> float | None:
    """Return the geometric mean of the values above 0, None if there is none."""
    logarithms = [math.log(value) for value in values if value > 0]
    if not logarithms:
        return None
    return math.exp(math.fsum(logarithms) / len(logarithms))


def contributions(rows: list[OfficeRow], weights: dict[str, float]) -> list[Contribution]:
    """Return seven contributions per row, in the order of the weights."""
    cohorts: defaultdict[tuple[str, date], list[OfficeRow]] = defaultdict(list)
    for row in rows:
        cohorts[row.cohort].append(row)
    found = []
    for cohort in cohorts.values():
        references = {
            component: geometric_mean([row.values[component] for row in cohort])
            for component in weights
        }
        for row in cohort:
            for component, weight in weights.items():
                value, reference = row.values[component], references[component]
                points = 0.0
                if value > 0 and reference is not None:
                    points = weight * value / (value + reference)
                found.append(Contribution(row.key, component, value, reference, weight, points))
    return found


def unrounded_scores(found: list[Contribution]) -> dict[str, float]:
    """Return the sum of the points of every row."""
    points: defaultdict[str, list[float]] = defaultdict(list)
    for contribution in found:
        points[contribution.key].append(contribution.points)
    return {key: sum(values) for key, values in points.items()}


def rounded(score: float) -> float:
    """Round to one decimal, half away from zero (a score is never below 0)."""
    return float(Decimal(score).quantize(Decimal("0.1"), ROUND_HALF_UP))
