"""The checks of the published tables: a right snapshot passes, and every check can fail."""

import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from pandera.config import config_context

from engagement_assets import schemas
from engagement_assets.schemas import (
    CROSS_TABLE,
    TABLES,
    Failure,
    Rule,
    Table,
    model,
    validate,
    validate_cross_table,
)
from tests.support import checking
from tests.support.snapshot import fill

DATA = Path(__file__).parent
COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
Connection = duckdb.DuckDBPyConnection


def failures(connection: Connection) -> list[Failure]:
    found = [failure for table in TABLES for failure in validate(connection, table)]
    return found + validate_cross_table(connection)


def own_checks() -> set[str]:
    """Return the names of all checks that there are."""
    tables = TABLES.values()
    return {
        *(rule.name for table in tables for rule in table.rules),
        *(rule.name for _, column in COLUMNS for rule in column.rules),
        *(rule.name for rule in CROSS_TABLE),
        *(model.type_check(column) for _, column in COLUMNS),
        *map(model.unique_key, tables),
        *(model.NOT_NULL, model.TABLE_EXISTS, model.COLUMN_EXISTS),
        *(model.NO_OTHER_COLUMNS, model.COLUMN_ORDER, model.CAN_BE_CHECKED),
    }


def assert_no_values(found: list[Failure]) -> None:
    """Every word of a failure is one of our own, or the name of an exception's class."""
    for failure in found:
        assert failure.table in TABLES
        assert failure.column in {None, *(column.name for _, column in COLUMNS)}
        check, _, kind = failure.check.rpartition(": ")
        assert failure.check in own_checks() or (check in own_checks() and hasattr(duckdb, kind))
        assert type(failure.count) is int
        assert failure.count > 0


# What is right


def test_a_right_snapshot_passes(snapshot: Connection) -> None:
    assert failures(snapshot) == []


def test_nobody_wrote_or_met(snapshot: Connection) -> None:
    """No activity is not a failure, though pandera alone fails every check of an empty table."""
    snapshot.execute("""
        DELETE FROM Office;
        DELETE FROM Office_ScoreContribution;
        DELETE FROM Office_ScoreHistory WHERE RunId = 'r2';
        UPDATE Office_Ledger SET Count = 0;
        UPDATE Office_Run SET EmailsProcessed = 0, MeetingsProcessed = 0, DaysOfData = 0,
            CustomersEnriched = 0 WHERE RunId = 'r2';
        UPDATE Customer_Profile SET IsEngaged = false, Rank = NULL, EngagementScore = 0,
            NoOfEmails_ToAccount = 0, NoOfEmails_FromAccount = 0, Meetings = 0,
            ScoreBefore = NULL, ScoreChange = NULL
    """)
    assert failures(snapshot) == []


# Rules: each can be broken. Most are in mutations.sql; here are those that many columns share.


def mutations() -> Iterator[tuple[str, str]]:
    """Yield the failure that must be found (with or without its count), and what leads to it."""
    for text in (DATA / "mutations.sql").read_text(encoding="utf-8").split("\n\n")[1:]:
        comment, statement = text.split("\n", 1)
        yield comment.removeprefix("-- "), statement
    shared = {
        "at least 0": ["-1"],
        "a finite number, at least 0": ["-0.5", "'nan'", "'inf'"],
        "a finite number": ["'-inf'"],
        "at least 1": ["0"],
        "between 0 and 100": ["100.1"],
        "one decimal": ["0.25"],
        "not empty, no white space around": ["' x'"],
        "a JSON object": ["'[]'"],
        "a JSON array": ["'{}'"],
        "an address in lower case: one @, text on both sides": [
            *("'Ada@contoso.com'", "'ada@contoso.com '", "'ada'", "''"),
            *("'@contoso.com'", "'ada@'", "'ada@contoso@com'"),
        ],
    }
    for table, column in COLUMNS:
        for rule in column.rules:
            for value in shared.get(rule.name, []):
                update = f'UPDATE {table.name} SET "{column.name}" = {value}'
                yield f"{table.name}.{column.name}: {rule.name}", update
        if not column.nullable:
            update = f'UPDATE {table.name} SET "{column.name}" = NULL WHERE rowid = 0'
            yield f"{table.name}.{column.name}: {model.NOT_NULL} (1)", update
    for table in TABLES.values():
        copy = f"INSERT INTO {table.name} SELECT * FROM {table.name} WHERE rowid = 0"
        yield f"{table.name}: {model.unique_key(table)} (2)", copy
    persons = "INSERT INTO Office_UserEntity SELECT 'p' || i, 'p@contoso.com' FROM range(2499) t(i)"
    yield "Office_UserEntity: 2 to 2,500 persons (1)", persons
    yield "Office_UserEntity: 2 to 2,500 persons (1)", "DELETE FROM Office_UserEntity"
    zero = "DELETE FROM Office_Ledger WHERE Item = 'email' AND Outcome = 'draft'"
    yield "Office_Ledger: every outcome has a row (1)", zero
    yield "Office_Ledger: every outcome has a row (24)", "DELETE FROM Office_Ledger"
    for check in ("the accounts of Office", "the persons", "what the ledger counts"):
        yield f"Office_Run: the current run counts {check} (1)", "DELETE FROM Office_Run"


@pytest.mark.parametrize(("expected", "mutation"), list(mutations()))
def test_a_wrong_snapshot_fails(snapshot: Connection, expected: str, mutation: str) -> None:
    snapshot.execute(mutation)
    (table,) = re.findall(r"^\w+", expected)
    found = validate(snapshot, table)
    for name in {table, *re.findall(r"\w+", mutation)} & TABLES.keys():
        # what `validate` gives is pandera's where the query found something: see both ways
        count = checking.count_of_wrong(snapshot, TABLES[name])
        alone = found if name == table else validate(snapshot, name)
        alone = alone if count else checking.found_by_pandera(snapshot, TABLES[name])
        assert (count > 0) is bool(alone), (name, alone)
    if not expected.startswith(f"{table}."):  # a rule of a column needs no other table
        found += validate_cross_table(snapshot)
    assert any(f"{failure} ".startswith(f"{expected} ") for failure in found), found
    assert_no_values(found)


def test_every_check_has_a_mutation() -> None:
    """A rule that nobody has seen fail is none: whoever adds one adds a mutation."""
    checks = {
        *(f"{table.name}.{c.name}: {rule.name}" for table, c in COLUMNS for rule in c.rules),
        *(f"{table.name}.{c.name}: {model.NOT_NULL}" for table, c in COLUMNS if not c.nullable),
        *(f"{table.name}: {rule.name}" for table in TABLES.values() for rule in table.rules),
        *(f"{table.name}: {model.unique_key(table)}" for table in TABLES.values()),
        *(f"{rule.table}: {rule.name}" for rule in CROSS_TABLE),
    }
    assert {re.sub(r" \([0-9,]+\)$", "", expected) for expected, _ in mutations()} == checks


def test_a_null_does_not_hide_in_a_rule_between_columns(snapshot: Connection) -> None:
    """Comparing with null is null, and pandera takes that for "holds"."""
    snapshot.execute("UPDATE Office SET AggregationLevel = NULL")
    assert f"Office: {TABLES['Office'].rules[0].name} (6)" in map(str, validate(snapshot, "Office"))


# Shape


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_missing_table_is_reported(snapshot: Connection, table: Table) -> None:
    snapshot.execute(f"DROP TABLE {table.name}")
    assert validate(snapshot, table.name) == [Failure(table.name, None, model.TABLE_EXISTS, 1)]
    together = validate_cross_table(snapshot)
    broken = [failure for failure in together if failure.check.endswith(": CatalogException")]
    assert len(broken) == sum(bool(re.search(rf"\b{table.name}\b", r.sql)) for r in CROSS_TABLE)
    assert_no_values(together)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_wrong_column_is_reported_at_once(snapshot: Connection, table: Table) -> None:
    first, last = table.columns[0], table.columns[-1]
    snapshot.execute(f'ALTER TABLE {table.name} RENAME "{first.name}" TO other')
    snapshot.execute(f"ALTER TABLE {table.name} ADD extra INTEGER")
    snapshot.execute(f'ALTER TABLE {table.name} ALTER "{last.name}" TYPE BLOB USING NULL')
    assert validate(snapshot, table.name) == [
        Failure(table.name, first.name, model.COLUMN_EXISTS, 1),
        Failure(table.name, last.name, model.type_check(last), 1),
        Failure(table.name, "other", model.NO_OTHER_COLUMNS, 1),
        Failure(table.name, "extra", model.NO_OTHER_COLUMNS, 1),
    ]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda part: getattr(part, "name", None))
def test_a_wrong_type_is_reported(snapshot: Connection, table: Table, column: model.Column) -> None:
    kind = {"BIGINT": "INTEGER", "DOUBLE": "DECIMAL(9, 1)", "VARCHAR": "JSON"}
    wrong = kind.get(column.type, "TIMESTAMP")
    snapshot.execute(f'ALTER TABLE {table.name} ALTER "{column.name}" TYPE {wrong} USING NULL')
    expected = Failure(table.name, column.name, model.type_check(column), 1)
    assert validate(snapshot, table.name) == [expected]


@pytest.mark.parametrize("kind", ["UUID", "ENUM('ada')", "VARCHAR[]", "VARIANT"])
def test_a_type_that_pandera_cannot_judge_is_reported(snapshot: Connection, kind: str) -> None:
    """Pandera takes an ENUM for a text, and raises a TypeError on the others."""
    snapshot.execute(f"ALTER TABLE Office_Customer ALTER Name TYPE {kind} USING NULL")
    assert [str(failure) for failure in validate(snapshot, "Office_Customer")] == [
        "Office_Customer.Name: type VARCHAR (1)"
    ]


def test_a_wrong_order_of_columns_is_reported(snapshot: Connection) -> None:
    snapshot.execute(
        "CREATE OR REPLACE TABLE Office_Customer AS SELECT 'B' AS Name, 'x' CustomerId"
    )
    expected = Failure("Office_Customer", None, model.COLUMN_ORDER, 1)
    assert validate(snapshot, "Office_Customer") == [expected]


def test_the_pandera_schema_says_it_all_as_well(snapshot: Connection) -> None:
    """Whoever uses the schema alone gets the columns, their types and their order checked too."""
    for table in TABLES.values():
        schema = table.schema
        assert (schema.strict, schema.ordered, schema.unique) == (True, True, list(table.key))
        assert [column.description for column in schema.columns.values()] == [
            column.description for column in table.columns
        ]
    with pytest.raises(KeyError):
        validate(snapshot, "office")


# What must not get out


def broken(table: str, column: str, rule: Rule) -> Table:
    columns = (replace(c, rules=(rule,)) if c.name == column else c for c in TABLES[table].columns)
    return replace(TABLES[table], columns=tuple(columns))


@pytest.mark.parametrize(
    "rule",
    [
        Rule("at least 0", lambda column: column.cast("int64") > 0),
        Rule("at least 0", lambda column: getattr(column, "nothing")),  # noqa: B009 - ibis finds no such column
    ],
    ids=["in DuckDB", "in ibis"],
)
def test_an_exception_in_a_check_is_a_failure_without_its_message(
    snapshot: Connection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    rule: Rule,
) -> None:
    """DuckDB's message would be: could not convert string 'ada@contoso.com' to INT64."""
    table = broken("Office_UserEntity", "EmailAddress", rule)
    monkeypatch.setitem(schemas.TABLES, table.name, table)
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (failure,) = validate(snapshot, table.name)
    assert failure.column == "EmailAddress"
    assert re.fullmatch("at least 0: (ConversionException|AttributeError)", failure.check)
    assert "ada" not in "".join((caplog.text, *capfd.readouterr(), repr(failure)))


def test_no_check_on_a_closed_connection(snapshot: Connection) -> None:
    snapshot.close()
    assert [str(failure) for failure in validate(snapshot, "Office")] == [
        "Office: can be checked: ConnectionException (1)"
    ]
    assert len(validate_cross_table(snapshot)) == len(CROSS_TABLE)


# The connection is its owner's

SETTINGS = "SELECT list((name, value) ORDER BY name) FROM duckdb_settings()"


def test_settings_stay_as_they_are(snapshot: Connection) -> None:
    """Left to itself, ibis sets the time zone to UTC and switches off a way to name tables."""
    snapshot.execute("SET TimeZone = 'America/New_York'")
    before = snapshot.execute(SETTINGS).fetchall()
    assert failures(snapshot) == []
    snapshot.execute("UPDATE Office SET EngagementScore = 101")
    assert failures(snapshot) != []
    assert snapshot.execute(SETTINGS).fetchall() == before


def test_a_locked_configuration_is_not_an_obstacle(snapshot: Connection) -> None:
    snapshot.execute("SET enable_external_access = false; SET lock_configuration = true")
    assert failures(snapshot) == []
    snapshot.execute("UPDATE Office SET EngagementScore = 101")
    assert "Office.EngagementScore: between 0 and 100 (6)" in map(str, failures(snapshot))


def test_a_transaction_is_seen_and_left_open(snapshot: Connection) -> None:
    snapshot.execute("BEGIN; UPDATE Office SET EngagementScore = 101 WHERE CustomerId = 'B'")
    assert "Office.EngagementScore: between 0 and 100 (3)" in map(str, failures(snapshot))
    snapshot.execute("ROLLBACK")
    assert failures(snapshot) == []


def test_a_half_read_result_is_not_an_obstacle(snapshot: Connection) -> None:
    """DuckDB refuses ibis's way of asking as long as a result is not read to its end."""
    snapshot.execute("SELECT * FROM Office").fetchone()
    assert failures(snapshot) == []
    snapshot.execute("UPDATE Office SET EngagementScore = 101")
    snapshot.execute("SELECT * FROM Office").fetchone()
    assert "Office.EngagementScore: between 0 and 100 (6)" in map(str, failures(snapshot))


def test_a_read_only_file_can_be_checked(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "engagement.duckdb") as connection:
        fill(connection)
    with duckdb.connect(tmp_path / "engagement.duckdb", read_only=True) as connection:
        assert failures(connection) == []
    with duckdb.connect(tmp_path / "engagement.duckdb") as connection:
        connection.execute("UPDATE Office SET EngagementScore = 101")
    with duckdb.connect(tmp_path / "engagement.duckdb", read_only=True) as connection:
        assert "Office.EngagementScore: between 0 and 100 (6)" in map(str, failures(connection))


def test_a_view_can_be_checked(snapshot: Connection) -> None:
    snapshot.execute("ALTER TABLE Office RENAME TO other; CREATE VIEW Office AS FROM other")
    assert validate(snapshot, "Office") == []
    snapshot.execute("UPDATE other SET EngagementScore = 101")
    assert list(map(str, validate(snapshot, "Office"))) == [
        "Office.EngagementScore: between 0 and 100 (6)"
    ]


def test_the_environment_cannot_switch_the_checks_off(snapshot: Connection) -> None:
    """As PANDERA_VALIDATION_ENABLED=False would."""
    snapshot.execute("UPDATE Office SET EngagementScore = 101")
    with config_context(validation_enabled=False):
        assert validate(snapshot, "Office") != []


# The definitions


def test_definitions_load_without_pandera() -> None:
    """Dagster loads them whenever it starts a process; pandera and ibis take two seconds."""
    code = (
        "import sys, engagement_assets.schemas;"
        "sys.exit(bool({'pandera', 'ibis', 'duckdb'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
