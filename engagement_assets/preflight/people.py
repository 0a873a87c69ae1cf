"""Whom the listed addresses stand for."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from engagement_assets.activity import people
from engagement_assets.activity.people import People
from engagement_assets.activity.source import ActivitySource, Resolution, User
from engagement_assets.config import Mailboxes
from engagement_assets.preflight.check import Check, attempt, ok, warning

SUBJECT = "Addresses"


@dataclass(frozen=True)
class ListedAddress:
    """What became of one listed address.

    Attributes:
        address: as listed.
        persons: how many users it stands for: guests in a group count among the opted out only.
        remark: what is to be said about it or them; empty when all is plain.
        is_opted_out: whether it is listed as opted out.
        users: those users.
    """

    address: str
    persons: int
    remark: str
    is_opted_out: bool = False
    users: tuple[User, ...] = ()


def resolve(source: ActivitySource, address: str, *, is_opted_out: bool = False) -> ListedAddress:
    """Find whom an address stands for (see `ActivitySource.resolution` for errors)."""
    resolution = source.resolution(address)
    users = resolution.users
    if not is_opted_out:
        users = people.brought_in(address, users)
    remark = _remark(resolution, users)
    return ListedAddress(address, len(users), remark, is_opted_out, tuple(users))


def inspect(
    source: ActivitySource, listed: Mailboxes, begin: Callable[[str], None]
) -> tuple[People | None, Sequence[ListedAddress], Check]:
    """Resolve every listed address; return the persons when their number is right.

    Args:
        source: where users and groups are found.
        listed: `mailboxes` of the configuration.
        begin: told what comes next.
    """
    found: list[ListedAddress] = []
    # who opted out comes first: their addresses are not told (`told`), whatever happens then
    entries = [(address, True) for address in listed.opted_out]
    entries += [(address, False) for address in listed.addresses]
    for address, is_opted_out in entries:
        begin(f"address {len(found) + 1} of {len(entries)}")
        one = attempt(SUBJECT, partial(resolve, source, address, is_opted_out=is_opted_out))
        if isinstance(one, Check):
            return None, _in_order(found), one
        found.append(one)
    selected = attempt(SUBJECT, lambda: people.select(source, listed.addresses, listed.opted_out))
    if isinstance(selected, Check):
        return None, _in_order(found), selected
    return selected, _in_order(found), _check(selected, found)


def told(found: Sequence[ListedAddress]) -> list[ListedAddress]:
    """Return what may be shown to anybody: addresses of who opted out give way to their places."""
    gone = [each for each in found if each.is_opted_out]
    hidden = {each.address for each in gone if each.users}
    hidden.update(address for each in gone for user in each.users for address in user.addresses)
    shown = []
    for key, is_opted_out in (("mailboxes.addresses", False), ("mailboxes.opted_out", True)):
        entries = (each for each in found if each.is_opted_out == is_opted_out)
        for place, each in enumerate(entries, start=1):
            is_hidden = each.address in hidden
            shown.append(replace(each, address=f"{key}, entry {place}") if is_hidden else each)
    return shown


def _in_order(found: Sequence[ListedAddress]) -> list[ListedAddress]:
    """Return the listed ones, then those who opted out, as the configuration has them."""
    return sorted(found, key=lambda each: each.is_opted_out)


def _check(selected: People, found: Sequence[ListedAddress]) -> Check:
    listed = sum(not each.is_opted_out for each in found)
    text = f"{listed} listed address(es) stand for {len(selected.persons)} persons"
    if selected.opted_out:
        text += f", {len(selected.opted_out)} opted-out person(s) not counted"
    remarks = sum(bool(each.remark) for each in found)
    if remarks:
        return warning(
            SUBJECT,
            f"{text}. {remarks} address(es) need a look.",
            "See the remarks in the table of addresses.",
        )
    return ok(SUBJECT, f"{text}.")


def _remark(resolution: Resolution, users: Sequence[User]) -> str:
    ids = {user.id for user in users}
    notes = Counter(note for user_id, note in resolution.notes.items() if user_id in ids)
    remarks = [resolution.reason] if resolution.reason else []
    remarks += [f"{note} ({number} person(s))." for note, number in sorted(notes.items())]
    if guests := len(resolution.users) - len(users):
        remarks.append(f"{guests} guest(s) of the group left out: {people.GUESTS_RULE}.")
    return " ".join(remarks)
