"""Rules mean the same as SQL of our own and as ibis has them, whatever the values."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import ibis
import pytest

from engagement_assets.schemas import TABLES, Rule, Table, rules
from engagement_assets.schemas.expression import Row, Value, column

VALUES: Mapping[str, tuple[str, ...]] = {
    "BIGINT": ("0", "1", "-1", "999", "9223372036854775807", "-9223372036854775808"),
    "DOUBLE": (
        *("0", "'-0.0'", "0.05", "41.7", "0.3", "-0.1", "100", "100.05", "1e-7", "1e14"),
        *("1e15", "1e300", "1e308", "-1e300", "'nan'", "'inf'", "'-inf'"),
    ),
    "VARCHAR": (
        *("''", "' '", "'x'", "' x'", "'x '", "'\tx'", "chr(11) || 'x'", "'x' || chr(12)"),
        *("'x' || chr(160)", "chr(13) || chr(10)", "'It''s'", "'Ünï'", "'ada@contoso.com'"),
        *("'Ada@contoso.com'", "'a@b@c'", "'@a'", "'a@'", "'@'", "'{}'", "'[]'", "'{'"),
        *("'year'", "'email'", "'processed'", "'succeeded'", "'Meetings'", "'customer'"),
        *("'days'", "'joined'", "'coverage'"),
    ),
}
# fewer, since a rule between columns meets all their combinations
FEW: Mapping[str, tuple[str, ...]] = {
    "BIGINT": ("0", "1", "7", "9223372036854775807"),
    "DOUBLE": ("0", "1", "0.5", "-1", "'nan'", "'inf'"),
    "BOOLEAN": ("true", "false"),
    "DATE": ("'2026-11-23'", "'2026-11-24'", "'2026-11-01'", "'2026-11-29'", "'infinity'"),
    "TIMESTAMP WITH TIME ZONE": ("'2026-11-23 00:00:00+00'", "'2026-11-23 00:00:01+00'"),
    "VARCHAR": (
        *("''", "'B'", "'week'", "'month'", "'B|week|2026-11-23'", "'processed'"),
        *("'email'", "'contact'", "'counted'", "'accepted'"),
    ),
}


def types() -> Mapping[str, str]:
    """Return the names that ibis has for our types."""
    return {
        "VARCHAR": "string",
        "BIGINT": "int64",
        "DOUBLE": "float64",
        "BOOLEAN": "boolean",
        "DATE": "date",
        "TIMESTAMP WITH TIME ZONE": "timestamp('UTC')",
    }


def of_ibis(columns: Mapping[str, str], holds: Callable[[Any], Any]) -> str:
    """Return the SQL that ibis makes of something about the rows of `cell`."""
    table = ibis.table({name: types()[kind] for name, kind in columns.items()}, "cell")
    return str(ibis.to_sql(table.select(answer=holds(table)), dialect="duckdb"))


def fill(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, str],
    values: Mapping[str, tuple[str, ...]],
) -> None:
    """Fill `cell` with all combinations of values, nulls among them."""
    declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TABLE cell ({declared})")
    pools = [
        f"(VALUES {', '.join(f'(CAST({value} AS {kind}))' for value in ('NULL', *values[kind]))})"
        for kind in columns.values()
    ]
    connection.execute(f"INSERT INTO cell SELECT * FROM {' CROSS JOIN '.join(pools)}")


def differing(connection: duckdb.DuckDBPyConnection, ours: str, theirs: str) -> list[Any]:
    """Return rows for which the two do not say the same; an error is a null to both."""
    # ibis's select as a subquery for each row would be a join: its expression alone does
    expression = theirs.removeprefix("SELECT").rpartition(' AS "answer"')[0]
    expression = expression.replace('"t0".', "")
    query = f"SELECT * FROM cell WHERE try({ours}) IS DISTINCT FROM try({expression})"
    return connection.execute(query).fetchall()


class Asked:
    """A row that remembers which columns a rule asks for."""

    def __init__(self, table: Table) -> None:
        self.kinds = {each.name: each.type for each in table.columns}
        self.columns: dict[str, str] = {}

    def __getattr__(self, name: str) -> Value:
        self.columns[name] = self.kinds[name]
        return column(name, self.kinds[name])


COLUMN_RULES = [
    (table, each, rule)
    for table in TABLES.values()
    for each in table.columns
    for rule in each.rules
]
TABLE_RULES = [(table, rule) for table in TABLES.values() for rule in table.rules]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as opened:
        yield opened


def distinct() -> Iterator[tuple[str, Rule]]:
    """Yield the rules of columns, each once: many columns share one."""
    seen = set()
    for _, each, rule in COLUMN_RULES:
        if (each.type, rule.name) not in seen:
            seen.add((each.type, rule.name))
            yield each.type, rule


@pytest.mark.parametrize(
    ("kind", "rule"), list(distinct()), ids=lambda part: getattr(part, "name", part)
)
def test_a_rule_of_a_column(connection: duckdb.DuckDBPyConnection, kind: str, rule: Rule) -> None:
    fill(connection, {"value": kind}, VALUES)
    theirs = of_ibis({"value": kind}, lambda table: rule.holds(table["value"]))
    ours = rule.holds(column("value", kind)).sql
    assert differing(connection, ours, theirs) == []
    answers = connection.execute(f"SELECT DISTINCT try({ours}) FROM cell WHERE value IS NOT NULL")
    assert {True, False} <= {answer for (answer,) in answers.fetchall()}, "the values tell nothing"


@pytest.mark.parametrize(("table", "rule"), TABLE_RULES, ids=lambda part: part.name)
def test_a_rule_between_columns(
    connection: duckdb.DuckDBPyConnection, table: Table, rule: Rule
) -> None:
    asked = Asked(table)
    ours = rule.holds(asked).sql
    fill(connection, asked.columns, FEW)
    assert differing(connection, ours, of_ibis(asked.columns, rule.holds)) == []
    answers = connection.execute(f"SELECT DISTINCT try({ours}) FROM cell").fetchall()
    assert {True, False} <= {answer for (answer,) in answers}, "the values tell nothing"


def test_a_difference_would_be_found(connection: duckdb.DuckDBPyConnection) -> None:
    fill(connection, {"value": "DOUBLE"}, VALUES)
    theirs = of_ibis({"value": "DOUBLE"}, lambda table: table["value"] >= 0)
    assert differing(connection, '("value" >= 0)', theirs) == []
    assert differing(connection, '("value" > 0)', theirs) == [(0.0,), (-0.0,)]


@pytest.mark.parametrize("value", ["NULL", "0", "41.7", "-0.3", "0.1 + 0.2", "1e13"])
def test_one_decimal(connection: duckdb.DuckDBPyConnection, value: str) -> None:
    assert one_decimal(connection, value) in {True, None}


@pytest.mark.parametrize("value", ["0.25", "41.700002", "'nan'", "'inf'", "'-inf'", "-1e300"])
def test_not_one_decimal(connection: duckdb.DuckDBPyConnection, value: str) -> None:
    """What cannot be rounded breaks the rule; it is not an error."""
    assert one_decimal(connection, value) is False


def one_decimal(connection: duckdb.DuckDBPyConnection, value: str) -> bool | None:
    rule = rules.one_decimal().holds(column("value", "DOUBLE")).sql
    query = f"SELECT {rule} FROM (SELECT CAST({value} AS DOUBLE) AS value)"
    ((answer,),) = connection.execute(query).fetchall()
    return None if answer is None else bool(answer)


def test_what_is_not_there_is_an_attribute_error() -> None:
    """So that ibis is asked after all."""
    row = Row([("Name", "VARCHAR")])
    assert (row.Name + "x").sql == "(\"Name\" || 'x')"
    with pytest.raises(AttributeError, match="Nothing"):
        _ = row.Nothing
    with pytest.raises(AttributeError):
        _ = row.Name.upper  # type: ignore[attr-defined] # what is tested
    with pytest.raises(AttributeError, match="int64"):
        row.Name.cast("int64")


def test_a_quote_stays_within_a_text(connection: duckdb.DuckDBPyConnection) -> None:
    fill(connection, {"value": "VARCHAR"}, VALUES)
    is_it = (column("value", "VARCHAR") == "It's").sql
    assert connection.execute(f"SELECT * FROM cell WHERE {is_it}").fetchall() == [("It's",)]
