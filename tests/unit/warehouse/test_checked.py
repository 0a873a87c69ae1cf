"""A run checks its tables once; tables that were made anew since are checked again."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from engagement_assets import schemas
from engagement_assets.errors import PublishingError
from engagement_assets.schemas import TABLES, Failure
from engagement_assets.warehouse.checked import Checked
from engagement_assets.warehouse.publishing import publish
from tests.support.snapshot import fill

Connection = duckdb.DuckDBPyConnection
BETWEEN = "between the tables"


@pytest.fixture
def warehouse() -> Iterator[Connection]:
    """Return a warehouse whose finished tables keep every rule."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        fill(connection)
        yield connection


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with everything that is really checked."""
    seen: list[str] = []
    validate, between = schemas.validate, schemas.validate_cross_table

    def of_table(connection: Connection, table: str) -> list[Failure]:
        seen.append(table)
        return validate(connection, table)

    def of_all(connection: Connection) -> list[Failure]:
        seen.append(BETWEEN)
        return between(connection)

    monkeypatch.setattr(schemas, "validate", of_table)
    monkeypatch.setattr(schemas, "validate_cross_table", of_all)
    return seen


def check_all(checked: Checked, connection: Connection) -> list[Failure]:
    found = [failure for table in TABLES for failure in checked.validate(connection, table)]
    return found + checked.validate_cross_table(connection)


def rebuild(connection: Connection, table: str, select: str = "") -> None:
    """Make a table anew from its own rows, as a model does."""
    connection.execute(f"create or replace table {table} as {select or f'select * from {table}'}")


def test_publishing_believes_the_checks_of_its_run(
    warehouse: Connection, tmp_path: Path, asked: list[str]
) -> None:
    checked = Checked()
    assert check_all(checked, warehouse) == []
    assert asked == [*TABLES, BETWEEN]
    asked.clear()
    publish(warehouse, tmp_path, checked)
    assert asked == []


def test_without_them_it_checks(warehouse: Connection, tmp_path: Path, asked: list[str]) -> None:
    publish(warehouse, tmp_path)
    publish(warehouse, tmp_path, Checked())
    assert asked == [*TABLES, BETWEEN] * 2


def test_what_was_not_checked_is(warehouse: Connection, tmp_path: Path, asked: list[str]) -> None:
    """A step of the run was left out, say."""
    checked = Checked()
    for table in TABLES:
        if table != "Office":
            checked.validate(warehouse, table)
    asked.clear()
    publish(warehouse, tmp_path, checked)
    assert asked == ["Office", BETWEEN]


def test_a_table_that_was_made_anew_is_checked_again(
    warehouse: Connection, tmp_path: Path, asked: list[str]
) -> None:
    checked = Checked()
    check_all(checked, warehouse)
    rebuild(warehouse, "Office_Mailbox")
    asked.clear()
    publish(warehouse, tmp_path, checked)
    assert asked == ["Office_Mailbox", BETWEEN]


@pytest.mark.parametrize(
    ("table", "select", "rule"),
    [
        ("Office", "select * replace (101.0::double as EngagementScore) from Office", "0 and 100"),
        (
            "Office_Customer",
            "select * from Office_Customer where CustomerId <> 'B'",
            "every account is a customer",
        ),
    ],
)
def test_what_was_broken_after_its_check_is_not_published(
    warehouse: Connection, tmp_path: Path, table: str, select: str, rule: str
) -> None:
    checked = Checked()
    assert check_all(checked, warehouse) == []
    rebuild(warehouse, table, select)
    with pytest.raises(PublishingError, match=rule):
        publish(warehouse, tmp_path, checked)
    assert not (tmp_path / "published").exists()


def test_what_failed_is_asked_again(warehouse: Connection, asked: list[str]) -> None:
    checked = Checked()
    warehouse.execute("update Office set EngagementScore = 101")
    before = check_all(checked, warehouse)
    assert {failure.table for failure in before} >= {"Office", "Office_ScoreContribution"}
    asked.clear()
    assert check_all(checked, warehouse) == before
    assert asked == ["Office", BETWEEN]


def test_rows_that_came_or_went_are_noticed(warehouse: Connection, asked: list[str]) -> None:
    checked = Checked()
    check_all(checked, warehouse)
    asked.clear()
    warehouse.execute("insert into Office_Customer values ('D', 'New')")
    assert checked.validate(warehouse, "Office_Customer") == []
    assert [str(failure) for failure in checked.validate_cross_table(warehouse)] == [
        "Customer_Profile: every account has a profile (1)"
    ]
    assert asked == ["Office_Customer", BETWEEN]


def test_a_view_is_never_believed(warehouse: Connection, asked: list[str]) -> None:
    """What it reads can change under it."""
    checked = Checked()
    warehouse.execute(
        "alter table Office_Customer rename to other; create view Office_Customer as from other"
    )
    assert check_all(checked, warehouse) == []
    asked.clear()
    assert check_all(checked, warehouse) == []
    assert asked == ["Office_Customer", BETWEEN]


def test_a_table_before_it_is_noticed(warehouse: Connection) -> None:
    """A temporary table hides the one that was checked."""
    checked = Checked()
    check_all(checked, warehouse)
    warehouse.execute("create temp table Office_Customer as select '' as CustomerId, '' as Name")
    (failure,) = checked.validate(warehouse, "Office_Customer")
    assert failure.column == "CustomerId"


def test_another_warehouse_is_not_believed(warehouse: Connection, asked: list[str]) -> None:
    """Its tables can have the same numbers."""
    checked = Checked()
    check_all(checked, warehouse)
    asked.clear()
    with duckdb.connect(config={"threads": 1}) as other:
        fill(other)
        assert check_all(checked, other) == []
    assert asked == [*TABLES, BETWEEN]
