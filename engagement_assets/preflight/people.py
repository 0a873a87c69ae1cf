"""Whom the listed addresses stand for."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engagement_assets.activity import people
from engagement_assets.activity.people import People
from engagement_assets.activity.source import ActivitySource, Resolution
from engagement_assets.config import Mailboxes
from engagement_assets.preflight.check import Check, attempt, ok, warning

SUBJECT = "Addresses"


@dataclass(frozen=True)
class ListedAddress:
    """What became of one listed address.

    Attributes:
        address: as listed; its place in the list when it is that of somebody who opted out.
        persons: how many users it stands for.
        remark: what is to be said about it or them; empty when all is plain.
        is_opted_out: whether it is listed as opted out.
    """

    address: str
    persons: int
    remark: str
    is_opted_out: bool = False


def resolve(
    source: ActivitySource,
    listed: Sequence[str],
    opted_out: Sequence[str],
    begin: Callable[[str], None] = lambda _: None,
) -> Iterator[ListedAddress]:
    """Find whom each listed address stands for, then each opted-out one.

    Args:
        source: where users and groups are found (see `ActivitySource.resolution` for errors).
        listed: addresses of users and groups.
        opted_out: addresses of those who are not read.
        begin: told what comes next.
    """
    total = len(listed) + len(opted_out)
    found: list[Resolution] = []
    # whose address may not be told has to be known before the first is
    for number, address in enumerate(opted_out, start=1):
        begin(f"address {number} of {total}")
        found.append(source.resolution(address))
    hidden = {address for each in found for user in each.users for address in user.addresses}
    hidden.update(each.address for each in found if each.users)
    for place, address in enumerate(listed, start=1):
        begin(f"address {len(opted_out) + place} of {total}")
        one = source.resolution(address)
        shown = f"mailboxes.addresses, entry {place}" if address in hidden else address
        yield ListedAddress(shown, len(one.users), _remark(one))
    for place, one in enumerate(found, start=1):
        if one.users:
            shown, remark = f"mailboxes.opted_out, entry {place}", _remark(one)
        else:
            shown, remark = one.address, f"{_remark(one)} Nobody is opted out by it."
        yield ListedAddress(shown, len(one.users), remark, is_opted_out=True)


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

    def look_up() -> None:
        for each in resolve(source, listed.addresses, listed.opted_out, begin):
            found.append(each)  # noqa: PERF402 - what was found before an error is shown

    failure = attempt(SUBJECT, look_up)
    if failure is not None:
        return None, found, failure
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


def _remark(resolution: Resolution) -> str:
    notes = Counter(resolution.notes.values())
    remarks = [resolution.reason] if resolution.reason else []
    remarks += [f"{note} ({number} person(s))." for note, number in sorted(notes.items())]
    return " ".join(remarks)
