"""Who writes to whom and meets whom, in numbers only, a whole year at once.

The shape is that of an organisation: 60 % of the mail stays inside, 19 % comes from outside and
9 % from a contact of an account; threads of two to three e-mails go to and fro; most e-mails have
one or two recipients and one in fifty has thirty to a hundred. Every random choice draws from one
generator; hashing (thread, purpose) instead was tried, and its values are correlated.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.organisation import AS_OF, Numbers, Organisation

INTERNAL, ACCOUNT, STRANGER = 0, 1, 2

_KINDS = (0.62, 0.18, 0.20)
_COPIES_PER_MESSAGE = 2.42
_COPIES_PER_MEETING = 2.9
_MEETING_SHARE = 0.1
_DAYS = 385  # 20 of them before the window
_DAY, _HOUR = 86_400, 3_600
_MOST_RECIPIENTS = 119

NOW = int(np.datetime64(AS_OF.rstrip("Z"), "s").astype(np.int64))

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lists:
    """Lists of numbers in one array: list i is `values[starts[i]:starts[i + 1]]`."""

    starts: Numbers
    values: Numbers

    @property
    def sizes(self) -> Numbers:
        """The length of each list."""
        return np.diff(self.starts)

    @property
    def owners(self) -> Numbers:
        """Per value the list that it is in."""
        return np.repeat(np.arange(len(self.starts) - 1), self.sizes)

    def take(self, indices: Numbers) -> "Lists":
        """Return the lists at these places."""
        sizes = self.sizes[indices]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        within = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)
        return Lists(starts, self.values[np.repeat(self.starts[indices], sizes) + within])


@dataclass(frozen=True)
class Messages:
    """All e-mails, by time.

    Attributes:
        thread: number of the conversation.
        sent: seconds since 1970.
        sender: who wrote it.
        recipients: who received it, in the order of numbers.
    """

    thread: Numbers
    sent: Numbers
    sender: Numbers
    recipients: Lists


@dataclass(frozen=True)
class Meetings:
    """All meetings; those of a series share its number.

    Attributes:
        series: number of the series.
        start: seconds since 1970.
        minutes: how long it takes.
        organizer: who called it.
        attendees: who was invited.
    """

    series: Numbers
    start: Numbers
    minutes: Numbers
    organizer: Numbers
    attendees: Lists


class Choices:
    """Seeded choices of people, in bulk."""

    def __init__(self, organisation: Organisation, purpose: int) -> None:
        self.rng = np.random.default_rng([organisation.seed, purpose])
        self._all = organisation
        shared = np.random.default_rng([organisation.seed, 2])
        self._busy = np.cumsum(shared.lognormal(0, 0.5, organisation.persons))
        self._active = np.cumsum(shared.lognormal(0, 0.8, organisation.accounts))
        self._team = shared.integers(0, organisation.persons, organisation.accounts)

    def persons(self, size: int) -> Numbers:
        """Choose people whose mailboxes are read; some write more than others."""
        return _drawn(self.rng, self._busy, size)

    def accounts(self, size: int) -> Numbers:
        """Choose accounts; a few have most of the mail."""
        return _drawn(self.rng, self._active, size)

    def team_of(self, accounts: Numbers) -> Numbers:
        """Choose for each account one of the few people who look after it."""
        nth = np.minimum(self.rng.geometric(0.45, len(accounts)) - 1, 9)
        someone: Numbers = (self._team[accounts] + nth * 7) % self._all.persons
        return someone

    def contacts_of(self, accounts: Numbers) -> Numbers:
        """Choose a contact of each account; the first ones are the most active."""
        first, end = self._all.first_contact[accounts], self._all.first_contact[accounts + 1]
        return first + (self.rng.geometric(0.35, len(accounts)) - 1) % (end - first)

    def strangers(self, size: int) -> Numbers:
        """Choose people from the rest of the world."""
        return self.rng.integers(self._all.first_stranger, self._all.everybody, size)

    def near(self, people: Numbers, selected: float) -> Numbers:
        """Choose for each a colleague who works nearby.

        Args:
            people: whose colleague.
            selected: how often the colleague's mailbox is one that is read.
        """
        steps = np.rint(self.rng.normal(0, 9, len(people))).astype(np.int64)
        inside = (people + steps) % self._all.persons
        others = self._all.people - self._all.persons
        outside = self._all.persons + (people * 5 + steps) % others
        return np.where(self.flags(len(people), selected), inside, outside)

    def anybody(self, size: int, selected: float) -> Numbers:
        """Choose colleagues from everywhere, as a distribution list does."""
        inside = self.rng.integers(0, self._all.persons, size)
        outside = self.rng.integers(self._all.persons, self._all.people, size)
        return np.where(self.flags(size, selected), inside, outside)

    def flags(self, size: int, share: float) -> Flags:
        """Throw a coin that shows True this often."""
        return self.rng.random(size) < share

    def working_hours(self, size: int) -> Numbers:
        """Choose moments on the weekdays of the year, in seconds since 1970."""
        first = NOW // _DAY - _DAYS
        days = self.rng.integers(0, _DAYS, size)
        weekend = (days + first + 3) % 7 >= 5  # day 0 was a Thursday
        days -= np.where(weekend & self.flags(size, 0.9), 2, 0)
        seconds = np.clip(self.rng.normal(11.5, 2.7, size), 0, 23.9) * _HOUR
        return (first + days) * _DAY + seconds.astype(np.int64)


def messages(organisation: Organisation) -> Messages:
    """Return a year of e-mails that make about the wanted number of copies."""
    choose = Choices(organisation, 3)
    rng = choose.rng
    threads = round(organisation.copies / _COPIES_PER_MESSAGE / 2.6)
    kind = rng.choice(3, threads, p=_KINDS)
    account = choose.accounts(threads)
    own = np.where(kind == ACCOUNT, choose.team_of(account), choose.persons(threads))
    other = np.select(
        [kind == INTERNAL, kind == ACCOUNT],
        [choose.near(own, 0.9), choose.contacts_of(account)],
        choose.strangers(threads),
    )
    own = np.where((kind == INTERNAL) & choose.flags(threads, 0.1), choose.near(own, 0), own)

    sizes = np.minimum(rng.geometric(1 / 2.6, threads), 40)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    thread = np.repeat(np.arange(threads), sizes)
    place = np.arange(len(thread)) - starts[thread]
    gap = rng.lognormal(np.log(3 * _HOUR), 1.4, len(thread)).astype(np.int64)
    gap[place == 0] = 0
    waited = np.cumsum(gap)
    sent = choose.working_hours(threads)[thread] + waited - waited[starts[thread]]

    back = (place + choose.flags(threads, 0.5)[thread] + choose.flags(len(thread), 0.15)) % 2 == 1
    keep = np.flatnonzero(sent <= NOW)
    keep = keep[np.argsort(sent[keep], kind="stable")]
    thread, sent, back = thread[keep], sent[keep], back[keep]
    sender = np.where(back, other[thread], own[thread])
    first = np.where(back, own[thread], other[thread])
    return Messages(
        thread,
        sent,
        sender,
        _recipients(choose, organisation, kind[thread], account[thread], own[thread], first),
    )


def _recipients(
    choose: Choices,
    organisation: Organisation,
    kind: Numbers,
    account: Numbers,
    own: Numbers,
    first: Numbers,
) -> Lists:
    """Choose who receives each e-mail: the first one given, and others who fit."""
    size = len(kind)
    few = np.minimum(choose.rng.geometric(0.47, size), 9)
    many = np.clip(choose.rng.lognormal(np.log(44), 0.4, size), 20, _MOST_RECIPIENTS)
    is_many = choose.flags(size, 0.021)
    number = np.where(is_many, many.astype(np.int64), few)
    message = np.repeat(np.arange(size), number - 1)
    near = choose.near(own[message] % organisation.persons, 0.9)
    anybody = choose.anybody(len(message), 0.3)
    inside = np.where(is_many[message], anybody, near)
    with_contact = (kind[message] == ACCOUNT) & choose.flags(len(message), 0.5)
    # a long list of contacts is a mailing to many accounts
    elsewhere = is_many[message] | choose.flags(len(message), 0.5)
    whose = np.where(elsewhere, choose.accounts(len(message)), account[message])
    with_stranger = (kind[message] == STRANGER) & choose.flags(len(message), 0.5)
    others = np.select(
        [with_contact, with_stranger],
        [choose.contacts_of(whose), choose.strangers(len(message))],
        inside,
    )
    return distinct_lists(
        np.concatenate([np.arange(size), message]), np.concatenate([first, others]), size
    )


def meetings(organisation: Organisation) -> Meetings:
    """Return a year of meetings, some with accounts, some weekly."""
    choose = Choices(organisation, 4)
    rng = choose.rng
    wanted = organisation.copies * _MEETING_SHARE / _COPIES_PER_MEETING
    number = round(wanted / 3.1)  # seven in ten happen once, three eight times
    account = choose.accounts(number)
    with_account = choose.flags(number, 0.3)
    own = np.where(with_account, choose.team_of(account), choose.persons(number))
    contact = choose.contacts_of(account)
    organizer = np.where(with_account & choose.flags(number, 0.25), contact, own)
    invited = 1 + np.minimum(rng.geometric(0.33, number), 40)
    series = np.repeat(np.arange(number), invited)
    others = np.where(
        with_account[series] & choose.flags(len(series), 0.35),
        choose.contacts_of(account[series]),
        choose.near(own[series], 0.5),
    )
    sure = np.where(with_account & (organizer == own), contact, own)
    attendees = distinct_lists(
        np.concatenate([np.arange(number), series]), np.concatenate([sure, others]), number
    )
    times = np.where(choose.flags(number, 0.3), 8, 1)
    which = np.repeat(np.arange(number), times)
    week = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
    start = choose.working_hours(number) // 1_800 * 1_800
    minutes = rng.choice([15, 30, 45, 60, 90, 120], number, p=[0.1, 0.4, 0.1, 0.3, 0.07, 0.03])
    return Meetings(
        which,
        start[which] + week * 7 * _DAY,
        minutes[which],
        organizer[which],
        attendees.take(which),
    )


def mailboxes(lists: Lists, also: Numbers, persons: int) -> Lists:
    """Return for each person the items that lie in his mailbox, in their order.

    Args:
        lists: per item who received it or was invited.
        also: per item who sent or called it.
        persons: how many people have a mailbox.
    """
    who = np.concatenate([lists.values, also])
    item = np.concatenate([lists.owners, np.arange(len(also))])
    read = who < persons
    return distinct_lists(who[read], item[read], persons)


def distinct_lists(owner: Numbers, value: Numbers, size: int) -> Lists:
    """Return the distinct values of each owner, in order, as lists."""
    width = int(value.max(initial=0)) + 1
    pairs = np.unique(owner.astype(np.int64) * width + value)
    starts = np.searchsorted(pairs, np.arange(size + 1) * width)
    return Lists(starts.astype(np.int64), pairs % width)


def _drawn(rng: np.random.Generator, heap: npt.NDArray[np.float64], size: int) -> Numbers:
    """Draw places with probabilities in proportion to the steps of a cumulated sum."""
    drawn: Numbers = np.searchsorted(heap, rng.random(size) * heap[-1], side="right")
    return drawn
