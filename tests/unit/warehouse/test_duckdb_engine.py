"""The engine over DuckDB; what a model's failing build says is in test_building.py."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from engagement_assets.models.engine import EngineError
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine, sandbox

SECRET = "ada@contoso.com"  # noqa: S105 - what no message may quote


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create table t (x bigint, y varchar)")
        connection.execute("insert into t values (1, ?)", [SECRET])
        yield connection


def test_tables_are_made_filled_and_read(database: duckdb.DuckDBPyConnection) -> None:
    engine = DuckDbEngine(database)
    for _ in range(2):
        engine.create('odd "table', {'odd "column': "INTEGER", "l": "BIGINT[]"})
        engine.insert('odd "table', [(1, [1, 2]), (None, None)])
        engine.insert('odd "table', [])
        engine.append('odd "table', "select x + 1, [x] from t")

    assert engine.columns('odd "table') == {'odd "column': "INTEGER", "l": "BIGINT[]"}
    assert sorted(engine.rows('from "odd ""table"'), key=repr) == [
        (1, [1, 2]), (2, [1]), (None, None),
    ]  # fmt: skip


def test_tables_and_views_take_each_others_place(database: duckdb.DuckDBPyConnection) -> None:
    engine = DuckDbEngine(database)
    for kind in ("view", "table", "table", "view", "view"):
        engine.replace("T", f"select '{kind}' as kind", kind)
        assert engine.rows("from t") == [(kind,)]
        assert engine.rows(
            "select lower(table_type) from information_schema.tables where table_name ilike 't'"
        ) == [("view" if kind == "view" else "base table",)]


def test_a_transaction_is_all_or_nothing(database: duckdb.DuckDBPyConnection) -> None:
    engine = DuckDbEngine(database)

    def replaced_and_failed() -> None:
        with engine.transaction():
            engine.replace("t", "select 7 as x", "table")
            engine.rows("select nope from t")

    with pytest.raises(EngineError):
        replaced_and_failed()
    assert engine.columns("t") == {"x": "BIGINT", "y": "VARCHAR"}

    with engine.transaction():
        engine.replace("t", "select 7 as x", "table")
    database.begin()  # so none is left open
    database.rollback()
    assert engine.rows("from t") == [(7,)]


ATTEMPTS: list[Callable[[DuckDbEngine], object]] = [
    lambda engine: engine.rows("select cast(y as int) from t"),
    lambda engine: engine.append("t", "select y, y from t"),
    lambda engine: engine.insert("t", [(SECRET, SECRET)]),
    lambda engine: engine.replace("u", "select cast(y as date) as d from t", "table"),
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_error_quotes_data(
    database: duckdb.DuckDBPyConnection, attempt: Callable[[DuckDbEngine], object]
) -> None:
    with pytest.raises(EngineError) as raised:
        attempt(DuckDbEngine(database))

    assert "ada" not in str(raised.value)
    assert raised.value.__context__ is None


def test_what_is_not_there_is_said(database: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(EngineError, match=r"DuckDB refuses it: Catalog Error: .*nowhere"):
        DuckDbEngine(database).columns("nowhere")
    with pytest.raises(EngineError, match="DuckDB refuses it near line 2: Binder Error: "):
        DuckDbEngine(database).rows("select x,\nnope\nfrom t")


def test_a_sandbox_is_empty_and_reaches_nothing(
    database: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    seen_by_python = [(1,)]
    assert seen_by_python
    with DuckDbEngine(database).sandbox() as stage:
        assert stage.rows("show tables") == []
        assert stage.rows("select current_setting('TimeZone')") == [("UTC",)]
        for statement in (
            f"from read_csv('{tmp_path / 'secret.csv'}')",
            "from seen_by_python",
        ):
            with pytest.raises(EngineError):
                stage.rows(statement)
        with pytest.raises(EngineError):
            stage.replace("x", f"from read_text('{tmp_path / 'secret.csv'}')", "table")
    with sandbox() as another:
        assert another.rows("select 1") == [(1,)]
