"""The models must mean the same on DuckDB and, written by sqlglot, on Spark.

sqlglot is no safety net: it writes most of what is refused here for Spark without a word, with
another result. What was found to differ is listed below with what to write instead. A division
by zero (`x / 0` is an error on Spark) cannot be seen in the text: the golden cases must hold one.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from .golden import Project

FOLDER = Path(__file__).parents[2] / "dbt_like_sql"
FILES = sorted(FOLDER.rglob("*.sql"))

_CLOCK = "reads the clock: time enters as a column of the table run"
_CHANCE = "differs from run to run"
_PERCENTILE = "becomes PERCENTILE_APPROX, or is unknown to Spark: use median"
_WEEKDAY = "numbers or names days differently: use date_trunc('week', day) and date_diff"
_ANY_ROW = "takes any row: use min, max, arg_min or arg_max"
_UNKNOWN = "sqlglot writes as it stands, and Spark does not know it"

_REFUSED: dict[type[exp.Expr], str] = {
    exp.CurrentDate: _CLOCK,
    exp.CurrentDatetime: _CLOCK,
    exp.CurrentTime: _CLOCK,
    exp.CurrentTimestamp: _CLOCK,
    exp.Localtime: _CLOCK,
    exp.Localtimestamp: _CLOCK,
    exp.Rand: _CHANCE,
    exp.Uuid: _CHANCE,
    exp.TableSample: _CHANCE,
    exp.Mode: "breaks ties differently: rank the counts",
    exp.PercentileCont: _PERCENTILE,
    exp.PercentileDisc: _PERCENTILE,
    exp.Quantile: "is discrete on DuckDB and continuous on Spark: use median",
    exp.ApproxQuantile: "is approximate: use median",
    exp.ApproxDistinct: "is approximate: use count(distinct …)",
    exp.DayOfWeek: _WEEKDAY,
    exp.DayOfWeekIso: _WEEKDAY,
    exp.Dayname: _WEEKDAY,
    exp.Monthname: "is a full name on DuckDB and a short one on Spark",
    exp.Week: _UNKNOWN,
    exp.UnixToTime: "is turned round by sqlglot: use date_diff('microsecond', …)",
    exp.DateBin: _UNKNOWN,
    exp.ToDays: _UNKNOWN,
    exp.Format: "has other placeholders on Spark: use concat",
    exp.Slice: _UNKNOWN,
    exp.Comprehension: "sqlglot does not write for Spark: use list_transform and list_filter",
    exp.Pivot: "makes columns out of the data",
}

# Functions that sqlglot does not know and that were compared on both engines.
_COMPARED = frozenset({"cardinality"})
_CLOCKS = frozenset({"now", "get_current_timestamp", "transaction_timestamp"})
_PARTS = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOY", "HOUR", "MINUTE"})
_TYPES = frozenset(
    {
        *(exp.DType.UTINYINT, exp.DType.USMALLINT, exp.DType.UINT, exp.DType.UBIGINT),
        *(exp.DType.INT128, exp.DType.UINT128, exp.DType.UUID, exp.DType.ENUM, exp.DType.JSON),
        *(exp.DType.TIME, exp.DType.TIMETZ, exp.DType.BIT),
    }
)
# Differences of dates in these units count borders on DuckDB and whole units on Spark, unless
# both sides lie on a border. Microseconds are the resolution of both engines.
_BORDERS = {
    "MICROSECOND": None,
    "SECOND": {"SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"},
    "MINUTE": {"MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"},
    "HOUR": {"HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"},
    "DAY": {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"},
    "WEEK": {"WEEK"},
    "MONTH": {"MONTH", "QUARTER", "YEAR"},
    "QUARTER": {"QUARTER", "YEAR"},
    "YEAR": {"YEAR"},
}


Schema = Mapping[str, Mapping[str, str]]


def findings(sql: str, schema: Schema | None = None) -> list[str]:
    """What in a SELECT does not mean the same on both engines, each with the reason.

    Args:
        sql: The SELECT.
        schema: The columns and types of the tables that it reads: with it, a column that is a
            date is known to be one.
    """
    query = sqlglot.parse_one(sql, read="duckdb")
    nodes = [*(each for each in query.walk() if not isinstance(each, exp.DateDiff))]
    nodes += _typed(query, schema or {}).find_all(exp.DateDiff)
    found = [f"{_short(node)}: {reason}" for node in nodes if (reason := _reason(node))]
    found += [f"{_short(star)}: name the columns of the result" for star in _outer_stars(query)]
    try:
        spark = query.sql("spark", unsupported_level=ErrorLevel.RAISE)
        sqlglot.parse_one(spark, read="spark")
    except SqlglotError as error:
        found.append(f"sqlglot cannot write it for Spark: {str(error).splitlines()[0]}")
    return found


def _typed(query: exp.Expr, schema: Schema) -> exp.Expr:
    known: dict[str, object] = {table: dict(columns) for table, columns in schema.items()}
    try:
        qualified = qualify(
            query.copy(),
            dialect="duckdb",
            schema=known,
            validate_qualify_columns=False,
            identify=False,
        )
        return annotate_types(qualified, schema=known, dialect="duckdb")
    except SqlglotError:
        return query


def _short(node: exp.Expr) -> str:
    text = " ".join(node.sql("duckdb", comments=False).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _reason(node: exp.Expr) -> str:
    check = _CHECKS.get(type(node))
    return _REFUSED.get(type(node), "") or (check(node) if check else "")


def _unknown_function(node: exp.Expr) -> str:
    name = node.name.lower()
    if name in {"date_part", "datepart"}:
        return _part(node.expressions[0].name) or "write extract(… from …)"
    known = dict.fromkeys(_COMPARED, "") | dict.fromkeys(_CLOCKS, _CLOCK)
    known |= {"weekday": _WEEKDAY, "arbitrary": _ANY_ROW}
    return known.get(name, f"{_UNKNOWN}, unless it was compared: then name it in _COMPARED")


def _part(part: str) -> str:
    if part.upper() in {"DOW", "ISODOW", "DAYOFWEEK", "WEEKDAY"}:
        return _WEEKDAY
    return "" if part.upper() in _PARTS else f"the part {part.lower()} differs on Spark"


def _join(node: exp.Join) -> str:
    missing = {node.method, node.kind, node.side} & {"ASOF", "POSITIONAL"}
    return f"Spark has no {missing.pop()} JOIN: use a window" if missing else ""


def _is_date(node: exp.Expr) -> bool:
    dates = exp.DateFromParts | exp.LastDay
    return node.unnest().is_type(exp.DType.DATE) or isinstance(node.unnest(), dates)


def _on_border(node: exp.Expr, borders: set[str]) -> bool:
    node = node.unnest()
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return node.text("unit").upper() in borders
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.TimestampTrunc | exp.DateTrunc):
        return _on_border(node.this, borders)
    return "DAY" in borders and _is_date(node)


def _date_difference(node: exp.DateDiff) -> str:
    unit = node.text("unit").upper() or "DAY"
    borders = _BORDERS.get(unit, set())
    if borders is None or all(_on_border(side, borders) for side in (node.this, node.expression)):
        return ""
    how = "cast both sides to date" if unit == "DAY" else f"date_trunc('{unit.lower()}', …) both"
    return f"counts borders on DuckDB and whole units on Spark: {how}"


def _subtraction(node: exp.Sub) -> str:
    dates = _is_date(node.this) and _is_date(node.expression)
    return "is days on DuckDB, an interval on Spark: use date_diff('day', …)" if dates else ""


def _epoch(node: exp.TimeToUnix) -> str:
    # cast(epoch(x) as bigint) rounds on DuckDB, so it does not help.
    if isinstance(node.parent, exp.Floor) or _on_border(node.this, _BORDERS["SECOND"] or set()):
        return ""
    return "has no fractions on Spark: date_trunc('second', …), or date_diff('microsecond', …)"


def _any_row(node: exp.Expr) -> str:
    # Spark has no ORDER BY within them, so an order would not help.
    parent = node.parent
    while isinstance(parent, exp.IgnoreNulls | exp.RespectNulls | exp.Filter):
        parent = parent.parent
    return "" if isinstance(parent, exp.Window) else _ANY_ROW


def _window(node: exp.Window) -> str:
    function = node.this.this if isinstance(node.this, exp.IgnoreNulls) else node.this
    ordered = exp.RowNumber | exp.Ntile | exp.Lag | exp.Lead
    ordered |= exp.First | exp.Last | exp.AnyValue | exp.FirstValue | exp.LastValue
    # A named window has its order elsewhere.
    has_order = node.args.get("order") or node.args.get("alias")
    return (
        "takes rows in any order: add ORDER BY"
        if isinstance(function, ordered) and not has_order
        else ""
    )


def _series(node: exp.GenerateSeries) -> str:
    if isinstance(node.parent, exp.Table):
        return "Spark cannot read from it: cross join unnest(…)"
    bounds = (node.args["start"], node.args["end"])
    if node.args.get("step") or all(isinstance(each, exp.Literal) for each in bounds):
        return ""
    return "is empty on DuckDB, counts down on Spark, when its end is before its start: give a step"


def _type(node: exp.Cast) -> str:
    return "is a type that Spark does not have" if node.to.this in _TYPES else ""


_CHECKS: dict[type[exp.Expr], Callable[[Any], str]] = {
    exp.Anonymous: _unknown_function,
    exp.Extract: lambda node: _part(node.this.name),
    exp.Join: _join,
    exp.DateDiff: _date_difference,
    exp.Sub: _subtraction,
    exp.TimeToUnix: _epoch,
    exp.ArrayAgg: lambda node: (
        "loses its ORDER BY on Spark: use list_sort(list(…))" if node.find(exp.Order) else ""
    ),
    exp.GroupConcat: lambda node: (
        "" if node.find(exp.Order) else "joins texts in any order: add ORDER BY"
    ),
    exp.First: _any_row,
    exp.Last: _any_row,
    exp.AnyValue: _any_row,
    exp.Window: _window,
    exp.Log: lambda node: (
        "" if node.args.get("expression") else "is to base 10 on DuckDB, e on Spark: use ln, log10"
    ),
    exp.GenerateSeries: _series,
    exp.Bracket: lambda node: (
        ""
        if all(isinstance(index, exp.Literal) for index in node.expressions)
        else "counts from 1 on DuckDB, from 0 on Spark: use a literal, or unnest"
    ),
    exp.Cast: _type,
    exp.TryCast: _type,
    exp.CTE: lambda node: (
        "" if node.args.get("materialized") is None else "Spark has no MATERIALIZED: make a model"
    ),
    exp.Union: lambda node: (
        "Spark has no BY NAME: list the columns in one order" if node.args.get("by_name") else ""
    ),
}


def _outer_stars(query: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(query, exp.SetOperation):
        yield from _outer_stars(query.this)
        yield from _outer_stars(query.expression)
    elif isinstance(query, exp.Subquery):
        yield from _outer_stars(query.this)
    elif isinstance(query, exp.Select):
        yield from (each for each in query.expressions if each.is_star or each.find(exp.Columns))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_model_is_portable(project: Project, path: Path) -> None:
    model = project.models[path.stem]

    found = findings(model.sql, {table: project.types(table) for table in model.references})

    assert not found, "\n".join([str(path), *found])


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select current_date as x", "clock"),
        ("select now() as x", "clock"),
        ("select current_timestamp as x", "clock"),
        ("select today() as x", "clock"),
        ("select random() as x", "run to run"),
        ("select a from t using sample 3", "run to run"),
        ("select a.x from a asof join b on a.t >= b.t", "ASOF"),
        ("select x from a positional join b", "POSITIONAL"),
        ("select percentile_cont(0.5) within group (order by x) as m from t", "use median"),
        ("select quantile_cont(x, 0.5) as m from t", "use median"),
        ("select quantile(x, 0.5) as m from t", "use median"),
        ("select approx_count_distinct(x) as n from t", "approximate"),
        ("select mode(x) as m from t", "ties"),
        ("select dayofweek(d) as x from t", "numbers or names days"),
        ("select isodow(d) as x from t", "numbers or names days"),
        ("select weekday(d) as x from t", "numbers or names days"),
        ("select extract(isodow from d) as x from t", "numbers or names days"),
        ("select date_part('dow', d) as x from t", "numbers or names days"),
        ("select dayname(d) as x from t", "numbers or names days"),
        ("select extract(second from ts) as x from t", "the part second"),
        ("select extract(epoch from ts) as x from t", "the part epoch"),
        ("select date_diff('day', a, b) as x from t", "cast both sides to date"),
        ("select date_diff('day', a::date, b) as x from t", "cast both sides to date"),
        ("select date_diff('month', a::date, b::date) as x from t", "date_trunc('month'"),
        ("select date_diff('hour', a, b) as x from t", "date_trunc('hour'"),
        ("select cast(a as date) - cast(b as date) as x from t", "an interval"),
        ("select epoch(ts) as x from t", "no fractions"),
        ("select cast(epoch(ts) as bigint) as x from t", "no fractions"),
        ("select epoch_ms(ts) as x from t", "turned round"),
        ("select list(distinct x order by x) as l from t", "ORDER BY"),
        ("select array_agg(x order by y) as l from t", "ORDER BY"),
        ("select string_agg(x, ',') as s from t", "any order"),
        ("select first(x) as a from t", "any row"),
        ("select any_value(x) as a from t", "any row"),
        ("select any_value(x order by y) as a from t", "any row"),
        ("select arbitrary(x) as a from t", "any row"),
        ("select row_number() over (partition by a) as n from t", "any order"),
        ("select log(x) as l from t", "base 10"),
        ("select hash(x) as h from t", "does not know it"),
        ("select date_sub('day', a, b) as x from t", "does not know it"),
        ("select list_sum(l) as x from t", "does not know it"),
        ("select l[i] as x from t", "from 0 on Spark"),
        ("select l[1:2] as x from t", "does not know it"),
        ("select [y + 1 for y in l] as x from t", "list_transform"),
        ("select x from range(3) as r(x)", "cannot read from it"),
        ("select unnest(generate_series(a, b)) as x from t", "counts down"),
        ("select cast(x as ubigint) as k from t", "does not have"),
        ("select x::uuid as k from t", "does not have"),
        ("select max(x, 2) as m from t", "cannot write it for Spark"),
        ("with a as materialized (select 1 as x) select x from a", "MATERIALIZED"),
        ("select a from t union by name select a from u", "BY NAME"),
        ("select x from (pivot t on a using count(*))", "out of the data"),
        ("select * from t", "name the columns"),
        ("select t.* from t", "name the columns"),
        ("select a from t union all select * from u", "name the columns"),
        ("select * exclude (a) from t", "name the columns"),
        ("with a as (select now() as x) select x from a", "clock"),
    ],
)
def test_lint_finds(sql: str, reason: str) -> None:
    assert any(reason in finding for finding in findings(sql)), findings(sql)


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
def test_lint_allows(sql: str) -> None:
    assert findings(sql) == []


def test_lint_knows_the_types_of_columns() -> None:
    sql = "with a as (select d, ts from t) select date_diff('day', a.d, a.{}) as x from a"
    schema = {"t": {"d": "DATE", "ts": "TIMESTAMP WITH TIME ZONE", "l": "BIGINT[]"}}

    assert findings(sql.format("d"), schema) == []
    assert len(findings(sql.format("ts"), schema)) == 1
