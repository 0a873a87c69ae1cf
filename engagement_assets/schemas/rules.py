"""Rules that more than one column obeys. They take ibis columns and build ibis expressions."""

from typing import Any

from .model import Rule

# Doubles: NaN is greater than everything in DuckDB, so `>= 0` alone would let it pass; infinity too

_WHOLE = 1e15  # doubles from here on have no decimal left


def not_negative() -> Rule:
    """Return the rule of a count: a whole number, at least 0."""
    return Rule("at least 0", lambda column: column >= 0)


def finite_not_negative() -> Rule:
    """Return the rule of a measure: a number (no NaN, no infinity), at least 0."""
    return Rule(
        "a finite number, at least 0",
        lambda column: (column >= 0) & ~column.isnan() & ~column.isinf(),
    )


def finite_positive() -> Rule:
    """Return the rule of a reference: a number (no NaN, no infinity) above 0."""
    return Rule(
        "a finite number above 0",
        lambda column: (column > 0) & ~column.isnan() & ~column.isinf(),
    )


def score_range() -> Rule:
    """Return the rule of a score: 0 to 100. Below 100 before rounding, so 100.0 can be read."""
    return Rule("between 0 and 100", lambda column: column.between(0, 100))


def one_decimal() -> Rule:
    """Return the rule of a score's rounding. NaN, infinity and beyond have no decimal to see."""
    return Rule("one decimal", _has_one_decimal)


def _has_one_decimal(column: Any) -> Any:
    tenths = column * 10
    # asked first, since rounding these to a whole number is an error; NaN is the greatest of all
    too_large = tenths.abs() >= _WHOLE
    # 1e-6: what 1 decimal times 10 can miss a whole number by, as a double, is far smaller
    return too_large.ifelse(False, (tenths - tenths.round()).abs() < 1e-6)  # noqa: FBT003 - ibis takes it by place


def one_of(*values: str) -> Rule:
    """Return the rule of a text that is one of a few."""
    return Rule(f"one of {', '.join(values)}", lambda column: column.isin(values))


def identifier() -> Rule:
    """Return the rule of an id: some text, without white space around it."""
    return Rule(
        "not empty, no white space around",
        lambda column: (column != "") & (column == column.strip()),
    )


def address() -> Rule:
    """Return the rule of an e-mail address: numbers 1, in lower case."""
    return Rule(
        "an address in lower case: one @, text on both sides",
        lambda column: (
            (column == column.strip().lower())
            & column.contains("@")
            & (column.length() - column.replace("@", "").length() == 1)
            & ~column.startswith("@")
            & ~column.endswith("@")
        ),
    )


def finite() -> Rule:
    """Return the rule of a number that may be negative: no NaN, no infinity."""
    return Rule("a finite number", lambda column: ~column.isnan() & ~column.isinf())


def positive() -> Rule:
    """Return the rule of a position: a whole number, at least 1."""
    return Rule("at least 1", lambda column: column >= 1)


def json_object() -> Rule:
    """Return the rule of a text that holds a JSON object."""
    return Rule("a JSON object", lambda column: column.startswith("{") & column.endswith("}"))


def json_array() -> Rule:
    """Return the rule of a text that holds a JSON array."""
    return Rule("a JSON array", lambda column: column.startswith("[") & column.endswith("]"))
