"""OData as Graph speaks it: `$filter` expressions, `$orderby`, moments, Exchange's sorting rule.

Belongs here: reading query options and applying them to resources. Does not: which options and
properties an endpoint allows, for directory, mail and calendar differ in that.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.graph_shape import JsonObject

Equal = Callable[[str, str, str], bool]
"""Whether two texts are equal in a property: (property, stored, asked)."""

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^']|'')*')
    | (?P<moment>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[ +-]\d\d:\d\d))?)(?![\w-])
    | (?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F-]{27})
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z_@][\w.@]*(?:/[A-Za-z_][\w.]*)*)
    | (?P<mark>[(),:])
    )""",
    re.VERBOSE,
)
_COMPARISONS = ("eq", "ne", "ge", "gt", "le", "lt")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FilterError(ValueError):
    """An expression that is not an OData filter."""


def microseconds(text: object) -> int | None:
    """A moment in microseconds since 1970, without an offset in UTC; None when it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        since = moment - _EPOCH
    except OverflowError:
        return None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time in a filter, in microseconds since 1970."""

    value: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`name operator value`; `in`, `startswith` and `endswith` are operators too."""

    name: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Joined:
    """Expressions joined by `and` or `or`."""

    word: str
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """`not (…)`."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`name/any(variable:…)`; inside, the variable is the empty name."""

    name: str
    inner: "Expression"


Expression = Comparison | Joined | Negated | AnyOf


class _Parser:
    """A descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._tokens = list(self._split(text))
        self._at = 0
        self._variable = ""

    @staticmethod
    def _split(text: str) -> Iterator[tuple[str, str]]:
        at = 0
        text = text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found or not found.lastgroup:
                raise FilterError(f"Syntax error at position {at}.")
            yield found.lastgroup, found.group(found.lastgroup)
            at = found.end()

    def whole(self) -> Expression:
        expression = self._either()
        if self._at != len(self._tokens):
            raise FilterError("Syntax error: something follows the expression.")
        return expression

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise FilterError("Syntax error: the expression ends too early.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][1].lower() == text:
            self._at += 1
            return True
        return False

    def _need(self, text: str) -> None:
        if not self._is(text):
            raise FilterError(f"Syntax error: {text} expected.")

    def _either(self) -> Expression:
        return self._series("or", self._both)

    def _both(self) -> Expression:
        return self._series("and", self._single)

    def _series(self, word: str, part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self._is(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _single(self) -> Expression:
        if self._is("not"):
            return Negated(self._single())
        if self._is("("):
            inner = self._either()
            self._need(")")
            return inner
        kind, name = self._next()
        if kind != "name":
            raise FilterError("Syntax error: a property is expected.")
        if name.lower() in {"startswith", "endswith"}:
            self._need("(")
            argument = self._property()
            self._need(",")
            value = self._value()
            self._need(")")
            return Comparison(argument, name.lower(), value)
        if name.endswith("/any"):
            return self._any(name.removesuffix("/any"))
        return self._comparison(self._inside(name))

    def _any(self, name: str) -> AnyOf:
        self._need("(")
        outer, self._variable = self._variable, self._next()[1]
        self._need(":")
        inner = self._either()
        self._need(")")
        self._variable = outer
        return AnyOf(name, inner)

    def _property(self) -> str:
        return self._inside(self._next()[1])

    def _inside(self, name: str) -> str:
        """The property's name, with the variable of `any` taken off."""
        if self._variable and name == self._variable:
            return ""
        return name.removeprefix(f"{self._variable}/") if self._variable else name

    def _comparison(self, name: str) -> Comparison:
        operator = self._next()[1].lower()
        if operator == "in":
            self._need("(")
            values = [self._value()]
            while self._is(","):
                values.append(self._value())
            self._need(")")
            return Comparison(name, "in", tuple(values))
        if operator not in _COMPARISONS:
            raise FilterError(f"Syntax error: {operator} is not an operator.")
        return Comparison(name, operator, self._value())

    def _value(self) -> object:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "moment":
            moment = microseconds(text)
            if moment is None:
                raise FilterError("Syntax error: no such date.")
            return Moment(moment)
        if kind == "number":
            return float(text)
        words: dict[str, object] = {"true": True, "false": False, "null": None}
        if kind == "guid" or text.lower() not in words:
            return text
        return words[text.lower()]


def parse_filter(text: str) -> Expression:
    """The expression of a `$filter`; raises `FilterError`."""
    return _Parser(text).whole()


def comparisons(expression: Expression) -> Iterator[Comparison | AnyOf]:
    """The comparisons of an expression, in the order in which they are written."""
    match expression:
        case Joined(_, parts):
            for part in parts:
                yield from comparisons(part)
        case Negated(inner):
            yield from comparisons(inner)
        case _:
            yield expression


def property_of(resource: JsonObject, name: str) -> object:
    """A property, or one inside it (`from/emailAddress/address`); None when absent."""
    value: object = resource
    for part in name.split("/"):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def same_text(_name: str, stored: str, asked: str) -> bool:
    """Equality as both directory and Exchange have it: upper and lower case are the same."""
    return stored.casefold() == asked.casefold()


def matches(expression: Expression, resource: JsonObject, equal: Equal = same_text) -> bool:
    """Whether a resource fulfils the expression."""
    match expression:
        case Joined("and", parts):
            return all(matches(part, resource, equal) for part in parts)
        case Joined(_, parts):
            return any(matches(part, resource, equal) for part in parts)
        case Negated(inner):
            return not matches(inner, resource, equal)
        case AnyOf(name, inner):
            values = property_of(resource, name)
            found = values if isinstance(values, list) else []
            return any(
                matches(inner, v if isinstance(v, dict) else {"": v, "@of": name}, equal)
                for v in found
            )
        case Comparison(name, operator, value):
            stored = property_of(resource, name)
            named = name or str(resource.get("@of", ""))
            if operator == "in":
                return any(_compare(named, stored, "eq", one, equal) for one in value)
            return _compare(named, stored, operator, value, equal)


def _compare(name: str, stored: Any, operator: str, value: Any, equal: Equal) -> bool:
    if isinstance(value, Moment):
        stored, value = microseconds(stored), value.value
    if operator in {"eq", "ne"}:
        if isinstance(stored, str) and isinstance(value, str):
            return equal(name, stored, value) == (operator == "eq")
        return bool(stored == value) == (operator == "eq")
    if stored is None or value is None:
        return False
    if operator in {"startswith", "endswith"}:
        left, right = str(stored).casefold(), str(value).casefold()
        return left.startswith(right) if operator == "startswith" else left.endswith(right)
    try:
        order = (stored > value) - (stored < value)
    except TypeError:
        return False
    return bool({"ge": order >= 0, "gt": order > 0, "le": order <= 0, "lt": order < 0}[operator])


def parse_orderby(text: str) -> tuple[tuple[str, bool], ...]:
    """The properties of an `$orderby`, each with whether it is descending."""
    found = []
    for part in text.split(","):
        words = part.split()
        if not 1 <= len(words) <= 2 or (len(words) == 2 and words[1].lower() not in _DIRECTIONS):
            raise FilterError("Syntax error in $orderby.")
        found.append((words[0], len(words) == 2 and words[1].lower() == "desc"))
    return tuple(found)


_DIRECTIONS = ("asc", "desc")


def sorting_is_too_complex(
    order: tuple[tuple[str, bool], ...], expression: Expression | None
) -> bool:
    """Exchange's rule: what is sorted by comes first in the filter, in the same order."""
    if expression is None or not order:
        return False
    filtered = list(dict.fromkeys(c.name for c in comparisons(expression)))
    return filtered[: len(order)] != [name for name, _ in order]


def bounds(expression: Expression | None, name: str) -> tuple[int | None, int | None]:
    """Between which moments (both included) a property must lie, as far as `and` tells."""
    low: int | None = None
    high: int | None = None
    parts: tuple[Expression, ...] = ()
    if isinstance(expression, Joined) and expression.word == "and":
        parts = expression.parts
    elif expression is not None:
        parts = (expression,)
    for part in parts:
        if isinstance(part, Joined) and part.word == "and":
            inner_low, inner_high = bounds(part, name)
        elif isinstance(part, Comparison) and part.name == name and isinstance(part.value, Moment):
            moment = part.value.value
            inner_low = moment if part.operator in {"ge", "gt", "eq"} else None
            inner_high = moment if part.operator in {"le", "lt", "eq"} else None
        else:
            continue
        if inner_low is not None:
            low = inner_low if low is None else max(low, inner_low)
        if inner_high is not None:
            high = inner_high if high is None else min(high, inner_high)
    return low, high
