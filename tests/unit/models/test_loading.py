"""The loader and runner of the SQL models, on small folders and a real DuckDB."""

import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement_assets.models.lineage import column_lineage
from engagement_assets.models.loading import (
    Model,
    ModelError,
    build,
    columns,
    load_models,
    upstream,
)

HEADER = "-- purpose: For a test.\n-- grain: row\n-- source: contract 0\n"
VIEW = "-- materialized: view\n"
ADDRESS = "ada@contoso.com"

Write = Callable[[Mapping[str, str]], Path]
"""Writes files (layer/name to SQL, without the header) and returns the folder."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_files(files: Mapping[str, str]) -> Path:
        for name, sql in files.items():
            path = tmp_path / f"{name}.sql"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEADER + sql, encoding="utf-8")
        return tmp_path

    return write_files


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create table Person (Id bigint, name varchar, born_at timestamptz)")
        connection.execute("insert into Person values (1, ?, '1815-12-10 12:00:00Z')", [ADDRESS])
        yield connection


def one(folder: Path, *sources: str) -> Model:
    (model,) = load_models(folder, sources or ("Person",))
    return model


# --- a file -------------------------------------------------------------------------------------


def test_a_file_becomes_a_model(write: Write) -> None:
    folder = write({"marts/Office": VIEW + "select name as Name -- the name\nfrom person;"})

    model = one(folder)

    assert (model.name, model.layer) == ("Office", "marts")
    assert model.path == folder / "marts" / "Office.sql"
    assert (model.purpose, model.grain, model.source) == ("For a test.", "row", "contract 0")
    assert model.materialized == "view"
    assert model.references == ("Person",)
    assert model.column_descriptions == {"Name": "the name"}
    assert model.sql == f"{HEADER}{VIEW}select name as Name -- the name\nfrom person"
    assert hash(model)


# --- the folder ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "text"),
    [
        (["mart/m"], "mart: it is no layer. The layers are staging"),
        (["m"], "m.sql: a model lies in the folder of its layer"),
        (["marts/deeper/m"], "m.sql: a model lies in the folder of its layer"),
        (["marts/my-table"], "my-table.sql: its name is no table name"),
        (["marts/1st"], "1st.sql: its name is no table name"),
        (["marts/größe"], "größe.sql: its name is no table name"),
        (["marts/m", "staging/M"], "m.sql makes a table of that name too. Rename"),
        (["marts/PERSON"], "PERSON.sql: Person is a source"),
    ],
)
def test_wrong_files(write: Write, files: list[str], text: str) -> None:
    with pytest.raises(ModelError) as raised:
        load_models(write(dict.fromkeys(files, "select 1 as x")), ["Person"])

    assert text in str(raised.value)


def test_other_files_are_let_be(write: Write) -> None:
    folder = write({"marts/m": "select 1 as x", ".trash/m": "no", "marts/.m": "no"})
    (folder / "README.md").write_text("About the models.")
    (folder / "marts" / "README.md").write_text("About the marts.")

    assert [model.name for model in load_models(folder, ())] == ["m"]


def test_odd_texts_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere: there is no such folder"):
        load_models(tmp_path / "nowhere", ())
    (tmp_path / "marts").mkdir()
    assert load_models(tmp_path, ()) == ()
    (tmp_path / "marts" / "a.sql").write_bytes(
        b"\xef\xbb\xbf" + (HEADER + "select 1 as x").encode()
    )
    assert one(tmp_path).purpose == "For a test."
    (tmp_path / "marts" / "a.sql").write_bytes(b"-- purpose: \xff")
    with pytest.raises(ModelError, match=r"a\.sql: it is no UTF-8 text"):
        load_models(tmp_path, ())


def test_models_come_after_what_they_read_then_by_name(write: Write) -> None:
    folder = write(
        {
            "staging/z": "select name from person",
            "staging/C": "select x from b",
            "marts/a": "select name from Z, C",
            "marts/b": "select 1 as x",
            "intermediate/d": "select name from a",
            "intermediate/e": "select x from b",
        }
    )

    models = load_models(folder, ["Person"])

    assert [model.name for model in models] == ["b", "C", "e", "z", "a", "d"]
    assert [model.name for model in upstream(models, "a")] == ["b", "C", "z", "a"]
    assert [model.name for model in upstream(models, "d", given=["C"])] == ["z", "a", "d"]
    assert models[4].references == ("C", "z")


def test_what_follows_segments_and_measures_comes_after_all_of_them(write: Write) -> None:
    titled = "-- title: x\n-- purpose: y\n"
    folder = write({"history/a": "select 1 as x", "staging/z": "select 1 as x"})
    for layer, more in (("segments", ""), ("measures", "-- unit: days\n")):
        (folder / layer).mkdir()
        (folder / layer / f"z_{layer}.sql").write_text(f"{titled}{more}select x from z")

    names = [model.name for model in load_models(folder, ())]

    assert names == ["z", "z_measures", "z_segments", "a"]


def test_a_circle_names_its_files_in_order(write: Write) -> None:
    folder = write(
        {
            "marts/a": "select x from c",
            "marts/b": "select x from a",
            "staging/c": "select x from b",
            "intermediate/innocent": "select x from a",
        }
    )

    with pytest.raises(ModelError) as raised:
        load_models(folder, ())

    named = [part for part in str(raised.value).split() if ".sql" in part]
    assert [Path(name.strip(".")).stem for name in named] == ["a", "c", "b", "a"]


def test_a_model_that_reads_itself_is_a_circle(write: Write) -> None:
    with pytest.raises(ModelError, match=r"m\.sql reads .*m\.sql"):
        load_models(write({"marts/m": "select x from M"}), ())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sets(st.integers(0, 6)), min_size=1, max_size=7))
def test_any_folder_is_ordered_or_refused(
    tmp_path_factory: pytest.TempPathFactory, reads: list[set[int]]
) -> None:
    folder = tmp_path_factory.mktemp("models")
    (folder / "marts").mkdir()
    for number, read in enumerate(reads):
        tables = [f"m{other}" for other in sorted(read) if other < len(reads)]
        sql = " union all ".join(f"select x from {table}" for table in tables) or "select 1 as x"
        (folder / "marts" / f"m{number}.sql").write_text(HEADER + sql)
    try:
        models = load_models(folder, ())
    except ModelError as error:
        assert "in a circle" in str(error)  # noqa: PT017 - either outcome is right
        return
    for place, model in enumerate(models):
        assert set(model.references) <= {earlier.name for earlier in models[:place]}


# --- building -----------------------------------------------------------------------------------


def test_models_are_built_and_built_again(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    folder = write(
        {"staging/first": VIEW + "select id * 2 as twice from person", "marts/Second": "from first"}
    )

    for _ in range(2):
        for model in load_models(folder, ["Person"]):
            build(database, model)
        database.execute("update Person set Id = 2")

    assert database.execute("select twice from Second").fetchall() == [(4,)]
    assert columns(database, "Second") == {"twice": "BIGINT"}
    assert columns(database, "Person")["born_at"] == "TIMESTAMP WITH TIME ZONE"
    with pytest.raises(duckdb.CatalogException):
        columns(database, "nowhere")


def test_a_table_becomes_a_view_and_a_view_a_table(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    kinds = []
    for header in ("", VIEW, VIEW, "", ""):
        build(database, one(write({"marts/a_b": header + "select 1 as x"})))
        kinds += database.execute(
            "select table_type from information_schema.tables where table_name = 'a_b'"
        ).fetchall()

    assert [kind for (kind,) in kinds] == [
        "BASE TABLE", "VIEW", "VIEW", "BASE TABLE", "BASE TABLE"
    ]  # fmt: skip


def test_a_build_that_fails_leaves_what_was_there(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    build(database, one(write({"marts/m": VIEW + "select 7 as x"})))

    with pytest.raises(ModelError):
        build(database, one(write({"marts/m": "select cast(name as int) as x from person"})))

    assert database.execute("from m").fetchall() == [(7,)]
    database.begin()  # so no transaction is left open
    database.rollback()


def test_a_build_is_no_part_of_a_transaction_of_the_caller(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    model = one(write({"marts/m": "select 1 as x"}))
    database.begin()

    with pytest.raises(duckdb.TransactionException):
        build(database, model)


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
        build(database, view)

    with pytest.raises(ModelError) as raised:
        build(database, model)

    text = "".join(traceback.format_exception(raised.value))
    assert not any(part in text for part in (ADDRESS, "'a'", "15)", "digit: @"))
    assert raised.value.__context__ is None
    assert "m.sql: DuckDB stopped with " in text


def test_errors_of_the_sql_say_what_is_wrong_and_where(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    model = one(write({"marts/m": "select id,\n  nope as x\nfrom person"}))

    with pytest.raises(ModelError) as raised:
        build(database, model)

    assert str(raised.value) == (
        f"{model.path}: DuckDB refuses it near line 5: Binder Error: Referenced column "
        '"nope" not found in FROM clause! Correct the SQL.'
    )


def test_columns_named_after_values_stay_out_of_errors(
    write: Write, database: duckdb.DuckDBPyConnection
) -> None:
    sql = "select nope from (pivot person on name using count(*))"

    with pytest.raises(ModelError, match="Referenced column") as raised:
        build(database, one(write({"marts/m": sql})))

    assert ADDRESS not in str(raised.value)


def test_lack_of_memory_is_told(write: Write, database: duckdb.DuckDBPyConnection) -> None:
    database.execute("set temp_directory = ''")
    database.execute("set memory_limit = '20MB'")

    with pytest.raises(ModelError, match=r"gave up: Out of Memory Error: .* Free memory"):
        build(database, one(write({"marts/m": "select list(i) as x from range(9000000) as r(i)"})))


# --- lineage ------------------------------------------------------------------------------------

SCHEMAS = {
    "Person": {"Id": "BIGINT", "name": "VARCHAR", "keys": "BIGINT[]", "kind": "ENUM('a', 'b')"},
    "Office": {"PrimaryKey": "VARCHAR", "Score": "DOUBLE", "Name": "VARCHAR"},
    "unused": {"id": "BIGINT"},
}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            """with a as (select id, name from person),
            b as (select a.id as k, a.name || o.name as n from a join office as o using (name))
            select K as Key, n, count(*) as c from b""",
            {"Key": [("Person", "Id")], "n": [("Office", "Name"), ("Person", "name")], "c": []},
        ),
        (
            "select id as x, name as Y from person union all select score, primarykey from office",
            {"x": [("Office", "Score"), ("Person", "Id")],
             "Y": [("Office", "PrimaryKey"), ("Person", "name")]},
        ),
        ("with person as (select id + 1 as n from person) select n from PERSON",
         {"n": [("Person", "Id")]}),
        ("with a as (from office) select score from a qualify rank() over (order by 1) = 1",
         {"score": [("Office", "Score")]}),
        ("select k.x as a, kind from person cross join unnest(keys) as k(x)",
         {"a": [("Person", "keys")], "kind": [("Person", "kind")]}),
        ("select (select max(score) from office) as s, 1 as one from person",
         {"s": [("Office", "Score")], "one": []}),
        ("select id as x, name as y from person union by name select 'a' as y, 1 as x",
         {"x": [], "y": []}),
        ("select id as x from person join office using (nope)", {"x": []}),
        ("select nope as x, id from person", {"x": [], "id": [("Person", "Id")]}),
        ("select id from person as p join office as o on true, unknown_to_schemas as u",
         {"id": [("Person", "Id")]}),
        ("select * from office", {"primarykey": [("Office", "PrimaryKey")],
                                  "score": [("Office", "Score")], "name": [("Office", "Name")]}),
    ],
)  # fmt: skip
def test_lineage(write: Write, sql: str, expected: dict[str, list[tuple[str, str]]]) -> None:
    model = one(write({"marts/m": sql}), *SCHEMAS, "unknown_to_schemas")

    assert column_lineage(model, SCHEMAS) == expected
