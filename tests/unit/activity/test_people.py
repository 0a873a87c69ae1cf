"""Who is who (numbers 1): groups, aliases, people who opted out, and how many may remain."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engagement_assets.activity import people
from engagement_assets.activity.folder import FolderSource
from engagement_assets.errors import ConfigurationError
from tests.support import building

Resource = dict[str, object]
Directory = Callable[..., FolderSource]
NAMES = ("ada", "bob", "cy", "dot")


def user(name: str) -> Resource:
    return building.user(
        name,
        userPrincipalName=f"{name}@contoso.onmicrosoft.com",
        proxyAddresses=[f"SMTP:{name}.first@contoso.com", f"smtp:{name}.alias@partner.example"],
    )


def group(name: str, *members: str) -> Resource:
    return {"id": name, "mail": f"{name}@contoso.com", "members": list(members)}


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    def write(*groups: Resource, users: list[Resource] | None = None) -> FolderSource:
        resources = [user(name) for name in NAMES] if users is None else users
        for stem, entries in (("users", resources), ("groups", groups)):
            text = "".join(json.dumps(entry) + "\n" for entry in entries)
            (tmp_path / f"{stem}.ndjson").write_text(text, encoding="utf-8")
        return FolderSource(tmp_path)

    return write


def selected(source: FolderSource, *listed: str, opted_out: tuple[str, ...] = ()) -> list[str]:
    return [person.id for person in people.select(source, listed, opted_out).persons]


GROUPS: dict[str, tuple[list[Resource], list[str]]] = {
    "one": ([group("team", "bob", "ada")], ["ada", "bob"]),
    "nested": (
        [group("team", "inner", "cy"), group("inner", "core"), group("core", "ada")],
        ["ada", "cy"],
    ),
    "in itself": ([group("team", "team", "ada", "bob")], ["ada", "bob"]),
    "cycle": (
        [group("team", "b", "ada"), group("b", "c", "bob"), group("c", "team", "cy")],
        ["ada", "bob", "cy"],
    ),
    "diamond": (
        [group("team", "b", "c"), group("b", "d"), group("c", "d"), group("d", "ada", "dot")],
        ["ada", "dot"],
    ),
    "neither": ([group("team", "device", "ada", "bob", "")], ["ada", "bob"]),
    "member twice": ([group("team", "ada", "bob", "ada")], ["ada", "bob"]),
    "a group without members": (
        [group("team", "empty", "ada", "bob"), {"id": "empty", "mail": "empty@contoso.com"}],
        ["ada", "bob"],
    ),
}


@pytest.mark.parametrize(("groups", "expected"), GROUPS.values(), ids=GROUPS)
def test_groups(directory: Directory, groups: list[Resource], expected: list[str]) -> None:
    assert selected(directory(*groups), "team@contoso.com") == expected


def test_a_long_chain_of_groups(directory: Directory) -> None:
    chain = [group(f"g{number}", f"g{number + 1}") for number in range(3_000)]
    source = directory(*chain, group("g3000", "ada", "bob"))
    assert selected(source, "g0@contoso.com") == ["ada", "bob"]


def test_a_group_is_found_by_each_of_its_addresses(directory: Directory) -> None:
    team = {"id": "t", "proxyAddresses": ["SMTP:Team@Contoso.com", "smtp:old@contoso.com"]}
    source = directory(team | {"members": ["ada", "bob"]})
    assert selected(source, "team@contoso.com") == selected(source, "old@contoso.com")


def test_an_address_of_a_user_and_of_a_group_stands_for_both(directory: Directory) -> None:
    source = directory(group("ada", "bob") | {"id": "g"})
    assert selected(source, "ada@contoso.com") == ["ada", "bob"]


def test_whoever_is_reached_twice_counts_once(directory: Directory) -> None:
    source = directory(group("team", "ada", "bob"))
    listed = ("team@contoso.com", "ada@contoso.com", "ada.alias@partner.example", "bob@contoso.com")
    found = people.select(source, [*listed, "ada@contoso.com"], ())
    assert [person.id for person in found.persons] == ["ada", "bob"]
    assert found.resolved == dict(zip(listed, (2, 1, 1, 1), strict=True))
    assert found.unresolved == ()


@pytest.mark.parametrize(
    "address",
    [
        *("ada@contoso.com", "ada@contoso.onmicrosoft.com", "ada.first@contoso.com"),
        "ada.alias@partner.example",
    ],
)
def test_every_address_of_a_user_resolves(directory: Directory, address: str) -> None:
    assert selected(directory(), address, "bob@contoso.com") == ["ada", "bob"]


def test_an_unresolved_address_is_named_and_stops_nothing(directory: Directory) -> None:
    source = directory(group("empty"))
    listed = ("ada@contoso.com", "leaver@contoso.com", "empty@contoso.com", "bob@contoso.com")
    found = people.select(source, listed, ("gone@contoso.com", "cy@contoso.com"))
    assert found.unresolved == ("leaver@contoso.com", "empty@contoso.com", "gone@contoso.com")
    assert [person.id for person in found.persons] == ["ada", "bob"]


OPTED_OUT: dict[str, tuple[tuple[str, ...], list[str], set[str]]] = {
    "nobody": ((), ["ada", "bob", "cy"], set()),
    "a user": (("bob@contoso.com",), ["ada", "cy"], {"bob"}),
    "by an alias": (("bob.alias@partner.example",), ["ada", "cy"], {"bob"}),
    "a group": (("quiet@contoso.com",), ["ada", "cy"], {"bob", "dot"}),
    "not listed": (("dot@contoso.com",), ["ada", "bob", "cy"], {"dot"}),
    "twice": (("bob@contoso.com", "quiet@contoso.com"), ["ada", "cy"], {"bob", "dot"}),
}


@pytest.mark.parametrize(("out", "persons", "gone"), OPTED_OUT.values(), ids=OPTED_OUT)
def test_who_opted_out_is_not_read_and_stays_a_colleague(
    directory: Directory, out: tuple[str, ...], persons: list[str], gone: set[str]
) -> None:
    source = directory(group("team", "ada", "bob", "cy"), group("quiet", "bob", "dot"))
    found = people.select(source, ["team@contoso.com"], out)
    assert [person.id for person in found.persons] == persons
    assert found.opted_out == gone
    everybody = [*persons, *gone]
    assert found.colleague_addresses == {
        address
        for name in everybody
        for address in (
            *(f"{name}@contoso.com", f"{name}@contoso.onmicrosoft.com"),
            *(f"{name}.first@contoso.com", f"{name}.alias@partner.example"),
        )
    }


def guest(name: str, **changes: object) -> Resource:
    return {
        "id": name,
        "mail": f"{name}@customer.example",
        "userPrincipalName": f"{name}_customer.example#EXT#@contoso.onmicrosoft.com",
        "userType": "Guest",
        **changes,
    }


EVE = ("eve@customer.example", "eve_customer.example#ext#@contoso.onmicrosoft.com")
GUEST_CASES: dict[str, tuple[tuple[str, ...], tuple[str, ...], list[str], set[str], bool]] = {
    # listed, opted out; persons, who is gone, whether eve's addresses are the organisation's
    "in a group": (("team@contoso.com",), (), ["ada", "bob"], set(), False),
    "in a nested group": (("outer@contoso.com",), (), ["ada", "bob"], set(), False),
    "by an address of her own": (
        ("team@contoso.com", EVE[0]),
        (),
        ["ada", "bob", "eve"],
        set(),
        True,
    ),
    "by her principal name": ((EVE[1], "team@contoso.com"), (), ["ada", "bob", "eve"], set(), True),
    "before the group": (
        (EVE[0], "outer@contoso.com", EVE[0]),
        (),
        ["ada", "bob", "eve"],
        set(),
        True,
    ),
    "a group takes her out": (
        ("team@contoso.com", EVE[0]),
        ("visitors@contoso.com",),
        ["ada", "bob"],
        {"eve"},
        True,
    ),
    "out by an address of her own": (
        ("team@contoso.com",),
        (EVE[0],),
        ["ada", "bob"],
        {"eve"},
        True,
    ),
    "out by a group, listed nowhere": (
        ("team@contoso.com",),
        ("visitors@contoso.com",),
        ["ada", "bob"],
        {"eve"},
        False,
    ),
    "in and out by groups and an address": (
        ("outer@contoso.com",),
        ("visitors@contoso.com", EVE[1]),
        ["ada", "bob"],
        {"eve"},
        True,
    ),
}


@pytest.mark.parametrize(
    ("listed", "out", "persons", "gone", "is_colleague"), GUEST_CASES.values(), ids=GUEST_CASES
)
def test_guests(
    directory: Directory,
    listed: tuple[str, ...],
    out: tuple[str, ...],
    persons: list[str],
    gone: set[str],
    is_colleague: bool,
) -> None:
    source = directory(
        group("team", "ada", "bob", "eve"),
        group("outer", "team", "eve"),
        group("visitors", "eve"),
        users=[*map(user, NAMES), guest("eve")],
    )
    found = people.select(source, listed, out)
    assert [person.id for person in found.persons] == persons
    assert found.opted_out == gone
    assert found.colleague_addresses.issuperset(EVE) is is_colleague
    assert found.colleague_addresses.isdisjoint(EVE) is not is_colleague
    assert found.unresolved == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"userType": "guest", "userPrincipalName": None},
        {"userType": None},
        {"userType": "Member", "userPrincipalName": "eve_customer.example#ext#@contoso.com"},
    ],
    ids=["type in another case", "name alone", "a member from elsewhere"],
)
def test_however_it_is_said_that_somebody_is_a_guest(
    directory: Directory, changes: Resource
) -> None:
    users = [*map(user, NAMES), guest("eve", **changes)]
    source = directory(group("team", "ada", "bob", "eve"), users=users)
    assert selected(source, "team@contoso.com") == ["ada", "bob"]


def test_a_group_of_guests_resolves_to_nobody(directory: Directory) -> None:
    users = [*map(user, NAMES), guest("eve"), guest("dan")]
    source = directory(group("visitors", "eve", "dan"), users=users)
    listed = ("visitors@contoso.com", "ada@contoso.com", "bob@contoso.com")
    assert people.select(source, listed, ()).unresolved == ("visitors@contoso.com",)
    assert people.select(source, listed[1:], listed[:1]).resolved[listed[0]] == 2
    with pytest.raises(ConfigurationError) as caught:
        people.select(source, listed[:2], ())
    assert "resolve to nobody: visitors@contoso.com. 2 guest(s) of groups" in str(caught.value)
    assert "customer.example" not in str(caught.value)


def test_an_address_that_a_guest_and_others_carry(directory: Directory) -> None:
    """It is the guest's own: it brings all of them in."""
    shared = guest("eve", proxyAddresses=["smtp:ada@contoso.com"])
    source = directory(group("cy", "eve") | {"id": "g"}, users=[*map(user, NAMES), shared])
    assert selected(source, "ada@contoso.com", "bob@contoso.com") == ["ada", "bob", "eve"]
    assert selected(source, "cy@contoso.com", "bob@contoso.com") == ["bob", "cy"]


def test_the_guests_rule_is_not_told_where_nobody_was_left_out(directory: Directory) -> None:
    source = directory(group("team", "eve"), users=[*map(user, NAMES), guest("eve")])
    for listed, out in (
        (("eve@customer.example", "team@contoso.com"), ()),
        (("team@contoso.com",), ("team@contoso.com",)),
    ):
        with pytest.raises(ConfigurationError) as caught:
            people.select(source, listed, out)
        assert "guest" not in str(caught.value)


def test_ids_compare_without_case(directory: Directory) -> None:
    users = [user("ada") | {"id": "ADA-1"}, user("ada") | {"id": "ada-1"}, user("bob")]
    source = directory(group("team", "Ada-1", "BOB"), users=users)
    assert selected(source, "team@contoso.com", "ada@contoso.com") == ["ada-1", "bob"]


def test_persons_are_in_the_order_of_their_ids(directory: Directory) -> None:
    """Numbers of persons follow from it, and rows that are otherwise equal from those."""
    listed = [f"{name}@contoso.com" for name in NAMES]
    assert selected(directory(), *reversed(listed)) == selected(directory(), *listed)


@pytest.mark.parametrize(
    ("number", "allowed"), [(0, False), (1, False), (2, True), (2_500, True), (2_501, False)]
)
def test_how_many_persons_there_may_be(directory: Directory, number: int, allowed: bool) -> None:
    """Opted-out people are taken out first: they count on neither side of the bounds."""
    users: list[Resource] = [
        {"id": f"u{place:04}", "mail": f"u{place}@contoso.com"} for place in range(number)
    ]
    quiet: list[Resource] = [{"id": f"q{place}"} for place in range(3)]
    members = [str(entry["id"]) for entry in (*users, *quiet)]
    source = directory(
        group("team", *members), group("quiet", "q0", "q1", "q2"), users=users + quiet
    )
    if allowed:
        assert len(selected(source, "team@contoso.com", opted_out=("quiet@contoso.com",))) == number
        return
    with pytest.raises(ConfigurationError) as caught:
        selected(source, "team@contoso.com", "x@contoso.com", opted_out=("quiet@contoso.com",))
    message = str(caught.value)
    assert f"selects {number} person(s)" in message
    assert "2 to 2,500" in message
    assert "resolve to nobody: x@contoso.com." in message


def test_the_error_names_no_address_that_resolves(directory: Directory) -> None:
    with pytest.raises(ConfigurationError) as caught:
        selected(directory(), "ada@contoso.com")
    assert "resolve" not in str(caught.value)
