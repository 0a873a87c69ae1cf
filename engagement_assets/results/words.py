"""Columns, values and conditions in the reader's words."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engagement_assets.results.fields import FIELDS, SEGMENT, Kind
from engagement_assets.results.language import N_, NOTHING, Language
from engagement_assets.results.rules import Condition, Rule

# What a page says of a cause (Segment_Change); one's own figures speak for themselves.
CAUSES: Mapping[str, str] = {
    "others": N_("its own figures did not change: those of other customers did"),
    "rule": N_("the rule changed"),
    "coverage": N_("could be because the mailboxes that are counted changed"),
}

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+")


def label(language: Language, column: str) -> str:
    """Return what a column is called at the head of a table: Days since the last e-mail.

    Args:
        language: the reader's.
        column: a column of `Customer_Profile`, or one that a segment made up.
    """
    field = FIELDS.get(column)
    words = language.gettext((field.head or field.label) if field else _told_apart(column))
    return words[:1].upper() + words[1:]


def shown(language: Language, column: str, value: Any, *, unread: int = 0) -> str:
    """Return a value of a column as text.

    Args:
        language: the reader's.
        column: the column.
        value: its value.
        unread: how many mailboxes were not read: while there are any, never is not known.
    """
    field = FIELDS.get(column)
    if value is None and field and field.never:
        return language.gettext(N_("unknown") if unread else N_("never"))
    if value is None:
        return NOTHING
    return _as(language, field.kind if field else Kind.FIGURE, value)


def of_columns(language: Language, unread: int) -> dict[str, Any]:
    """Return `label` and `shown` for a template, in the reader's language.

    Args:
        language: the reader's.
        unread: how many mailboxes were not read.
    """
    return {
        "label": lambda column: label(language, column),
        "shown": lambda column, value: shown(language, column, value, unread=unread),
    }


def change(language: Language, column: str, before: Any, after: Any) -> str:
    """Return how a figure changed: days since the last e-mail: 58 → 65."""
    field = FIELDS.get(column)
    what = language.gettext(field.label if field else _told_apart(column))
    return f"{what}: {shown(language, column, before)} → {shown(language, column, after)}"


def condition(language: Language, said: Condition, titles: Mapping[str, str]) -> str:
    """Return a condition as a reader says it: days since the last e-mail is more than 60.

    Args:
        language: the reader's.
        said: the condition.
        titles: what the segments are called.
    """
    values = [
        language.gettext(titles.get(str(value), str(value)))
        if said.field is SEGMENT
        else _typed(language, value)
        for value in said.values
    ]
    both = f" {language.gettext(N_('and'))} "
    parts = (said.field.label, said.operator.words)
    return " ".join([*map(language.gettext, parts), both.join(values)]).strip()


def rule(language: Language, said: Rule, titles: Mapping[str, str]) -> str:
    """Return a whole rule as one sentence."""
    word = language.gettext(N_("and") if said.match == "all" else N_("or"))
    listed = f" {word} ".join(condition(language, each, titles) for each in said.conditions)
    return listed[:1].upper() + listed[1:] + "."


def _typed(language: Language, value: Any) -> str:
    """Return a value with as many digits as somebody typed."""
    if isinstance(value, int | float):
        digits = next(count for count in range(7) if round(value, count) == value)
        return language.number(value, digits)
    return _as(language, Kind.TEXT, value)


def _as(language: Language, kind: Kind, value: Any) -> str:
    if isinstance(value, bool):
        return language.gettext(N_("yes") if value else N_("no"))
    if isinstance(value, int | float):
        return _number(language, kind, value)
    if isinstance(value, datetime):
        return language.moment(value)
    if isinstance(value, date):
        return language.day(value)
    if kind is Kind.DAY:
        return language.day(date.fromisoformat(value))
    return str(value)


def _number(language: Language, kind: Kind, value: float) -> str:
    if kind is Kind.MINUTES:
        return language.minutes(value)
    if kind is Kind.CHANGE:
        return language.change(value)
    if kind is Kind.NUMBER:
        return language.score(value)
    return language.number(value, 0 if value == int(value) else 2)


def _told_apart(column: str) -> str:
    """Return the words that a column's name is written together from."""
    words = [word.strip("_ ") for word in _WORD.findall(column.replace("_", " "))]
    return " ".join(word if word.isupper() else word.lower() for word in words if word)
