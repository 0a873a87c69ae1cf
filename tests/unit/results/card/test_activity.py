"""The chooser of the card's charts: which months and weeks are shown, and what is in them."""

import itertools
from datetime import date
from typing import Any

import pytest

from engagement_assets.results.card.activity import Activity, Choice

FIRST, TODAY = date(2025, 11, 23), date(2026, 11, 23)  # a Sunday, a Monday


def row(level: str, start: date, **more: Any) -> dict[str, Any]:
    """A row of `card_periods.sql`."""
    return {
        "PrimaryKey": f"C|{level}|{start}",
        "Level": level,
        "Start": start,
        "Score": 12.5,
        "EmailsTo": 3,
        "EmailsFrom": 2,
        "MeetingsTo": 1,
        "MeetingsFrom": 0,
        "OwnInEmails": 1,
        "OwnInMeetings": 1,
        "TheirsInEmails": 2,
        "TheirsInMeetings": 1,
        "ReplyMinutes": 90.0,
        "MeetingMinutes": None,
    } | more


@pytest.mark.parametrize(
    ("level", "months", "first", "number"),
    [
        ("month", 12, date(2025, 11, 1), 13),
        ("month", 6, date(2026, 5, 1), 7),
        ("month", 3, date(2026, 8, 1), 4),
        ("week", 12, date(2025, 11, 17), 54),
        ("week", 3, date(2026, 7, 27), 18),
    ],
)
def test_the_chosen_months_are_whole_and_the_last_one_is_so_far(
    level: str, months: int, first: date, number: int
) -> None:
    starts = list(Choice(level, months).starts(FIRST, TODAY))
    assert starts[0] == first
    assert len(starts) == number
    assert starts[-1] <= TODAY < Choice(level, months).after(starts[-1])


@pytest.mark.parametrize(
    "parameters",
    [{}, {"by": "day", "last": "99"}, {"by": "", "last": "-1"}, {"by": "Month", "last": "12.0"}],
)
def test_what_makes_no_sense_is_the_usual_choice(parameters: dict[str, str]) -> None:
    assert Choice.of(parameters) == Choice("month", 12)


def test_a_leap_day_is_a_day_like_others() -> None:
    starts = list(Choice("month", 12).starts(date(2027, 2, 28), date(2028, 2, 29)))
    assert (starts[0], starts[-1]) == (date(2027, 2, 1), date(2028, 2, 1))


def test_months_without_a_row_are_there_and_empty() -> None:
    activity = Activity.of(Choice("month", 3), [row("month", date(2026, 9, 1))], {}, FIRST, TODAY)
    assert [period.emails_to for period in activity.periods] == [0, 3, 0, 0]
    assert [period.score for period in activity.periods] == [None, 12.5, None, None]
    assert [bar.total for bar in activity.emails.bars] == [0, 5, 0, 0]
    assert activity.has_any


def test_rows_of_another_level_are_left_out() -> None:
    rows = [row("week", date(2026, 9, 7)), row("year", FIRST)]
    activity = Activity.of(Choice("month", 12), rows, {}, FIRST, TODAY)
    assert not activity.has_any


def test_meetings_that_neither_side_called_are_what_is_left_of_all_meetings() -> None:
    found = row("month", date(2026, 10, 1), MeetingsTo=2, MeetingsFrom=1)
    activity = Activity.of(Choice("month", 3), [found], {found["PrimaryKey"]: 5}, FIRST, TODAY)
    october = activity.periods[2]
    assert (october.meetings_to, october.meetings_from, october.meetings_other) == (2, 1, 2)
    assert activity.others_called


def test_a_month_that_is_cut_off_says_so_at_either_end() -> None:
    periods = Activity.of(Choice("month", 12), [], {}, FIRST, TODAY).periods
    assert periods[0].begins == FIRST
    assert [period.begins for period in periods[1:]] == [None] * 12
    assert [period.unfinished for period in periods] == [False] * 12 + [True]


def test_parts_of_months_are_marked_in_every_chart() -> None:
    rows = [row("month", date(2025, 11, 1)), row("month", date(2026, 11, 1))]
    activity = Activity.of(Choice("month", 12), rows, {}, FIRST, TODAY)
    ends = [True, *[False] * 11, True]
    assert [period.is_part for period in activity.periods] == ends
    assert [bar.part for bar in activity.emails.bars] == ends
    assert [bar.part for bar in activity.meetings.bars] == ends
    assert [point and point.part for point in activity.scores.points] == ends
    whole = Activity.of(Choice("month", 3), [], {}, date(2025, 12, 1), date(2026, 11, 30))
    assert not whole.emails.has_part


def test_the_customers_e_mails_stand_before_yours_and_scores_have_one_axis() -> None:
    found = row("month", date(2026, 10, 1), EmailsFrom=2, EmailsTo=5, MeetingsFrom=1, MeetingsTo=4)
    activity = Activity.of(Choice("month", 3), [found], {}, FIRST, TODAY)
    assert [piece.value for piece in activity.emails.bars[2].pieces] == [2, 5]
    assert [piece.value for piece in activity.meetings.bars[2].pieces] == [1, 4]
    assert [tick.value for tick in activity.scores.ticks] == [0, 20, 40, 60, 80, 100]


def test_a_month_on_its_last_day_is_finished() -> None:
    periods = Activity.of(Choice("month", 3), [], {}, date(2025, 11, 30), date(2026, 11, 30))
    assert not periods.periods[-1].unfinished


def test_a_whole_month_without_activity_scores_nought_and_one_that_goes_on_not_yet() -> None:
    activity = Activity.of(Choice("month", 3), [row("month", date(2026, 8, 1))], {}, FIRST, TODAY)
    assert [point and point.value for point in activity.scores.points] == [12.5, 0, 0, None]


def test_a_chart_of_weeks_names_each_month_once_and_leaves_room_between() -> None:
    activity = Activity.of(Choice("week", 12), [], {}, FIRST, TODAY)
    named = [place for place, period in enumerate(activity.periods) if period.label]
    assert len(named) > 10
    assert min(after - before for before, after in itertools.pairwise(named)) >= 4
    assert activity.first_label == named[0]
    assert len({activity.periods[place].start.replace(day=1) for place in named}) == len(named)
