"""The oracle on paper: copies that disagree, rooms, declines, zones, and what is in no average."""

from pathlib import Path

import pytest

from tests.naive.case import Case, Item, attendee, ledger, office, utc, who

ANN, ZOE, ADA, BOB = "ann@acme.example", "zoe@zeta.example", "ada@contoso.com", "bob@contoso.com"
START, END = utc("2024-06-10T10:00:00"), utc("2024-06-10T10:30:00")
TIME = "2024-06-10T10:00:00Z"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Return an organisation without any activity."""
    return Case(tmp_path)


def engaged(case: Case) -> list[object]:
    """Return the accounts with a row."""
    tables = case.tables()
    return [r["CustomerId"] for r in tables["Office"] if r["AggregationLevel"] == "year"]


@pytest.mark.parametrize("text", ["<>", " < > ", "", None, "<\t>"])
def test_message_ids_without_text(case: Case, text: object) -> None:
    """They are none: the item's own id counts."""
    case.email("ada", TIME, ANN, ADA, internetMessageId=text)
    case.email("ada", TIME, ZOE, ADA, internetMessageId=text)
    assert engaged(case) == ["acme", "zeta"]


@pytest.mark.parametrize("text", ["m@x", "<M@x>", "<m@X>", "<<m@x>>"])
def test_message_ids_are_compared_as_they_are(case: Case, text: str) -> None:
    """Brackets and case belong to them."""
    case.email("ada", TIME, ANN, ADA, internetMessageId="<m@x>")
    case.email("bob", TIME, ANN, ADA, internetMessageId=text)
    assert ledger(case.tables(), "email") == {"read": 2, "counted": 2}


def test_which_copy_says_who_sent_it(case: Case) -> None:
    """Sent earliest, smallest owner, last modified, later line."""
    same: Item = {"internetMessageId": "m"}
    case.email("bob", TIME, ZOE, ADA, lastModifiedDateTime="2024-06-13T10:00:00Z", **same)
    case.email("ada", TIME, ZOE, ADA, **same)
    case.email("ada", TIME, ZOE, ADA, lastModifiedDateTime="2024-06-11T10:00:00Z", **same)
    case.email("ada", TIME, ANN, ADA, lastModifiedDateTime="2024-06-11T12:00:00+02:00", **same)
    case.email("ada", "2024-06-10T10:00:00.000001Z", ZOE, ADA, **same)
    assert engaged(case) == ["acme"]
    case.email("bob", "2024-06-10T09:59:00Z", ZOE, ADA, **same)
    assert engaged(case) == ["zeta"]


def test_which_copy_leads_a_meeting(case: Case) -> None:
    """The organiser's, last modified, smallest owner, later line."""

    def add(owner: str, address: str, **fields: object) -> None:
        case.event(owner, START, END, iCalUId="m", attendees=[attendee(address)], **fields)

    add("ada", ZOE)
    add("ada", ANN)
    add("bob", ZOE)
    assert engaged(case) == ["acme"]
    add("bob", ZOE, lastModifiedDateTime="0001-01-01T00:00:00Z")
    assert engaged(case) == ["zeta"]
    add("bob", ANN, lastModifiedDateTime="2024-06-01T00:00:00Z")
    assert engaged(case) == ["acme"]
    add("bob", ZOE, isOrganizer=True)
    assert engaged(case) == ["zeta"]


def test_words_compare_without_case(case: Case) -> None:
    """Types, answers and kinds of attendees."""
    case.email("ada", TIME, ANN, ADA, **{"@odata.type": "#Microsoft.Graph.EventMessageResponse"})
    case.event("ada", START, END, type="SeriesMaster")
    case.event("ada", START, END, attendees=[attendee(ANN, "Declined")])
    case.event("ada", START, END, attendees=[attendee(ANN, kind="Resource")])
    declined: Item = {"response": "DECLINED"}
    case.event("ada", START, END, organizer=who(BOB), responseStatus=declined)
    case.event("ada", START, END, organizer=who(ZOE), responseStatus=declined)
    tables = case.tables()
    assert ledger(tables, "email") == {"read": 1, "invitation": 1}
    # Only Bob's meeting is one of both sides.
    assert ledger(tables, "meeting") == {
        "read": 5,
        "series_master": 1,
        "no_account": 3,
        "counted": 1,
    }


def test_rooms(case: Case) -> None:
    """Rooms take no part, as owners of copies neither; whoever is a person somewhere is one."""
    room = [attendee(ANN), attendee(BOB, kind="resource")]
    case.event("bob", START, END, iCalUId="a", attendees=room, organizer=who(ZOE))
    assert ledger(case.tables(), "meeting") == {"read": 1, "no_account": 1}
    room.append(attendee(BOB, "declined", "optional"))
    # Bob's own answer beats what the organiser knows.
    assert engaged(case) == ["acme", "zeta"]


def test_declines_in_every_entry_that_is_no_resource(case: Case) -> None:
    """A room's yes is not the person's."""
    entries = [attendee(ANN, "declined"), attendee(ANN, "accepted", "resource")]
    case.event("ada", START, END, attendees=entries)
    assert engaged(case) == []
    entries.append(attendee(ANN, "none"))
    assert engaged(case) == ["acme"]


@pytest.mark.parametrize("address", ["", "no address", "/o=Labs/cn=somebody"])
def test_the_owner_stands_in_for_an_organiser(case: Case, address: str) -> None:
    """Where the copy says that it is the organiser's."""
    case.event("ada", START, END, organizer=who(address), isOrganizer=True)
    assert office(case.tables(), "acme")[0]["NoOfMeetings_ToAccount"] == 1
    case.events["ada"][0]["isOrganizer"] = False
    assert office(case.tables(), "acme")[0]["NoOfMeetings_ToAccount"] == 0


@pytest.mark.parametrize(
    ("end", "minutes"),
    [
        ("2024-06-17T10:00:00", 7 * 24 * 60),
        ("2024-06-17T10:00:00.000001", 30),
        ("9999-12-31T23:59:59.9999999", 30),
    ],
)
def test_very_long_meetings_are_in_no_average(case: Case, end: str, minutes: int) -> None:
    """Seven days are; more is not."""
    case.event("ada", START, utc(end))
    year = office(case.tables(), "acme")[0]
    assert year["AverageDuration_Of_Meetings"] == (minutes if minutes > 30 else None)
    case.event("ada", START, END)
    mean = office(case.tables(), "acme")[0]["AverageDuration_Of_Meetings"]
    assert mean == (minutes if minutes == 30 else (minutes + 30) / 2)


def test_zones_of_meetings(case: Case) -> None:
    """An unknown zone makes a time unreadable, an offset or not; of whole days dates count."""
    unknown = {"timeZone": "tzone://Microsoft/Custom"}
    with_offset = {"dateTime": "2024-06-10T10:00:00Z", **unknown}
    case.event("ada", with_offset, with_offset)
    day = {"dateTime": "2024-06-10T00:00:00-0500", **unknown}
    case.event("ada", day, day, isAllDay=True)
    case.event("ada", day, {"dateTime": "2024-06-09T23:00:00"}, isAllDay=True)
    case.event("ada", {"dateTime": "2024-06-10 10:00"}, {**END, "timeZone": " "})
    assert ledger(case.tables(), "meeting") == {"read": 4, "no_valid_time": 2, "counted": 2}


def test_excluded_folders_hold_chats_too(case: Case) -> None:
    """A folder in the list is left out, whatever it is."""
    case.email("ada", TIME, ANN, ADA, parentFolderId="junk")
    assert ledger(case.tables(), "email") == {"read": 1, "drafts_or_junk": 1}
