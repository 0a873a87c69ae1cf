"""Mail that has to do with no account, or with many at once, a week at a time.

What belongs here: internal mail, announcements to groups, the account managers' newsletters, and
what everybody else's mailbox collects: other people's newsletters, partners, junk, drafts.
"""

from collections.abc import Iterator
from random import Random

from simulator.correspondence import (
    MAX_THREAD_SECONDS,
    PARTNERS,
    Email,
    Place,
    written,
)
from simulator.customers import AccountKind
from simulator.organisation import (
    DOMAIN,
    LISTED_ADDRESSES,
    Organisation,
    Team,
    User,
)
from simulator.working_time import (
    DAY,
    EUROPE,
    HOUR,
    as_date,
    poisson,
    reply_moment,
    season,
    starting_moment,
    unit_random,
)

TEAM_THREADS = 1.9
"""Threads that a member of a team begins with colleagues in a usual week."""

_BULK_SENDERS = tuple(
    f"{local}@{domain}"
    for local, domain in (
        ("digest", "sales-weekly.example"),
        ("no-reply", "travelportal.example"),
        ("hello", "learning-hub.example"),
        ("billing", "phonecompany.example"),
        ("news", "tradefair.example"),
        ("news", "northwindtraders.example"),
        ("notifications", "crm-vendor.example"),
    )
)
_JUNK_SENDERS = ("winner@lottery-desk.example", "ceo@quick-invoice.example", "seo@toprank.example")
# Exchange writes this for a colleague whose mailbox is gone; it is not an address at all.
_DEPARTED = "/O=EXCHANGELABS/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN=4F1C-DEPARTED"
# Account managers write to all their contacts at once in these months, on a day of their own.
_NEWSLETTER_MONTHS = (1, 3, 6, 9, 11)
_MAX_BLIND_COPIES = 60


def team_emails(organisation: Organisation, team: Team, week: int) -> Iterator[Email]:
    """The threads among the members of a team that begin in this week."""
    rng = unit_random(organisation.seed, "team mail", team.number, week)
    expected = TEAM_THREADS * len(team.members) * season(week) * organisation.volume
    for _ in range(poisson(rng, expected)):
        size = min(len(team.members), 2 + (rng.random() < 0.45) + (rng.random() < 0.25))
        users = [organisation.users[place] for place in rng.sample(team.members, size)]
        begun = sent = starting_moment(rng, users[0].zone, week)
        thread = rng.randbytes(16)
        for turn in range(6):
            if sent - begun > MAX_THREAD_SECONDS:
                break
            writer = users[turn % len(users)]
            others = [user for user in users if user is not writer]
            cc = [written(rng, user) for user in others[1:]]
            if rng.random() < 0.004:
                cc.append(_DEPARTED)
            yield Email(
                sent,
                rng.randbytes(12),
                thread,
                writer.address,
                (written(rng, others[0]),),
                tuple(cc),
                (),
                writer.place,
                tuple(user.place for user in others),
            )
            if rng.random() > 0.52:
                break
            sent = reply_moment(rng, users[(turn + 1) % len(users)].zone, sent, 1.8)


def company_emails(organisation: Organisation, week: int) -> Iterator[Email]:
    """Announcements: the recipient is a group, and every member gets a copy."""
    rng = unit_random(organisation.seed, "company mail", week)
    ada, assistant, communications = (organisation.users[place] for place in (0, -3, -2))
    for writer, delegate, address, holders, expected in (
        (communications, "", f"all-company@{DOMAIN}", organisation.everybody, 0.8),
        (ada, assistant.address, LISTED_ADDRESSES[0], organisation.sales, 1.1),
    ):
        for _ in range(poisson(rng, expected * season(week))):
            yield Email(
                starting_moment(rng, EUROPE, week),
                rng.randbytes(12),
                rng.randbytes(16),
                writer.address,
                (address,),
                writer=writer.place,
                holders=holders,
                delegate=delegate if rng.random() < 0.5 else "",
            )


def personal_emails(organisation: Organisation, user: User, week: int) -> Iterator[Email]:
    """What arrives or lies about in this user's mailbox alone, and the user's own newsletter."""
    rng = unit_random(organisation.seed, "personal mail", user.place, week)
    volume = organisation.volume
    busy = season(week) * volume
    for _ in range(poisson(rng, 2.2 * volume)):
        yield _incoming(rng, user, week, rng.choice(_BULK_SENDERS), Place.USUAL)
    for _ in range(poisson(rng, 0.5 * volume)):
        yield _incoming(rng, user, week, rng.choice(_JUNK_SENDERS), Place.JUNK)
    if rng.random() < 0.02:  # a scanned letter that a machine filed without any sender
        yield _incoming(rng, user, week, "", Place.USUAL)
    for _ in range(poisson(rng, 0.9 * busy)):
        yield from _partner_thread(rng, user, week)
    for _ in range(poisson(rng, 0.25 * busy)):
        yield _draft(rng, organisation, user, week)
    yield from _newsletter(rng, organisation, user, week)


def _incoming(rng: Random, user: User, week: int, sender: str, place: Place) -> Email:
    # Machines send at any hour, on any day.
    sent = (week * 7 - 3) * DAY + rng.randrange(7 * DAY)
    key, thread = rng.randbytes(12), rng.randbytes(16)
    return Email(sent, key, thread, sender, (user.address,), holders=(user.place,), place=place)


def _partner_thread(rng: Random, user: User, week: int) -> Iterator[Email]:
    """A few e-mails with somebody who is not a customer."""
    partner = rng.choice(PARTNERS)
    begun = sent = starting_moment(rng, user.zone, week)
    thread = rng.randbytes(16)
    outgoing = rng.random() < 0.5
    while sent - begun <= MAX_THREAD_SECONDS:
        key = rng.randbytes(12)
        if outgoing:
            yield Email(sent, key, thread, user.address, (partner,), writer=user.place)
        else:
            yield Email(sent, key, thread, partner, (user.address,), holders=(user.place,))
        if rng.random() > 0.55:
            return
        outgoing = not outgoing
        sent = reply_moment(rng, user.zone, sent, 6.0)


def _draft(rng: Random, organisation: Organisation, user: User, week: int) -> Email:
    """Something begun and never sent; a new draft has no sender yet."""
    accounts = organisation.accounts_of(user)
    to: tuple[str, ...] = ()
    if accounts and rng.random() < 0.7:
        to = (rng.choice(rng.choice(accounts).contacts).address,)
    return Email(
        starting_moment(rng, user.zone, week),
        rng.randbytes(12),
        rng.randbytes(16),
        user.address if rng.random() < 0.5 else "",
        to,
        writer=user.place,
        place=Place.DRAFTS,
    )


def _newsletter(rng: Random, organisation: Organisation, user: User, week: int) -> Iterator[Email]:
    """The account manager's mail to many contacts at once, blind-copied, which nobody answers."""
    thursday = as_date(week * 7)
    # The week of the month differs between managers, and stays the same for each.
    if thursday.month not in _NEWSLETTER_MONTHS or (thursday.day - 1) // 7 != user.place % 4:
        return
    readers = [
        contact.spelling
        for account in organisation.accounts_of(user)
        if account.team[0] == user.place
        and account.kind not in (AccountKind.SILENT, AccountKind.COLD)
        for contact in account.contacts
        if account.kind is AccountKind.NEWSLETTER or rng.random() < 0.2
    ]
    if not readers:
        return
    yield Email(
        starting_moment(rng, user.zone, week) // HOUR * HOUR,  # sent by a timer
        rng.randbytes(12),
        rng.randbytes(16),
        user.address,
        (user.address,),
        bcc=tuple(readers[:_MAX_BLIND_COPIES]),
        writer=user.place,
        holders=(user.place,),  # written to oneself, so there is a second copy in the inbox
    )
