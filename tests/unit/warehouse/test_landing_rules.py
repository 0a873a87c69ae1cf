"""Landing: what the rules of the numbers make of single values (numbers 2.1-2.3, 3.1-3.4, 3.6)."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from tests.support.building import recipient
from tests.support.landing import Connection, Land

Keys = Callable[..., list[int]]


@pytest.fixture(scope="module")
def keys(prepared: Connection) -> Keys:
    """Return a function that returns the keys of texts, in the order of keys."""

    def of(*texts: str) -> list[int]:
        answer = prepared.execute("select key_of(unnest(?::varchar[]))", [list(texts)])
        return sorted(key for (key,) in answer.fetchall())

    return of


# Message ids


NOTHING = ("", " ", "\u2003\n", "<>", "< >", "  <\t\u00a0>\n")


@pytest.mark.parametrize("text", NOTHING)
def test_a_message_id_without_text_is_none(land: Land, keys: Keys, text: str) -> None:
    rows = land(
        "message",
        {"internetMessageId": text, "id": "a"},
        {"internetMessageId": text, "id": "b"},
        {"internetMessageId": text},
        {"internetMessageId": text},
    )
    assert [row["email_key"] for row in rows[:2]] == [*keys("a"), *keys("b")]
    assert len({row["email_key"] for row in rows}) == 4, "an item without any id is its own"


def test_message_ids_are_compared_as_they_are(land: Land, keys: Keys) -> None:
    texts = ("<1@x>", "<1@X>", "1@x", "< 1@x >", "<.>", "<<>>", "<", ">", "<1@x> ;")
    rows = land("message", *({"internetMessageId": f"\t{text} ", "id": "a"} for text in texts))
    assert [row["email_key"] for row in rows] == [key for text in texts for key in keys(text)]


# Enumerations


TYPES = {
    "#microsoft.graph.eventMessage": True,
    "#MICROSOFT.GRAPH.EVENTMESSAGEREQUEST": True,
    "microsoft.graph.eventmessageresponse": True,
    "EventMessage": True,
    "#microsoft.graph.message": False,
    "#microsoft.graph.event": False,
}


@pytest.mark.parametrize(("text", "expected"), TYPES.items(), ids=TYPES)
def test_invitations(land: Land, text: str, expected: bool) -> None:
    (row,) = land("message", {"@odata.type": text})
    assert row["is_invitation"] is expected


@pytest.mark.parametrize(
    ("kind", "is_master"),
    [
        ("seriesMaster", True),
        ("SeriesMaster", True),
        ("SERIESMASTER", True),
        ("occurrence", False),
        ("series master", False),
        (None, False),
    ],
)
def test_series_masters(land: Land, kind: str | None, is_master: bool) -> None:
    (row,) = land("event", {"type": kind})
    assert row["is_series_master"] is is_master


@pytest.mark.parametrize(
    ("answer", "is_declined"),
    [
        ("declined", True),
        ("Declined", True),
        ("DECLINED", True),
        ("accepted", False),
        ("tentativelyAccepted", False),
        ("notResponded", False),
        (None, False),
    ],
)
def test_answers(land: Land, keys: Keys, answer: str | None, is_declined: bool) -> None:
    guest = recipient("ann@x.example") | {"status": {"response": answer}}
    (row,) = land("event", {"responseStatus": {"response": answer}, "attendees": [guest]})
    assert row["is_declined"] is is_declined
    named: dict[str, list[int]]
    named = {"participant_keys": [], "declined_keys": [], "resource_keys": []}
    named["declined_keys" if is_declined else "participant_keys"] = keys("ann@x.example")
    assert {name: row[name] for name in named} == named


# Attendees


ATTENDEES: dict[str, tuple[tuple[tuple[str, str, str], ...], str, str, str]] = {
    "accepted": ((("a", "required", "accepted"),), "a", "", ""),
    "optional": ((("a", "optional", "none"),), "a", "", ""),
    "declined": ((("a", "required", "declined"),), "", "a", ""),
    "declined twice": ((("a", "required", "declined"), ("a", "optional", "DECLINED")), "", "a", ""),
    "declined once of two": (
        (("a", "required", "declined"), ("a", "optional", "none")),
        "a",
        "a",
        "",
    ),
    "room": ((("r", "resource", "accepted"),), "", "", "r"),
    "room in other letters": ((("r", "Resource", "accepted"),), "", "", "r"),
    "room that declined": ((("r", "resource", "declined"),), "", "", "r"),
    "room and person": ((("a", "resource", "accepted"), ("a", "required", "none")), "a", "", "a"),
    "room and person who declined": (
        (("a", "resource", "accepted"), ("a", "required", "declined")),
        "",
        "a",
        "a",
    ),
    "several": (
        (("a", "required", "none"), ("b", "required", "declined"), ("r", "resource", "none")),
        "a",
        "b",
        "r",
    ),
}


@pytest.mark.parametrize("case", ATTENDEES.values(), ids=ATTENDEES)
def test_attendees(
    land: Land,
    keys: Keys,
    case: tuple[tuple[tuple[str, str, str], ...], str, str, str],
) -> None:
    entries, *expected = case
    attendees = [
        recipient(f"{name}@x.example") | {"type": kind, "status": {"response": answer}}
        for name, kind, answer in entries
    ]
    (row,) = land("event", {"attendees": attendees})
    lists = ("participant_keys", "declined_keys", "resource_keys")
    assert [sorted(row[name]) for name in lists] == [
        keys(*(f"{name}@x.example" for name in names)) for names in expected
    ]


@pytest.mark.parametrize(
    ("kind", "answer"), [("required", "declined"), ("resource", "none"), ("RESOURCE", "declined")]
)
def test_the_organiser_takes_part_whatever_his_entry_says(
    land: Land, keys: Keys, kind: str, answer: str
) -> None:
    entry = recipient("Ada@contoso.com") | {"type": kind, "status": {"response": answer}}
    (row,) = land("event", {"organizer": recipient("ada@contoso.com"), "attendees": [entry]})
    assert row["participant_keys"] == keys("ada@contoso.com")


# Times


ZONES = {
    "utc": "2024-07-01T10:00",
    " UTC ": "2024-07-01T10:00",
    "\t": "2024-07-01T10:00",
    "europe/amsterdam": "2024-07-01T08:00",
    "EUROPE/AMSTERDAM\n": "2024-07-01T08:00",
    "w. europe standard time": "2024-07-01T08:00",
}


@pytest.mark.parametrize(("zone", "expected"), ZONES.items(), ids=map(repr, ZONES))
def test_time_zones_in_other_letters(land: Land, zone: str, expected: str) -> None:
    moment = {"dateTime": "2024-07-01T10:00:00.0000000", "timeZone": zone}
    (row,) = land("event", {"start": moment, "end": moment})
    assert row["start_at"] == row["end_at"] == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_an_offset_wins_over_a_time_zone_that_is_known(land: Land) -> None:
    text = "2024-07-01T10:00:00+03:00"
    known, unknown = land(
        "event",
        {
            "start": {"dateTime": text, "timeZone": "Asia/Tokyo"},
            "end": {"dateTime": text, "timeZone": "Asia/Tokyo"},
        },
        {
            "start": {"dateTime": text, "timeZone": "Middle Earth Standard Time"},
            "end": {"dateTime": "2024-07-01T10:00:00Z", "timeZone": "Customized Time Zone"},
        },
    )
    assert known["start_at"] == known["end_at"] == datetime(2024, 7, 1, 7, tzinfo=UTC)
    assert unknown["start_at"] is unknown["end_at"] is None


@pytest.mark.parametrize("zone", ["Customized Time Zone", "tzone://Microsoft/Custom", "Asia/Tokyo"])
def test_dates_are_read_in_whatever_time_zone(land: Land, zone: str) -> None:
    (row,) = land(
        "event",
        {
            "isAllDay": True,
            "start": {"dateTime": "2024-06-14T00:00:00.0000000", "timeZone": zone},
            "end": {"dateTime": "2024-06-16T00:00:00.0000000", "timeZone": zone},
        },
    )
    assert (row["start_day"], row["end_day"]) == (date(2024, 6, 14), date(2024, 6, 16))


def test_a_time_that_cannot_be_read_names_no_date(land: Land) -> None:
    (row,) = land(
        "event", {"start": {"dateTime": "2024-06-14"}, "end": {"dateTime": "2024-06-31T00:00:00"}}
    )
    assert row["start_day"] is row["end_day"] is None


# X.500 names


@pytest.mark.parametrize(
    "text",
    ["/O=Exch/CN=Ada L", "Ada <smtp:/o=exch/cn=ada l>", "IMCEAEX-_O=Exch_CN=Ada+20L@contoso.com"],
)
def test_an_x500_name_is_an_address_without_a_domain(land: Land, keys: Keys, text: str) -> None:
    """Who is behind it is known by the directory only: `meeting` and `email_head` rely on that."""
    who = recipient(text)
    (message,) = land("message", {"from": {"emailAddress": {}}, "sender": who})
    (event,) = land("event", {"organizer": who})
    name = keys("/o=exch/cn=ada l")
    assert [message["sender_key"], event["organizer_key"]] == name * 2
    assert (message["sender_domain_key"], event["organizer_domain_key"]) == (None, None)
    assert event["participant_keys"] == name
