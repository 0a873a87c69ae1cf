"""Where SQL breaks a rule, and where it does not."""

import pytest
import sqlglot

from engagement_assets.models import findings, rules
from engagement_assets.models.findings import Types
from engagement_assets.models.rules import RULES, Rule


def broken(sql: str, types: Types | None = None) -> list[Rule]:
    return [each.rule for each in findings.find(sqlglot.parse_one(sql, read="duckdb"), types)]


BREAKING = [
    ("select current_date as x", rules.CLOCK),
    ("select now() as x", rules.CLOCK),
    ("select current_timestamp as x", rules.CLOCK),
    ("select today() as x", rules.CLOCK),
    ("select random() as x", rules.CHANCE),
    ("select a from t using sample 3", rules.SAMPLE),
    ("select a.x from a asof join b on a.t >= b.t", rules.JOIN),
    ("select x from a positional join b", rules.JOIN),
    ("select percentile_cont(0.5) within group (order by x) as m from t", rules.PERCENTILE),
    ("select quantile_cont(x, 0.5) as m from t", rules.PERCENTILE),
    ("select quantile(x, 0.5) as m from t", rules.QUANTILE),
    ("select approx_count_distinct(x) as n from t", rules.APPROXIMATE),
    ("select mode(x) as m from t", rules.MODE),
    ("select dayofweek(d) as x from t", rules.WEEKDAY),
    ("select isodow(d) as x from t", rules.WEEKDAY),
    ("select weekday(d) as x from t", rules.WEEKDAY),
    ("select extract(isodow from d) as x from t", rules.WEEKDAY),
    ("select date_part('dow', d) as x from t", rules.WEEKDAY),
    ("select dayname(d) as x from t", rules.WEEKDAY),
    ("select extract(second from ts) as x from t", rules.DATE_PART),
    ("select extract(epoch from ts) as x from t", rules.DATE_PART),
    ("select date_diff('day', a, b) as x from t", rules.DATE_DIFFERENCE),
    ("select date_diff('day', a::date, b) as x from t", rules.DATE_DIFFERENCE),
    ("select date_diff('month', a::date, b::date) as x from t", rules.DATE_DIFFERENCE),
    ("select date_diff('hour', a, b) as x from t", rules.DATE_DIFFERENCE),
    ("select cast(a as date) - cast(b as date) as x from t", rules.SUBTRACTION),
    ("select epoch(ts) as x from t", rules.EPOCH),
    ("select cast(epoch(ts) as bigint) as x from t", rules.EPOCH),
    ("select epoch_ms(ts) as x from t", rules.EPOCH_UNITS),
    ("select list(distinct x order by x) as l from t", rules.LIST_ORDER),
    ("select array_agg(x order by y) as l from t", rules.LIST_ORDER),
    ("select string_agg(x, ',') as s from t", rules.TEXT_ORDER),
    ("select first(x) as a from t", rules.ANY_ROW),
    ("select any_value(x) as a from t", rules.ANY_ROW),
    ("select any_value(x order by y) as a from t", rules.ANY_ROW),
    ("select arbitrary(x) as a from t", rules.ANY_ROW),
    ("select row_number() over (partition by a) as n from t", rules.WINDOW_ORDER),
    ("select log(x) as l from t", rules.LOGARITHM),
    ("select hash(x) as h from t", rules.UNKNOWN),
    ("select date_sub('day', a, b) as x from t", rules.UNKNOWN),
    ("select list_sum(l) as x from t", rules.UNKNOWN),
    ("select l[i] as x from t", rules.INDEX),
    ("select l[1:2] as x from t", rules.UNKNOWN),
    ("select [y + 1 for y in l] as x from t", rules.COMPREHENSION),
    ("select x from range(3) as r(x)", rules.SERIES_AS_TABLE),
    ("select unnest(generate_series(a, b)) as x from t", rules.SERIES),
    ("select cast(x as ubigint) as k from t", rules.TYPE),
    ("select x::uuid as k from t", rules.TYPE),
    ("select max(x, 2) as m from t", rules.NOT_WRITTEN),
    ("with a as materialized (select 1 as x) select x from a", rules.MATERIALIZED),
    ("select a from t union by name select a from u", rules.BY_NAME),
    ("select x from (pivot t on a using count(*))", rules.PIVOT),
    ("select * from t", rules.STAR),
    ("select t.* from t", rules.STAR),
    ("select a from t union all select * from u", rules.STAR),
    ("select * exclude (a) from t", rules.STAR),
    ("with a as (select now() as x) select x from a", rules.CLOCK),
    ("select uuid() as x", rules.CHANCE),
    ("select gen_random_uuid() as x", rules.CHANCE),
    ("select today() as x, get_current_timestamp() as y", rules.CLOCK),
    ("select getenv('HOME') as x", rules.MACHINE),
    ("select current_setting('threads') as x", rules.MACHINE),
    ("select pg_typeof(x) as x from t", rules.MACHINE),
    ("select approx_quantile(x, 0.5) as m from t", rules.APPROXIMATE),
    ("select monthname(d) as x from t", rules.MONTH_NAME),
    ("select date_part('year', d) as x from t", rules.DATE_PART_FUNCTION),
    ("select format('{}', x) as x from t", rules.FORMAT),
    ("select x::json as x from t", rules.TYPE),
]


@pytest.mark.parametrize(("sql", "rule"), BREAKING)
def test_what_breaks_a_rule(sql: str, rule: Rule) -> None:
    assert rule in broken(sql)


def test_every_rule_can_be_broken() -> None:
    # what is about single people is known by the columns of a table: test_own_sql.py
    assert {rule for _, rule in BREAKING} == set(RULES) - {rules.PEOPLE}


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) as n, count(distinct x) as d, median(x) as m from t",
        "with a as (select * from t) select x from a qualify rank() over (order by x) = 1",
        "select date_diff('day', a::date, cast(b as date)) as x from t",
        "select date_diff('hour', date_trunc('hour', a), date_trunc('hour', b)) as x from t",
        "select date_diff('second', date_trunc('second', a), date_trunc('day', b)) as x from t",
        "select date_diff('week', date_trunc('week', a)::date, date_trunc('week', b)) as x from t",
        "select date_diff('microsecond', a, b) as x from t",
        "select epoch(date_trunc('second', ts)) as x, floor(epoch(ts)) as y from t",
        "select list_sort(list(distinct x)) as l, cardinality(l) as n, l[1] as f from t",
        "select first(x) over (order by y) as a from t",
        "select last(x ignore nulls) over w as b from t window w as (order by y)",
        "select arg_max(x, y) as a, string_agg(x, ',' order by x) as s from t",
        "select row_number() over (partition by a order by b) as n from t",
        "select cast(unnest(generate_series(a, b, interval 1 day)) as date) as d from t",
        "select u.x from t cross join unnest(t.l) as u(x)",
        "select extract(year from d) as y, ln(x) as l, log10(x) as m, x::bigint as k from t",
    ],
)
def test_what_breaks_none(sql: str) -> None:
    assert broken(sql) == []


def test_columns_are_known_by_their_types() -> None:
    sql = "with a as (select d, ts from t) select date_diff('day', a.d, a.{}) as x from a"
    types = {"t": {"d": "DATE", "ts": "TIMESTAMP WITH TIME ZONE", "l": "BIGINT[]"}}

    assert broken(sql.format("d"), types) == []
    assert broken(sql.format("ts"), types) == [rules.DATE_DIFFERENCE]


def test_a_finding_says_what_why_and_what_instead() -> None:
    (found,) = findings.find(sqlglot.parse_one("select log(x) as l from t", read="duckdb"))

    assert str(found) == (
        "LOG(x) is to base 10 on DuckDB and e on Spark. Write instead: ln(x) or log10(x)."
    )


@pytest.mark.parametrize(
    ("sql", "rule", "code"),
    [
        ("select now() as x", rules.CLOCK, "now"),
        ("select current_date as x", rules.CLOCK, "current_date"),
        ("select x from t where random() < 0.5", rules.CHANCE, "rand"),
        ("select getenv('HOME') as x", rules.MACHINE, "getenv"),
        ("select current_setting('threads') as x", rules.MACHINE, "current_setting"),
    ],
)
def test_what_is_refused_is_named_by_its_function(sql: str, rule: Rule, code: str) -> None:
    (found,) = findings.refusals(sqlglot.parse_one(sql, read="duckdb"))

    assert (found.rule, found.code) == (rule, code)


def test_what_is_not_portable_is_not_refused() -> None:
    for sql, rule in BREAKING:
        refused = [each.rule for each in findings.refusals(sqlglot.parse_one(sql, read="duckdb"))]
        assert (rule in refused) == rule.is_refused, sql
