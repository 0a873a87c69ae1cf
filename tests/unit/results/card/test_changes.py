"""What moved between runs and between months."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engagement_assets.results.card.changes import History, compare, month_end
from engagement_assets.results.card.score import Part


def run(day: int, score: float | None, *, old: bool = False) -> dict[str, Any]:
    """A row of `card_history.sql`."""
    return {
        "RunId": f"run-{day}",
        "AsOfTime": datetime(2026, 11, day, 7, tzinfo=UTC),
        "Score": score,
        "MonthOld": old,
    }


def part(component: str, points: float) -> Part:
    return Part(component, 1.0, 1.0, 10.0, points, 10.0 - points, None, None)


def test_the_first_run_has_nothing_to_compare_with() -> None:
    history = History.of([run(1, 50.0)])
    assert history.last_run is None
    assert history.last_month is None


def test_a_score_is_compared_with_the_run_before_and_with_one_a_month_ago() -> None:
    history = History.of(
        [run(1, 40.0, old=True), run(2, 45.0, old=True), run(8, 50.0), run(15, 47.5)]
    )
    assert history.last_run is not None
    assert (history.last_run.before.run_id, history.last_run.change) == ("run-8", -2.5)
    assert history.last_month is not None
    assert (history.last_month.before.run_id, history.last_month.change) == ("run-2", 2.5)


def test_a_run_is_not_told_twice() -> None:
    history = History.of([run(1, 40.0, old=True), run(15, 47.5)])
    assert history.last_run is not None
    assert history.last_month is None


@pytest.mark.parametrize("scores", [(None, 50.0), (50.0, None)])
def test_a_score_that_was_not_there_changed_by_nothing_that_can_be_said(
    scores: tuple[float | None, float | None],
) -> None:
    history = History.of([run(1, scores[0]), run(8, scores[1])])
    assert history.last_run is not None
    assert history.last_run.change is None
    assert [run.score for run in history.scored] == [50.0]


SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def test_the_parts_that_moved_most_come_first_and_those_that_did_not_are_left_out() -> None:
    months = compare(
        SEPTEMBER,
        OCTOBER,
        {SEPTEMBER: 44.9, OCTOBER: 27.8},
        {
            SEPTEMBER: [part("Meetings", 5.0), part("Replies", 6.0), part("Recency", 3.0)],
            OCTOBER: [part("Meetings", 6.0), part("Replies", 1.0), part("Recency", 3.0)],
        },
    )
    assert months is not None
    assert months.change == pytest.approx(-17.1)
    assert [(moved.component, moved.change) for moved in months.moved] == [
        ("Replies", -5.0),
        ("Meetings", 1.0),
    ]


def test_a_month_without_activity_counts_as_nought() -> None:
    months = compare(SEPTEMBER, OCTOBER, {OCTOBER: 27.8}, {OCTOBER: [part("Replies", 1.0)]})
    assert months is not None
    assert (months.score_before, months.score_after) == (0.0, 27.8)
    assert months.moved[0].before is None


def test_two_months_without_activity_are_nothing_to_compare() -> None:
    assert compare(SEPTEMBER, OCTOBER, {}, {}) is None


@pytest.mark.parametrize(
    ("month", "time_zone", "end"),
    [
        (date(2026, 2, 1), "UTC", "2026-03-01T00:00:00+00:00"),
        (date(2026, 12, 1), "UTC", "2027-01-01T00:00:00+00:00"),
        (date(2026, 3, 1), "Europe/Amsterdam", "2026-04-01T00:00:00+02:00"),
    ],
)
def test_a_month_ends_where_the_next_one_begins(month: date, time_zone: str, end: str) -> None:
    assert month_end(month, time_zone).isoformat() == end
