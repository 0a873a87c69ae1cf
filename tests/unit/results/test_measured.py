"""Values of a measure by month, and what the newest month comes to."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engagement_assets.results.measured import Months, Row, by_measure, by_month

TODAY = date(2026, 11, 23)
MOMENT = datetime(2026, 11, 23, 7, tzinfo=UTC)


def rows(*values: tuple[dict[str, str], float | None]) -> list[Row]:
    return [Row(dimensions, (value,), (MOMENT,), None) for dimensions, value in values]


def months(*values: float, unit: str = "count", today: date = TODAY) -> Months:
    """A value a month, up to the month of today's."""
    first = 12 * today.year + today.month - len(values)
    listed = [divmod(first + place, 12) for place in range(len(values))]
    found = by_month(
        rows(
            *(
                ({"Month": f"{year}-{month + 1:02}"}, value)
                for (year, month), value in zip(listed, values, strict=True)
            )
        ),
        unit,
        today,
    )
    assert found is not None
    return found


def test_the_months_at_both_ends_of_the_year_are_parts() -> None:
    found = months(*range(1, 14))
    assert (found.months[0], found.months[-1]) == ("2025-11", "2026-11")
    assert [bar.part for bar in found.bars.bars] == [True, *[False] * 11, True]
    assert found.is_running
    assert found.starts(1) == date(2025, 12, 1)
    assert found.first_label == 0


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 30), True, False),  # the last day: a whole month
        (date(2026, 11, 1), False, True),  # the year began with the month
        (date(2028, 2, 29), True, False),  # a year before the 29th is the 28th
    ],
)
def test_a_month_is_a_part_when_days_of_it_do_not_count(
    today: date, first: bool, last: bool
) -> None:
    found = months(*range(13), today=today)
    assert (found.bars.bars[0].part, found.bars.bars[-1].part) == (first, last)
    assert found.is_running == last


def test_the_newest_month_comes_to_its_value_or_to_the_sum_of_counts() -> None:
    two = [({"Month": "2026-11", "Direction": way}, 0.5) for way in ("to", "from")]
    counted, shares = by_month(rows(*two), "count", TODAY), by_month(rows(*two), "share", TODAY)
    assert counted is not None
    assert shares is not None
    assert counted.series == ("from", "to")
    assert counted.latest == 1.0
    assert shares.latest is None
    assert months(0.25, unit="share").latest == 0.25


def test_small_values_are_as_tall_as_large_ones_and_scores_have_their_axis() -> None:
    small = months(0.0003, 0.0006, unit="share").bars
    assert small.bars[1].pieces[0].height > 100
    assert small.ticks[-1].value == 0.06  # per cent
    assert months(3.0, unit="score").bars.ticks[-1].value == 100
    assert months(0.0, 0.0, unit="number").bars.bars[0].pieces == ()


@pytest.mark.parametrize(
    "values",
    [
        (),
        (({"Size": "large"}, 1.0),),
        (({"Month": "2026-13"}, 1.0),),
        (({"Month": "2026-11"}, None),),
        (({"Month": "2026-11"}, -1.0),),
        tuple(({"Month": "2026-11", "Side": side}, 1.0) for side in "abc"),
        (({"Month": "2026-11", "Side": "a", "Size": "b"}, 1.0),),
    ],
)
def test_what_is_not_by_month_is_a_table(values: Any) -> None:
    assert by_month(rows(*values), "count", TODAY) is None


def test_what_the_newest_run_did_not_have_is_left_out() -> None:
    def row(age: int, value: float, dimensions: str | None = None) -> dict[str, Any]:
        named = {"Measure": "emails", "Dimensions": dimensions, "AsOfTime": MOMENT}
        return {**named, "Value": value, "Age": age}

    gone = row(2, 9.0, '{"Month":"2025-10"}')
    found = by_measure([row(3, 1.0), row(2, 2.0), row(1, 3.0), gone])
    (only,) = found["emails"]
    assert (only.values, only.value, only.before) == ((1.0, 2.0, 3.0), 3.0, 2.0)
