"""What a measure's file may give, and what is gathered of it."""

from collections.abc import Callable

import duckdb
import pytest

from engagement_assets.models import measures
from engagement_assets.models.faults import ModelError
from engagement_assets.models.loading import Model
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine

Make = Callable[[str, str], Model]


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select 1 as Amount", "it gives no column Value"),
        ("select 'much' as Value", "its Value is not a number but VARCHAR"),
        ("select [1] as Value", "its Value is not a number but INTEGER[]"),
        ("select interval 1 day as Value", "its Value is not a number but INTERVAL"),
        ("select unnest([1, 2]) as Value", "more than one row for the whole business"),
        (
            "select unnest([1, 2]) as Value, '2026-01' as Month",
            "more than one row for the same Month, 1 time(s)",
        ),
        (
            "select unnest([1, 2]) as Value, 'A' as CustomerId, null as Month",
            "more than one row for the same CustomerId and Month, 1 time(s)",
        ),
        ("select 1 as Value, 'X' as CustomerId", "in 1 of its rows CustomerId is not an account"),
        ("select 1 / 0.0 as Value", "Value is infinite or undefined in 1 row(s)"),
    ],
)
def test_wrong_measures(
    make: Make, database: duckdb.DuckDBPyConnection, sql: str, text: str
) -> None:
    model = make("measures", sql)
    with pytest.raises(ModelError) as raised:
        measures.check(DuckDbEngine(database), model)
    assert text in str(raised.value)
    assert str(model.path) in str(raised.value)


@pytest.mark.parametrize(
    ("sql", "grain", "rows"),
    [
        ("select count(*) as value from Customer_Profile", "business", [(None, None, 1.0)]),
        ("select null::integer as Value", "business", [(None, None, None)]),
        ("select 1.25 as Value limit 0", "business", []),
        (
            "select 2::hugeint as Value, '2026-01' as Month, 7 as Week",
            "business",
            [(None, '{"Month":"2026-01","Week":"7"}', 2.0)],
        ),
        (
            "select CustomerId, Meetings as Value from Customer_Profile",
            "customer",
            [("A", None, 1.0)],
        ),
        (
            "select CUSTOMERID, Meetings as VALUE, null as Region from Customer_Profile",
            "customer",
            [("A", '{"Region":null}', 1.0)],
        ),
    ],
)
def test_rows_of_a_measure(
    make: Make,
    database: duckdb.DuckDBPyConnection,
    sql: str,
    grain: str,
    rows: list[tuple[object, ...]],
) -> None:
    model = make("measures", sql)
    measures.check(DuckDbEngine(database), model)
    measures.collect(DuckDbEngine(database), [model])

    assert (
        database.execute("select customer_id, dimensions, value from measure_row").fetchall()
        == rows
    )
    assert database.execute("select measure, unit, grain from measure_listed").fetchall() == [
        ("mine", "count", grain)
    ]
