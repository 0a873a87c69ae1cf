"""The oracle is checked by hand: what it says here was worked out on paper."""

import gzip
import random
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.naive.case import Case, Item, attendee, ledger, office, utc
from tests.naive.compare import differences
from tests.naive.compute import compute
from tests.naive.emails import thread_of
from tests.naive.people import PersonsError
from tests.naive.score import rounded
from tests.organisations import write_organisation
from tests.organisations.conversations import exchange_base64

SEEDS = 20


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Return an organisation without any activity."""
    return Case(tmp_path)


def test_score_by_hand(case: Case) -> None:
    """Two accounts: references and points worked out on paper (section 6)."""
    # acme: one e-mail to it, two from it (one of them a reply), the last on as_of's day.
    case.email("ada", "2024-06-14T08:00:00Z", "ada@contoso.com", "ann@acme.example")
    case.email("ada", "2024-06-14T09:00:00Z", "ann@acme.example", "ada@contoso.com")
    case.email("ada", "2024-06-10T09:00:00Z", "ann@acme.example", "ada@contoso.com")
    for message in case.messages["ada"][:2]:
        message["conversationId"] = "a thread"
    # zeta: eight e-mails from it, the last three days ago.
    for hour in range(8):
        case.email("ada", f"2024-06-11T0{hour}:00:00Z", "zoe@zeta.example", "a@contoso.com")
    tables = case.tables()
    points = {
        (row["PrimaryKey"], row["Component"]): row["Points"]
        for row in tables["Office_ScoreContribution"]
    }
    key, other = "acme|year|2023-06-14", "zeta|year|2023-06-14"
    # References: emails sqrt(2 * 8) = 4, two-way 1, replies 1, people 1, recency sqrt(1 / 4).
    assert points[key, "EmailsFromAccount"] == pytest.approx(20 * 2 / 6)
    assert points[key, "TwoWayEmails"] == pytest.approx(7.5)
    assert points[key, "Replies"] == pytest.approx(5)
    assert points[key, "Meetings"] == 0
    assert points[key, "AccountPeople"] == points[key, "OwnPeople"] == pytest.approx(5)
    assert points[key, "Recency"] == pytest.approx(10 * 1 / 1.5)
    assert points[other, "EmailsFromAccount"] == pytest.approx(20 * 8 / 12)
    assert points[other, "TwoWayEmails"] == points[other, "Replies"] == 0
    assert points[other, "Recency"] == pytest.approx(10 * 0.25 / 0.75)
    # 6.667 + 7.5 + 5 + 5 + 5 + 6.667 and 13.333 + 5 + 5 + 3.333.
    assert office(tables, "acme")[0]["EngagementScore"] == 35.8
    assert office(tables, "zeta")[0]["EngagementScore"] == 26.7
    assert office(tables, "acme")[0]["AverageDuration_Of_AccountEmailReplies"] == 60
    history = [(row["CustomerId"], row["EngagementScore"]) for row in tables["Office_ScoreHistory"]]
    assert history == [("acme", 35.8), ("zeta", 26.7)]


def test_rounding_is_half_away_from_zero() -> None:
    """Ties that a double can hold are rounded up."""
    assert [rounded(value) for value in (0.25, 0.75, 49.949, 0.0)] == [0.3, 0.8, 49.9, 0.0]


def test_iso_week_53_and_periods(case: Case) -> None:
    """Sunday 3 January 2021 ends ISO week 53, which began on 28 December 2020."""
    case.as_of = "2021-01-03T12:00:00Z"
    case.email("ada", "2020-12-30T10:00:00Z", "ann@acme.example", "ada@contoso.com")
    case.email("ada", "2021-01-01T10:00:00Z", "ann@acme.example", "ada@contoso.com")
    case.email("ada", "2020-01-03T00:00:00Z", "ann@acme.example", "ada@contoso.com")
    case.email("ada", "2020-01-02T23:59:59.9999999Z", "ann@acme.example", "ada@contoso.com")
    tables = case.tables()
    weeks = office(tables, "acme", "week")
    assert [row["AggregationStartDate"] for row in weeks] == [
        date(2019, 12, 30),
        date(2020, 12, 28),
    ]
    assert weeks[1]["NoOfEmails_FromAccount"] == 2
    assert weeks[1]["DaysSinceLastEmail"] == 2
    months = office(tables, "acme", "month")
    assert [(row["PrimaryKey"], row["DaysSinceLastEmail"]) for row in months] == [
        ("acme|month|2020-01-01", 28),
        ("acme|month|2020-12-01", 1),
        ("acme|month|2021-01-01", 2),
    ]
    assert {row["EngagementStartDate"] for row in tables["Office"]} == {date(2020, 1, 3)}
    assert ledger(tables, "email") == {"read": 4, "outside_window": 1, "counted": 3}
    assert tables["Office_Run"][0]["DaysOfData"] == 367


def test_29_february(case: Case) -> None:
    """The window of 29 February begins on 28 February."""
    case.as_of = "2024-02-29T00:00:00Z"
    mailbox = case.tables()["Office_Mailbox"][0]
    assert mailbox["CoveredFrom"] == datetime(2023, 2, 28, tzinfo=UTC)
    assert mailbox["CoveredTo"] == datetime(2024, 2, 29, tzinfo=UTC)


def test_daylight_saving(case: Case) -> None:
    """New York: 10 March 2024 has 23 hours, and 01:30 on 3 November occurs twice."""
    case.time_zone, case.as_of = "America/New_York", "2024-11-30T12:00:00Z"
    for time in ("2024-03-10T04:59:59Z", "2024-03-10T05:00:00Z", "2024-03-11T03:59:59Z"):
        case.email("ada", time, "ann@acme.example", "ada@contoso.com")
    case.email("ada", "2024-03-11T04:00:00Z", "ann@acme.example", "ada@contoso.com")
    zone = "Eastern Standard Time"
    start = {"dateTime": "2024-11-03T01:30:00.0000000", "timeZone": zone}
    case.event("ada", start, {"dateTime": "2024-11-03T03:00:00", "timeZone": "America/New_York"})
    # The date that is written counts, in the configured zone: 4 November begins at 05:00 UTC.
    case.event("ada", utc("2024-11-04T00:00:00"), utc("2024-11-05T00:00:00"), isAllDay=True)
    tables = case.tables()
    weeks = {row["AggregationStartDate"]: row for row in office(tables, "acme", "week")}
    # Monday 4 March to Sunday 10 March: all but the last e-mail.
    assert weeks[date(2024, 3, 4)]["NoOfEmails_FromAccount"] == 3
    assert weeks[date(2024, 3, 11)]["NoOfEmails_FromAccount"] == 1
    # First 01:30 is 05:30 UTC, 03:00 is 08:00 UTC; all-day meetings are in no average.
    assert weeks[date(2024, 10, 28)]["AverageDuration_Of_Meetings"] == 150
    assert weeks[date(2024, 11, 4)]["AverageDuration_Of_Meetings"] is None
    assert weeks[date(2024, 11, 4)]["NoOfMeetings_ToAccount"] == 1


def test_midnight_that_does_not_exist(case: Case) -> None:
    """In Havana 10 March 2013 began at 01:00, 05:00 UTC."""
    case.time_zone, case.as_of = "America/Havana", "2014-03-10T12:00:00Z"
    start = case.tables()["Office_Mailbox"][0]["CoveredFrom"]
    assert start == datetime(2013, 3, 10, 5, tzinfo=UTC)


def test_reply_durations(case: Case) -> None:
    """Replies follow an e-mail to the account directly, in a thread that mailboxes share."""

    def conversation(mailbox: bytes) -> str:
        return exchange_base64(b"\x00\x04\x24\x00" + mailbox * 36 + b"\x00\x10\x00" + b"C" * 16)

    ours, theirs = conversation(b"1"), conversation(b"2")
    ann, ada = "ann@acme.example", "ada@contoso.com"
    case.email("ada", "2024-06-10T10:00:00Z", ada, ann, conversationId=ours)
    case.email("bob", "2024-06-10T10:05:00Z", "bob@contoso.com", ann, conversationId=theirs)
    case.email("ada", "2024-06-10T10:07:00Z", "news@letters.example", ann, conversationId=ours)
    case.email("ada", "2024-06-10T10:20:00.5Z", ann, ada, conversationId=ours)
    # At one time, "to" comes before "from": a reply after no time at all.
    case.email("bob", "2024-06-10T10:30:00Z", ann, ada, conversationId=theirs)
    case.email("ada", "2024-06-10T10:30:00Z", ada, ann, conversationId=ours)
    case.email("ada", "2024-06-10T10:40:00Z", ann, ada, conversationId=ours)
    case.email("ada", "2024-06-10T10:50:00Z", ann, ada)
    tables = case.tables()
    mean = office(tables, "acme")[0]["AverageDuration_Of_AccountEmailReplies"]
    assert mean == pytest.approx((15 + 0.5 / 60 + 0) / 2)
    replies = [
        r["Value"] for r in tables["Office_ScoreContribution"] if r["Component"] == "Replies"
    ]
    assert replies == [2, 2, 2]


def test_threads() -> None:
    """32 decoded bytes make a thread; less, or no base64, is the text itself (section 2.7)."""
    core = b"\xfb\xff" + b"A" * 14
    assert thread_of({"conversationId": exchange_base64(b"B" * 16 + core)}) == (0, core)
    short = exchange_base64(b"B" * 15 + core)
    assert thread_of({"conversationId": short}) == (1, short)
    assert thread_of({"conversationId": "not base64!"}) == (1, "not base64!")
    assert thread_of({"conversationId": ""}) is None
    assert thread_of({"conversationId": 5}) is None


def test_copies_and_versions(case: Case) -> None:
    """Copies of one e-mail are united; of one item only the newest version is a copy."""
    ann, ada = "ann@acme.example", "ada@contoso.com"
    case.email("ada", "2024-06-10T10:00:01Z", ada, internetMessageId=" <m> ")
    case.email("bob", "2024-06-10T10:00:00Z", "a@contoso.com", ann, internetMessageId="<m>")
    # The newer version is a draft: the older one is not a copy at all.
    newer: Item = {"id": "v", "lastModifiedDateTime": "2024-06-02T00:00:00Z", "isDraft": True}
    older: Item = {"id": "v", "lastModifiedDateTime": "2024-06-01T00:00:00Z"}
    case.email("ada", "2024-06-10T11:00:00Z", ann, ada, **newer)
    case.email("ada", "2024-06-10T11:00:00Z", ann, ada, **older)
    case.messages["ada"].append({"id": "gone", "@removed": {"reason": "deleted"}})
    case.email("ada", "2024-06-10T12:00:00Z", ann, ada, parentFolderId="junk")
    invitation = {"@odata.type": "#microsoft.graph.eventMessageRequest"}
    case.email("ada", "2024-06-10T12:00:00Z", ann, ada, isDraft=True, **invitation)
    case.email("bob", "2024-06-10T13:00:00Z", ada, "bob@contoso.com")
    tables = case.tables()
    assert ledger(tables, "email") == {
        "read": 7,
        "draft": 1,
        "invitation": 1,
        "drafts_or_junk": 1,
        "no_sender_or_time": 1,
        "another_copy": 1,
        "no_account": 1,
        "counted": 1,
    }
    year = office(tables, "acme")[0]
    assert (year["NoOfEmails_ToAccount"], year["NoOfContactsInvolved_Emails"]) == (1, 2)


def test_cancelled_meetings(case: Case) -> None:
    """The organiser's copy decides; without one, any copy; before the window too."""
    start, end = utc("2024-06-10T10:00:00"), utc("2024-06-10T10:30:00")
    case.event("ada", start, end, iCalUId="a", isOrganizer=True, isCancelled=True)
    case.event("bob", start, end, iCalUId="a")
    case.event("ada", start, end, iCalUId="b", isOrganizer=True)
    case.event("bob", start, end, iCalUId="b", isCancelled=True)
    case.event("ada", start, end, iCalUId="c", isCancelled=True)
    case.event("bob", start, end, iCalUId="c")
    old = utc("1999-06-10T10:00:00")
    case.event("ada", old, old, iCalUId="d", isCancelled=True)
    case.event("ada", old, old, iCalUId="e")
    tables = case.tables()
    assert ledger(tables, "meeting") == {
        "read": 8,
        "another_copy": 3,
        "cancelled": 3,
        "outside_window": 1,
        "counted": 1,
    }
    assert office(tables, "acme")[0]["AverageDuration_Of_Meetings"] == 30


def test_participants(case: Case) -> None:
    """An owner's own answer beats the leading copy; the organiser always takes part."""
    start, end = utc("2024-06-10T10:00:00"), utc("2024-06-10T10:00:00")
    everybody = [
        attendee("ann@acme.example", "declined"),
        attendee("ann@acme.example", "accepted", "optional"),
        attendee("zoe@zeta.example", "declined"),
        attendee("a@contoso.com", "declined"),
        attendee("bob@contoso.com", "accepted"),
        attendee("room@contoso.com", kind="resource"),
    ]
    same: Item = {"iCalUId": "a", "attendees": everybody}
    case.event("ada", start, end, isOrganizer=True, **same)
    case.event("bob", start, end, responseStatus={"response": "declined"}, **same)
    tables = case.tables()
    year = office(tables, "acme")[0]
    assert year["NoOfContactsInvolved_Meetings"] == 1
    assert year["NoOfAccountContactsInvolved_Meetings"] == 1
    assert year["NoOfMeetings_ToAccount"] == 1
    assert year["AverageDuration_Of_Meetings"] is None
    assert office(tables, "zeta") == []


def test_invalid_meetings(case: Case) -> None:
    """Masters, unknown zones, unreadable times and ends before starts are not read further."""
    good = utc("2024-06-10T10:00:00.0000000")
    case.event("ada", good, good, type="seriesMaster")
    case.event("ada", good, {"dateTime": "2024-06-10T11:00:00", "timeZone": "Mars"})
    case.event("ada", good, utc("2024-06-10T09:59:59.9999999"))
    case.event("ada", good, utc("2024-02-30T10:00:00"))
    case.event("ada", good, {})
    case.event("ada", good, {"dateTime": "2024-06-10T12:00:00+01:00", "timeZone": "Asia/Tokyo"})
    tables = case.tables()
    assert ledger(tables, "meeting") == {
        "read": 6,
        "series_master": 1,
        "no_valid_time": 4,
        "counted": 1,
    }
    assert office(tables, "acme")[0]["AverageDuration_Of_Meetings"] == 60


def test_contacts(case: Case) -> None:
    """Every row of the contacts file is counted once, under the first reason."""
    case.contacts = (
        "\ufeffid;mail\n 007 ;SMTP:Ann@Acme.example\n007;ann@acme.example \nNA;ann@acme.example\n"
        "x;two@@acme.example\n;\n;bob@contoso.com\ny;info@contoso.com\nz;a@sub.contoso.com\n"
        "w;bot@bad.example\nv;cid@elsewhere.example\n"
    )
    case.settings["customers"] = {
        "contacts": "contacts.csv",
        "account_id": "id",
        "email": "mail",
        "excluded": ["Bad.example"],
    }
    # Cid has opted out: a colleague still.
    mailboxes = {"addresses": ["a@contoso.com", "BOB@contoso.com", "cid@elsewhere.example"]}
    case.settings["mailboxes"] = {**mailboxes, "opted_out": ["cid@elsewhere.example"]}
    tables = case.tables()
    assert ledger(tables, "contact") == {
        "read": 10,
        "accepted": 3,
        "duplicate": 1,
        "invalid_address": 2,
        "no_account_id": 1,
        "own_organisation": 2,
        "excluded": 1,
    }
    assert [row["CustomerId"] for row in tables["Office_Customer"]] == sorted(
        ["007", "NA", "x", "y", "z", "w", "v"]
    )
    assert tables["Office_UserEntity"] == [
        {"UserId": "ada", "EmailAddress": "ada@contoso.com"},
        {"UserId": "bob", "EmailAddress": "bob@contoso.com"},
    ]


def test_too_few_persons(case: Case) -> None:
    """One person is not enough."""
    case.settings["mailboxes"] = {"addresses": ["ada@contoso.com", "a@contoso.com"]}
    with pytest.raises(PersonsError):
        case.tables()


@pytest.mark.parametrize("line", ['{"a": NaN}', '{"a": 1,}', "[]", "caf\xe9", "truncated"])
def test_failed_mailbox(case: Case, line: str) -> None:
    """One bad line fails its mailbox: nothing of it counts, and the run goes on."""
    case.email("ada", "2024-06-10T10:00:00Z", "ann@acme.example", "ada@contoso.com")
    path = case.write()
    mailbox = case.folder / "activity" / "mailboxes" / "ada"
    if line == "truncated":
        packed = gzip.compress(b'{"id": "x"}\n')
        (mailbox / "events-2.ndjson.gz").write_bytes(packed[:-1])
    else:
        (mailbox / "messages-2.ndjson").write_bytes(line.encode("latin-1"))
    tables = compute(path)
    assert [row["Status"] for row in tables["Office_Mailbox"]] == ["failed", "processed"]
    assert tables["Office_Run"][0]["Status"] == "succeeded_with_warnings"
    assert ledger(tables, "email") == {}


def test_differences_are_found(case: Case) -> None:
    """A comparison names what differs, and forgives only rounding ties."""
    case.email("ada", "2024-06-10T10:00:00Z", "ann@acme.example", "ada@contoso.com")
    expected = case.tables()
    actual = {name: [dict(row) for row in rows] for name, rows in expected.items()}
    assert differences(expected, actual) == []
    actual["Office_Run"][0]["RunId"] = "made up"
    actual["Office"][0]["DaysSinceLastEmail"] = 9
    actual["Office"][1]["EngagementScore"] = (
        float(str(actual["Office"][1]["EngagementScore"])) + 0.1
    )
    del actual["Office_Customer"][0]
    found = differences(expected, actual)
    assert len(found) == 3
    assert "Office ('acme|month|2024-06-01',) DaysSinceLastEmail: expected 4, got 9" in found
    expected["unrounded"] = [
        {"PrimaryKey": row["PrimaryKey"], "Score": 12.3499999} for row in expected["Office"]
    ]
    assert len(differences(expected, actual)) == 2


def test_organisations_compute(tmp_path: Path) -> None:
    """Twenty organisations: no crash, sums that agree, and every outcome somewhere."""
    outcomes: Counter[tuple[object, object]] = Counter()
    statuses: Counter[object] = Counter()
    for seed in range(SEEDS):
        tables = compute(write_organisation(tmp_path / str(seed), random.Random(seed)))
        for item in ("contact", "email", "meeting"):
            counts = Counter(
                {
                    row["Outcome"]: row["Count"]
                    for row in tables["Office_Ledger"]
                    if row["Item"] == item
                }
            )
            assert counts["read"] * 2 == counts.total()
            outcomes.update({(item, outcome): count for outcome, count in counts.items()})
        statuses.update(row["Status"] for row in tables["Office_Mailbox"])
        assert len(tables["Office_ScoreContribution"]) == 7 * len(tables["Office"])
        assert all(0 <= float(str(row["EngagementScore"])) < 100 for row in tables["Office"])
    assert len(outcomes) == 24
    assert all(outcomes.values()), outcomes
    assert set(statuses) == {"processed", "failed", "no_mailbox"}


def test_a_seed_repeats_an_organisation(tmp_path: Path) -> None:
    """The same seed writes the same bytes."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        write_organisation(folder, random.Random(7))
    contents = [
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in folders
    ]
    assert contents[0] == contents[1]
