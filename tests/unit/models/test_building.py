"""Building models, on small folders and a real DuckDB."""

import traceback
from collections.abc import Iterator

import duckdb
import pytest

from engagement_assets.models.building import build, create_sources
from engagement_assets.models.loading import ModelError, load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.support.model_files import VIEW, Write, one

ADDRESS = "ada@contoso.com"


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create table Person (Id bigint, name varchar, born_at timestamptz)")
        connection.execute("insert into Person values (1, ?, '1815-12-10 12:00:00Z')", [ADDRESS])
        yield connection


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and everything that led to it, hidden from tracebacks or not."""
    if error is not None:
        yield error
        yield from chain(error.__cause__)
        yield from chain(error.__context__)


def test_models_are_built_and_built_again(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    folder = write(
        {"staging/first": VIEW + "select id * 2 as twice from person", "marts/Second": "from first"}
    )

    for _ in range(2):
        for model in load_models(folder, ["Person"]):
            build(DuckDbEngine(database), model)
        database.execute("update Person set Id = 2")

    assert database.execute("select twice from Second").fetchall() == [(4,)]
    assert DuckDbEngine(database).columns("Second") == {"twice": "BIGINT"}


def test_a_table_becomes_a_view_and_a_view_a_table(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    kinds = []
    for header in ("", VIEW, VIEW, "", ""):
        build(DuckDbEngine(database), one(write({"marts/a_b": header + "select 1 as x"})))
        kinds += database.execute(
            "select table_type from information_schema.tables where table_name = 'a_b'"
        ).fetchall()

    assert [kind for (kind,) in kinds] == [
        "BASE TABLE", "VIEW", "VIEW", "BASE TABLE", "BASE TABLE"
    ]  # fmt: skip


def test_a_build_that_fails_leaves_what_was_there(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    build(DuckDbEngine(database), one(write({"marts/m": VIEW + "select 7 as x"})))

    with pytest.raises(ModelError):
        build(
            DuckDbEngine(database),
            one(write({"marts/m": "select cast(name as int) as x from person"})),
        )

    assert database.execute("from m").fetchall() == [(7,)]
    database.begin()  # so no transaction is left open
    database.rollback()


def test_a_build_is_not_part_of_a_transaction_of_the_caller(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    model = one(write({"marts/m": "select 1 as x"}))
    database.begin()

    with pytest.raises(duckdb.TransactionException):
        build(DuckDbEngine(database), model)


@pytest.mark.parametrize(
    "expression",
    [
        "cast(name as bigint)",
        "cast(name as date)",
        "cast(name as timestamptz)",
        "cast(name as uuid)",
        "cast(name as decimal(3, 1))",
        "cast([name] as int[])",
        "cast(name as struct(x int))",
        "cast(name as enum('x'))",
        "name in (1, 2)",
        "strptime(name, '%Y')",
        "date_trunc(name, born_at)",
        "born_at at time zone name",
        "json_extract(name, '$.x')",
        "from_hex(name)",
        "regexp_matches(name, name || '(')",
        "error(name)",
        "9223372036854775807 + length(name)",
    ],
)
@pytest.mark.parametrize("in_view", [False, True])
def test_no_values_in_errors(
    write: Write, database: duckdb.DuckDBPyConnection, expression: str, in_view: bool
) -> None:
    sql = f"select {expression} as x\nfrom person"
    files = (
        {"staging/v": VIEW + sql, "marts/m": "select\nx from v"} if in_view else {"marts/m": sql}
    )

    *before, model = load_models(write(files), ["Person"])
    for view in before:
        build(DuckDbEngine(database), view)

    with pytest.raises(ModelError) as raised:
        build(DuckDbEngine(database), model)

    text = "".join(traceback.format_exception(raised.value))
    assert not any(part in text for part in (ADDRESS, "'a'", "15)", "digit: @"))
    assert not any(isinstance(each, duckdb.Error) for each in chain(raised.value))
    assert "m.sql: DuckDB stopped with " in text


def test_errors_of_the_sql_say_what_is_wrong_and_where(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    model = one(write({"marts/m": "select id,\n  nope as x\nfrom person"}))

    with pytest.raises(ModelError) as raised:
        build(DuckDbEngine(database), model)

    assert str(raised.value) == (
        f"{model.path}: DuckDB refuses it near line 5: Binder Error: Referenced column "
        '"nope" not found in FROM clause! Correct the SQL.'
    )


def test_columns_named_after_values_stay_out_of_errors(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    sql = "select nope from (pivot person on name using count(*))"

    with pytest.raises(ModelError, match="Referenced column") as raised:
        build(DuckDbEngine(database), one(write({"marts/m": sql})))

    assert ADDRESS not in str(raised.value)


def test_lack_of_memory_is_told(write: Write, database: duckdb.DuckDBPyConnection) -> None:
    database.execute("set temp_directory = ''")
    database.execute("set memory_limit = '20MB'")

    with pytest.raises(ModelError, match=r"gave up: Out of Memory Error: .* Free memory"):
        build(
            DuckDbEngine(database),
            one(write({"marts/m": "select list(i) as x from range(9000000) as r(i)"})),
        )


def test_sources_are_made_empty_and_in_place_of_others(
    database: duckdb.DuckDBPyConnection,
) -> None:
    database.execute("create table run_end (x int)")

    for _ in range(2):
        create_sources(DuckDbEngine(database), ["run_end", "run"])
        database.execute("insert into run_end values (now())")

    assert database.execute("select count(*) from run_end").fetchall() == [(1,)]
    assert list(DuckDbEngine(database).columns("run")) == list(INPUT_TABLES["run"].columns)
