"""Rules: conditions on customers, put together in words, kept in a page's address, said in SQL.

The SQL exists twice: with parameters, to ask a snapshot at once, and with the values written out,
as the text of a segment file. Columns and operators come from `fields`, never from the reader.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias
from urllib.parse import urlencode

from sqlglot import exp

from engagement_assets.results.fields import FIELDS, SEGMENT, Field, Kind, Operator, operators
from engagement_assets.results.language import N_

__all__ = [
    "MOST_CONDITIONS",
    "NAME",
    "Condition",
    "Line",
    "Match",
    "Reading",
    "Rule",
    "read_rule",
    "segment_file",
]

Value: TypeAlias = str | int | float | date
Match: TypeAlias = Literal["all", "any"]

MOST_CONDITIONS: Final = 20  # more than anybody reads; an address has room for some forty
LONGEST_TEXT: Final = 200
_MOST: Final = 10**9  # far above any count; with six digits behind the point exact in a double
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}", re.ASCII)
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_PARTS: Final = ("field", "is", "value", "to")


@dataclass(frozen=True)
class Condition:
    """One thing that is said of customers."""

    field: Field
    operator: Operator
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Line:
    """A condition as it stands in the form, finished or not.

    Attributes:
        field: What it is about.
        operator: What it says.
        value: The first value as it was typed.
        to: The second one.
        problem: What is wrong with it, in the words of the catalogue; empty when nothing is.
        condition: What it means, when nothing is wrong.
    """

    field: Field
    operator: Operator
    value: str
    to: str
    problem: str = ""
    condition: Condition | None = None


@dataclass(frozen=True)
class Rule:
    """Conditions, of which all have to hold, or any; without conditions it holds for everybody."""

    match: Match
    conditions: tuple[Condition, ...]

    def bound(self) -> tuple[str, dict[str, Value]]:
        """Return the condition of a WHERE over the snapshot's Customer_Profile, and its values."""
        values: dict[str, Value] = {}

        def bind(value: Value) -> str:
            name = f"v{len(values)}"
            values[name] = value
            return f"${name}"

        def segment(name: Value) -> str:
            return f"select CustomerId from Segment_Member where Segment = {bind(name)}"

        return "\n".join(self._where(bind, segment)), values

    def written(self) -> str:
        """Return the condition of a WHERE with the values written out, for a segment file."""
        return "\n".join(self._where(_literal, _segment_table))

    def columns(self) -> tuple[str, ...]:
        """Return the columns that the rule speaks about, each once."""
        spoken = (each.field for each in self.conditions if each.field is not SEGMENT)
        return tuple(dict.fromkeys(field.column for field in spoken))

    def segments(self) -> frozenset[str]:
        """Return the segments that the rule speaks about."""
        return frozenset(
            str(value)
            for condition in self.conditions
            if condition.field is SEGMENT
            for value in condition.values
        )

    def parameters(self) -> list[tuple[str, str]]:
        """Return the rule as the parameters of an address; `read_rule` reads them back."""
        found: list[tuple[str, str]] = [("match", self.match)]
        for condition in self.conditions:
            texts = [_text(value) for value in condition.values]
            row = (condition.field.column, condition.operator.code, *texts, "", "")
            found += zip(_PARTS, row, strict=False)
        return found

    def query_string(self) -> str:
        """Return the rule as the part of an address behind the question mark."""
        return urlencode(self.parameters())

    def _where(self, value: Callable[[Value], str], segment: Callable[[Value], str]) -> list[str]:
        if not self.conditions:
            return ["true"]
        word = "and" if self.match == "all" else "or"
        said = [
            each.operator.sql.format(
                *map(segment if each.field is SEGMENT else value, each.values),
                column=each.field.column,
            )
            for each in self.conditions
        ]
        return [said[0], *(f"    {word} {each}" for each in said[1:])]


@dataclass(frozen=True)
class Reading:
    """What the parameters of an address say.

    Attributes:
        match: Whether all conditions have to hold, or any.
        lines: The conditions as they stand in the form.
        problem: What is wrong with the address as a whole; empty when nothing is.
    """

    match: Match
    lines: tuple[Line, ...]
    problem: str = ""

    @property
    def rule(self) -> Rule | None:
        """The rule; None while something is missing or wrong."""
        conditions = [line.condition for line in self.lines if line.condition is not None]
        if self.problem or len(conditions) < len(self.lines):
            return None
        return Rule(self.match, tuple(conditions))

    def without(self, position: int) -> "Reading":
        """Return the same without one of its lines."""
        kept = [line for at, line in enumerate(self.lines) if at != position]
        return Reading(self.match, tuple(kept), self.problem)

    def with_field(self, column: str) -> "Reading":
        """Return the same with one more line, about a column; it says nothing yet."""
        field = _known_fields().get(column)
        if field is None or len(self.lines) >= MOST_CONDITIONS:
            return self
        line = Line(field, operators(field)[0], "", "")
        return Reading(self.match, (*self.lines, line), self.problem)

    def query_string(self) -> str:
        """Return the form as the part of an address behind the question mark."""
        found = [("match", str(self.match))]
        for line in self.lines:
            row = (line.field.column, line.operator.code, line.value, line.to)
            found += zip(_PARTS, row, strict=True)
        return urlencode(found)


def read_rule(parameters: Iterable[tuple[str, str]], segments: Collection[str]) -> Reading:
    """Read a rule from the parameters of an address.

    Args:
        parameters: `match`, and for each condition in turn `field`, `is`, `value` and `to`; others
            are ignored.
        segments: The names of the segments that there are.

    Returns:
        What could be read, with what is wrong.
    """
    given: dict[str, list[str]] = {name: [] for name in (*_PARTS, "match")}
    for name, text in parameters:
        if name in given:
            given[name].append(text)
    match: Match = "any" if "any" in given["match"] else "all"
    rows = [given[name] for name in _PARTS]
    if len({len(row) for row in rows}) > 1 or len(rows[0]) > MOST_CONDITIONS:
        return Reading(match, (), N_("The address of this rule is damaged. Start a new one."))
    lines: list[Line] = []
    for column, code, value, to in zip(*rows, strict=True):
        line = _line(column, code, value, to, segments)
        if line is None:
            return Reading(
                match, (), N_("The address of this rule names something that does not exist.")
            )
        lines.append(line)
    return Reading(match, tuple(lines))


def _known_fields() -> Mapping[str, Field]:
    return {**FIELDS, SEGMENT.column: SEGMENT}


def _line(column: str, code: str, value: str, to: str, segments: Collection[str]) -> Line | None:
    field = _known_fields().get(column)
    if field is None:
        return None
    operator = next((each for each in operators(field) if each.code == code), None)
    if operator is None:
        return None
    values: list[Value] = []
    for text in (value, to)[: operator.values]:
        found, problem = _value(field.kind, text, segments)
        if found is None:
            return Line(field, operator, value, to, problem)
        values.append(found)
    if len(values) == 2 and values[0] > values[1]:  # type: ignore[operator]  # both of one kind
        return Line(field, operator, value, to, N_("The second value is less than the first."))
    return Line(field, operator, value, to, "", Condition(field, operator, tuple(values)))


# --- values -------------------------------------------------------------------------------------


def _value(kind: Kind, text: str, segments: Collection[str]) -> tuple[Value | None, str]:
    """Return what a text means, or what is wrong with it."""
    if kind is Kind.TEXT:
        return _read_text(text)
    if kind is Kind.DAY:
        return _read_day(text.strip())
    if kind is Kind.SEGMENT:
        return (text, "") if text in segments else (None, N_("Choose a segment."))
    return _read_number(text.strip(), whole=kind is Kind.COUNT)


def _read_text(text: str) -> tuple[Value | None, str]:
    text = text.strip()
    if not text:
        return None, N_("Write a text.")
    if len(text) > LONGEST_TEXT:
        return None, N_("The text is too long.")
    # they would not survive a text file, and nobody can see them
    if any(unicodedata.category(character) in _UNPRINTABLE for character in text):
        return None, N_("The text has characters that cannot be printed.")
    return text, ""


def _read_day(text: str) -> tuple[Value | None, str]:
    try:
        if len(text) == len("2026-01-31"):
            return date.fromisoformat(text), ""
    except ValueError:
        pass
    return None, N_("Choose a day.")


def _read_number(text: str, *, whole: bool) -> tuple[Value | None, str]:
    if not _NUMBER.fullmatch(text):
        return None, N_("Write a number.")
    number = float(text)
    if not math.isfinite(number) or abs(number) > _MOST:
        return None, N_("The number is too large.")
    if number == int(number):
        return int(number), ""
    return (None, N_("Write a whole number.")) if whole else (number, "")


def _text(value: Value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    # never 1e-06, which is another type to SQL
    return f"{value:f}".rstrip("0") if isinstance(value, float) else str(value)


def _literal(value: Value) -> str:
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str):
        return exp.Literal.string(value).sql(dialect="duckdb")
    return _text(value)


def _segment_table(name: Value) -> str:
    return f"select CustomerId from {exp.to_identifier(str(name)).sql(dialect='duckdb')}"


# --- the segment file ---------------------------------------------------------------------------


def segment_file(rule: Rule, title: str, purpose: str) -> str:
    """Return the text of a segment file: its header, and one SELECT.

    Args:
        rule: Whom it includes.
        title: What people call it.
        purpose: Whom it includes, in words.
    """
    shown: Sequence[str] = tuple(
        dict.fromkeys(("CustomerId", "Name", *rule.columns(), "EngagementScore"))
    )
    columns = ",\n".join(f"    {column}" for column in shown)
    return (
        f"-- title: {_one_line(title)}\n"
        f"-- purpose: {_one_line(purpose)}\n"
        f"-- source: {SOURCE}{rule.query_string()}\n"
        f"select\n{columns}\nfrom Customer_Profile\nwhere\n    {rule.written()}\n"
        "order by EngagementScore desc, CustomerId asc\n"
    )


# Where a segment came from, in its header: the page that can change it.
SOURCE: Final = "/rules?"


def _one_line(text: str) -> str:
    # every kind of line end counts: what follows one would be read as SQL
    printable = "".join(" " if unicodedata.category(x) in _UNPRINTABLE else x for x in text)
    return " ".join(printable.split())
