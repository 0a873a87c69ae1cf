"""The one query that asks for all rules of a table: what it cannot answer, it leaves to pandera."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from engagement_assets.schemas import TABLES, Table, validate
from tests.support.checking import count_of_wrong
from tests.support.snapshot import fill

Connection = duckdb.DuckDBPyConnection


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_can_be_asked(snapshot: Connection, table: Table) -> None:
    """A rule that needs more of ibis than there is would cost every run a second, unseen."""
    assert count_of_wrong(snapshot, table) == 0
    snapshot.execute(f'DELETE FROM "{table.name}"')
    assert count_of_wrong(snapshot, table) == 0


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("EngagementScore", "'nan'", ["not null (6)", "between 0 and 100 (6)", "one decimal (6)"]),
        ("EngagementScore", "'inf'", ["between 0 and 100 (6)", "one decimal (6)"]),
        (
            "NoOfEmails_ToAccount",
            "9223372036854775807",
            ["people on both sides when there are e-mails, and only then: OutOfRangeException (1)"],
        ),
    ],
)
def test_what_cannot_be_computed(
    snapshot: Connection, column: str, value: str, expected: list[str]
) -> None:
    """Numbers that are none break rules; a rule that raises is reported by itself."""
    snapshot.execute(f"UPDATE Office SET {column} = {value}")
    found = [str(failure).partition(": ")[2] for failure in validate(snapshot, "Office")]
    assert found == expected


def test_a_query_that_raises_hides_nothing(snapshot: Connection) -> None:
    snapshot.execute("UPDATE Office SET NoOfEmails_ToAccount = 9223372036854775807")
    with pytest.raises(duckdb.OutOfRangeException):
        count_of_wrong(snapshot, TABLES["Office"])
    snapshot.execute("UPDATE Office SET AggregationLevel = 'day'")
    assert "Office.AggregationLevel: one of year, month, week (6)" in map(
        str, validate(snapshot, "Office")
    )


def test_a_right_snapshot_is_checked_without_pandera(tmp_path: Path) -> None:
    """The two take longer to load than all checks of a small warehouse take."""
    code = """
import sys
import duckdb
from engagement_assets import schemas
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    for table in schemas.TABLES:
        assert schemas.validate(connection, table) == [], table
    assert schemas.validate_cross_table(connection) == []
sys.exit(bool({"pandera", "ibis", "pandas"} & sys.modules.keys()))
"""
    file = tmp_path / "engagement.duckdb"
    with duckdb.connect(file) as connection:
        fill(connection)
    run = subprocess.run([sys.executable, "-c", code, file], check=False)
    assert run.returncode == 0
