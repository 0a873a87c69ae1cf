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


@pytest.mark.parametrize(
    ("unit", "before", "after", "shown", "change"),
    [
        ("number", 0.003, 0.004, "0.0040", "+0.0010"),
        ("number", 0.5, 0.5, "0.5", "0"),
        ("number", 0.1 + 0.2, 0.3, "0.3", "0"),
        ("number", 1e-9, 1e-9, "1E-9", "0"),
        ("number", 0.0, 1e12, "1,000,000,000,000", "+1,000,000,000,000"),
        ("number", 0.0, 1.7e308, "1.7E308", "+1.7E308"),
        ("count", 0.0, 1e20, "1E20", "+1E20"),
        ("share", 0.0, 1e20, "1E22%", "+1E22 points"),
        ("share", 0.0003, 0.0004, "0.040%", "+0.010 points"),
        ("share", 0.1, 0.1, "10.0%", "0.0 points"),
        ("score", 3.21, 3.25, "3.2", "0.0"),
    ],
)
def test_small_values_show_their_digits(
    unit: str, before: float, after: float, shown: str, change: str
) -> None:
    assert units.shown(ENGLISH, unit, after) == shown
    assert units.change(ENGLISH, unit, before, after) == change


def test_scores_alone_have_an_axis_of_their_own() -> None:
    assert {unit: units.reach(unit) for unit in UNITS if units.reach(unit)} == {"score": (0, 100)}


def test_a_line_of_shares_is_in_per_cent() -> None:
    assert units.drawn("share", [0.5, None]) == [50, None]
    assert units.drawn("days", [0.5, None]) == [0.5, None]
    assert units.axis(DUTCH, "days") == "in dagen"
