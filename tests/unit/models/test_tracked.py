"""What segments and measures share; what each alone may not give is in the tests of each."""

from collections.abc import Callable

import duckdb
import pytest

from engagement_assets.models import measures, segments, tracked
from engagement_assets.models.faults import ModelError
from engagement_assets.models.loading import Model
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.support.accounts import SECRET

Make = Callable[[str, str], Model]


@pytest.mark.parametrize(
    ("layer", "sql", "check"),
    [
        ("segments", "select cast(account_id as int) as CustomerId from account", segments.check),
        (
            "measures",
            "select cast(account_id as int) as A, 1 as Value from account",
            measures.check,
        ),
    ],
)
def test_a_view_that_cannot_be_read_names_its_file_and_no_value(
    make: Make,
    database: duckdb.DuckDBPyConnection,
    layer: str,
    sql: str,
    check: Callable[[DuckDbEngine, Model], None],
) -> None:
    database.execute("delete from account where account_id <> ?", [SECRET])
    model = make(layer, f"-- materialized: view\n{sql}")

    with pytest.raises(ModelError, match=r"mine\.sql: DuckDB stopped with Conv") as raised:
        check(DuckDbEngine(database), model)

    assert SECRET not in str(raised.value)


def test_a_view_that_cannot_be_gathered_names_its_file_and_no_value(
    make: Make, database: duckdb.DuckDBPyConnection
) -> None:
    database.execute("delete from account where account_id <> ?", [SECRET])
    sql = "-- materialized: view\nselect cast(account_id as int) as Value from account"
    model = make("measures", sql)

    with pytest.raises(ModelError, match=r"mine\.sql: DuckDB stopped with Conv") as raised:
        measures.collect(DuckDbEngine(database), [model])

    assert SECRET not in str(raised.value)


def test_what_was_gathered_before_goes(make: Make, database: duckdb.DuckDBPyConnection) -> None:
    segment = make("segments", "select CustomerId from Customer_Profile")
    engine = DuckDbEngine(database)
    for _ in range(2):
        segments.collect(engine, [segment])
        measures.collect(engine, [segment])  # not one of its layer
    assert database.execute("select count(*) from segment_row").fetchall() == [(1,)]
    assert database.execute("select count(*) from measure_row").fetchall() == [(0,)]


@pytest.mark.parametrize("room", [segments, measures])
def test_all_tables_that_are_gathered_are_sources(room: object) -> None:
    assert set(getattr(room, "SOURCE_TABLES")) <= INPUT_TABLES.keys()  # noqa: B009 - of two modules


def test_odd_names_become_json(database: duckdb.DuckDBPyConnection) -> None:
    packed = tracked.json_of(['a "b"', "c"], "cast({} as varchar)")
    sql = f'select {packed} from (select 2 as c, 1 as "a ""b""")'
    ((found,),) = database.execute(sql).fetchall()
    assert found == '{"a \\"b\\"":"1","c":"2"}'
    assert tracked.json_of([]) == "'{}'"
