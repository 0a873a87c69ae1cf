"""What is said of a score follows from its parts."""

from collections.abc import Iterable
from typing import Any

import duckdb
import pytest

from engagement_assets.results.card.score import Part, Why
from engagement_assets.results.queries import query
from engagement_assets.vocabulary import COMPONENTS
from tests.support.building import insert, published


def row(component: str, points: float, weight: float = 10.0, **more: Any) -> dict[str, Any]:
    """A row of `card_parts.sql`: a part of the score, and what is still to be had."""
    part = published(
        "Office_ScoreContribution",
        Component=component,
        Value=1.0 if points else 0.0,
        Weight=weight,
        Points=points,
    )
    return part | {"Missing": weight - points, "Goal": 2.0, "Gain": 1.0} | more


def names(parts: Iterable[Part]) -> list[str]:
    return [part.component for part in parts]


def test_parts_stand_in_the_order_of_the_numbers_whatever_order_they_come_in() -> None:
    why = Why.of([row(component, 5.0) for component in sorted(COMPONENTS)])
    assert names(why.parts) == list(COMPONENTS)


def test_the_sum_is_that_of_the_parts_before_rounding() -> None:
    why = Why.of([row("Meetings", 12.964), row("Replies", 2.11), row("Recency", 5.64)])
    assert why.points == 12.964 + 2.11 + 5.64
    assert why.weight == 30


def test_what_stands_out_is_told_by_the_share_of_the_weight() -> None:
    why = Why.of(
        [
            row("Meetings", 16.0, 25.0),  # 64 %
            row("Replies", 5.9),  # 59 %
            row("OwnPeople", 4.1),  # 41 %
            row("AccountPeople", 4.0),  # 40 %
            row("TwoWayEmails", 0.0, 15.0),
        ]
    )
    assert names(why.above) == ["Meetings"]
    assert names(why.typical) == ["Replies", "OwnPeople"]
    assert names(why.below) == ["AccountPeople"]
    assert names(why.nothing) == ["TwoWayEmails"]
    assert names(why.most) == ["Meetings", "Replies"]


def test_what_would_raise_it_is_where_most_points_are_missing() -> None:
    why = Why.of(
        [
            row("Meetings", 20.0, 25.0),
            row("Replies", 1.0),
            row("Recency", 9.0),
            row("TwoWayEmails", 2.0, 15.0),
        ]
    )
    assert names(why.hints) == ["TwoWayEmails", "Replies", "Meetings"]


def test_what_would_add_nothing_is_not_a_hint() -> None:
    contact_today = row("Recency", 9.1, Value=1.0, Gain=0.0)
    nobody_has_any = row("Replies", 0.0, Reference=None, Gain=None)
    assert Why.of([contact_today, nobody_has_any]).hints == ()


def test_a_part_without_weight_says_nothing() -> None:
    why = Why.of([row("Meetings", 0.0, 0.0), row("Replies", 5.0)])
    assert names(why.nothing) == []
    assert len(why.parts) == 2


def test_a_part_that_hardly_anybody_has_is_not_this_customers_shortcoming() -> None:
    rows = [row("Meetings", 0.0, 25.0), row("Replies", 0.0), row("Recency", 5.0)]
    assert names(Why.of(rows, {"Meetings"}).nothing) == ["Replies"]
    assert names(Why.of(rows).nothing) == ["Meetings", "Replies"]


@pytest.mark.parametrize(
    ("reference", "goal", "has_typical", "is_typical"),
    [
        (3.0, 3.0, True, True),
        (3.04, 3.0, True, True),  # shown as 3.0
        (2.96, 3.0, True, True),
        (2.6, 3.0, True, False),  # 3 beside 2.6 is above it
        (2.04, 4.0, False, False),  # 2 is what is shown as typical: twice as many
    ],
)
def test_a_goal_is_called_typical_only_where_it_is_what_is_shown_as_typical(
    reference: float, goal: float, has_typical: bool, is_typical: bool
) -> None:
    (part,) = Why.of([row("Meetings", 5.0, Value=2.0, Reference=reference, Goal=goal)]).parts
    assert part.has_typical == has_typical
    assert (part.has_typical and part.is_typical) == is_typical


@pytest.mark.parametrize(
    ("value", "reference", "goal"),
    [
        (2.0, 3.0, 3.0),
        (2.0, 3.04, 3.0),  # shown as 3.0: three are typical
        (2.0, 2.6, 3.0),
        (2.0, 56.903, 57.0),
        (3.0, 3.04, 6.0),  # has what is shown as typical: twice as many
        (4.0, 3.0, 8.0),
    ],
)
def test_the_goal_is_what_is_shown_as_typical_rounded_up(
    value: float, reference: float, goal: float
) -> None:
    with duckdb.connect() as connection:
        insert(
            connection,
            "Office_ScoreContribution",
            [
                published(
                    "Office_ScoreContribution",
                    PrimaryKey="C|year|2025-11-23",
                    Component="Meetings",
                    Value=value,
                    Reference=reference,
                    Weight=25.0,
                    Points=25 * value / (value + reference),
                )
            ],
        )
        (found,) = connection.execute(
            f"select Goal from ({query('card_parts')})", {"customer": "C", "first": 0, "last": 9}
        ).fetchall()
    assert found == (goal,)


def test_recency_is_told_in_days() -> None:
    (part,) = Why.of([row("Recency", 5.0, Value=0.125, Reference=0.1)]).parts
    assert part.days == 7
    assert part.typical_days == 9
    (never,) = Why.of([row("Recency", 0.0, Value=0.0, Reference=None)]).parts
    assert never.days is None
    assert never.typical_days is None
    assert not never.has_typical
