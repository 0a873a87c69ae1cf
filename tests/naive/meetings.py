"""Meetings (section 3)."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

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
    instant,
    is_removed,
    midnight,
    minutes_between,
    named_zone,
    objects,
    recipient,
    text,
    wall_time,
)

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
BEFORE_EVERYTHING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Copy:
    """A copy that is read further than section 3.1."""

    owner: str
    event: Json
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


def boundary(event: Json, name: str, window: Window) -> datetime | None:
    """Return the instant at which an event starts or ends, None if not valid (section 3.6)."""
    part = inner(event, name)
    read = wall_time(part.get("dateTime"))
    zone = named_zone(text(part, "timeZone"))
    if read is None or zone is None:
        return None
    wall, offset = read
    if flag(event, "isAllDay"):
        # The date counts as it is written, in whatever zone.
        return midnight(wall.date(), window.zone)
    return at_zone(wall, offset or zone)


def modified(event: Json) -> tuple[bool, datetime]:
    """Return when an event was last modified, to sort by; unknown counts as earliest."""
    time = instant(event.get("lastModifiedDateTime"))
    if time is None:
        return (False, BEFORE_EVERYTHING)
    return (True, time)


def response(entry: Json, name: str) -> str | None:
    """Return the answer in an attendee's ``status`` or an event's ``responseStatus``."""
    return text(inner(entry, name), "response")


def leading_copy(copies: list[Copy]) -> Copy:
    """Return the organiser's copy, else the last modified, then the greatest id (section 3.3)."""
    return max(
        copies,
        key=lambda copy: (
            flag(copy.event, "isOrganizer"),
            modified(copy.event),
            text(copy.event, "id") or "",
        ),
    )


def is_cancelled(copies: list[Copy]) -> bool:
    """Return whether the organiser's copy is cancelled, or without one, any copy (section 3.3)."""
    leading = leading_copy(copies)
    if flag(leading.event, "isOrganizer"):
        return flag(leading.event, "isCancelled")
    return any(flag(copy.event, "isCancelled") for copy in copies)


def participants(copies: list[Copy], people: People) -> tuple[set[str], set[str], str | None]:
    """Return the persons (user ids) and the addresses that take part, and the organiser.

    Section 3.4. Whoever is listed under several of his addresses is listed more than once.
    """
    leading = leading_copy(copies).event
    listed: set[str] = set()
    coming: set[str] = set()
    for attendee in objects(leading, "attendees"):
        address = recipient(attendee)
        if address is None or attendee.get("type") == "resource":
            continue
        who = people.person_of.get(address, address)
        listed.add(who)
        if response(attendee, "status") != "declined":
            coming.add(who)

    for owner in {copy.owner for copy in copies}:
        answers = [response(copy.event, "responseStatus") for copy in copies if copy.owner == owner]
        if all(answer == "declined" for answer in answers):
            coming.discard(owner)
        else:
            coming.add(owner)

    organiser = recipient(inner(leading, "organizer"))
    if organiser is not None:
        coming.add(people.person_of.get(organiser, organiser))
    persons = {who for who in coming if who in people.email_addresses}
    return persons, coming - persons, organiser


def as_accounts_see_it(
    number: int, copies: list[Copy], people: People, customers: Customers
) -> list[AccountMeeting]:
    """Return the accounts that a meeting is with (section 3.5)."""
    persons, others, organiser = participants(copies, people)
    if not persons:
        return []
    leading = leading_copy(copies)
    minutes: float | None = minutes_between(leading.start, leading.end)
    if minutes == 0 or flag(leading.event, "isAllDay"):
        minutes = None
    accounts: set[str] = set()
    for address in others:
        accounts |= customers.accounts_of.get(address, set())
    found = []
    for account in accounts:
        contacts = {
            address for address in others if account in customers.accounts_of.get(address, set())
        }
        direction = "third_party"
        if organiser is not None and people.is_own(organiser):
            direction = "to"
        elif organiser in contacts:
            direction = "from"
        found.append(
            AccountMeeting(account, number, direction, leading.start, minutes, persons, contacts)
        )
    return found


def read_copies(
    mailboxes: list[Mailbox], window: Window, ledger: Counter[str]
) -> dict[tuple[object, ...], list[Copy]]:
    """Return the copies that are read further, by meeting (sections 3.1 and 3.2)."""
    found: defaultdict[tuple[object, ...], list[Copy]] = defaultdict(list)
    for mailbox in mailboxes:
        for position, event in enumerate(newest_versions(mailbox.events)):
            ledger["read"] += 1
            if event.get("type") == "seriesMaster":
                ledger["series_master"] += 1
                continue
            start, end = boundary(event, "start", window), boundary(event, "end", window)
            if start is None or end is None or end < start or is_removed(event):
                ledger["no_valid_time"] += 1
                continue
            identity = text(event, "iCalUId") or text(event, "id")
            name = (identity,) if identity is not None else ("", mailbox.user_id, position)
            found[(*name, start)].append(Copy(mailbox.user_id, event, start, end))
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
