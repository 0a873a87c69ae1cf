"""Which parts of the score hardly any customer has."""

from typing import Any

from engagement_assets.results.scarcity import Scarce, found
from engagement_assets.vocabulary import COMPONENTS


def row(component: str, some: int, customers: int = 420, weight: float = 25.0) -> dict[str, Any]:
    """A row of `score_scarcity.sql`."""
    return {"Component": component, "Weight": weight, "Customers": customers, "WithAny": some}


def test_fewer_than_one_in_twenty_is_hardly_any() -> None:
    assert found([row("Meetings", 1)]) == {"Meetings": Scarce("Meetings", 1, 420, 25.0)}
    assert list(found([row("Meetings", 20)])) == ["Meetings"]
    assert found([row("Meetings", 21)]) == {}


def test_of_a_few_customers_only_none_at_all_is_hardly_any() -> None:
    assert list(found([row("Meetings", 0, 8), row("Replies", 1, 8)])) == ["Meetings"]


def test_without_customers_or_without_weight_nothing_is_missed() -> None:
    assert found([row("Meetings", 0, 0), row("Replies", 0, weight=0.0)]) == {}
    assert found([]) == {}


def test_they_stand_in_the_order_of_the_numbers() -> None:
    assert list(found([row(name, 0) for name in sorted(COMPONENTS)])) == list(COMPONENTS)
