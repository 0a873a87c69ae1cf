"""The customer accounts: how each behaves, who works there, who looks after them.

What belongs here: what is fixed about an account for the whole time. What happens in one week is
in `correspondence` and `meetings`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from simulator.names import PersonNames, company_domain, company_name
from simulator.working_time import unit_random


class AccountKind(StrEnum):
    """How an account behaves over the year."""

    CHAMPION = "champion"
    STEADY = "steady"
    GROWING = "growing"
    COOLING = "cooling"
    NEW = "new"
    SPORADIC = "sporadic"
    COLD = "cold"
    NEWSLETTER = "newsletter"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the accounts of one kind have in common.

    `share`: part of all accounts. `threads`: median number of e-mail threads per week.
    `answers`: chance that the contact answers an e-mail of ours. `starts`: chance that a thread is
    begun by the contact. `meetings`: single meetings per week. `series`: chance of a recurring
    meeting. `contacts`, `team`: smallest and largest number of contacts and of colleagues.
    """

    share: float
    threads: float
    answers: float
    starts: float
    meetings: float
    series: float
    contacts: tuple[int, int]
    team: tuple[int, int]


PROFILES = {
    AccountKind.CHAMPION: Profile(0.02, 3.3, 0.82, 0.50, 0.75, 1.00, (9, 14), (5, 6)),
    AccountKind.STEADY: Profile(0.28, 1.15, 0.70, 0.42, 0.15, 0.30, (3, 9), (2, 4)),
    AccountKind.GROWING: Profile(0.08, 1.1, 0.74, 0.46, 0.17, 0.25, (3, 9), (2, 4)),
    AccountKind.COOLING: Profile(0.09, 1.1, 0.58, 0.36, 0.14, 0.15, (3, 8), (2, 4)),
    AccountKind.NEW: Profile(0.06, 1.1, 0.72, 0.40, 0.25, 0.10, (2, 5), (2, 3)),
    AccountKind.SPORADIC: Profile(0.14, 0.17, 0.60, 0.45, 0.025, 0.0, (1, 4), (1, 2)),
    AccountKind.COLD: Profile(0.05, 0.16, 0.03, 0.0, 0.0, 0.0, (1, 3), (1, 1)),
    AccountKind.NEWSLETTER: Profile(0.03, 0.0, 0.0, 0.0, 0.0, 0.0, (2, 5), (1, 1)),
    AccountKind.SILENT: Profile(0.25, 0.0, 0.0, 0.0, 0.0, 0.0, (1, 4), (1, 1)),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at an account. `spelling`: the address as the contact's own mail program has it."""

    name: str
    address: str
    spelling: str


@dataclass(frozen=True, slots=True)
class Series:
    """A recurring meeting.

    `guid`: 16 bytes that make its ids. `weekday`: Monday is 0. `second`: local time of day.
    `minutes`: duration. `every`: weeks between occurrences, counted so that week number modulo
    `every` equals `phase`. `first`, `last`: the part of the year in which it runs, from 0.0 to 1.0.
    """

    guid: bytes
    weekday: int
    second: int
    minutes: int
    every: int
    phase: int
    first: float
    last: float

    def meets(self, week: int, progress: float) -> bool:
        """Whether the series has an occurrence in this week."""
        return self.first <= progress <= self.last and week % self.every == self.phase

    @classmethod
    def draw(cls, rng: Random, every: int, minutes: int) -> "Series":
        """A series on a random weekday, running all year."""
        second = rng.randrange(18, 34) * 1_800
        weekday = rng.randrange(5)
        return cls(rng.randbytes(16), weekday, second, minutes, every, rng.randrange(every), 0, 1)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer account.

    `team`: places in `Organisation.users` of the colleagues who deal with it, the account manager
    first. `threads`: e-mail threads per week in a usual week. `answer_hours`: median time until a
    contact answers. `keeps_thread`: whether the contacts' mail programs keep the conversation
    together (some do not, and every answer of theirs begins a new one).
    """

    number: int
    account_id: str
    name: str
    domain: str
    kind: AccountKind
    zone: str
    contacts: tuple[Contact, ...]
    team: tuple[int, ...]
    threads: float
    answer_hours: float
    keeps_thread: bool
    starts_at: float
    series: tuple[Series, ...]

    @property
    def profile(self) -> Profile:
        """What all accounts of this kind have in common."""
        return PROFILES[self.kind]

    def trend(self, progress: float) -> float:
        """How busy the account is, 1.0 being usual, at `progress` (0.0 to 1.0) of the time."""
        if self.kind is AccountKind.GROWING:
            return 0.25 + 1.6 * progress
        if self.kind is AccountKind.COOLING:
            return max(0.0, 1.9 * (1.0 - progress / 0.93))
        if self.kind is AccountKind.NEW:
            return min(1.3, 6 * (progress - self.starts_at)) if progress > self.starts_at else 0.0
        if self.kind is AccountKind.COLD:
            return 1.0 if self.starts_at - 0.45 < progress <= self.starts_at else 0.0
        return 1.0


def account_kinds(rng: Random, accounts: int) -> list[AccountKind]:
    """One kind per account, in the profiles' shares; every kind occurs when there is room."""
    counts = {kind: int(profile.share * accounts) for kind, profile in PROFILES.items()}
    if accounts >= len(PROFILES):
        counts = {kind: max(1, count) for kind, count in counts.items()}
    while sum(counts.values()) > accounts:
        counts[max(counts, key=lambda kind: counts[kind])] -= 1
    counts[AccountKind.STEADY] += accounts - sum(counts.values())
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    rng.shuffle(kinds)
    return kinds


def _contacts(rng: Random, names: PersonNames, domain: str, count: int) -> list[Contact]:
    style = rng.choice(("{given}.{family}", "{given}.{family}", "{initial}.{family}", "{given}"))
    contacts = []
    for _ in range(count):
        name, address = names.draw(domain, style)
        # Some programs write addresses with capitals; they are the same addresses.
        spelling = address.title() if rng.random() < 0.07 else address
        contacts.append(Contact(name, address, spelling))
    return contacts


def _series(rng: Random, kind: AccountKind) -> tuple[Series, ...]:
    if kind is AccountKind.CHAMPION:
        return (Series.draw(rng, 1, 30), Series.draw(rng, 4, 60))
    if rng.random() >= PROFILES[kind].series:
        return ()
    series = Series.draw(rng, rng.choice((2, 4, 4)), rng.choice((30, 45, 60)))
    return (replace(series, first=rng.uniform(0.0, 0.5), last=rng.uniform(0.6, 1.1)),)


def draw_accounts(
    seed: int, accounts: int, managers: Sequence[tuple[int, str]], helpers: Sequence[int]
) -> tuple[Account, ...]:
    """The accounts of an organisation.

    `managers`: place and time zone of the users who look after accounts; `helpers`: places of users
    of other departments who join in.
    """
    rng = unit_random(seed, "accounts")
    names = PersonNames(rng)
    kinds = account_kinds(rng, accounts)
    near_by: dict[str, list[int]] = {}
    for place, zone in managers:
        near_by.setdefault(zone, []).append(place)
    result: list[Account] = []
    for number, kind in enumerate(kinds):
        profile = PROFILES[kind]
        name = company_name(number)
        domain = company_domain(name)
        manager, zone = rng.choice(managers)
        near = near_by[zone]
        others = rng.sample(near, min(len(near), rng.randint(*profile.team)))
        others = [place for place in others if place != manager][: len(others) - 1]
        if profile.team[1] > 1 and rng.random() < 0.4:
            others.append(rng.choice(helpers))
        contacts = _contacts(rng, names, domain, rng.randint(*profile.contacts))
        if result and kind in (AccountKind.STEADY, AccountKind.GROWING) and rng.random() < 0.06:
            # A consultant who works for two accounts counts for both.
            contacts.append(rng.choice(result).contacts[-1])
        spread = 0.25 if kind is AccountKind.CHAMPION else 0.7
        result.append(
            Account(
                number=number,
                account_id=f"C-{1001 + number}",
                name=name,
                domain=domain,
                kind=kind,
                zone=zone,
                contacts=tuple(contacts),
                team=(manager, *others),
                threads=profile.threads * math.exp(rng.gauss(0.0, spread)),
                answer_hours=math.exp(rng.uniform(math.log(0.8), math.log(22.0))),
                keeps_thread=rng.random() >= 0.08 or kind is AccountKind.CHAMPION,
                starts_at=rng.uniform(0.45, 0.8),
                series=_series(rng, kind),
            )
        )
    return tuple(result)
