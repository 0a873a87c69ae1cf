"""Meetings, before they become event resources in calendars."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .correspondence import Post
from .dice import Dice, Json
from .moments import MICROSECOND

ROOM = "room@contoso.com"
ANSWERS = ("accepted", "none", "notResponded", "tentativelyAccepted", "declined", "declined")


@dataclass
class Invitee:
    """An entry of a meeting's list of attendees."""

    address: str
    kind: str | None = "required"
    answer: str = "accepted"


@dataclass
class Meeting:
    """One meeting: of certain times or of whole days."""

    organiser: str
    invitees: list[Invitee]
    start: datetime
    length: timedelta
    ical_uid: object
    days: tuple[date, date] | None = None
    """First day and the day after the last, of an all-day meeting."""
    kind: str = "singleInstance"
    cancelled: str = "no"
    """``no``, ``everywhere``, ``attendees only`` (no organiser's copy), ``not by organiser``."""
    extra: Json = field(default_factory=dict)


class Organiser:
    """Arranges meetings between the people of an organisation and of its customers."""

    def __init__(self, post: Post) -> None:
        """Invite the same people who write the letters."""
        self.post = post
        self.dice = post.dice
        self.meetings: list[Meeting] = []

    def organiser(self) -> str:
        """Return who invites: mostly a user, else a contact or a third party."""
        kind = self.dice.rng.random()
        if kind < 0.55:
            return self.post.staff()
        if kind < 0.62:
            return self.post.insider()
        if kind < 0.85:
            return self.post.contact()
        return self.post.stranger()

    def aliases(self, address: str) -> list[str]:
        """Return all addresses of the user who has this one."""
        for user in self.post.directory.users:
            if address in user.addresses:
                return user.addresses
        return [address]

    def invitees(self, organiser: str) -> list[Invitee]:
        """Return attendees: rooms, those who decline, and some who are listed twice."""
        dice = self.dice
        found: list[Invitee] = []
        people = [self.post.staff() for _ in range(dice.between(0, 3))]
        people.extend(self.post.contact() for _ in range(dice.pick((0, 1, 1, 1, 2, 3))))
        people.extend(self.post.stranger() for _ in range(dice.pick((0, 0, 0, 1))))
        for address in dict.fromkeys(people):
            answer = dice.pick(ANSWERS) if dice.chance(0.5) else "accepted"
            kind = dice.pick(("required", "required", "required", "optional", None))
            found.append(Invitee(address, kind, answer))
            if dice.chance(0.1):
                # Listed twice: only who declines in every entry has declined.
                again = dice.pick(self.aliases(address))
                found.append(Invitee(again, kind, dice.pick(("declined", "accepted"))))
        if dice.chance(0.1):
            found.append(Invitee(organiser, "required", dice.pick(("declined", "none"))))
        if dice.chance(0.15):
            found.append(Invitee(ROOM, "resource", dice.pick(("accepted", "declined"))))
        if dice.chance(0.1):
            # A contact's room, or one with a mailbox that is read: a resource is nobody.
            room = dice.pick((self.post.contact, self.post.staff))()
            if all(room != invitee.address for invitee in found) and room != organiser:
                found.append(Invitee(room, "resource", "accepted"))
        if found and dice.chance(0.06):
            # Whoever is a resource in some entries only is somebody.
            other = dice.pick(found)
            again = dice.pick(self.aliases(other.address))
            found.append(Invitee(again, "resource", dice.pick(("accepted", "declined"))))
        dice.rng.shuffle(found)
        return found

    def length(self) -> timedelta:
        """Return how long a meeting lasts: also no time at all, or less than that."""
        dice = self.dice
        kind = dice.rng.random()
        if kind < 0.06:
            return timedelta(0)
        if kind < 0.09:
            return -timedelta(minutes=dice.between(1, 90))
        if kind < 0.15:
            return timedelta(seconds=dice.between(1, 200), microseconds=dice.between(0, 999_999))
        if kind < 0.18:
            return timedelta(days=dice.between(1, 3))
        if kind < 0.21:
            week = timedelta(days=7)
            return week + dice.pick((timedelta(0), MICROSECOND, timedelta(days=900), -MICROSECOND))
        return timedelta(minutes=dice.pick((15, 25, 30, 30, 45, 60, 60, 90, 240)))

    def whole_days(self) -> tuple[date, date]:
        """Return the days of an all-day meeting, sometimes none, or in the wrong order."""
        first = self.post.clock.day()
        return first, first + timedelta(days=self.dice.pick((1, 1, 1, 1, 2, 3, 0, -1)))

    def ical_uid(self) -> object:
        """Return an iCalUId, seldom none."""
        if self.dice.chance(0.06):
            return self.dice.pick((None, ""))
        return "040000008200E00074C5B7101A82E008" + self.dice.bytes(12).hex().upper()

    def arrange(self) -> Meeting:
        """Return a new meeting."""
        dice = self.dice
        organiser = self.organiser()
        meeting = Meeting(
            organiser,
            self.invitees(organiser),
            self.post.clock.moment(),
            self.length(),
            self.ical_uid(),
        )
        if dice.chance(0.14):
            meeting.days = self.whole_days()
        kind = dice.rng.random()
        if kind < 0.06:
            meeting.cancelled = "everywhere"
        elif kind < 0.14:
            meeting.cancelled = "attendees only"
        elif kind < 0.2:
            meeting.cancelled = "not by organiser"
        return meeting

    def series(self) -> None:
        """Arrange a series; its occurrences may all have the same iCalUId."""
        dice = self.dice
        first = self.arrange()
        same_uid = dice.chance(0.5)
        if dice.chance(0.5):
            master = Meeting(
                first.organiser, first.invitees, first.start, first.length, self.ical_uid()
            )
            master.kind = "seriesMaster"
            self.meetings.append(master)
        for number in range(dice.between(2, 4)):
            self.meetings.append(
                Meeting(
                    first.organiser,
                    first.invitees,
                    first.start + timedelta(days=7 * number),
                    first.length,
                    first.ical_uid if same_uid else self.ical_uid(),
                    kind=dice.pick(("occurrence", "occurrence", "exception")),
                )
            )


def arrange_meetings(post: Post, count: int) -> list[Meeting]:
    """Return about so many meetings."""
    organiser = Organiser(post)
    while len(organiser.meetings) < count:
        if post.dice.chance(0.1):
            organiser.series()
        else:
            organiser.meetings.append(organiser.arrange())
    return organiser.meetings


def listed(dice: Dice, invitees: list[Invitee]) -> list[Invitee]:
    """Return the attendees as one copy shows them: copies may know less."""
    found = list(invitees)
    if found and dice.chance(0.06):
        found.pop()
    if found and dice.chance(0.1):
        first = found[0]
        found[0] = Invitee(first.address, first.kind, dice.pick(ANSWERS))
    return found
