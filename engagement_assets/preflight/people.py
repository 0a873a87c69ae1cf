"""Whom the listed addresses stand for."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    """

    address: str
    persons: int
    remark: str
    is_opted_out: bool = False


def resolve(source: ActivitySource, address: str, *, is_opted_out: bool = False) -> ListedAddress:
    """Find whom an address stands for (see `ActivitySource.resolution` for errors)."""
    resolution = source.resolution(address)
    users = resolution.users
    if not is_opted_out:
        users = people.brought_in(address, users)
    return ListedAddress(address, len(users), _remark(resolution, users), is_opted_out)


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
    total = len(listed.addresses) + len(listed.opted_out)
    for address in (*listed.addresses, *listed.opted_out):
        begin(f"address {len(found) + 1} of {total}")
        is_opted_out = len(found) >= len(listed.addresses)
        one = attempt(SUBJECT, partial(resolve, source, address, is_opted_out=is_opted_out))
        if isinstance(one, Check):
            return None, found, one
        found.append(one)
    selected = attempt(SUBJECT, lambda: people.select(source, listed.addresses, listed.opted_out))
    if isinstance(selected, Check):
        return None, found, selected
    return selected, found, _check(selected, found)


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
