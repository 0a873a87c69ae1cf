"""Who is who (numbers 1): the persons whose mailboxes are read, and their colleagues."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engagement_assets.activity.source import ActivitySource, User
from engagement_assets.errors import ConfigurationError
from engagement_assets.vocabulary import FEWEST_PERSONS, MOST_PERSONS


@dataclass(frozen=True)
class People:
    """The people that the configuration selects.

    Attributes:
        persons: users whose mailboxes are read, by user id.
        colleague_addresses: addresses of the organisation's people, opted-out people included.
        opted_out: user ids of the people who opted out.
        resolved: per listed address, how many users it stands for; 0 for an unknown one.
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
    selected: dict[str, User] = {}
    for address in listed:
        users = source.resolve(address)
        resolved[address] = len(users)
        selected.update({user.id: user for user in users})
    colleagues = dict(selected)
    for address in opted_out:
        users = source.resolve(address)
        resolved.setdefault(address, len(users))
        for user in users:
            colleagues[user.id] = user
            selected.pop(user.id, None)
    if not FEWEST_PERSONS <= len(selected) <= MOST_PERSONS:
        raise _wrong_number(len(selected), resolved)
    return People(
        persons=tuple(selected[user_id] for user_id in sorted(selected)),
        colleague_addresses=frozenset(
            address for user in colleagues.values() for address in user.addresses
        ),
        opted_out=frozenset(colleagues.keys() - selected.keys()),
        resolved=resolved,
    )


def _wrong_number(number: int, resolved: Mapping[str, int]) -> ConfigurationError:
    unknown = [address for address, users in resolved.items() if users == 0]
    return ConfigurationError(
        f"it selects {number} person(s), opted-out people not counted; {FEWEST_PERSONS} to "
        f"{MOST_PERSONS:,} are needed, so nothing was read",
        where="mailboxes.addresses",
        remedy=f"These resolve to nobody: {', '.join(unknown)}." if unknown else None,
    )
