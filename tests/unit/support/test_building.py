"""What is built is complete, and is what the test says where it says something."""

import duckdb
import pytest

from engagement_assets.schemas import TABLES
from tests.support.building import contact, event, insert, message, published, user


@pytest.mark.parametrize("table", TABLES)
def test_a_row_has_every_column_with_a_value_of_its_type(table: str) -> None:
    row = published(table)
    assert list(row) == [column.name for column in TABLES[table].columns]
    assert None not in row.values()
    with duckdb.connect() as connection:
        insert(connection, table, [row])
        assert connection.execute(f'select count(*) from "{table}"').fetchall() == [(1,)]


def test_what_a_test_says_counts_nothing_included() -> None:
    row = published("Office", EngagementScore=40, CustomerId=None)
    assert (row["EngagementScore"], row["CustomerId"]) == (40, None)


def test_a_column_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AssertionError, match="Office has no column Scoer"):
        published("Office", Scoer=40)


def test_people_and_what_they_write() -> None:
    assert user("bob", accountEnabled=False)["mail"] == "bob@contoso.com"
    assert not user("bob", accountEnabled=False)["accountEnabled"]
    assert contact(CustomerId="C-2") == {"CustomerId": "C-2", "Email": "eve@customer.com"}
    assert message(1, "2026-11-23T10:00:00Z", isDraft=True)["isDraft"]
    assert event(1, "2026-11-23T10:00:00", type="occurrence")["type"] == "occurrence"
