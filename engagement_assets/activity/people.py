"""Who is who (numbers 1): the persons whose mailboxes are read, and their colleagues."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engagement_assets.activity.source import ActivitySource, User
from engagement_assets.errors import ConfigurationError
from engagement_assets.vocabulary import FEWEST_PERSONS, MOST_PERSONS

# for messages about guests who are left out
GUESTS_RULE = "a guest is a person only when an address of its own is listed"


@dataclass(frozen=True)
class People:
    """The people that the configuration selects.

    Attributes:
        persons: users whose mailboxes are read, by user id.
        colleague_addresses: addresses of the organisation's people, opted-out people included;
            of guests only when an address of their own is listed.
        opted_out: user ids of the people who opted out, whether colleagues or not.
        resolved: per listed address, how many users it stands for, guests whom a group does not
            bring in left out; 0 for an unknown one.
        assumed_domains: the domains that stand for the tenant's (numbers 1); None where the
            source tells those.
    """

    persons: tuple[User, ...]
    colleague_addresses: frozenset[str]
    opted_out: frozenset[str]
    resolved: Mapping[str, int]
    assumed_domains: frozenset[str] | None = None

    @property
    def unresolved(self) -> tuple[str, ...]:
        """Listed addresses that resolve to nobody."""
        return tuple(address for address, number in self.resolved.items() if number == 0)


def brought_in(address: str, users: Iterable[User]) -> tuple[User, ...]:
    """Return whom a listed address brings in: guests only by an address of their own (numbers 1).

    Args:
        address: as listed, normalised.
        users: whom it stands for, members of a group with this address included.
    """
    return tuple(user for user in users if not user.is_guest or address in user.addresses)


def select(source: ActivitySource, listed: Iterable[str], opted_out: Iterable[str]) -> People:
    """Resolve the listed addresses and take out who opted out.

    Args:
        source: where users and groups are found.
        listed: addresses of users and groups, normalised.
        opted_out: addresses of users and groups who are not read but stay colleagues.

    Raises:
        ConfigurationError: unless 2 to 2,500 persons remain.
    """
    resolved: dict[str, int] = {}
    colleagues: dict[str, User] = {}
    left_out: set[str] = set()
    for address in listed:
        users = source.resolve(address)
        brought = brought_in(address, users)
        resolved[address] = len(brought)
        colleagues.update({user.id: user for user in brought})
        left_out.update(user.id for user in users)
    selected = dict(colleagues)
    gone: set[str] = set()
    for address in opted_out:
        users = source.resolve(address)
        resolved.setdefault(address, len(users))
        gone.update(user.id for user in users)
        colleagues.update({user.id: user for user in brought_in(address, users)})
    persons = tuple(selected[user_id] for user_id in sorted(selected.keys() - gone))
    if not FEWEST_PERSONS <= len(persons) <= MOST_PERSONS:
        raise _wrong_number(len(persons), resolved, guests=len(left_out - selected.keys() - gone))
    return People(
        persons=persons,
        colleague_addresses=frozenset(
            address for user in colleagues.values() for address in user.addresses
        ),
        opted_out=frozenset(gone),
        resolved=resolved,
    )


def _wrong_number(number: int, resolved: Mapping[str, int], guests: int) -> ConfigurationError:
    unknown = [address for address, users in resolved.items() if users == 0]
    remedies = [f"These resolve to nobody: {', '.join(unknown)}."] if unknown else []
    if guests:
        remedies.append(f"{guests} guest(s) of groups do not count: {GUESTS_RULE}.")
    return ConfigurationError(
        f"it selects {number} person(s), opted-out people not counted; {FEWEST_PERSONS} to "
        f"{MOST_PERSONS:,} are needed, so nothing was read",
        where="mailboxes.addresses",
        remedy=" ".join(remedies) or None,
    )
