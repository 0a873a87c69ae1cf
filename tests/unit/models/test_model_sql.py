"""What the text of a model file says."""

from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from engagement_assets.models.faults import ModelError
from engagement_assets.models.model_sql import (
    column_descriptions,
    parse_select,
    tables_read,
    without_semicolon,
)

PATH = Path("marts/m.sql")
HEADER = "-- purpose: For a test.\n-- grain: row\n-- source: numbers 1\n"


def described(sql: str) -> dict[str, str]:
    return column_descriptions(sql, parse_select(PATH, sql))


def tables(sql: str) -> list[str]:
    return sorted({name.lower() for name in tables_read(PATH, parse_select(PATH, sql))})


# --- the columns' descriptions ------------------------------------------------------------------


def test_comments_behind_columns() -> None:
    sql = """with a as (select x, -- an inner one
        y from t)
    select distinct
        -- above: not about x
        a.x, -- about x, which
             -- goes on
        -- above again
        case when a.y > 1 -- a remark
            then 2 else 3 end as y /* about y */, -- and more
        coalesce(a.x, a.y) as z -- leading comma
        , a.x is distinct from a.y as w
        , 'it''s -- no, comment' as "Two Words", 1 as one, -- behind two
        count(*) over (order by a.x, -- not this
            a.y) as n -- the last: "n"
    from a -- not this either
    union all
    select 1, 2, 3, true, '', 1, 2 -- nor this
    """

    assert described(sql) == {
        "x": "about x, which goes on",
        "y": "about y and more",
        "z": "leading comma",
        "one": "behind two",
        "n": 'the last: "n"',
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select 1 as a -- end of the text", {"a": "end of the text"}),
        ("select 1 as a, -- a trailing comma\nfrom t", {"a": "a trailing comma"}),
        ("(select 1 as a -- in parentheses\n)", {}),
        ("select * -- all\nfrom t", {}),
        ("from t select a -- last, first\n", {"a": "last, first"}),
    ],
)
def test_comments_in_unusual_places(sql: str, expected: dict[str, str]) -> None:
    assert described(sql) == expected


# --- the tables that it reads -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select 1 as x", []),
        ("select x from T", ["t"]),
        ("select x from t join u using (k), v", ["t", "u", "v"]),
        ("select x from t union all (select x from u)", ["t", "u"]),
        ("select (select max(x) from t) as x where exists (select 1 from u)", ["t", "u"]),
        ("select x from (select x from t) as u", ["t"]),
        ("select q.x from t, lateral (select t.x + u.x as x from u) as q", ["t", "u"]),
        ("select q.x from t cross join unnest(t.l) as q(x)", ["t"]),
        ("select x from range(3) as u(x)", []),
        ("select x from (values (1)) as u(x)", []),
        ("select x from (pivot t on k using sum(x))", ["t"]),
        ("select x from t qualify rank() over (order by (select 1 from u)) = 1", ["t", "u"]),
        # CTEs, which DuckDB does not tell apart by case
        ("with A as (select x from t) select x from a", ["t"]),
        ("with a as (select x from t), t as (select 1 as x from u) select x from a", ["t", "u"]),
        # shadowing: within its own CTE a name is the table's, elsewhere the CTE's
        ("with t as (select x from t) select x from t", ["t"]),
        ("with t as (select x from u) select x from t", ["u"]),
        ("select x from t union (with t as (select x from u) select x from t)", ["t", "u"]),
        ("select x from (with t as (select 1 as x) select x from t) join t using (x)", ["t"]),
        ("with u as (with t as (select x from v) select x from t) select x from u, t", ["t", "v"]),
        ("with t as (select 1 as x) select (select max(x) from t) as x", []),
        ("with recursive t as (select 1 as x union select x + 1 from t) select x from t", []),
        ("with recursive t as (select x from t union select x + 1 from t) select x from t", ["t"]),
        ("with recursive t as (select x from t) select x from t", ["t"]),
    ],
)
def test_tables_that_are_read(sql: str, expected: list[str]) -> None:
    assert tables(sql) == expected


def test_duckdb_reads_the_same_tables() -> None:
    sql = """with recursive person as (
        select id as n from person union all select n + 10 from PERSON where n < 20
    ) select n from Person order by n"""
    with duckdb.connect() as connection:
        connection.execute("create table Person as select 1 as Id")
        assert connection.execute(sql).fetchall() == [(1,), (11,), (21,)]

    assert tables(sql) == ["person"]


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select from where", "the SQL cannot be read in line 4"),
        ("select 'open", "the SQL cannot be read"),
        ("", "it holds 0 statements"),
        ("select 1 as x; select 2 as x", "it holds 2 statements"),
        ("drop table Person", "its statement is not a SELECT"),
        ("create table x as select 1 as y", "its statement is not a SELECT"),
        ("select 1 as x into Person", "its statement is not a SELECT"),
        ("values (1)", "its statement is not a SELECT"),
        ("select x from other.Person", "it reads Person by way of other. Write Person alone"),
        ("select x from read_csv('a.csv')", "it reads a table function"),
    ],
)
def test_wrong_statements(sql: str, text: str) -> None:
    with pytest.raises(ModelError, match=r"^marts/m\.sql: ") as raised:
        tables(HEADER + sql)

    assert text in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("end", ["", ";", " ; ;\n", ";\n-- the end"])
def test_semicolons_at_the_end_are_cut(end: str) -> None:
    sql = "select ';' as x"

    assert isinstance(parse_select(PATH, sql + end), exp.Select)
    assert without_semicolon(sql + end) == sql
