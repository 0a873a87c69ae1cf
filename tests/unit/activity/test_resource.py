"""Values of a resource that are of another type are not there."""

import pytest

from engagement_assets.activity import resource
from engagement_assets.activity.source import User


@pytest.mark.parametrize("value", [None, 5, ["a"], {"a": "b"}, True])
def test_what_is_not_text(value: object) -> None:
    assert resource.text(value) is None


@pytest.mark.parametrize("value", [None, 5, "a", {"a": "b"}])
def test_what_is_not_a_list(value: object) -> None:
    assert resource.texts(value) == ()


def test_texts_of_a_list() -> None:
    assert resource.texts(["a", 5, None, "b"]) == ("a", "b")


def test_addresses_at_which_mail_arrives() -> None:
    named = {"mail": "a@x.org", "userPrincipalName": "b@x.org", "proxyAddresses": ["SMTP:c@x.org"]}
    assert resource.mail_addresses(named) == ("a@x.org", "c@x.org")
    assert resource.mail_addresses({}) == (None,)
    marked = {"proxyAddresses": ["x500:/o=X/cn=C", "SIP:d@x.org", 5]}
    assert resource.mail_addresses(marked) == (None, "/o=x/cn=c", None)


def test_a_user() -> None:
    named = {"id": "1", "mail": "a@x.org", "userPrincipalName": "b@x.org", "proxyAddresses": None}
    assert resource.user(named) == User.of("1", "a@x.org", "b@x.org", ())
    assert resource.user({"id": 5}).id == ""
    assert resource.user({"id": "ADA"}).id == "ada"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("ADA-1", "ada-1"), ("ada-1", "ada-1"), ("", ""), (None, ""), (5, ""), ({"id": "a"}, "")],
)
def test_ids_are_in_lower_case(value: object, expected: str) -> None:
    assert resource.object_id(value) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["A", "b"], ("a", "b")),
        ([{"@odata.type": "#microsoft.graph.user", "id": "A"}, {"id": "b"}], ("a", "b")),
        (["a", {"id": "B"}, {"id": None}, {"Id": "c"}, None, 5, ["d"], ""], ("a", "b")),
        ({"value": ["A", {"id": "b"}], "Count": 2}, ("a", "b")),
        ({"value": "a"}, ()),
        ("a", ()),
        (None, ()),
        ([], ()),
    ],
    ids=["ids", "objects", "mixed", "PowerShell", "no list", "text", "null", "empty"],
)
def test_members_of_a_group(members: object, expected: tuple[str, ...]) -> None:
    assert resource.member_ids(members) == expected


@pytest.mark.parametrize(
    ("fields", "is_guest"),
    [
        ({"userType": "Guest"}, True),
        ({"userType": "guest "}, True),
        ({"userType": "Member"}, False),
        ({"userType": None, "userPrincipalName": "eve_x.org#EXT#@contoso.com"}, True),
        ({"userType": "Member", "userPrincipalName": "eve_x.org#ext#@contoso.com"}, True),
        ({"userType": ["Guest"], "userPrincipalName": "ext@contoso.com"}, False),
        ({}, False),
    ],
)
def test_who_is_a_guest(fields: dict[str, object], is_guest: bool) -> None:
    assert resource.user({"id": "A", **fields}).is_guest is is_guest
