"""The e-mails between colleagues and the contacts of one account, a week's new threads at a time.

What belongs here: who writes to whom and when. How a copy looks is in `graph_shape`; internal mail
is in `office_mail`, invitations are in `meetings`.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from random import Random
from typing import NamedTuple

from simulator.customers import Account, Contact
from simulator.organisation import DOMAIN, Organisation, User
from simulator.working_time import (
    DAY,
    HOUR,
    poisson,
    reply_moment,
    season,
    starting_moment,
    unit_random,
)

MAX_THREAD_SECONDS = 28 * DAY
"""No e-mail of a thread is sent later than this after the first."""

NOBODY = -1
"""In place of a user's place: somebody outside the organisation."""

PARTNERS = tuple(
    f"{name}@{domain}"
    for domain in ("brightwater-advisory.example", "tallow-reed-law.example", "integrators.example")
    for name in ("desk", "m.ostrander", "projects")
)
"""People who are neither colleagues nor contacts of any account."""


class Place(StrEnum):
    """Where the copies of an e-mail lie."""

    USUAL = "usual"
    """In Sent Items of its sender, in a folder of each recipient's choice."""
    DRAFTS = "drafts"
    JUNK = "junk"


class Email(NamedTuple):
    """One e-mail, whoever holds copies of it.

    `sent`: moment. `key`: 12 bytes, of which all its ids are made. `thread`: 16 bytes.
    `sender`, `to`, `cc`, `bcc`: addresses as written; an empty sender is left out of the copies.
    `writer`: place of the user who sent it, or `NOBODY`. `holders`: places of the users who get a
    copy as recipients. `delegate`: the address that sent it on the sender's behalf, or empty.
    `odata_type`: empty for an ordinary message.
    """

    sent: int
    key: bytes
    thread: bytes
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    writer: int = NOBODY
    holders: Sequence[int] = ()
    delegate: str = ""
    odata_type: str = ""
    place: Place = Place.USUAL


def written(rng: Random, user: User) -> str:
    """The user's address as others have it: now and then an alias."""
    return user.address if rng.random() < 0.93 else rng.choice(user.aliases)


def account_emails(
    organisation: Organisation, account: Account, week: int, progress: float
) -> Iterator[Email]:
    """All e-mails of the threads that begin in this week, thread by thread.

    `progress`: how much of the time has passed, 0.0 to 1.0.
    """
    rng = unit_random(organisation.seed, "account mail", account.number, week)
    expected = account.threads * account.trend(progress) * season(week) * organisation.volume
    for _ in range(poisson(rng, expected)):
        yield from _Thread(rng, organisation, account).emails(week)


def _first_more_often(rng: Random, count: int) -> int:
    """A position below `count`; the first ones are drawn more often, as people have favourites."""
    return int(count * rng.random() ** 2.2)


class _Thread:
    """One conversation with an account: who takes part, and how it goes on."""

    def __init__(self, rng: Random, organisation: Organisation, account: Account) -> None:
        self._rng = rng
        self._account = account
        self._profile = account.profile
        team, contacts = account.team, account.contacts
        self._ours = [organisation.users[team[_first_more_often(rng, len(team))]]]
        if len(team) > 1 and rng.random() < 0.35:
            other = organisation.users[rng.choice(team)]
            if other.place != self._ours[0].place:
                self._ours.append(other)
        self._theirs: list[Contact] = [contacts[_first_more_often(rng, len(contacts))]]
        if len(contacts) > 1 and rng.random() < 0.3:
            contact = rng.choice(contacts)
            if contact is not self._theirs[0]:
                self._theirs.append(contact)
        self._team = [organisation.users[place] for place in team]

    def emails(self, week: int) -> Iterator[Email]:
        """The conversation's e-mails in the order in which they are sent."""
        rng, account, profile = self._rng, self._account, self._profile
        from_us = rng.random() >= profile.starts
        zone = self._ours[0].zone if from_us else account.zone
        begun = sent = starting_moment(rng, zone, week)
        thread = rng.randbytes(16)
        if rng.random() < 0.02:
            yield self._from_partner(sent, thread)
            sent = reply_moment(rng, account.zone, sent, account.answer_hours)
            from_us = False
        length = 0
        while sent - begun <= MAX_THREAD_SECONDS:
            if from_us:
                yield self._from_us(sent, thread)
            else:
                if length and not account.keeps_thread:
                    thread = rng.randbytes(16)
                yield self._from_them(sent, thread)
            length += 1
            answered = (profile.answers if from_us else 0.84) * 0.97**length
            draw = rng.random()
            if draw < answered:
                from_us = not from_us
                if from_us:
                    sent = reply_moment(rng, self._ours[0].zone, sent, 2.5)
                else:
                    sent = reply_moment(rng, account.zone, sent, account.answer_hours)
            elif draw < answered + 0.06:  # the same side writes once more
                sent = reply_moment(rng, zone, sent + 20 * HOUR, 30.0)
            else:
                return

    def _from_us(self, sent: int, thread: bytes) -> Email:
        rng = self._rng
        writer, *others = self._ours
        if others and rng.random() < 0.25:
            writer, others = others[0], [writer, *others[1:]]
        bcc: tuple[str, ...] = ()
        holders = tuple(user.place for user in others)
        draw = rng.random()
        if draw < 0.02:
            bcc = (f"crm-inbox@{DOMAIN}",)
        elif draw < 0.035:
            hidden = rng.choice(self._team)
            if hidden.place != writer.place and hidden not in others:
                bcc, holders = (hidden.address,), (*holders, hidden.place)
        contact, *copied = self._theirs
        return Email(
            sent,
            rng.randbytes(12),
            thread,
            writer.address,
            (contact.spelling,),
            (*(c.spelling for c in copied), *(user.address for user in others)),
            bcc,
            writer.place,
            holders,
        )

    def _from_them(self, sent: int, thread: bytes) -> Email:
        rng = self._rng
        contact, *others = self._theirs
        if others and rng.random() < 0.3:
            contact, others = others[0], [contact]
        user, *copied = self._ours
        if copied and rng.random() < 0.2:  # answered, but not to all
            copied, others = [], []
        return Email(
            sent,
            rng.randbytes(12),
            thread,
            contact.spelling,
            (written(rng, user),),
            (*(written(rng, c) for c in copied), *(c.spelling for c in others)),
            holders=(user.place, *(c.place for c in copied)),
        )

    def _from_partner(self, sent: int, thread: bytes) -> Email:
        """A third party writes to the contact, and we are merely copied in."""
        user = self._ours[0]
        return Email(
            sent,
            self._rng.randbytes(12),
            thread,
            self._rng.choice(PARTNERS),
            (self._theirs[0].spelling,),
            (user.address,),
            holders=(user.place,),
        )
