"""Which columns decide which rows a SELECT gives; more cases are in test_segments.py."""

from pathlib import Path

import pytest

from engagement_assets.models.decisive_columns import decisive, mentioned
from engagement_assets.models.model_sql import parse_select

PATH = Path("segments/m.sql")


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select a, b as c from t", ()),
        ("select a from t where B > 1", ("b",)),
        ("select a from t order by b", ()),
        ("select a from t order by b limit 1", ("b",)),
        ("select a from t order by b offset 1", ("b",)),
        ("select a from (select a, b + c as d from t) as u where d > 1", ("b", "c", "d")),
        ("with r as (select a as b, b as a from t) select b from r where a = 1", ("a", "b")),
    ],
)
def test_columns_that_decide(sql: str, names: tuple[str, ...]) -> None:
    assert decisive(parse_select(PATH, sql)) == names


def test_columns_that_are_mentioned() -> None:
    assert mentioned(parse_select(PATH, "select t.B, a as x from t order by c")) == ("a", "b", "c")
