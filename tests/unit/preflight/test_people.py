"""Whom the listed addresses stand for, and what is said about them."""

from engagement_assets.activity.source import Resolution, User
from engagement_assets.config import Mailboxes
from engagement_assets.preflight import people
from tests.support.memory_source import MemorySource


class Remarking(MemorySource):
    """A directory that knows something about its people."""

    def resolution(self, address: str) -> Resolution:
        """Say that everybody in a group has a disabled account."""
        users = self.resolve(address)
        notes = {user.id: "Disabled" for user in users} if len(users) > 1 else {}
        return Resolution(address, users, super().resolution(address).reason, notes)


def directory() -> MemorySource:
    users = [User(name, (f"{name}@contoso.com",)) for name in ("ada", "bob", "cy")]
    return Remarking(users, {}, groups={"team@contoso.com": ["ada", "bob"]})


def test_each_address_with_its_persons_and_remarks() -> None:
    listed = Mailboxes(
        addresses=("team@contoso.com", "cy@contoso.com"), opted_out=("who@contoso.com",)
    )
    begun: list[str] = []
    selected, found, check = people.inspect(directory(), listed, begun.append)
    assert selected is not None
    assert [person.id for person in selected.persons] == ["ada", "bob", "cy"]
    assert [(each.persons, each.remark, each.is_opted_out) for each in found] == [
        (2, "Disabled (2 person(s)).", False),
        (1, "", False),
        (0, "Nobody has this address.", True),
    ]
    assert check.level == "warning"
    assert "2 address(es) need a look" in check.found
    assert begun == ["address 1 of 3", "address 2 of 3", "address 3 of 3"]


def test_too_few_persons() -> None:
    listed = Mailboxes(addresses=("cy@contoso.com",))
    selected, found, check = people.inspect(directory(), listed, lambda _: None)
    assert (selected, len(found), check.level, check.exit_code) == (None, 1, "error", 2)


def test_guests_of_a_group_are_left_out_and_said_to_be() -> None:
    users = [
        *(User(name, (f"{name}@contoso.com",)) for name in ("ada", "bob")),
        *(User(name, (f"{name}@x.example",), is_guest=True) for name in ("eve", "dan")),
    ]
    groups = {"team@contoso.com": ["ada", "eve", "dan"], "visitors@contoso.com": ["dan"]}
    directory = Remarking(users, {}, groups=groups)
    listed = Mailboxes(
        addresses=("team@contoso.com", "bob@contoso.com", "visitors@contoso.com", "eve@x.example"),
        opted_out=("visitors@contoso.com",),
    )
    selected, found, check = people.inspect(directory, listed, lambda _: None)
    assert selected is not None
    assert [person.id for person in selected.persons] == ["ada", "bob", "eve"]
    rule = "a guest is a person only when an address of its own is listed."
    assert [(each.persons, each.remark, each.is_opted_out) for each in found] == [
        (1, f"Disabled (1 person(s)). 2 guest(s) of the group left out: {rule}", False),
        (1, "", False),
        (0, f"1 guest(s) of the group left out: {rule}", False),
        (1, "", False),
        (1, "", True),
    ]
    assert "stand for 3 persons, 1 opted-out person(s) not counted" in check.found
    assert "2 address(es) need a look" in check.found
