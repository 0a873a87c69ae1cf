"""Values of measures: every unit that a measure can have, in the reader's words."""

import pytest

from engagement_assets.results import units
from engagement_assets.results.language import NOTHING, Language
from engagement_assets.vocabulary import UNITS

ENGLISH, DUTCH = Language("en", "UTC"), Language("nl", "UTC")

SHOWN = {
    "number": ("1,234.5", "+0.5", ""),
    "count": ("1,234", "+1", ""),
    "share": ("12.3%", "+12.3 points", "in per cent"),
    "score": ("12.3", "+0.5", ""),
    "minutes": ("45 min", "+45 min", "in minutes"),
    "days": ("3 days", "+3 days", "in days"),
}
VALUES = {"number": 1234.5, "count": 1234, "share": 0.123, "score": 12.34, "minutes": 45, "days": 3}
STEPS = {"number": 0.5, "count": 1, "share": 0.123, "score": 0.5, "minutes": 45, "days": 3}


def test_every_unit_is_here() -> None:
    assert set(SHOWN) == set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_values_changes_and_axes(unit: str) -> None:
    assert (
        units.shown(ENGLISH, unit, VALUES[unit]),
        units.change(ENGLISH, unit, 2, 2 + STEPS[unit]),
        units.axis(ENGLISH, unit),
    ) == SHOWN[unit]
    assert units.shown(ENGLISH, unit, None) == NOTHING
    assert units.change(ENGLISH, unit, None, 1) == ""


def test_a_line_of_shares_is_in_per_cent() -> None:
    assert units.drawn("share", [0.5, None]) == [50, None]
    assert units.drawn("days", [0.5, None]) == [0.5, None]
    assert units.axis(DUTCH, "days") == "in dagen"
