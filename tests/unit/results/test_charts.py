"""Bars and lines stand where their values say, and the numbers beside them are round."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement_assets.results import charts

COUNTS = st.lists(
    st.lists(st.integers(0, 100_000), min_size=2, max_size=2), min_size=1, max_size=54
)
SCORES = st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("lowest", "highest", "expected"),
    [
        (0, 0, [0, 1]),
        (0, 1, [0, 1]),
        (0, 3, [0, 1, 2, 3]),
        (0, 7, [0, 2, 4, 6, 8]),
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0, 23, [0, 5, 10, 15, 20, 25]),
        (0, 97, [0, 20, 40, 60, 80, 100]),
        (0, 1_234, [0, 500, 1_000, 1_500]),
        (83.2, 84.9, [83, 84, 85]),
        (100, 100, [100, 101]),
    ],
)
def test_the_lines_across_are_round_and_reach_around_the_values(
    lowest: float, highest: float, expected: list[float]
) -> None:
    assert charts.steps(lowest, highest, least_step=1) == expected


def test_lines_across_are_never_closer_than_what_makes_sense() -> None:
    assert charts.steps(83.2, 84.9, least_step=5) == [80, 85]


def test_small_values_have_small_steps() -> None:
    assert charts.steps(0.0, 0.43) == [0, 0.1, 0.2, 0.3, 0.4, 0.5]


def test_a_bar_is_as_tall_as_its_value_and_stands_on_the_ground() -> None:
    drawn = charts.bars([[10, 0], [5, 5]], height=100)
    (first,), second = drawn.bars[0].pieces, drawn.bars[1].pieces
    assert (first.y, first.height) == (0, 100)
    assert [(piece.series, piece.y, piece.height) for piece in second] == [(0, 50, 50), (1, 0, 50)]
    assert (drawn.ticks[0].value, drawn.ticks[0].y) == (0, 100)


def test_nothing_at_all_is_an_empty_plot_and_not_a_fault() -> None:
    drawn = charts.bars([[0, 0], [0, 0]])
    assert [bar.pieces for bar in drawn.bars] == [(), ()]
    assert charts.bars([]).bars == ()
    assert charts.line([]).points == ()


def test_one_beside_a_thousand_can_still_be_seen() -> None:
    assert charts.bars([[1], [1_000]]).bars[0].pieces[0].height >= 2


@given(COUNTS)
def test_bars_stay_inside_the_plot_and_beside_each_other(values: list[list[int]]) -> None:
    drawn = charts.bars(values)
    for bar in drawn.bars:
        assert bar.place <= bar.x
        assert bar.x + bar.width <= bar.place + bar.place_width + 0.01
        assert bar.place + bar.place_width <= 100.1
        for piece in bar.pieces:
            assert piece.y >= 0
            assert piece.y + piece.height <= drawn.height + 0.01
    assert [bar.total for bar in drawn.bars] == [sum(parts) for parts in values]


@given(COUNTS)
def test_the_lines_across_are_evenly_apart(values: list[list[int]]) -> None:
    ticks = charts.bars(values).ticks
    gaps = {round(after.value - before.value, 6) for before, after in itertools.pairwise(ticks)}
    assert len(gaps) == 1
    assert 2 <= len(ticks) <= 6
    assert ticks[-1].value >= max(map(sum, values))


@given(SCORES)
def test_a_line_stays_inside_the_plot_and_has_gaps_where_nothing_is_known(
    values: list[float | None],
) -> None:
    drawn = charts.line(list(enumerate(values)))
    assert [point is not None for point in drawn.points] == [value is not None for value in values]
    for point in drawn.points:
        if point is not None:
            assert 0 <= point.x <= 100
            assert -0.01 <= point.y <= drawn.height + 0.01
    neighbours = sum(
        before is not None and after is not None for before, after in itertools.pairwise(values)
    )
    assert len(drawn.stretches) == neighbours


def test_points_lie_across_as_their_times_do() -> None:
    drawn = charts.line([(0, 1.0), (1, 2.0), (4, 3.0)])
    assert [point.x for point in drawn.points if point] == [0, 25, 100]


def test_the_higher_value_lies_higher() -> None:
    low, high = charts.line([(0, 40.0), (1, 60.0)]).points
    assert low is not None
    assert high is not None
    assert high.y < low.y


def test_a_single_point_stands_in_the_middle() -> None:
    (point,) = charts.line([(1_000, 84.4)]).points
    assert point is not None
    assert point.x == 50
