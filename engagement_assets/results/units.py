"""Values of measures in the reader's words, by the unit that the measure says."""

from collections.abc import Sequence

from engagement_assets.results.language import N_, NOTHING, Language

__all__ = ["axis", "change", "drawn", "shown"]

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
        return language.percent(value, 0 if value in {0, 1} else 1)
    if unit == "score":
        return language.score(value)
    if unit == "minutes":
        return language.minutes(value)
    text = language.number(value, 0 if unit == "count" or value == int(value) else 1)
    if unit == "days":
        return language.ngettext("{} day", "{} days", round(value)).format(text)
    return text


def change(language: Language, unit: str, before: float | None, after: float | None) -> str:
    """Return by how much a value changed, with its sign; empty when one of the two is not known."""
    if before is None or after is None:
        return ""
    difference = after - before
    if unit == "share":
        return language.gettext(N_("{} points")).format(language.change(difference * 100))
    if unit in {"minutes", "days"} and difference:
        sign = "+" if difference > 0 else "\N{MINUS SIGN}"
        return sign + shown(language, unit, abs(difference))
    whole = unit == "count" or (difference == int(difference) and unit != "score")
    return language.change(difference, 0 if whole else 1)


def drawn(unit: str, values: Sequence[float | None]) -> list[float | None]:
    """Return values as a line shows them: shares in per cent."""
    scale = 100 if unit == "share" else 1
    return [None if value is None else value * scale for value in values]


def axis(language: Language, unit: str) -> str:
    """Return what the numbers beside a line are; empty when that goes without saying."""
    return language.gettext(_AXES[unit]) if unit in _AXES else ""
