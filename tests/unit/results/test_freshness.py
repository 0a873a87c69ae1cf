"""Holding the newest run against the schedule."""

from datetime import UTC, datetime

import pytest

from engagement_assets.results.freshness import Freshness

MONDAYS = "0 6 * * 1"  # in Amsterdam: 5:00 UTC in winter, 4:00 UTC in summer


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("started", "now", "overdue"),
    [
        # the run of Monday the 16th, looked at until the next one is more than a day late
        ("2026-11-16T05:00:20", "2026-11-16T05:10", None),
        ("2026-11-16T05:00:20", "2026-11-23T05:30", None),
        ("2026-11-16T05:00:20", "2026-11-24T04:59", None),
        ("2026-11-16T05:00:20", "2026-11-24T05:01", "2026-11-23T05:00"),
        ("2026-11-23T05:00:20", "2026-11-24T05:01", None),
        # a run that begins at the very moment is not late
        ("2026-11-23T05:00", "2026-11-24T05:01", None),
        # started by hand in between
        ("2026-11-20T12:00", "2026-11-24T05:01", "2026-11-23T05:00"),
        ("2026-11-23T12:00", "2026-11-29T12:00", None),
        # months ago: the last run that should have been is named
        ("2026-05-01T00:00", "2026-11-24T05:01", "2026-11-23T05:00"),
    ],
)
def test_a_run_is_overdue_a_day_after_it_should_have_started(
    started: str, now: str, overdue: str | None
) -> None:
    found = Freshness.of(MONDAYS, "Europe/Amsterdam", moment(started), moment(now))
    assert found.overdue_since == (moment(overdue) if overdue else None)


@pytest.mark.parametrize(
    ("now", "following"),
    [
        ("2026-11-22T12:00", "2026-11-23T05:00"),
        ("2026-11-23T05:00", "2026-11-30T05:00"),
        ("2026-10-24T12:00", "2026-10-26T05:00"),  # over the end of summer time
        ("2026-06-01T03:59", "2026-06-01T04:00"),
    ],
)
def test_the_next_run_is_the_schedules_next_moment(now: str, following: str) -> None:
    found = Freshness.of(MONDAYS, "Europe/Amsterdam", moment(now), moment(now))
    assert found.next_run == moment(following)
