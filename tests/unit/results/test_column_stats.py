"""Which of the values of a column a chart names."""

from datetime import date

import pytest

from engagement_assets.results.column_stats import Distribution, Range


@pytest.mark.parametrize(
    ("edges", "digits"),
    [((0.0, 0.5, 1.0), 1), ((0, 200, 400), -2), ((0.0, 1e-7, 2e-7), 7), ((3,), 0), ((), 0)],
)
def test_edges_have_the_digits_that_tell_them_apart(edges: tuple[float, ...], digits: int) -> None:
    ranges = [Range(edge, None, 1) for edge in edges]
    assert Distribution(ranges=ranges).digits == digits


def test_years_of_months_are_named_as_far_as_there_is_room() -> None:
    starts = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(36)]
    months = Distribution(ranges=[Range(start, None, 1) for start in starts], by="month")
    assert {0, 35} <= set(months.labels)
    assert 5 <= len(months.labels) < 12
    years = Distribution(ranges=[Range(start, None, 1) for start in starts[::12]], by="year")
    assert list(years.labels) == [0, 1, 2]


def test_long_numbers_leave_more_room_than_short_ones() -> None:
    short = Distribution(ranges=[Range(edge, None, 1) for edge in range(12)])
    long = Distribution(ranges=[Range(edge * 10**9, None, 1) for edge in range(12)])
    assert len(short.labels) == 12
    assert len(long.labels) < 6
