"""The expressions that rules are made of, as SQL for DuckDB.

Rules are written for ibis columns. ibis takes half a second to load, more than all checks of a
small warehouse, and most runs find nothing wrong. So a rule is first given a `Value` in place of a
column: it has those methods of an ibis column that rules use, and writes the same SQL. What it
does not have raises an AttributeError; then ibis is asked after all (see `validation.py`).
`tests/unit/schemas/test_expression.py` compares each rule both ways.
"""

import string
from collections.abc import Collection
from typing import TypeAlias

Operand: TypeAlias = "Value | str | float"  # bool and int are floats to a type checker

# what ibis strips, and the day that it counts from (Monday)
_WHITE_SPACE = string.whitespace
_MONDAY = 6


class Value:
    """A value of a row: a column, or what a rule makes of it.

    Attributes:
        sql: the expression, which binds tighter than any operator.
        is_text: whether `+` joins it to another text instead of adding.
    """

    __hash__ = None  # type: ignore[assignment]  # == makes an expression, as with ibis

    def __init__(self, sql: str, *, is_text: bool = False) -> None:
        self.sql = sql
        self.is_text = is_text

    def _with(self, operator: str, other: Operand, *, is_text: bool = False) -> "Value":
        return Value(f"({self.sql} {operator} {_sql(other)})", is_text=is_text)

    def __eq__(self, other: Operand) -> "Value":  # type: ignore[override] # not a bool: an expression
        return self._with("=", other)

    def __ne__(self, other: Operand) -> "Value":  # type: ignore[override] # not a bool: an expression
        return self._with("<>", other)

    def __lt__(self, other: Operand) -> "Value":
        return self._with("<", other)

    def __le__(self, other: Operand) -> "Value":
        return self._with("<=", other)

    def __gt__(self, other: Operand) -> "Value":
        return self._with(">", other)

    def __ge__(self, other: Operand) -> "Value":
        return self._with(">=", other)

    def __and__(self, other: Operand) -> "Value":
        return self._with("AND", other)

    def __or__(self, other: Operand) -> "Value":
        return self._with("OR", other)

    def __invert__(self) -> "Value":
        return Value(f"(NOT {self.sql})")

    def __add__(self, other: Operand) -> "Value":
        return self._with("||" if self.is_text else "+", other, is_text=self.is_text)

    def __sub__(self, other: Operand) -> "Value":
        return self._with("-", other)

    def __mul__(self, other: Operand) -> "Value":
        return self._with("*", other)

    def __truediv__(self, other: Operand) -> "Value":
        return self._with("/", other)

    def isnull(self) -> "Value":
        """Return whether there is no value."""
        return Value(f"({self.sql} IS NULL)")

    def notnull(self) -> "Value":
        """Return whether there is a value."""
        return Value(f"({self.sql} IS NOT NULL)")

    def fill_null(self, other: Operand) -> "Value":
        """Return the value, or another one where there is none."""
        return Value(f"coalesce({self.sql}, {_sql(other)})", is_text=self.is_text)

    def ifelse(self, true: Operand, false: Operand) -> "Value":
        """Return the first value where this one is true, else the second."""
        return Value(f"CASE WHEN {self.sql} THEN {_sql(true)} ELSE {_sql(false)} END")

    def isin(self, values: Collection[Operand]) -> "Value":
        """Return whether it is one of the values."""
        return Value(f"({self.sql} IN ({', '.join(map(_sql, values))}))")

    def between(self, lower: Operand, upper: Operand) -> "Value":
        """Return whether it lies between two values, or is one of them."""
        return Value(f"({self.sql} BETWEEN {_sql(lower)} AND {_sql(upper)})")

    def isnan(self) -> "Value":
        """Return whether it is not a number."""
        return Value(f"isnan({self.sql})")

    def isinf(self) -> "Value":
        """Return whether it is infinite."""
        return Value(f"isinf({self.sql})")

    def abs(self) -> "Value":
        """Return it without its sign."""
        return Value(f"abs({self.sql})")

    def round(self) -> "Value":
        """Return the nearest whole number; DuckDB raises where a BIGINT cannot hold it."""
        return Value(f"CAST(round({self.sql}, 0) AS BIGINT)")

    def strip(self) -> "Value":
        """Return the text without white space around it."""
        return Value(f"trim({self.sql}, {_sql(_WHITE_SPACE)})", is_text=True)

    def lower(self) -> "Value":
        """Return the text in lower case."""
        return Value(f"lower({self.sql})", is_text=True)

    def replace(self, old: str, new: str) -> "Value":
        """Return the text with one part of it replaced, wherever it occurs."""
        return Value(f"replace({self.sql}, {_sql(old)}, {_sql(new)})", is_text=True)

    def length(self) -> "Value":
        """Return how many characters the text has."""
        return Value(f"length({self.sql})")

    def contains(self, part: str) -> "Value":
        """Return whether the part occurs in the text."""
        return Value(f"contains({self.sql}, {_sql(part)})")

    def startswith(self, part: str) -> "Value":
        """Return whether the text starts with the part."""
        return Value(f"starts_with({self.sql}, {_sql(part)})")

    def endswith(self, part: str) -> "Value":
        """Return whether the text ends with the part."""
        return Value(f"suffix({self.sql}, {_sql(part)})")

    def cast(self, kind: str) -> "Value":
        """Return the value as a text, the only type that rules cast to.

        Raises:
            AttributeError: it was to be cast to another type.
        """
        if kind != "string":
            raise AttributeError(f"no cast to {kind}: add it to Value.cast")
        return Value(f"CAST({self.sql} AS VARCHAR)", is_text=True)

    def day(self) -> "Value":
        """Return the day of the month, from 1."""
        return Value(f"extract(day FROM {self.sql})")

    @property
    def day_of_week(self) -> "_Weekday":
        """The day of the week."""
        return _Weekday(self.sql)


class _Weekday:
    """What ibis has between a date and the number of its weekday."""

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def index(self) -> Value:
        """Return the number of the weekday, 0 for Monday."""
        return Value(f"((dayofweek({self._sql}) + {_MONDAY}) % 7)")


class Row:
    """A row of a table, of which a rule asks for columns by their names."""

    def __init__(self, columns: Collection[tuple[str, str]]) -> None:
        """Take the names and the DuckDB types of the columns."""
        self._columns = {name: column(name, kind) for name, kind in columns}

    def __getattr__(self, name: str) -> Value:
        try:
            return self._columns[name]
        except KeyError:
            raise AttributeError(name) from None


def column(name: str, kind: str) -> Value:
    """Return a column by its name and its DuckDB type."""
    return Value(f'"{name}"', is_text=kind == "VARCHAR")


def _sql(operand: Operand) -> str:
    if isinstance(operand, Value):
        return operand.sql
    if isinstance(operand, str):
        return "'" + operand.replace("'", "''") + "'"
    return repr(operand).upper()  # TRUE, 1, 1E-06: a name in none of them
