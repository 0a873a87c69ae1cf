"""The oracle on paper: who is who, and what is read of a folder and of an earlier run."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.naive.case import Case, Item, ledger, office, utc
from tests.naive.compute import compute, results
from tests.naive.files import BrokenFileError
from tests.naive.tables import all_tables

ANN, ADA = "ann@acme.example", "ada@contoso.com"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Return an organisation in which Ada has an e-mail of Ann's."""
    case = Case(tmp_path)
    case.email("ada", "2024-06-10T10:00:00Z", ANN, ADA)
    return case


def mailbox(case: Case) -> Path:
    """Return Ada's folder."""
    return case.folder / "activity" / "mailboxes" / "ada"


def write_users(case: Case, *users: Item) -> None:
    """Write the users anew."""
    lines = "\n".join(map(json.dumps, users))
    (case.folder / "activity" / "users.ndjson").write_text(lines)


USERS: tuple[Item, ...] = (
    {"id": "ada", "mail": "old@contoso.com"},
    {"id": "ADA", "mail": ADA, "proxyAddresses": ["x500:/O=Labs/CN=ada", "smtp:team@contoso.com"]},
    {"id": "bob", "userPrincipalName": "bob@contoso.com", "proxyAddresses": ["team@contoso.com"]},
    {"id": "guest", "mail": ANN, "userPrincipalName": "ann_acme#ext#@contoso.onmicrosoft.com"},
    {"id": "out", "mail": "zoe@zeta.example", "userType": "GUEST"},
)


def write_group(case: Case, *members: object) -> None:
    """Write the team."""
    group = {"id": "Team", "mail": "all@contoso.com", "members": members}
    (case.folder / "activity" / "groups.jsonl.gz").write_bytes(
        gzip.compress(json.dumps(group).encode())
    )


def test_guests_and_members(case: Case) -> None:
    """A group brings no guests; ids compare without case; members may be objects."""
    case.settings["mailboxes"] = {"addresses": ["all@contoso.com"]}
    path = case.write()
    write_users(case, *USERS)
    write_group(case, "Ada", {"id": "BOB"}, "guest", "TEAM", 5)
    tables = compute(path)
    assert [row["UserId"] for row in tables["Office_UserEntity"]] == ["ada", "bob"]
    assert office(tables, "acme")[0]["NoOfEmails_FromAccount"] == 1
    assert ledger(tables, "contact") == {"read": 2, "accepted": 2}


def test_a_guest_that_is_listed_is_a_person(case: Case) -> None:
    """By an address of its own; an opted-out group takes it out, and it stays a colleague."""
    addresses = ["all@contoso.com", ADA, "bob@contoso.com", ANN]
    case.settings["mailboxes"] = {"addresses": addresses}
    path = case.write()
    write_users(case, *USERS)
    write_group(case, "guest")
    assert [row["UserId"] for row in compute(path)["Office_UserEntity"]] == ["ada", "bob", "guest"]
    case.settings["mailboxes"] = {"addresses": addresses[1:], "opted_out": ["all@contoso.com"]}
    case.write()
    write_users(case, *USERS)
    write_group(case, "guest", "out")
    tables = compute(path)
    assert [row["UserId"] for row in tables["Office_UserEntity"]] == ["ada", "bob"]
    # Ann is listed by her own address, Zoe is in the group only.
    assert ledger(tables, "contact") == {"read": 2, "own_organisation": 1, "accepted": 1}


def test_an_address_of_several_stands_for_all(case: Case) -> None:
    """In e-mails and meetings too; and an X.500 name is an address of its person."""
    case.email("ada", "2024-06-11T10:00:00Z", "/o=labs/cn=ADA", ANN, "team@contoso.com")
    start, end = utc("2024-06-12T10:00:00"), utc("2024-06-12T11:00:00")
    organizer = {"emailAddress": {"address": "IMCEAEX-_O=Labs_CN=somebody@x.example"}}
    case.event("ada", start, end, organizer=organizer, isOrganizer=True)
    case.event("ada", start, end, organizer=organizer)
    path = case.write()
    write_users(case, *USERS)
    year = office(compute(path), "acme")[0]
    assert year["NoOfEmails_ToAccount"] == 1
    assert year["NoOfContactsInvolved_Emails"] == 2
    assert (year["NoOfMeetings_ToAccount"], year["NoOfContactsInvolved_Meetings"]) == (1, 1)
    assert year["AverageDuration_Of_Meetings"] == 60


def test_an_x500_organiser_who_opted_out_stays_the_organiser(case: Case) -> None:
    """The owner stands in for nobody that is known."""
    start, end = utc("2024-06-12T10:00:00"), utc("2024-06-12T11:00:00")
    organizer = {"emailAddress": {"address": "/o=Labs/cn=cid"}}
    case.event("ada", start, end, organizer=organizer, isOrganizer=True, responseStatus=DECLINED)
    case.settings["mailboxes"] = {
        "addresses": [ADA, "bob@contoso.com"],
        "opted_out": ["cid@elsewhere.example"],
    }
    path = case.write()
    cid: Item = {"id": "cid", "mail": "cid@elsewhere.example"}
    write_users(case, *USERS, {**cid, "proxyAddresses": ["X500:/o=labs/cn=CID"]})
    # Ada declined as the owner of a copy, and nobody else of the organisation is there.
    assert ledger(compute(path), "meeting") == {"read": 1, "no_account": 1}


DECLINED: Item = {"response": "Declined"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("messages-2.ndjson", b'{"value": [{"id": "x"}], "@odata.nextLink": "y"}'),
        ("messages.json", b"[]"),
        ("EVENTS", b""),
        ("events-2.ndjson.gz", b""),
        ("events-2.jsonl.zst", b""),
        ("messages.ndjson", b'{"Id": "x", "SentDateTime": "2024-06-10T10:00:00Z"}'),
        ("events.ndjson", b'{"sentDateTime": "2024-06-10T10:00:00Z"}'),
        ("messages-2.ndjson", '{"id": "x"}'.encode("utf-16")),
        ("Excluded_Folders.json", b"[1]"),
        ("excluded_folders.json", b"{}"),
    ],
)
def test_what_fails_a_mailbox(case: Case, name: str, content: bytes) -> None:
    """It is never processed with nothing."""
    path = case.write()
    (mailbox(case) / "excluded_folders.json").unlink()
    (mailbox(case) / name).write_bytes(content)
    tables = compute(path)
    assert [row["Status"] for row in tables["Office_Mailbox"]] == ["failed", "processed"]
    assert ledger(tables, "email") == {}


def test_what_does_not_fail_a_mailbox(case: Case) -> None:
    """Other endings, any case, byte-order marks, halves of surrogate pairs, blank lines."""
    path = case.write()
    line = (mailbox(case) / "messages.ndjson").read_text()
    half = '"\\ud83d and \\ud83d\\ude00": "\\ude00", '
    content = ("\ufeff\r\n" + line.replace("{", "{" + half, 1) + "\n \n").encode()
    (mailbox(case) / "messages.ndjson").unlink()
    (mailbox(case) / "Messages (1).JSONL.GZ").write_bytes(gzip.compress(content))
    (mailbox(case) / "events.ndjson").rename(mailbox(case) / "EVENTS.NDJSON")
    (mailbox(case) / "message.csv").write_text("nobody's business")
    (mailbox(case) / "excluded_folders.json").write_text('\ufeff["inbox"]')
    mailbox(case).rename(mailbox(case).with_name("ADA"))
    tables = compute(path)
    assert [row["Status"] for row in tables["Office_Mailbox"]] == ["processed", "processed"]
    assert ledger(tables, "email") == {"read": 1, "counted": 1}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("users.ndjson", '{"value": []}'),
        ("groups.ndjson", "no JSON"),
        ("organization.json", '{"value": []}'),
        ("organization.json", '{"id": "x"}'),
        ("organization.json", "[]"),
    ],
)
def test_what_stops_the_run(case: Case, name: str, content: str) -> None:
    """Users, groups and the organisation are read whole or not at all."""
    path = case.write()
    (case.folder / "activity" / name).write_text(content)
    with pytest.raises(BrokenFileError):
        compute(path)


def test_a_page_of_one_organization(case: Case) -> None:
    """It is that one."""
    path = case.write()
    page = {"value": [{"verifiedDomains": [{"name": "acme.example."}]}]}
    (case.folder / "activity" / "organization.json").write_text(json.dumps(page))
    assert ledger(compute(path), "contact") == {"read": 2, "own_organisation": 1, "accepted": 1}


def test_a_mailbox_that_fails_counts_as_it_was(case: Case) -> None:
    """All of it that lies in the new window; the stretch that counts ends at the earlier run."""
    case.email("ada", "2023-06-20T10:00:00Z", ANN, ADA)
    case.email("ada", "2024-06-20T10:00:00Z", ANN, ADA)
    case.email("ada", "2023-06-01T10:00:00Z", ANN, ADA)
    first = results(case.write())
    assert ledger(all_tables(first), "email") == {"read": 4, "outside_window": 2, "counted": 2}
    case.as_of = "2024-07-01T00:00:00Z"
    path = case.write()
    (mailbox(case) / "events-2.ndjson").write_text("broken")
    second = results(path, before=first)
    tables = all_tables(second)
    # 20 June 2023 has left the window, 20 June 2024 is in it now.
    assert ledger(tables, "email") == {"read": 4, "outside_window": 2, "counted": 2}
    assert office(tables, "acme")[0]["DaysSinceLastEmail"] == 11
    ada = tables["Office_Mailbox"][0]
    assert ada["Status"] == "failed"
    assert ada["CoveredFrom"] == datetime(2023, 7, 1, tzinfo=UTC)
    assert ada["CoveredTo"] == datetime(2024, 6, 14, 12, tzinfo=UTC)
    assert [(row["Status"], row["EmailsProcessed"]) for row in tables["Office_Run"]] == [
        ("succeeded", 2),
        ("succeeded_with_warnings", 2),
    ]
    # Without its folder nothing counts, and what was kept of it is gone.
    mailbox(case).rename(case.folder / "away")
    third = results(path, before=second)
    assert all_tables(third)["Office_Mailbox"][0]["CoveredFrom"] is None
    (case.folder / "away").rename(mailbox(case))
    assert ledger(compute(path, before=third), "email") == {}
