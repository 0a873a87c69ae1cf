"""The loader of the SQL models, on small folders."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement_assets.models.loading import ModelError, load_models, upstream
from engagement_assets.models.sql_cache import SqlCache
from tests.support.model_files import HEADER, VIEW, Write, one

# --- a file -------------------------------------------------------------------------------------


def test_a_file_becomes_a_model(write: Write) -> None:
    folder = write({"marts/Office": VIEW + "select name as Name -- the name\nfrom person;"})

    model = one(folder)

    assert (model.name, model.layer) == ("Office", "marts")
    assert model.path == folder / "marts" / "Office.sql"
    assert (model.purpose, model.grain, model.source) == ("For a test.", "row", "numbers 1")
    assert model.materialized == "view"
    assert model.references == ("Person",)
    assert model.column_descriptions == {"Name": "the name"}
    assert model.sql == f"{HEADER}{VIEW}select name as Name -- the name\nfrom person"
    assert hash(model)


# --- the folder ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "text"),
    [
        (["mart/m"], "mart: it is not a layer. The layers are staging"),
        (["m"], "m.sql: a model lies in the folder of its layer"),
        (["marts/deeper/m"], "m.sql: a model lies in the folder of its layer"),
        (["marts/my-table"], "my-table.sql: its name is not a table name"),
        (["marts/1st"], "1st.sql: its name is not a table name"),
        (["marts/größe"], "größe.sql: its name is not a table name"),
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
    with pytest.raises(ModelError, match=r"a\.sql: it is not UTF-8 text"):
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


# --- the tables that it reads -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select x from persn", "it reads persn, which is neither a model nor a source. Did you m"),
        ("select x from 'a.csv'", "it reads a.csv, which is neither"),
    ],
)
def test_tables_that_are_not_there(write: Write, sql: str, text: str) -> None:
    with pytest.raises(ModelError, match=r"m\.sql: ") as raised:
        load_models(write({"marts/m": sql}), ["Person"])

    assert text in str(raised.value)


def test_a_table_in_two_spellings_is_one(write: Write) -> None:
    folder = write({"marts/m": "select id from person union all select id from PERSON"})

    assert one(folder).references == ("Person",)


# --- rules about what the SQL calls -------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select now() as x", "m.sql: it calls now, which reads the clock, but a run can be"),
        ("select current_date as x", "it calls current_date, which reads the clock"),
        ("select uuidv4() as x", "it calls uuidv4, which differs every time it is called. Write"),
    ],
)
def test_no_model_may_differ_from_run_to_run(write: Write, sql: str, text: str) -> None:
    with pytest.raises(ModelError) as raised:
        load_models(write({"marts/m": sql}), ())

    assert text in str(raised.value)


def test_models_of_the_product_may_ask_what_own_ones_may_not(write: Write) -> None:
    assert one(write({"marts/m": "select getenv('HOME') as x"})).columns == ("x",)


# --- what was read before -----------------------------------------------------------------------


def test_what_is_remembered_makes_the_same_models(write: Write, tmp_path: Path) -> None:
    files = {"marts/a": VIEW + "select name as n -- it\nfrom person;", "marts/b": "from a limit 1"}
    folder = write({f"sql/{name}": sql for name, sql in files.items()}) / "sql"
    first = load_models(folder, ["Person"], cache=SqlCache(tmp_path / "cache"))

    again = load_models(folder, ["Person"], cache=SqlCache(tmp_path / "cache"))

    assert again == first == load_models(folder, ["Person"])
    assert (tmp_path / "cache" / "sql.json").is_file()


def test_what_is_remembered_depends_on_no_other_file(write: Write, tmp_path: Path) -> None:
    folder = write({"sql/marts/a": "select id from person"}) / "sql"
    load_models(folder, ["Person"], cache=SqlCache(tmp_path / "cache"))

    with pytest.raises(ModelError, match=r"a\.sql: it reads person, which is neither"):
        load_models(folder, (), cache=SqlCache(tmp_path / "cache"))


def test_what_is_remembered_is_refused_again(write: Write, tmp_path: Path) -> None:
    folder = write({"sql/marts/a": "select now() as x"}) / "sql"
    for _ in range(2):
        with pytest.raises(ModelError, match="reads the clock"):
            load_models(folder, (), cache=SqlCache(tmp_path / "cache"))
