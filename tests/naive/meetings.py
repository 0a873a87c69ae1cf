"""Meetings (section 3)."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from .addresses import is_x500
from .copies import newest_versions
from .customers import Customers
from .files import Mailbox
from .people import People
from .periods import Window
from .values import (
    Json,
    at_zone,
    flag,
    inner,
    is_removed,
    last_modified,
    midnight,
    minutes_between,
    objects,
    recipient,
    text,
    wall_time,
    word,
)
from .zones import named_zone

OUTCOMES = (
    "read",
    "series_master",
    "no_valid_time",
    "another_copy",
    "cancelled",
    "outside_window",
    "no_account",
    "counted",
)
MOST_MINUTES = 7 * 24 * 60
"""What lasts longer is in no average."""


@dataclass(frozen=True)
class Copy:
    """A copy that is read further than section 3.1."""

    owner: str
    event: Json
    line: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class AccountMeeting:
    """A processed meeting as one account sees it."""

    account: str
    number: int
    """The same for all accounts of one meeting."""
    direction: str
    """``from``, ``to``, or ``third_party``."""
    time: datetime
    minutes: float | None
    """None when the meeting is left out of the average duration."""
    persons: set[str]
    contacts: set[str]


@dataclass(frozen=True)
class Meetings:
    """What became of all meetings."""

    processed: list[datetime]
    """The starts of the processed meetings."""
    with_accounts: list[AccountMeeting]
    ledger: Counter[str]


@dataclass(frozen=True)
class Gathering:
    """Who takes part in a meeting."""

    persons: set[str]
    others: set[str]
    """Addresses that are no person's."""
    organiser: str | None
    """The organiser's address, None when there is none or the owner stands in."""
    by_owner: bool


def boundary(event: Json, name: str, window: Window) -> datetime | None:
    """Return the instant at which an event starts or ends, None if not valid (section 3.6)."""
    part = inner(event, name)
    read = wall_time(part.get("dateTime"))
    if read is None:
        return None
    wall, offset = read
    if flag(event, "isAllDay"):
        # Only the date counts, whatever zone is named, known or not.
        return midnight(wall.date(), window.zone)
    zone = named_zone(text(part, "timeZone"))
    return None if zone is None else at_zone(wall, offset or zone)


def ends_before(event: Json, start: datetime, end: datetime) -> bool:
    """Return whether an event ends before it starts; of an all-day meeting only dates count.

    They tell more than instants where a local day never was: its midnight is the next one's.
    """
    if flag(event, "isAllDay"):
        first, last = (wall_time(inner(event, name).get("dateTime")) for name in ("start", "end"))
        return first is not None and last is not None and last[0].date() < first[0].date()
    return end < start


def has_declined(entry: Json, name: str) -> bool:
    """Return whether an attendee's ``status`` or an event's ``responseStatus`` says so."""
    return word(inner(entry, name), "response") == "declined"


def is_organisers(copy: Copy) -> bool:
    """Return whether a copy is the organiser's own."""
    return flag(copy.event, "isOrganizer")


def leading_copy(copies: list[Copy]) -> Copy:
    """Return the organiser's copy, else the last modified, and so on (section 3.3)."""
    rest = [copy for copy in copies if is_organisers(copy)] or copies
    latest = max(last_modified(copy.event) for copy in rest)
    rest = [copy for copy in rest if last_modified(copy.event) == latest]
    owner = min(copy.owner for copy in rest)
    return max((copy for copy in rest if copy.owner == owner), key=lambda copy: copy.line)


def is_cancelled(copies: list[Copy]) -> bool:
    """Return whether the organiser's copy is cancelled, or without one, any copy (section 3.3)."""
    leading = leading_copy(copies)
    if is_organisers(leading):
        return flag(leading.event, "isCancelled")
    return any(flag(copy.event, "isCancelled") for copy in copies)


def entries_of_all(event: Json, people: People) -> dict[str, list[Json]]:
    """Return everybody who is listed (a person's user id, else the address) with his entries."""
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for attendee in objects(event, "attendees"):
        address = recipient(attendee)
        if address is not None:
            for who in people.who(address):
                found[who].append(attendee)
    return dict(found)


def participants(copies: list[Copy], people: People) -> Gathering:
    """Return who takes part, and the organiser (section 3.4).

    Whoever is listed under several of his addresses is listed more than once.
    """
    leading = leading_copy(copies)
    organiser = recipient(inner(leading.event, "organizer"))
    is_nobody = organiser is None or (is_x500(organiser) and not people.knows(organiser))
    by_owner = is_organisers(leading) and is_nobody
    if by_owner:
        organiser, organisers = None, {leading.owner}
    else:
        organisers = people.who(organiser) if organiser is not None else set()

    coming = set(organisers)
    rooms: set[str] = set()
    for who, entries in entries_of_all(leading.event, people).items():
        invited = [entry for entry in entries if word(entry, "type") != "resource"]
        if not invited:
            rooms.add(who)
        elif not all(has_declined(entry, "status") for entry in invited):
            coming.add(who)

    for owner in {copy.owner for copy in copies} - organisers - rooms:
        own = [copy.event for copy in copies if copy.owner == owner]
        if all(has_declined(event, "responseStatus") for event in own):
            coming.discard(owner)
        else:
            coming.add(owner)

    persons = {who for who in coming if who in people.email_addresses}
    return Gathering(persons, coming - persons, organiser, by_owner)


def as_accounts_see_it(
    number: int, copies: list[Copy], people: People, customers: Customers
) -> list[AccountMeeting]:
    """Return the accounts that a meeting is with (section 3.5)."""
    gathering = participants(copies, people)
    if not gathering.persons:
        return []
    leading = leading_copy(copies)
    minutes: float | None = minutes_between(leading.start, leading.end)
    if flag(leading.event, "isAllDay") or not minutes or minutes > MOST_MINUTES:
        minutes = None
    organiser = gathering.organiser
    is_ours = gathering.by_owner or (organiser is not None and people.is_own(organiser))
    accounts: set[str] = set()
    for address in gathering.others:
        accounts |= customers.accounts_of.get(address, set())
    found = []
    for account in accounts:
        contacts = {
            address
            for address in gathering.others
            if account in customers.accounts_of.get(address, set())
        }
        direction = "third_party"
        if is_ours:
            direction = "to"
        elif organiser in contacts:
            direction = "from"
        found.append(
            AccountMeeting(
                account, number, direction, leading.start, minutes, gathering.persons, contacts
            )
        )
    return found


def read_copies(
    mailboxes: list[Mailbox], window: Window, ledger: Counter[str]
) -> dict[tuple[object, ...], list[Copy]]:
    """Return the copies that are read further, by meeting (sections 3.1 and 3.2)."""
    found: defaultdict[tuple[object, ...], list[Copy]] = defaultdict(list)
    for mailbox in mailboxes:
        for line, event in newest_versions(mailbox.events):
            start, end = boundary(event, "start", window), boundary(event, "end", window)
            ledger["read"] += 1
            if word(event, "type") == "seriesmaster":
                ledger["series_master"] += 1
                continue
            if start is None or end is None or is_removed(event) or ends_before(event, start, end):
                ledger["no_valid_time"] += 1
                continue
            identity = text(event, "iCalUId") or text(event, "id")
            name = (identity,) if identity is not None else ("", mailbox.user_id, line)
            found[(*name, start)].append(Copy(mailbox.user_id, event, line, start, end))
    return dict(found)


def read_meetings(
    mailboxes: list[Mailbox], people: People, customers: Customers, window: Window
) -> Meetings:
    """Turn events into meetings, and say of every copy what became of it."""
    ledger: Counter[str] = Counter()
    processed: list[datetime] = []
    with_accounts: list[AccountMeeting] = []
    for copies in read_copies(mailboxes, window, ledger).values():
        ledger["another_copy"] += len(copies) - 1
        start = copies[0].start
        if is_cancelled(copies):
            ledger["cancelled"] += 1
            continue
        if not window.contains(start):
            ledger["outside_window"] += 1
            continue
        processed.append(start)
        found = as_accounts_see_it(len(processed), copies, people, customers)
        ledger["counted" if found else "no_account"] += 1
        with_accounts.extend(found)
    return Meetings(processed, with_accounts, ledger)
