"""From meetings to event resources in calendars, which agree about them more or less."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .calendars import Invitee, Meeting, listed
from .correspondence import Post
from .dice import Dice, Json
from .directory import User
from .messages import INVALID_SENDERS, Mailboxes, recipient
from .moments import ZONES, instant_text, offset_text, wall_text, zones
from .odd import ODD_EVENT_VALUES, spoil

UNKNOWN_ZONES = (
    "Customized Time Zone",
    "Mars/Olympus Mons",
    "tzone://Microsoft/Custom",
    "(UTC+01:00) Amsterdam",
)
UTC_NAMES = (
    "UTC",
    "UTC",
    "UTC",
    "utc",
    "tzone://Microsoft/Utc",
    "TZONE://microsoft/UTC",
    "Etc/UTC",
    "",
    " ",
)
GARBAGE_TIMES = (
    "",
    "soon",
    "2024-02-30T10:00:00",
    "2024-03-01T25:00:00",
    "2024-03-01T24:00:00",
    "2024-03-01",
    None,
)


def zone_text(dice: Dice, zone_name: str) -> str:
    """Return the IANA or the Windows name of a zone."""
    name = ZONES[zone_name] if dice.chance(0.5) else zone_name
    if dice.odd(0.08):
        name = dice.mixed_case(name)
    return dice.padded(name) if dice.odd(0.04) else name


def time_resource(dice: Dice, moment: datetime, zone_name: str) -> Json:
    """Write an instant in a zone, in UTC, without a zone, or with an offset of its own.

    In the hour that occurs twice the second time is written like the first: which it then is.
    """
    kind = dice.rng.random()
    if kind < 0.45:
        zone = dice.pick(UTC_NAMES) if dice.odd(0.6) else "UTC"
        return {"dateTime": wall_text(dice, moment.astimezone(UTC)), "timeZone": zone}
    if kind < 0.85:
        local = moment.astimezone(ZoneInfo(zone_name))
        return {"dateTime": wall_text(dice, local), "timeZone": zone_text(dice, zone_name)}
    if kind < 0.92:
        part: Json = {"dateTime": wall_text(dice, moment.astimezone(UTC))}
        if dice.chance(0.5):
            part["timeZone"] = None
        return part
    # The offset says it all, whatever the zone.
    zone = zone_text(dice, dice.pick(zones(dice)))
    if dice.chance(0.5):
        zulu = "z" if dice.odd(0.3) else "Z"
        return {"dateTime": wall_text(dice, moment.astimezone(UTC)) + zulu, "timeZone": zone}
    local = moment.astimezone(ZoneInfo("Asia/Kolkata"))
    return {"dateTime": wall_text(dice, local) + offset_text(dice, local), "timeZone": zone}


def skipped_time(dice: Dice, event: Json) -> None:
    """Write a wall time that the clocks of the zone skipped."""
    zone = dice.pick(("America/New_York", "Eastern Standard Time"))
    event["start"] = {"dateTime": "2020-03-08T02:30:00.0000000", "timeZone": zone}
    event["end"] = {"dateTime": "2020-03-08T03:45:00.0000000", "timeZone": zone}


def day_resource(dice: Dice, day: date, zone_name: str) -> Json:
    """Write a day of an all-day meeting: the date counts as it is written."""
    clock = dice.pick(("T00:00:00.0000000", "T00:00:00", "T00:00", " 00:00", "T00:00Z"))
    part: Json = {"dateTime": day.isoformat() + clock}
    unknown = dice.pick(UNKNOWN_ZONES)
    zone = dice.pick(("UTC", zone_text(dice, zone_name), "Tokyo Standard Time", unknown, None))
    if zone is not None:
        part["timeZone"] = zone
    return part


class Secretary:
    """Puts copies of meetings into calendars."""

    nobody = "/o=exchangelabs/ou=exchange/cn=recipients/cn=nobody"

    def __init__(self, post: Post, *, odd_types: bool) -> None:
        """Start with an empty calendar for every user."""
        self.post = post
        self.dice = post.dice
        self.odd_types = odd_types
        self.x500 = post.directory.x500_names()
        self.calendars: Mailboxes = {user.user_id: [] for user in post.directory.users}

    def add_times(self, event: Json, meeting: Meeting) -> None:
        """Write start and end, sometimes unreadable."""
        dice, zone_name = self.dice, self.post.clock.zone_name
        if dice.chance(0.2):
            zone_name = dice.pick(zones(dice))
        if meeting.days is not None:
            event["isAllDay"] = True
            event["start"] = day_resource(dice, meeting.days[0], zone_name)
            event["end"] = day_resource(dice, meeting.days[1], zone_name)
        else:
            end = meeting.start + meeting.length
            if dice.chance(0.04):
                end += timedelta(minutes=30)
            event["start"] = time_resource(dice, meeting.start, zone_name)
            event["end"] = time_resource(dice, end, zone_name)
            if dice.chance(0.7):
                event["isAllDay"] = False
            if dice.chance(0.004):
                skipped_time(dice, event)
        kind = dice.rng.random()
        part = dice.pick(("start", "end"))
        if kind < 0.015:
            event[part] = {"dateTime": dice.pick(GARBAGE_TIMES), "timeZone": "UTC"}
        elif kind < 0.025:
            del event[part]
        elif kind < 0.04:
            event[part] = {
                "dateTime": "2024-03-01T10:00:00.0000000",
                "timeZone": dice.pick(UNKNOWN_ZONES),
            }

    def attendee(self, invitee: Invitee) -> Json:
        """Return an attendee resource."""
        dice = self.dice
        address = invitee.address
        if address in self.x500 and dice.chance(0.03):
            address = self.x500[address]
        attendee = recipient(dice, address)
        if dice.chance(0.02):
            attendee = recipient(dice, dice.pick(INVALID_SENDERS))
        if invitee.kind is not None:
            attendee["type"] = dice.any_case(invitee.kind)
        answer = dice.any_case(invitee.answer)
        attendee["status"] = {"response": answer, "time": "0001-01-01T00:00:00Z"}
        if invitee.answer == "none" and dice.chance(0.3):
            attendee["status"] = None
        return attendee

    def copy(self, meeting: Meeting, answer: str, *, is_organiser: bool) -> Json:
        """Return one copy of a meeting."""
        dice = self.dice
        event: Json = {
            "id": dice.token(),
            "iCalUId": meeting.ical_uid,
            "type": dice.any_case(meeting.kind),
            "isOrganizer": is_organiser,
            "isCancelled": False,
            "responseStatus": {
                "response": dice.any_case(answer),
                "time": "0001-01-01T00:00:00Z",
            },
        }
        if meeting.cancelled == "everywhere" or (
            meeting.cancelled != "no" and not is_organiser and dice.chance(0.6)
        ):
            event["isCancelled"] = True
        self.add_times(event, meeting)
        organiser: object = recipient(dice, meeting.organiser)
        if dice.chance(0.06):
            organiser = recipient(dice, self.x500.get(meeting.organiser, self.nobody))
        elif dice.chance(0.02):
            organiser = recipient(dice, self.nobody)
        if not is_organiser and dice.chance(0.03):
            outsiders = (self.post.contact, self.post.stranger)
            organiser = recipient(dice, dice.pick(outsiders)())
        if dice.chance(0.03):
            organiser = dice.pick((None, {}, recipient(dice, dice.pick(INVALID_SENDERS))))
        event["organizer"] = organiser
        event["attendees"] = [self.attendee(invitee) for invitee in listed(dice, meeting.invitees)]
        if dice.chance(0.5):
            # Whole days, so that copies are often modified at the same time.
            modified = self.post.clock.window.as_of - timedelta(days=dice.between(0, 3))
            event["lastModifiedDateTime"] = instant_text(dice, modified)
        for name in ("isOrganizer", "isCancelled", "iCalUId", "attendees"):
            if event[name] in (False, None, []) and dice.chance(0.2):
                del event[name]
        if self.odd_types and dice.chance(0.03) and not is_organiser:
            spoil(dice, event, ODD_EVENT_VALUES)
        return event

    def answers(self, user: User, meeting: Meeting) -> list[str]:
        """Return a user's own answers, one per copy: mostly what the organiser knows."""
        dice = self.dice
        known = [i.answer for i in meeting.invitees if i.address in user.addresses]
        answer = known[0] if known else "none"
        if dice.chance(0.2):
            answer = dice.pick(("accepted", "declined", "declined", "none"))
        if dice.chance(0.06):
            return [answer, dice.pick(("accepted", "declined"))]
        return [answer]

    def invite(self, meeting: Meeting) -> None:
        """Put copies into the calendars of those involved, and at times of somebody else."""
        dice = self.dice
        addresses = {invitee.address for invitee in meeting.invitees}
        for user in self.post.directory.users:
            calendar = self.calendars[user.user_id]
            if meeting.organiser in user.addresses:
                if meeting.cancelled != "attendees only" and dice.chance(0.75):
                    calendar.append(self.copy(meeting, "organizer", is_organiser=True))
            elif dice.chance(0.02 if addresses.isdisjoint(user.addresses) else 0.75):
                calendar.extend(
                    self.copy(meeting, answer, is_organiser=False)
                    for answer in self.answers(user, meeting)
                )

    def add_removed(self) -> None:
        """Add notes that items are gone, as a delta query writes them."""
        for lines in self.calendars.values():
            if self.dice.chance(0.12):
                rest = self.dice.pick(lines) if lines and self.dice.chance(0.3) else {}
                removed = {"@removed": {"reason": "deleted"}, "id": self.dice.token()}
                lines.append({**rest, **removed})


def make_events(post: Post, meetings: list[Meeting], *, odd_types: bool) -> Mailboxes:
    """Return the events of every user's calendar."""
    secretary = Secretary(post, odd_types=odd_types)
    for meeting in meetings:
        secretary.invite(meeting)
    secretary.add_removed()
    return secretary.calendars
