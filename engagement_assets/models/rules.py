"""What the SQL of a model may not say, once: for loading, for the tests, and for the documents.

A rule is words alone; `findings.py` sees in a parsed SELECT where one is broken. There are three
kinds, by what happens then:

- `refused` for all models: `load_models` raises, so nothing can be built.
- `refused` for own ones: the same, for files of the configured folder. Anybody who may write there
  writes them, and what they give is published.
- the others are about portability: the same SELECT must mean the same on Spark. A test holds the
  product's models to them, with the types of all columns. Files of one's own run here today and
  must not stop running with an upgrade, so their author is warned by `engagement preflight`.

A division by zero (an error on Spark) cannot be seen in the text: the golden cases must hold one.
"""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Rule:
    """One thing that SQL may not say.

    Attributes:
        name: What the rule is called; unique.
        example: What breaks it, as code; several forms are separated by commas.
        reason: Why not: a predicate whose subject is the code.
        instead: What to write in its place.
        applies_to: All models, or only those of the configured folder.
        is_refused: Whether a model that breaks it cannot be loaded.
    """

    name: str
    example: str
    reason: str
    instead: str
    applies_to: Literal["all", "own"] = "all"
    is_refused: bool = False


CLOCK: Final = Rule(
    "clock",
    "current_date, now()",
    "reads the clock, but a run can be repeated",
    "as_of or as_of_day of the table run",
    is_refused=True,
)
CHANCE: Final = Rule(
    "chance",
    "random(), uuid()",
    "differs every time it is called",
    "something that is a column of a table",
    is_refused=True,
)
MACHINE: Final = Rule(
    "machine",
    "getenv('HOME'), current_setting('threads')",
    "tells of the machine or the database, not of accounts",
    "something that is a column of a table",
    applies_to="own",
    is_refused=True,
)
PEOPLE: Final = Rule(
    "people",
    "from contact, from Office_UserEntity",
    "is about single people or addresses",
    "Customer_Profile, Office, or another table of accounts",
    applies_to="own",
    is_refused=True,
)

SAMPLE: Final = Rule(
    "sample", "using sample 3", "takes other rows in every run", "order by … limit …"
)
STAR: Final = Rule(
    "star",
    "select *",
    "in the result changes the table when what it reads gets another column",
    "the columns' names",
)
ANY_ROW: Final = Rule(
    "any row",
    "any_value(x), first(x)",
    "takes any row, a different one each time",
    "min, max, arg_min or arg_max",
)
WINDOW_ORDER: Final = Rule(
    "order in a window",
    "row_number() over (partition by a)",
    "takes rows in any order, a different one each time",
    "the same with order by",
)
TEXT_ORDER: Final = Rule(
    "order of a text",
    "string_agg(x, ',')",
    "joins texts in any order, a different one each time",
    "string_agg(x, ',' order by x)",
)
LIST_ORDER: Final = Rule(
    "order of a list", "list(x order by y)", "loses its order on Spark", "list_sort(list(x))"
)
DATE_DIFFERENCE: Final = Rule(
    "difference of dates",
    "date_diff('day', a, b)",
    "counts borders on DuckDB and whole units on Spark, unless both sides are whole",
    "both sides cast to date, or cut by date_trunc to the unit",
)
SUBTRACTION: Final = Rule(
    "subtraction of dates",
    "a - b",
    "of dates is days on DuckDB and an interval on Spark",
    "date_diff('day', b, a)",
)
WEEKDAY: Final = Rule(
    "day of the week",
    "dayofweek(d), isodow(d), dayname(d)",
    "numbers or names days differently on Spark",
    "date_trunc('week', d) and date_diff",
)
MONTH_NAME: Final = Rule(
    "name of a month",
    "monthname(d)",
    "is a full name on DuckDB and a short one on Spark",
    "extract(month from d)",
)
DATE_PART: Final = Rule(
    "part of a date",
    "extract(second from ts), extract(epoch from ts)",
    "is a part that differs on Spark",
    "year, quarter, month, week, day, doy, hour or minute",
)
DATE_PART_FUNCTION: Final = Rule(
    "date_part", "date_part('year', d)", "is unknown to Spark as it stands", "extract(year from d)"
)
EPOCH: Final = Rule(
    "epoch",
    "epoch(ts)",
    "has no fractions on Spark",  # nor does cast(epoch(ts) as bigint) help: it rounds on DuckDB
    "epoch(date_trunc('second', ts)), floor(epoch(ts)), or date_diff('microsecond', …)",
)
EPOCH_UNITS: Final = Rule(
    "epoch in other units",
    "epoch_ms(ts)",
    "is turned round by sqlglot",
    "date_diff('microsecond', …)",
)
PERCENTILE: Final = Rule(
    "percentile",
    "percentile_cont(0.5) within group (order by x)",
    "becomes approximate on Spark, or is unknown to it",
    "median(x)",
)
QUANTILE: Final = Rule(
    "quantile",
    "quantile(x, 0.5)",
    "is discrete on DuckDB and continuous on Spark",
    "median(x)",
)
APPROXIMATE: Final = Rule(
    "approximation",
    "approx_count_distinct(x), approx_quantile(x, 0.5)",
    "is approximate",
    "count(distinct x), median(x)",
)
MODE: Final = Rule(
    "mode", "mode(x)", "breaks ties differently on Spark", "counts, ranked by count and value"
)
LOGARITHM: Final = Rule(
    "logarithm", "log(x)", "is to base 10 on DuckDB and e on Spark", "ln(x) or log10(x)"
)
TYPE: Final = Rule(
    "type",
    "x::ubigint, x::uuid, x::json",
    "is of a type that Spark does not have",
    "bigint, varchar",
)
INDEX: Final = Rule(
    "place in a list",
    "l[i]",
    "counts from 1 on DuckDB and from 0 on Spark",
    "a number in place of i, or unnest",
)
SERIES: Final = Rule(
    "series without a step",
    "generate_series(a, b)",
    "is empty on DuckDB and counts down on Spark when its end is before its start",
    "generate_series(a, b, 1)",
)
SERIES_AS_TABLE: Final = Rule(
    "series as a table",
    "from range(3)",
    "can be read on DuckDB only",
    "cross join unnest(range(3))",
)
JOIN: Final = Rule(
    "kind of join", "asof join, positional join", "is unknown to Spark", "a window function"
)
PIVOT: Final = Rule(
    "pivot",
    "pivot t on a using count(*)",
    "makes columns out of the data",
    "count(*) filter (where a = …) for every column",
)
MATERIALIZED: Final = Rule(
    "materialized", "with a as materialized (…)", "is unknown to Spark", "a model of its own"
)
BY_NAME: Final = Rule(
    "union by name", "union by name", "is unknown to Spark", "the columns in one order"
)
COMPREHENSION: Final = Rule(
    "comprehension",
    "[y + 1 for y in l]",
    "is not written for Spark by sqlglot",
    "list_transform and list_filter",
)
FORMAT: Final = Rule("format", "format('{}', x)", "has other placeholders on Spark", "concat")
UNKNOWN: Final = Rule(
    "unknown function",
    "hash(x), list_sum(l), l[1:2]",
    "is unknown to Spark, and sqlglot writes it as it stands",
    "a function that both know; one that was compared is named in models/findings.py",
)
NOT_WRITTEN: Final = Rule(
    "not written for Spark",
    "max(x, 2)",
    "cannot be written for Spark by sqlglot",
    "something that both have",
)

RULES: Final[tuple[Rule, ...]] = (
    *(CLOCK, CHANCE, MACHINE, PEOPLE),
    *(SAMPLE, STAR, ANY_ROW, WINDOW_ORDER, TEXT_ORDER, LIST_ORDER),
    *(DATE_DIFFERENCE, SUBTRACTION, WEEKDAY, MONTH_NAME, DATE_PART, DATE_PART_FUNCTION),
    *(EPOCH, EPOCH_UNITS, PERCENTILE, QUANTILE, APPROXIMATE, MODE, LOGARITHM, TYPE, INDEX),
    *(SERIES, SERIES_AS_TABLE, JOIN, PIVOT, MATERIALIZED, BY_NAME, COMPREHENSION, FORMAT),
    *(UNKNOWN, NOT_WRITTEN),
)
NAMED: Final = {rule.name: rule for rule in RULES}
