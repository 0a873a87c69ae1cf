"""Rules between tables and warnings: their files, their order, and what warnings tell."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from engagement_assets.schemas import CROSS_TABLE, TABLES, WARNINGS, CrossTableRule, warned_of
from engagement_assets.schemas.cross_table import load_rules
from engagement_assets.sql_files import sql_folder

HEADER = "-- title: it holds\n-- severity: stop\n-- purpose: It holds.\n-- source: numbers 7\n"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_file_is_a_rule(tmp_path: Path) -> None:
    write(tmp_path, "Office/counts.sql", f"{HEADER}select 1 as wrong -- one\nfrom Office\n")
    assert load_rules(tmp_path) == (
        CrossTableRule(
            name="it holds",
            table="Office",
            description="It holds.",
            numbers="7",
            sql="select 1 as wrong -- one\nfrom Office",
            file="counts",
            stops=True,
        ),
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        HEADER.replace("-- title: it holds\n", ""),
        HEADER.replace("severity: stop", "severity: perhaps"),
        HEADER.replace("-- source", "-- sauce"),
        HEADER.replace("purpose: It holds.", "purpose:"),
        f"{HEADER}-- grain: a row\n",
    ],
)
def test_a_wrong_header_is_said(tmp_path: Path, header: str) -> None:
    write(tmp_path, "Office/counts.sql", f"{header}select 1 as wrong\n")
    with pytest.raises(ValueError, match=r"counts\.sql: the header must say title, severity,"):
        load_rules(tmp_path)


def test_tables_that_others_are_compared_with_come_first(tmp_path: Path) -> None:
    for name in ("Other/a", "Office_Run/a", "Office_Ledger/b", "Office_Ledger/a", "Another/a"):
        write(tmp_path, f"{name}.sql", f"{HEADER}select 1 as wrong")
    assert [f"{rule.table}/{rule.file}" for rule in load_rules(tmp_path)] == [
        *("Office_Ledger/a", "Office_Ledger/b", "Office_Run/a", "Another/a", "Other/a")
    ]


def test_every_file_is_loaded() -> None:
    files = {path.stem for path in (sql_folder() / "checks").rglob("*.sql")}
    assert {rule.file for rule in (*CROSS_TABLE, *WARNINGS)} == files
    assert len(files) == len(CROSS_TABLE) + len(WARNINGS), "golden cases go by the file's name"
    assert max(Counter(rule.name for rule in CROSS_TABLE).values()) == 1
    assert {rule.table for rule in CROSS_TABLE} <= TABLES.keys()
    assert all(rule.stops for rule in CROSS_TABLE)
    assert not any(rule.stops for rule in WARNINGS)


def warning(sql: str) -> CrossTableRule:
    return CrossTableRule("it is well", "mailbox", "It is well.", "7", sql, "well", stops=False)


def test_a_warning_tells_words_and_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    one = "select * from (values ('failed', 2), ('denied', 1)) as t (status, mailboxes)"
    assert warned_of(connection, warning(one)) == {"failed": 2, "denied": 1}
    two = "select 'Emails' as column_name, 1000 as before, 3 as now"
    assert warned_of(connection, warning(two)) == {"Emails": "1,000 before, 3 now"}
    assert warned_of(connection, warning("select 'x' as word, 1 as n where false")) == {}


def test_a_warning_tells_nothing_but_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(TypeError, match=r"well\.sql: all columns") as raised:
        warned_of(connection, warning("select 'failed' as status, 'ada@contoso.com' as who"))
    assert "ada" not in str(raised.value)
