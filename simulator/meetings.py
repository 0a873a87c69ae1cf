"""The meetings that begin in one week, and the mail that announces them.

What belongs here: who meets whom, when, and who answered what. How a copy of a meeting looks in
somebody's calendar is in `graph_shape`.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from simulator.correspondence import NOBODY, PARTNERS, Email
from simulator.customers import Account, Series
from simulator.organisation import DOMAIN, Organisation, Team, User
from simulator.working_time import (
    DAY,
    HOUR,
    MINUTE,
    as_date,
    at,
    day_of,
    is_working_day,
    poisson,
    reply_moment,
    season,
    unit_random,
    working_days,
)

MAX_LEAD_WEEKS = 2
"""Nobody is invited earlier than this many weeks before the week of the meeting begins."""

SINGLE = "singleInstance"
OCCURRENCE = "occurrence"
EXCEPTION = "exception"

REQUEST = "#microsoft.graph.eventMessageRequest"
RESPONSE = "#microsoft.graph.eventMessageResponse"
CANCELLATION = "#microsoft.graph.eventMessage"

_ROOMS = tuple(f"room-{name}@{DOMAIN}" for name in ("amstel", "hudson", "rhine"))
# The first 16 bytes of every GlobalObjectId that Outlook makes.
_GLOBAL_OBJECT_ID = "040000008200E00074C5B7101A82E008"


class Attendee(NamedTuple):
    """Somebody invited. `kind`: required, optional or resource. `place`: of a user, or `NOBODY`."""

    address: str
    kind: str
    response: str
    place: int = NOBODY


class Meeting(NamedTuple):
    """One meeting, or one occurrence of a series, whoever holds copies of it.

    `start`, `end`, `invited`: moments; `invited` is 0 when this occurrence was not announced.
    `key`: 12 bytes, of which the ids of the copies are made. `uid`: its iCalUId. `instance`: how
    Graph calls its `type`. `host`: place of the organising user, or `NOBODY`. `guests`: places of
    users who have it in their calendar although only a group is invited.
    """

    start: int
    key: bytes
    uid: str
    end: int
    instance: str
    organizer: str
    host: int
    attendees: tuple[Attendee, ...]
    invited: int = 0
    all_day: bool = False
    cancelled: bool = False
    guests: range = range(0)


def outlook_uid(guid: bytes, original_day: int | None = None) -> str:
    """The iCalUId of a meeting made in Outlook.

    `guid`: 16 bytes of the meeting or the series. `original_day`: for an occurrence, the day on
    which the series put it; the id carries that date.
    """
    stamp = "00000000"
    if original_day is not None:
        date = as_date(original_day)
        stamp = f"{date.year:04X}{date.month:02X}{date.day:02X}"
    created = (guid[:6] + b"\xdb\x01").hex().upper()  # a FILETIME of some moment in 2024 or 2025
    return f"{_GLOBAL_OBJECT_ID}{stamp}{created}{'0' * 16}10000000{guid.hex().upper()}"


def account_meetings(
    organisation: Organisation, account: Account, week: int, progress: float
) -> Iterator[Meeting]:
    """The meetings with an account that begin in this week."""
    rng = unit_random(organisation.seed, "account meetings", account.number, week)
    trend = account.trend(progress)
    for series in account.series:
        if trend >= 0.3 and series.meets(week, progress):
            yield from _occurrence(rng, organisation, account, series, week)
    # An account that writes more also meets more.
    liveliness = account.threads / max(account.profile.threads, 0.01)
    expected = (
        account.profile.meetings * trend * season(week) * liveliness**0.7 * organisation.volume
    )
    for _ in range(poisson(rng, expected)):
        yield _single(rng, organisation, account, week)


def team_meetings(organisation: Organisation, team: Team, week: int) -> Iterator[Meeting]:
    """The team's weekly meeting, unless it falls on a holiday."""
    rng = unit_random(organisation.seed, "team meetings", team.number, week)
    day = week * 7 - 3 + team.series.weekday
    if not is_working_day(team.zone, day):
        return
    users = [organisation.users[place] for place in team.members]
    attendees = tuple(_colleague(rng, user) for user in users[1:])
    yield _series_meeting(rng, team.series, day, users[0], attendees)


def company_meetings(organisation: Organisation, week: int) -> Iterator[Meeting]:
    """The monthly meeting of the whole company: Ada invites a group on the first Tuesday."""
    day = week * 7 - 2
    if as_date(day).day > 7:
        return
    rng = unit_random(organisation.seed, "company meetings", week)
    ada = organisation.users[0]
    start = at(ada.zone, day, 15.5 * HOUR)
    group = Attendee(f"all-company@{DOMAIN}", "required", "none")
    yield Meeting(
        start,
        rng.randbytes(12),
        outlook_uid(rng.randbytes(16)),
        start + HOUR,
        SINGLE,
        ada.address,
        ada.place,
        (group,),
        guests=organisation.everybody,
    )


def personal_meetings(organisation: Organisation, user: User, week: int) -> Iterator[Meeting]:
    """What stands in this user's calendar alone: appointments, and holidays of a few days."""
    rng = unit_random(organisation.seed, "personal meetings", user.place, week)
    for _ in range(poisson(rng, 0.35 * season(week))):
        start = _slot(rng, user.zone, week)
        yield _private(rng, user, start, start + rng.choice((30, 60, 90)) * MINUTE)
    if rng.random() < 0.06:
        monday = (week * 7 - 3) * DAY
        yield _private(rng, user, monday, monday + rng.randint(1, 5) * DAY, all_day=True)


def meeting_emails(organisation: Organisation, meeting: Meeting) -> Iterator[Email]:
    """The invitation, the answers to a colleague's invitation, and the cancellation."""
    people = tuple(a.address for a in meeting.attendees if a.kind != "resource")
    if not meeting.invited or not people:
        return
    rng = unit_random(organisation.seed, "meeting mail", meeting.key.hex())
    thread = rng.randbytes(16)
    places = tuple(a.place for a in meeting.attendees if a.place != NOBODY)

    def announcement(moment: int, odata_type: str) -> Email:
        return Email(
            moment,
            rng.randbytes(12),
            thread,
            meeting.organizer,
            people,
            writer=meeting.host,
            holders=places,
            odata_type=odata_type,
        )

    yield announcement(meeting.invited, REQUEST)
    for attendee in meeting.attendees:
        if meeting.host == NOBODY or attendee.response == "none" or attendee.kind == "resource":
            continue
        zone = organisation.users[meeting.host].zone
        yield Email(
            reply_moment(rng, zone, meeting.invited, 3.0),
            rng.randbytes(12),
            rng.randbytes(16),  # an answer to an invitation is a conversation of its own
            attendee.address,
            (meeting.organizer,),
            writer=attendee.place,
            holders=(meeting.host,),
            odata_type=RESPONSE,
        )
    if meeting.cancelled:
        moment = max(meeting.invited + HOUR, meeting.start - rng.randrange(2, 60) * HOUR)
        yield announcement(moment, CANCELLATION)


def _slot(rng: Random, zone: str, week: int) -> int:
    """A half-hour of the working week."""
    day = rng.choice(working_days(zone, week))
    return at(zone, day, rng.randrange(17, 35) * 30 * MINUTE)


def _colleague(rng: Random, user: User, kind: str = "required") -> Attendee:
    draw = rng.random()
    responses = ((0.76, "accepted"), (0.83, "tentativelyAccepted"), (0.90, "declined"))
    response = next((r for limit, r in responses if draw < limit), "none")
    # Somebody without a mailbox in the cloud is invited by his or her plain address all the same.
    return Attendee(user.address, kind, response, user.place)


def _guest(rng: Random, address: str, kind: str = "required") -> Attendee:
    draw = rng.random()
    responses = ((0.68, "accepted"), (0.73, "tentativelyAccepted"), (0.80, "declined"))
    return Attendee(address, kind, next((r for limit, r in responses if draw < limit), "none"))


def _people(
    rng: Random, organisation: Organisation, account: Account
) -> tuple[list[User], list[str]]:
    """Who of us and who of the account takes part: the account manager nearly always."""
    team = list(account.team)
    manager = team.pop(0) if len(team) == 1 or rng.random() < 0.85 else team.pop(1)
    places = [manager, *(place for place in team if rng.random() < 0.3)]
    contacts = account.contacts[: 1 + int(len(account.contacts) * rng.random() ** 1.5)]
    chosen = [c.spelling for c in contacts if c is contacts[0] or rng.random() < 0.35]
    return [organisation.users[place] for place in places], chosen


def _single(rng: Random, organisation: Organisation, account: Account, week: int) -> Meeting:
    start = _slot(rng, account.zone, week)
    users, contacts = _people(rng, organisation, account)
    guid = rng.randbytes(16)
    uid = outlook_uid(guid)
    lead = rng.randint(1, 7 * MAX_LEAD_WEEKS)
    invited = at(account.zone, day_of(start) - lead, rng.uniform(8.5, 17.5) * HOUR)
    draw = rng.random()
    host, organizer = users[0].place, users[0].address
    colleagues, guests = users[1:], contacts
    if draw < 0.24:
        # A customer's or a partner's calendar: the id is foreign, the host is a guest as well.
        organizer = contacts[0] if draw < 0.2 else rng.choice(PARTNERS)
        host, colleagues = NOBODY, users
        uid = f"{guid.hex()}@calendar.{organizer.rpartition('@')[2].lower()}"
    attendees = [_colleague(rng, user) for user in colleagues]
    attendees += [
        _guest(rng, address, "required" if index < 2 else "optional")
        if address != organizer
        else Attendee(address, "required", "accepted")
        for index, address in enumerate(guests)
    ]
    if host != NOBODY and rng.random() < 0.25:
        attendees.append(Attendee(rng.choice(_ROOMS), "resource", "accepted"))
    all_day = rng.random() < 0.025
    if all_day:
        # Graph writes the midnights of an all-day event as if they were UTC.
        start = day_of(start) * DAY
        end = start + rng.choice((1, 1, 2)) * DAY
    else:
        end = start + rng.choice((30, 30, 30, 45, 60, 60, 90, 120)) * MINUTE
    return Meeting(
        start,
        rng.randbytes(12),
        uid,
        end,
        SINGLE,
        organizer,
        host,
        tuple(attendees),
        invited,
        all_day,
        cancelled=rng.random() < 0.07,
    )


def _occurrence(
    rng: Random, organisation: Organisation, account: Account, series: Series, week: int
) -> Iterator[Meeting]:
    """This week's occurrence of an account's series, unless it was cancelled."""
    day = week * 7 - 3 + series.weekday
    # A cancelled occurrence is simply absent from a calendar.
    if not is_working_day(account.zone, day) or rng.random() < 0.07:
        return
    users, contacts = _people(rng, organisation, account)
    manager = organisation.users[account.team[0]]
    attendees = [_colleague(rng, user) for user in users if user.place != manager.place]
    attendees += [_guest(rng, address) for address in contacts]
    yield _series_meeting(rng, series, day, manager, tuple(attendees))


def _series_meeting(
    rng: Random, series: Series, day: int, host: User, attendees: tuple[Attendee, ...]
) -> Meeting:
    """An occurrence on its day, or now and then moved within the week."""
    instance, held = OCCURRENCE, day
    if rng.random() < 0.05 and series.weekday < 4 and is_working_day(host.zone, day + 1):
        instance, held = EXCEPTION, day + 1
    start = at(host.zone, held, series.second)
    # The invitation went out when the series began; only a moved occurrence is announced again.
    invited = start - 2 * DAY - rng.randrange(8) * HOUR if instance == EXCEPTION else 0
    return Meeting(
        start,
        rng.randbytes(12),
        outlook_uid(series.guid, day),
        start + series.minutes * MINUTE,
        instance,
        host.address,
        host.place,
        attendees,
        invited,
    )


def _private(rng: Random, user: User, start: int, end: int, *, all_day: bool = False) -> Meeting:
    uid = outlook_uid(rng.randbytes(16))
    key = rng.randbytes(12)
    return Meeting(start, key, uid, end, SINGLE, user.address, user.place, (), all_day=all_day)
