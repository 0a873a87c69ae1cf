"""The organisation's domains (numbers 1): the tenant's own, or what stands for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from engagement_assets.activity.source import ActivitySource, User

# what to do where domains are assumed
REMEDY = (
    "Add what is missing to mailboxes.organisation_domains, or let an administrator grant "
    "Organization.Read.All."
)


@dataclass(frozen=True)
class Domains:
    """The organisation's domains, without those that the configuration adds.

    Attributes:
        names: all of them, normalised.
        is_assumed: whether the source does not tell them, and those of its persons stand for them.
    """

    names: frozenset[str]
    is_assumed: bool = False


def of(source: ActivitySource, persons: Iterable[User]) -> Domains:
    """Return the domains that the source tells, or else those of its persons.

    Args:
        source: where domains are found.
        persons: whose mailboxes are read.

    Raises:
        SourceError: when the source cannot be asked.
    """
    told = source.organisation_domains()
    return Domains(of_persons(persons), is_assumed=True) if told is None else Domains(told)


def of_persons(persons: Iterable[User]) -> frozenset[str]:
    """Return the domains of `mail` and principal name of whoever is not a guest.

    Aliases do not count: one may be at a partner's domain.
    """
    return frozenset().union(*(person.domains for person in persons if not person.is_guest))
