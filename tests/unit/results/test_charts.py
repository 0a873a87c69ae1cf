"""Bars and lines stand where their values say, and the numbers beside them are round."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement_assets.results import charts, tracked
from engagement_assets.results.language import Language

LANGUAGES = (Language("en", "UTC"), Language("nl", "UTC"))
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


FINITE = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, 1e-9, -1e-9, 0.004, 0.3, 1.0, -1.0, 1e12, -1e12, 5e-324, 1.7e308]),
    st.integers(-1_000_000, 1_000_000).map(float),
)
LEAST = st.sampled_from([0.0, 0.001, 0.01, 1.0, 5.0, 37.0])


@given(FINITE, FINITE, LEAST, st.integers(2, 24))
def test_the_lines_across_reach_around_every_range_and_are_told_apart(
    one: float, other: float, least_step: float, lines: int
) -> None:
    lowest, highest = sorted((one, other))
    found = charts.steps(lowest, highest, lines=lines, least_step=least_step)
    assert all(map(math.isfinite, found))
    assert found[0] <= lowest
    assert found[-1] >= highest
    assert 2 <= len(found) <= lines + 1
    assert found == sorted(set(found))


@given(st.lists(st.one_of(st.none(), FINITE), max_size=60), LEAST)
def test_every_line_has_labels_that_differ_and_points_inside_the_plot(
    values: list[float | None], least_step: float
) -> None:
    for drawn in (
        charts.line(list(enumerate(values)), least_step=least_step),
        tracked.line(values),
        tracked.line(values, reach=charts.SCORES),
        charts.bars([(abs(value or 0.0),) for value in values], least_step=least_step),
    ):
        for language in LANGUAGES:
            texts = [language.tick(tick.value, tick.digits) for tick in drawn.ticks]
            assert len(set(texts)) == len(texts) <= 7
            assert max(map(len, texts)) <= 24
        assert all(-0.01 <= tick.y <= drawn.height + 0.01 for tick in drawn.ticks)
        if isinstance(drawn, charts.Line):
            ys = [point.y for point in drawn.points if point]
        else:
            ys = [piece.y for bar in drawn.bars for piece in bar.pieces]
        assert all(-0.01 <= y <= drawn.height + 0.01 for y in ys)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.004, 0.0055], ["0.0040", "0.0045", "0.0050", "0.0055"]),
        ([0.3, 0.1 + 0.2], ["0.30", "0.31"]),
        ([0.0, 0.0], ["0", "1"]),
        ([None, None], ["0", "1"]),
        ([7.0], ["7.0", "7.1"]),
        ([-3.0, -1.0], ["-3.0", "-2.5", "-2.0", "-1.5", "-1.0"]),
        ([1e12, 1.2e12], [f"{each:,}" for each in range(10**12, 125 * 10**10, 5 * 10**10)]),
        ([1e-9], ["1E-9", "1.01E-9"]),
    ],
)
def test_small_constant_and_large_measures_have_an_axis(
    values: list[float | None], texts: list[str]
) -> None:
    ticks = tracked.line(values).ticks
    assert [LANGUAGES[0].tick(tick.value, tick.digits) for tick in ticks] == texts


def test_a_run_alone_is_a_dot_and_what_never_changed_is_even() -> None:
    assert tracked.spark([7.0]).stretches == ()
    (even,) = tracked.spark([7.0, 7.0]).stretches
    assert even.y1 == even.y2
    assert tracked.spark([None, None]).points == (None, None)


def test_scores_have_one_axis_whatever_they_are() -> None:
    for scores in ([83.2, 84.9], [0.0], [None, 3.0]):
        ticks = charts.line(list(enumerate(scores)), reach=charts.SCORES).ticks
        assert [tick.value for tick in ticks] == [0, 20, 40, 60, 80, 100]
        assert (ticks[0].y, ticks[-1].y) == (charts.HEIGHT, 0)
    # a measure in points may lie outside, and is drawn there
    assert charts.line([(0, -3.0)], reach=charts.SCORES).ticks[0].value < 0
    assert charts.bars([(4.0,)], reach=100).ticks[-1].value == 100


def test_what_is_a_part_of_its_period_is_marked() -> None:
    drawn = charts.bars([[1], [2], [3]], parts=[0, 2])
    assert [bar.part for bar in drawn.bars] == [True, False, True]
    assert drawn.has_part
    assert not charts.bars([[1], [2]]).has_part
    of_scores = charts.line(list(enumerate([1.0, 2.0, 3.0])), parts={2})
    assert [point and point.part for point in of_scores.points] == [False, False, True]
    assert [stretch.part for stretch in of_scores.stretches] == [False, True]
    assert of_scores.has_part
    assert not charts.line([(0, None)], parts={0}).has_part


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=60).map(sorted),
    st.integers(2, 16),
    st.sampled_from([220, 260, 400, 600, 1_000]),
)
def test_texts_below_a_plot_never_touch(places: list[float], letters: int, width: int) -> None:
    found = charts.labels(dict(enumerate(places)), letters)
    assert len(places) - 1 in found  # the newest is always there
    length = 6 * letters
    shown = sorted(
        places[number] / 100 * width
        - {"start": 0.0, "middle": length / 2, "end": length}[label.anchor]
        for number, label in found.items()
        if width >= 400 or not label.minor
    )
    assert shown
    assert all(after - before >= length for before, after in itertools.pairwise(shown))


def test_a_year_of_months_has_room_on_a_wide_plot_and_every_second_one_on_a_narrow_one() -> None:
    middles = {number: (number + 0.5) / 13 * 100 for number in range(13)}
    found = charts.labels(middles, charts.MONTH_LETTERS)
    assert list(found) == list(range(13))
    assert [number for number, label in found.items() if not label.minor] == list(range(0, 13, 2))


def test_runs_of_one_day_are_not_named_on_top_of_each_other() -> None:
    assert list(charts.labels({0: 49.0, 1: 51.0}, charts.DAY_LETTERS)) == [1]
    ends = charts.labels({0: 0.0, 51: 100.0}, charts.DAY_LETTERS)
    assert {number: (label.anchor, label.minor) for number, label in ends.items()} == {
        0: ("start", False),
        51: ("end", False),
    }
    assert charts.labels({}, charts.DAY_LETTERS) == {}
