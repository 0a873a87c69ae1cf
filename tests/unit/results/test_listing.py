"""Reading what a reader asks of a table; every value comes from an address that anybody writes."""

import duckdb
import pytest
from starlette.requests import Request

from engagement_assets.results.listing import FIRST, MOST, Listing

COLUMNS = ("Name", "Score")


def listing(query: str) -> Listing:
    request = Request({"type": "http", "query_string": query.encode(), "headers": []})
    return Listing.of(request, COLUMNS, sort="Score", descending=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Listing("", "Score", True, FIRST)),
        ("sort=Name", Listing("", "Name", False, FIRST)),
        ("sort=Name&order=desc", Listing("", "Name", True, FIRST)),
        ("sort=Score&order=asc", Listing("", "Score", False, FIRST)),
        ("order=asc", Listing("", "Score", True, FIRST)),
        ("sort=Nam%22e&order=asc", Listing("", "Score", True, FIRST)),
        ("sort=name", Listing("", "Score", True, FIRST)),
        ("q=+a%20b+", Listing("a b", "Score", True, FIRST)),
        ("show=60", Listing("", "Score", True, 60)),
        ("show=0", Listing("", "Score", True, 1)),
        ("show=99999999", Listing("", "Score", True, MOST)),
        ("show=-1", Listing("", "Score", True, FIRST)),
        ("show=%D9%A3", Listing("", "Score", True, FIRST)),  # a digit, but not one of ours
        ("show=" + "9" * 5000, Listing("", "Score", True, FIRST)),
        ("q=" + "x" * 5000, Listing("x" * 200, "Score", True, FIRST)),
    ],
)
def test_what_makes_no_sense_is_ignored(query: str, expected: Listing) -> None:
    assert listing(query) == expected


def test_missing_values_come_last_and_ties_in_the_order_of_ids() -> None:
    rows = "select * from (values ('d', 1), ('b', null), ('c', 2), ('a', 1)) as t (Id, Score)"
    with duckdb.connect() as connection:
        for order, expected in (("desc", "cadb"), ("asc", "adcb")):
            sql = listing(f"sort=Score&order={order}").applied(f"-- a comment\n{rows}\n")
            found = connection.execute(sql).fetchall()
            assert "".join(row[0] for row in found) == expected


@pytest.mark.parametrize(
    ("shown", "total", "more"),
    [(12, 12, None), (12, 13, 60), (60, 100, 108), (480, 9999, MOST), (MOST, 9999, None)],
)
def test_more_is_offered_while_there_is_more(shown: int, total: int, more: int | None) -> None:
    assert Listing("", "Score", True, shown).more(total) == more
