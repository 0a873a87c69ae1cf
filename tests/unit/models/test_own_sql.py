"""SQL files in the configured folder: what they may not do, and that they are loaded."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from engagement_assets.definitions import sql_folder
from engagement_assets.models import own_sql
from engagement_assets.models.faults import ModelError
from engagement_assets.models.loading import Model, load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse import duckdb_engine
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine

Load = Callable[..., dict[str, Model]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return a function that adds files of one's own (folder/name to SQL) to the product's."""

    def load_own(**files: str) -> dict[str, Model]:
        for name, sql in files.items():
            path = tmp_path / "segments" / f"{name}.sql"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"-- title: {name}\n-- purpose: For a test.\n{sql}")
        models = load_models(sql_folder(), INPUT_TABLES, tmp_path)
        own_sql.check(models)
        return {model.name: model for model in models}

    return load_own


def test_own_files_stand_beside_the_products(load: Load) -> None:
    models = load(
        mine="select CustomerId from Customer_Profile where Meetings > 3",
        other="select CustomerId from mine",
    )
    assert models["mine"].is_own
    assert not models["cooling"].is_own
    assert models["mine"].title == "mine"
    names = list(models)
    assert names.index("mine") < names.index("other") < names.index("Segment_Change")


@pytest.mark.parametrize(
    "sql",
    [
        "select CustomerId from Office where NoOfEmails_ToAccount > 3",
        "select account_id as CustomerId from account inner join account_period using (account_no)",
        "select CustomerId from Segment_Stale where false",
        "select distinct account_id as CustomerId from account, reply, email_account",
        "select CustomerId from previous_profile, run where as_of_day > date '2026-01-01'",
        "select unnest(['A']) as CustomerId",
        "with a as (from stale_accounts) select CustomerId from a where hash(CustomerId) % 2 = 0",
    ],
)
def test_what_may_be_read(load: Load, sql: str) -> None:
    assert load(mine=sql.replace("Segment_Stale", "stale_accounts"))


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select address_key as CustomerId from contact", "it reads contact, which is about"),
        ("select 'A' as CustomerId from landed_message", "it reads landed_message, which"),
        ("select 'A' as CustomerId from person", "it reads person, which"),
        ("select UserId as CustomerId from Office_UserEntity", "it reads Office_UserEntity"),
        ("select 'A' as CustomerId from Office_Mailbox", "it reads Office_Mailbox"),
        ("select 'A' as CustomerId from account_person_day", "it reads account_person_day"),
        ("select 'A' as CustomerId from email_person", "it reads email_person"),
        ("select 'A' as CustomerId from read_csv('contacts.csv')", "it reads a table function"),
        ("select 'A' as CustomerId from 'contacts.csv'", "which is neither a model nor a source"),
        ("select 'A' as CustomerId from account, lateral glob('*')", "it reads a table function"),
        ("select (select count(*) from read_text('/x')) as CustomerId", "it reads a table func"),
        ("select 'A' as CustomerId from information_schema.tables", "by way of information_schema"),
        ("select getenv('HOME') as CustomerId", "it calls getenv"),
        ("select current_setting('home_directory') as CustomerId", "it calls current_setting"),
        ("select CustomerId from Customer_Profile where random() < 0.5", "it calls rand"),
        (
            "select CustomerId from Customer_Profile where now() > now()",
            "it calls now, which reads the clock",
        ),
        ("select CustomerId from Office where current_date > AggregationStartDate", "the clock"),
        ("select 'A' as CustomerId from Segment_Member", "it reads Segment_Member, which is made"),
        ("select 'A' as CustomerId; drop table account", "it holds 2 statements"),
        ("copy account to 'accounts.csv'", "its statement is not a SELECT"),
        ("attach 'other.duckdb'", "its statement is not a SELECT"),
        ("select CustomerId from Customer_Profil", "Did you mean Customer_Profile?"),
    ],
)
def test_what_may_not_be_done(load: Load, tmp_path: Path, sql: str, text: str) -> None:
    with pytest.raises(ModelError) as raised:
        load(mine=sql)
    assert text in str(raised.value)
    assert str(tmp_path / "segments" / "mine.sql") in str(raised.value)


def test_what_is_overlooked_meets_a_database_without_files(load: Load, tmp_path: Path) -> None:
    """A file is first tried where DuckDB itself can open nothing."""
    (tmp_path / "secret.csv").write_text("CustomerId\nA\n")
    safe = load(mine="select CustomerId from Customer_Profile where Meetings > 3")["mine"]
    path = tmp_path / "segments" / "mine.sql"
    stolen = Model(**(vars(safe) | {"sql": f"from read_csv('{tmp_path / 'secret.csv'}')"}))
    with duckdb.connect() as connection:
        connection.execute("create table Customer_Profile (CustomerId varchar, Meetings bigint)")
        own_sql.dry_run(DuckDbEngine(connection), safe)
        assert connection.execute("show tables").fetchall() == [("Customer_Profile",)]
        with pytest.raises(ModelError, match=str(path)):
            own_sql.dry_run(DuckDbEngine(connection), stolen)
        wrong = Model(**(vars(safe) | {"sql": "select Customer from Customer_Profile"}))
        with pytest.raises(ModelError, match="DuckDB refuses it near line 1"):
            own_sql.dry_run(DuckDbEngine(connection), wrong)


def portable(models: dict[str, Model]) -> list[str]:
    with duckdb_engine.sandbox() as engine:
        return own_sql.not_portable(engine, list(models.values()))


def test_what_is_not_portable_is_told_and_not_refused(load: Load, tmp_path: Path) -> None:
    models = load(
        mine="select CustomerId, any_value(Name) as Name from Customer_Profile group by all",
        other="select CustomerId from mine",
        third="select * from mine",
    )

    any_row, star = portable(models)
    assert any_row == (
        f"{tmp_path / 'segments' / 'mine.sql'}: ANY_VALUE(Name) takes any row, a different one "
        "each time. Write instead: min, max, arg_min or arg_max."
    )
    assert star == (
        f"{tmp_path / 'segments' / 'third.sql'}: * in the result changes the table when what it "
        "reads gets another column. Write instead: the columns' names."
    )


@pytest.mark.parametrize(("column", "findings"), [("AggregationStartDate", 0), ("as_of", 1)])
def test_the_types_of_columns_are_known(load: Load, column: str, findings: int) -> None:
    models = load(
        mine=f"select CustomerId from Office, run where date_diff('day', {column}, as_of_day) > 9"
    )

    assert len(portable(models)) == findings


def test_files_of_the_product_are_not_judged_with_own_ones(load: Load) -> None:
    assert portable(load()) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("marts/mine.sql", "marts: it is not a layer. The layers are segments, measures."),
        ("segments/cooling.sql", "cooling.sql makes a table of that name too"),
        ("segments/run.sql", "run is a source"),
        ("segments/my segment.sql", "its name is not a table name"),
    ],
)
def test_wrong_places_and_names(tmp_path: Path, file: str, text: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text("-- title: x\n-- purpose: y\nselect CustomerId from Customer_Profile")
    with pytest.raises(ModelError) as raised:
        load_models(sql_folder(), INPUT_TABLES, tmp_path)
    assert text in str(raised.value)
