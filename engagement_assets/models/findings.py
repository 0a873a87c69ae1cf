"""Where a parsed SELECT breaks a rule of `rules.py`.

sqlglot is not a safety net: it writes most of what is found here for Spark without a word, with
another result.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from engagement_assets.models import rules
from engagement_assets.models.rules import Rule

Types = Mapping[str, Mapping[str, str]]
"""Tables to their columns and types."""

# All of sqlglot's and DuckDB's names; those that sqlglot does not know come under their own.
_CLOCKS: Final = frozenset(
    {
        *("now", "today", "get_current_time", "get_current_timestamp", "transaction_timestamp"),
        *("current_date", "current_time", "current_timestamp", "current_localtime"),
        *("current_datetime", "current_localtimestamp", "localtime", "localtimestamp"),
    }
)
_CHANCE: Final = frozenset({"random", "rand", "uuid", "uuidv4", "uuidv7", "gen_random_uuid"})
# (What makes tables, and so what reads files and the network, no model may call at all.)
_MACHINE: Final = frozenset(
    {
        *("getenv", "getvariable", "nextval", "currval", "setval", "setseed", "write_log"),
        "txid_current",
    }
)
_MACHINE_PREFIXES: Final = ("current_", "pg_", "duckdb_", "pragma_")

# Functions that sqlglot does not know and that were compared on both engines.
_COMPARED: Final = frozenset({"cardinality"})
_PARTS: Final = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOY", "HOUR", "MINUTE"})
_WEEKDAYS: Final = frozenset({"DOW", "ISODOW", "DAYOFWEEK", "WEEKDAY"})
_TYPES: Final = frozenset(
    {
        *(exp.DType.UTINYINT, exp.DType.USMALLINT, exp.DType.UINT, exp.DType.UBIGINT),
        *(exp.DType.INT128, exp.DType.UINT128, exp.DType.UUID, exp.DType.ENUM, exp.DType.JSON),
        *(exp.DType.TIME, exp.DType.TIMETZ, exp.DType.BIT),
    }
)
_UNITS: Final = ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
# Differences of dates in these units count borders on DuckDB and whole units on Spark, unless
# both sides lie on a border. Microseconds are the resolution of both engines.
_BORDERS: Final[Mapping[str, frozenset[str] | None]] = {
    "MICROSECOND": None,
    "SECOND": frozenset(_UNITS),
    "MINUTE": frozenset(_UNITS[1:]),
    "HOUR": frozenset(_UNITS[2:]),
    "DAY": frozenset(_UNITS[3:]),
    "WEEK": frozenset({"WEEK"}),
    "MONTH": frozenset({"MONTH", "QUARTER", "YEAR"}),
    "QUARTER": frozenset({"QUARTER", "YEAR"}),
    "YEAR": frozenset({"YEAR"}),
}


@dataclass(frozen=True)
class Finding:
    """A rule that a SELECT breaks, and the piece of SQL that breaks it."""

    rule: Rule
    code: str

    def __str__(self) -> str:
        return f"{self.code} {self.rule.reason}. Write instead: {self.rule.instead}."


def refusals(query: exp.Expr) -> list[Finding]:
    """Return what a SELECT calls that is refused: the rules that loading applies.

    The code of each is the name of a function alone.
    """
    return [found for node in query.find_all(exp.Func) if (found := _forbidden(node))]


def find(query: exp.Expr, types: Types | None = None) -> list[Finding]:
    """Return everything in a SELECT that breaks a rule.

    Args:
        query: The SELECT.
        types: The columns and types of the tables that it reads: with it, a column that is a
            date is known to be one.
    """
    nodes = list(query.walk())
    if any(isinstance(node, exp.DateDiff) for node in nodes):
        nodes = [node for node in nodes if not isinstance(node, exp.DateDiff)]
        nodes += _typed(query, types or {}).find_all(exp.DateDiff)
    found = [Finding(rule, _short(node)) for node in nodes if (rule := _broken(node))]
    found += [Finding(rules.STAR, _short(star)) for star in _outer_stars(query)]
    try:
        spark = query.sql("spark", unsupported_level=ErrorLevel.RAISE)
        sqlglot.parse_one(spark, read="spark")
    except SqlglotError as error:
        found.append(Finding(rules.NOT_WRITTEN, str(error).splitlines()[0]))
    return found


def _broken(node: exp.Expr) -> Rule | None:
    if isinstance(node, exp.Func) and (forbidden := _forbidden(node)):
        return forbidden.rule
    check = _CHECKS.get(type(node))
    return _ALWAYS.get(type(node)) or (check(node) if check else None)


def _names(function: exp.Func) -> set[str]:
    if isinstance(function, exp.Anonymous | exp.AnonymousAggFunc):
        return {function.name.lower()}
    return {name.lower() for name in type(function).sql_names()}


def _forbidden(function: exp.Func) -> Finding | None:
    names = _names(function)
    machine = {name for name in names if name.startswith(_MACHINE_PREFIXES)}
    for rule, those in (
        (rules.CLOCK, names & _CLOCKS),
        (rules.CHANCE, names & _CHANCE),
        (rules.MACHINE, names & _MACHINE | machine),
    ):
        if those:
            return Finding(rule, min(those))
    return None


def _short(node: exp.Expr) -> str:
    text = " ".join(node.sql("duckdb", comments=False).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _typed(query: exp.Expr, types: Types) -> exp.Expr:
    known: dict[str, object] = {table: dict(columns) for table, columns in types.items()}
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


def _outer_stars(query: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(query, exp.SetOperation):
        yield from _outer_stars(query.this)
        yield from _outer_stars(query.expression)
    elif isinstance(query, exp.Subquery):
        yield from _outer_stars(query.this)
    elif isinstance(query, exp.Select):
        yield from (each for each in query.expressions if each.is_star or each.find(exp.Columns))


# --- what breaks a rule only in some forms ------------------------------------------------------


def _unknown_function(node: exp.Expr) -> Rule | None:
    name = node.name.lower()
    if name in {"date_part", "datepart"}:
        return _part(node.expressions[0].name) or rules.DATE_PART_FUNCTION
    if name in _COMPARED:
        return None
    return {"weekday": rules.WEEKDAY, "arbitrary": rules.ANY_ROW}.get(name, rules.UNKNOWN)


def _part(part: str) -> Rule | None:
    if part.upper() in _WEEKDAYS:
        return rules.WEEKDAY
    return None if part.upper() in _PARTS else rules.DATE_PART


def _join(node: exp.Join) -> Rule | None:
    return rules.JOIN if {node.method, node.kind, node.side} & {"ASOF", "POSITIONAL"} else None


def _is_date(node: exp.Expr) -> bool:
    dates = exp.DateFromParts | exp.LastDay
    return node.unnest().is_type(exp.DType.DATE) or isinstance(node.unnest(), dates)


def _on_border(node: exp.Expr, borders: frozenset[str]) -> bool:
    node = node.unnest()
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return node.text("unit").upper() in borders
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.TimestampTrunc | exp.DateTrunc):
        return _on_border(node.this, borders)
    return "DAY" in borders and _is_date(node)


def _date_difference(node: exp.DateDiff) -> Rule | None:
    borders = _BORDERS.get(node.text("unit").upper() or "DAY", frozenset())
    if borders is None or all(_on_border(side, borders) for side in (node.this, node.expression)):
        return None
    return rules.DATE_DIFFERENCE


def _subtraction(node: exp.Sub) -> Rule | None:
    return rules.SUBTRACTION if _is_date(node.this) and _is_date(node.expression) else None


def _epoch(node: exp.TimeToUnix) -> Rule | None:
    is_whole = isinstance(node.parent, exp.Floor) or _on_border(
        node.this, _BORDERS["SECOND"] or frozenset()
    )
    return None if is_whole else rules.EPOCH


def _any_row(node: exp.Expr) -> Rule | None:
    # Spark has no ORDER BY within them, so an order would not help.
    parent = node.parent
    while isinstance(parent, exp.IgnoreNulls | exp.RespectNulls | exp.Filter):
        parent = parent.parent
    return None if isinstance(parent, exp.Window) else rules.ANY_ROW


def _window(node: exp.Window) -> Rule | None:
    function = node.this.this if isinstance(node.this, exp.IgnoreNulls) else node.this
    ordered = exp.RowNumber | exp.Ntile | exp.Lag | exp.Lead
    ordered |= exp.First | exp.Last | exp.AnyValue | exp.FirstValue | exp.LastValue
    # A named window has its order elsewhere.
    has_order = node.args.get("order") or node.args.get("alias")
    return rules.WINDOW_ORDER if isinstance(function, ordered) and not has_order else None


def _series(node: exp.GenerateSeries) -> Rule | None:
    if isinstance(node.parent, exp.Table):
        return rules.SERIES_AS_TABLE
    bounds = (node.args["start"], node.args["end"])
    is_safe = node.args.get("step") or all(isinstance(each, exp.Literal) for each in bounds)
    return None if is_safe else rules.SERIES


def _indexes(node: exp.Bracket) -> Rule | None:
    literal = all(isinstance(index, exp.Literal) for index in node.expressions)
    return None if literal else rules.INDEX


def _type(node: exp.Cast) -> Rule | None:
    return rules.TYPE if node.to.this in _TYPES else None


_ALWAYS: Final[Mapping[type[exp.Expr], Rule]] = {
    exp.TableSample: rules.SAMPLE,
    exp.Mode: rules.MODE,
    exp.PercentileCont: rules.PERCENTILE,
    exp.PercentileDisc: rules.PERCENTILE,
    exp.Quantile: rules.QUANTILE,
    exp.ApproxQuantile: rules.APPROXIMATE,
    exp.ApproxDistinct: rules.APPROXIMATE,
    exp.DayOfWeek: rules.WEEKDAY,
    exp.DayOfWeekIso: rules.WEEKDAY,
    exp.Dayname: rules.WEEKDAY,
    exp.Monthname: rules.MONTH_NAME,
    exp.UnixToTime: rules.EPOCH_UNITS,
    exp.Week: rules.UNKNOWN,
    exp.DateBin: rules.UNKNOWN,
    exp.ToDays: rules.UNKNOWN,
    exp.Slice: rules.UNKNOWN,
    exp.Format: rules.FORMAT,
    exp.Comprehension: rules.COMPREHENSION,
    exp.Pivot: rules.PIVOT,
}

_CHECKS: Final[Mapping[type[exp.Expr], Callable[[Any], Rule | None]]] = {
    exp.Anonymous: _unknown_function,
    exp.Extract: lambda node: _part(node.this.name),
    exp.Join: _join,
    exp.DateDiff: _date_difference,
    exp.Sub: _subtraction,
    exp.TimeToUnix: _epoch,
    exp.ArrayAgg: lambda node: rules.LIST_ORDER if node.find(exp.Order) else None,
    exp.GroupConcat: lambda node: None if node.find(exp.Order) else rules.TEXT_ORDER,
    exp.First: _any_row,
    exp.Last: _any_row,
    exp.AnyValue: _any_row,
    exp.Window: _window,
    exp.Log: lambda node: None if node.args.get("expression") else rules.LOGARITHM,
    exp.GenerateSeries: _series,
    exp.Bracket: _indexes,
    exp.Cast: _type,
    exp.TryCast: _type,
    exp.CTE: lambda node: None if node.args.get("materialized") is None else rules.MATERIALIZED,
    exp.Union: lambda node: rules.BY_NAME if node.args.get("by_name") else None,
}
