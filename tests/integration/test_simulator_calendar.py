"""Calendars as the simulator plays them (reference 13: 29, 31-34)."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from simulator.visitor import Visitor
from tests.support.visiting import (
    ACTIVITY,
    ALL_TIME,
    BUSY,
    PATH,
    by_id,
    code_of,
    visiting,
)

EVENT_FIELDS = (
    "id,iCalUId,type,isAllDay,isCancelled,isOrganizer,start,end,organizer,attendees,responseStatus,"
    "lastModifiedDateTime"
)


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    with visiting() as visitor:
        yield visitor


def test_calendar_view_is_that_of_the_activity(visitor: Visitor) -> None:
    expected = list(ACTIVITY.events(BUSY))
    found = list(visitor.items(f"{PATH}/calendarView", select=EVENT_FIELDS, top="9", **ALL_TIME))
    assert by_id(found) == by_id(expected)
    assert len(found) == len(expected) > 20
    kinds = {event["type"] for event in found}
    assert {"singleInstance", "occurrence"} <= kinds
    assert "seriesMaster" not in kinds
    uids = [event["iCalUId"] for event in found if event["type"] == "occurrence"]
    assert len(set(uids)) == len(uids), "every occurrence has its own"


def test_calendar_view_gives_what_overlaps(visitor: Visitor) -> None:
    events = list(ACTIVITY.events(BUSY))
    event = next(e for e in events if not e["isAllDay"])
    inside = datetime.fromisoformat(event["start"]["dateTime"]) + timedelta(minutes=10)
    window = {
        "startDateTime": inside.isoformat(),
        "endDateTime": (inside + timedelta(minutes=1)).isoformat() + "Z",
    }
    found = by_id(visitor.items(f"{PATH}/calendarView", **window))
    assert event["id"] in found
    start, end = event["start"]["dateTime"], event["end"]["dateTime"]
    before = {"startDateTime": "2026-08-01", "endDateTime": start}
    assert event["id"] not in by_id(visitor.items(f"{PATH}/calendarView", top="500", **before))
    after = {"startDateTime": end, "endDateTime": "2026-12-31"}
    assert event["id"] not in by_id(visitor.items(f"{PATH}/calendarView", top="500", **after))


BAD_VIEWS = [
    ({}, "ErrorInvalidParameter"),
    ({"startDateTime": "2026-01-01"}, "ErrorInvalidParameter"),
    ({"startDateTime": "soon", "endDateTime": "later"}, "ErrorInvalidParameter"),
    ({"startDateTime": "2026-01-02", "endDateTime": "2026-01-01"}, "ErrorInvalidParameter"),
    ({"startDateTime": "2020-01-01", "endDateTime": "2025-01-01"}, "ErrorInvalidRequest"),
    ({**ALL_TIME, "select": "id,uid"}, "RequestBroker--ParseUri"),
    ({**ALL_TIME, "filter": "attendees/any(a:a/type eq 'x')"}, "ErrorInvalidUrlQueryFilter"),
    ({**ALL_TIME, "orderby": "subject"}, "ErrorInvalidUrlQuery"),
]


@pytest.mark.parametrize(("query", "code"), BAD_VIEWS)
def test_refused_calendar_views(visitor: Visitor, query: dict[str, str], code: str) -> None:
    assert code_of(visitor.ask(f"{PATH}/calendarView", **query)) == (400, code)


def test_the_longest_view(visitor: Visitor) -> None:
    query = {"startDateTime": "2022-01-01", "endDateTime": "2026-12-31"}
    assert visitor.ask(f"{PATH}/calendarView", **query).status_code == 200


def test_times_are_in_the_preferred_zone(visitor: Visitor) -> None:
    for name in ("W. Europe Standard Time", "Europe/Amsterdam"):
        headers = {"Prefer": f'outlook.timezone="{name}"'}
        answer = visitor.ask(f"{PATH}/calendarView", headers, top="500", **ALL_TIME)
        assert name in answer.headers["Preference-Applied"]
        utc = by_id(visitor.items(f"{PATH}/calendarView", top="500", **ALL_TIME))
        for event in answer.json()["value"]:
            assert event["start"]["timeZone"] == name
            local, plain_utc = event["start"]["dateTime"], utc[event["id"]]["start"]["dateTime"]
            assert len(local) == 27
            assert local == plain_utc if event["isAllDay"] else local > plain_utc
    wrong = {"Prefer": 'outlook.timezone="Nowhere"'}
    assert visitor.ask(f"{PATH}/calendarView", wrong, **ALL_TIME).status_code == 400


@pytest.mark.parametrize(
    ("rule", "without", "with_organizer"),
    [
        ("zero", "0001-01-01T00:00:00Z", "given"),
        ("missing", None, "given"),
        ("given", "given", "given"),
        ("never", None, None),
    ],
)
def test_last_modified_in_calendar_views(
    rule: str, without: str | None, with_organizer: str | None
) -> None:
    with visiting(calendar_modified=rule) as visitor:
        for select, expected in (
            ("id,lastModifiedDateTime", without),
            ("id,lastModifiedDateTime,organizer", with_organizer),
        ):
            for event in visitor.items(f"{PATH}/calendarView", select=select, **ALL_TIME):
                found = event.get("lastModifiedDateTime")
                assert (
                    (found or "").startswith("2026") if expected == "given" else found == expected
                )


def test_a_cancelled_meeting_has_left_its_organisers_calendar() -> None:
    cancelled = [
        event["isOrganizer"]
        for user in ACTIVITY.organisation.users
        for event in ACTIVITY.events(user)
        if event["isCancelled"]
    ]
    assert Counter(cancelled)[False] > Counter(cancelled)[True]
