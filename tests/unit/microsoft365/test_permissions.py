"""The permissions by their names: what grants, what is welcome, what is more than is needed."""

import pytest

from engagement_assets.microsoft365 import permissions
from engagement_assets.microsoft365.permissions import (
    CALENDARS,
    DOMAINS,
    HIDDEN_MEMBERS,
    KNOWN,
    MAIL,
    MEMBERS,
    NEEDED,
    OPENS,
    USERS,
)


def test_every_name_is_known_once() -> None:
    assert KNOWN.keys() == {*NEEDED, DOMAINS, HIDDEN_MEMBERS}
    for known in KNOWN.values():
        assert not known.enough & known.broader
        assert not known.narrower & (known.enough | known.broader)
        assert known.broader <= OPENS.keys()


@pytest.mark.parametrize(
    ("role", "granted"),
    [
        ("Mail.ReadWrite", {MAIL}),
        ("Calendars.Read", {CALENDARS}),
        ("Directory.Read.All", {USERS, MEMBERS}),
        ("GroupMember.ReadBasic.All", {MEMBERS}),
        ("Group.ReadBasic.All", {MEMBERS}),
        # whether these are enough a request shows
        ("Mail.ReadBasic", set()),
        ("Calendars.ReadBasic", set()),
        # no aliases, and nobody is a guest
        ("User.ReadBasic.All", set()),
        ("Organization.Read.All", set()),
        ("Member.Read.Hidden", set()),
        ("Mail.Send", set()),
    ],
)
def test_what_a_role_grants(role: str, granted: set[str]) -> None:
    assert set(permissions.granted_by({role})) == granted


@pytest.mark.parametrize(
    "role",
    [
        "Mail.ReadBasic",
        "Calendars.ReadBasic",
        "User.ReadBasic.All",
        "GroupMember.ReadBasic.All",
        "Group.ReadBasic.All",
        "Organization.Read.All",
        "Member.Read.Hidden",
    ],
)
def test_what_opens_no_more_is_not_excess(role: str) -> None:
    assert permissions.excess({role}) == {}
    assert permissions.excess({*NEEDED, role}) == {}


def test_what_nothing_else_grants_is_not_taken_away_first() -> None:
    narrow = {MAIL, CALENDARS, USERS, MEMBERS}
    found = permissions.excess(narrow - {MAIL} | {"Mail.Read", "Directory.Read.All", "Odd.Role"})
    assert found == {"Directory.Read.All": (DOMAINS,), "Mail.Read": (MAIL,), "Odd.Role": ()}
    assert list(permissions.excess(narrow | {DOMAINS, "Mail.Read", "Directory.Read.All"})) == [
        "Directory.Read.All",
        "Mail.Read",
    ]
    assert set(permissions.excess(narrow | {DOMAINS, "Directory.Read.All"}).values()) == {()}
    basic = {MAIL, CALENDARS, USERS, "GroupMember.ReadBasic.All", "Group.Read.All"}
    assert permissions.excess(basic) == {"Group.Read.All": ()}


def test_advice() -> None:
    assert permissions.advice("Mail.Read", (MAIL,)) == (
        "More than is needed: it opens the text and the attachments of all mail. It stands for "
        "Mail.ReadBasic.All: grant that first, then take it away."
    )
    assert permissions.advice("Mail.Send", ()) == (
        "Not needed: an administrator should take it away. It opens sending mail as anybody."
    )
    assert permissions.advice("Odd.Role", ()).endswith("It opens what nothing here reads.")
    both = permissions.advice("Directory.Read.All", (USERS, MEMBERS))
    assert "User.Read.All and GroupMember.Read.All: grant that first" in both
