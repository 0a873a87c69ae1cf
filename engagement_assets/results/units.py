"""Values of measures in the reader's words, by the unit that the measure says."""

import math
from collections.abc import Sequence

from engagement_assets.results import charts
from engagement_assets.results.language import N_, NOTHING, Language

__all__ = ["axis", "change", "drawn", "reach", "shown"]

_ONE_DIGIT = 0.0999999  # a tenth, and what is one but for its last digits

# what the numbers beside a line are, where the line alone does not say so
_AXES = {"share": N_("in per cent"), "minutes": N_("in minutes"), "days": N_("in days")}


def shown(language: Language, unit: str, value: float | None) -> str:
    """Return a value as text.

    Args:
        language: the reader's.
        unit: one of the units that a measure can have.
        value: the value; None when there is nothing to measure.
    """
    if value is None:
        return NOTHING
    if unit == "share":
        return language.percent(value, 0 if value in {0, 1} else _digits(value * 100))
    if unit == "score":
        return language.score(value)
    if unit == "minutes":
        return language.minutes(value)
    text = language.tick(value, 0 if unit == "count" or value == int(value) else _digits(value))
    if unit == "days":
        return language.ngettext("{} day", "{} days", round(value)).format(text)
    return text


def change(language: Language, unit: str, before: float | None, after: float | None) -> str:
    """Return by how much a value changed, with its sign; empty when one of the two is not known."""
    if before is None or after is None:
        return ""
    difference = after - before
    if unit == "share":
        digits = max(_digits(before * 100), _digits(after * 100))
        changed = language.change(difference * 100, digits)
        return language.gettext(N_("{} points")).format(changed)
    if unit in {"minutes", "days"} and difference:
        sign = "+" if difference > 0 else "\N{MINUS SIGN}"
        return sign + shown(language, unit, abs(difference))
    if unit == "score":
        return language.change(difference, 1)
    # as many digits as the values have: less is how floating point rounds
    digits = 0 if unit == "count" else max(_digits(before), _digits(after))
    difference = round(difference, digits)
    return language.change(difference, 0 if difference == int(difference) else digits)


def drawn(unit: str, values: Sequence[float | None]) -> list[float | None]:
    """Return values as a line shows them: shares in per cent."""
    scale = 100 if unit == "share" else 1
    return [None if value is None else value * scale for value in values]


def reach(unit: str) -> tuple[float, float] | None:
    """Return from where to where an axis reaches at least; None when the values decide alone."""
    return charts.SCORES if unit == "score" else None


def axis(language: Language, unit: str) -> str:
    """Return what the numbers beside a line are; empty when that goes without saying."""
    return language.gettext(_AXES[unit]) if unit in _AXES else ""


def _digits(value: float) -> int:
    """Return how many digits behind the point a value needs: one, or two that are not nought."""
    if abs(value) >= _ONE_DIGIT or not value:
        return 1
    return 1 - math.floor(math.log10(abs(value)))
