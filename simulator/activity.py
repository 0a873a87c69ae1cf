"""One mailbox and one calendar as a stream, oldest first, for any stretch of time.

What belongs here: which week's units concern a user, putting their e-mails and meetings in order of
time, and which copy each holder keeps where. Nothing is remembered between mailboxes: every mailbox
works out the same e-mails anew from (seed, unit, week), which costs time and saves all the memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

from simulator.correspondence import (
    MAX_THREAD_SECONDS,
    Email,
    Place,
    account_emails,
)
from simulator.graph_shape import (
    EXCLUDED_FOLDERS,
    Folder,
    JsonObject,
    MailboxShape,
)
from simulator.meetings import (
    MAX_LEAD_WEEKS,
    Meeting,
    account_meetings,
    company_meetings,
    meeting_emails,
    personal_meetings,
    team_meetings,
)
from simulator.office_mail import company_emails, personal_emails, team_emails
from simulator.organisation import Organisation, User
from simulator.working_time import DAY, WEEK, week_of, week_start

CALENDAR_DAYS_AHEAD = 14
"""Calendars reach this many days beyond `as_of`; mail does not."""

# A thread lasts MAX_THREAD_SECONDS, and the answers to an invitation or its cancellation come after
# it: whoever reads from some moment on must begin this many weeks earlier.
_LOOK_BACK_WEEKS = MAX_THREAD_SECONDS // WEEK + 3

# Of 256 received e-mails so many, counted up, end in these folders; the rest are deleted for good.
_FILING = (
    (190, Folder.INBOX),
    (225, Folder.CUSTOMERS),
    (240, Folder.ARCHIVE),
    (250, Folder.DELETED),
)


@dataclass(frozen=True, eq=False)
class Activity:
    """The mail and meetings of an organisation over `days` days that end at `as_of`.

    The default reaches two weeks further back than a year, so that something lies outside it.
    """

    organisation: Organisation
    as_of: datetime
    days: int = 380

    def __post_init__(self) -> None:
        """Refuses times without a zone, which would mean something else on every machine."""
        if self.as_of.tzinfo is None:
            raise ValueError("as_of needs a time zone")
        if self.days < 1:
            raise ValueError("days must be above 0")

    @property
    def begins(self) -> int:
        """The first moment, in seconds since 1970."""
        return self.ends - self.days * DAY

    @property
    def ends(self) -> int:
        """The moment of `as_of`, in seconds since 1970."""
        return int(self.as_of.timestamp())

    def messages(
        self, user: User, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[JsonObject]:
        """The copies in the user's mailbox with `since` <= sent < `until`, in order of sent time.

        Without limits everything up to and including `as_of`. Memory holds one week of this mailbox
        and the open threads. A user without a mailbox has none.
        """
        if not user.has_mailbox:
            return
        low, high = self._limits(since, until, self.ends + 1)
        shape = MailboxShape(user.user_id)
        for email in self._emails(user, low, high):
            for folder, sent_by_owner in _kept(email, user):
                yield shape.message(email, folder, sent_by_owner=sent_by_owner)

    def events(
        self, user: User, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[JsonObject]:
        """The copies in the user's calendar with `since` <= start < `until`, in order of start.

        Without limits everything up to two weeks beyond `as_of`. Memory holds one week.
        """
        if not user.has_mailbox:
            return
        low, high = self._limits(since, until, self.ends + CALENDAR_DAYS_AHEAD * DAY)
        shape = MailboxShape(user.user_id)
        for week in range(week_of(low), week_of(high) + 1):
            meetings = [
                meeting for meeting in self._meetings(user, week) if low <= meeting.start < high
            ]
            meetings.sort()
            for meeting in meetings:
                own = next((a for a in meeting.attendees if a.place == user.place), None)
                is_organizer = meeting.host == user.place
                if not is_organizer and own is None and user.place not in meeting.guests:
                    continue
                if _removed(meeting, user, declined=own is not None and own.response == "declined"):
                    continue
                yield shape.event(meeting, own, is_organizer=is_organizer)

    def excluded_folders(self, user: User) -> list[str]:
        """The ids of the user's Drafts, Junk Email and their subfolders."""
        shape = MailboxShape(user.user_id)
        return [shape.folder_id(folder) for folder in EXCLUDED_FOLDERS]

    def _limits(self, since: datetime | None, until: datetime | None, end: int) -> tuple[int, int]:
        low = self.begins if since is None else max(self.begins, int(since.timestamp()))
        high = end if until is None else min(end, int(until.timestamp()))
        return low, high

    def _progress(self, week: int) -> float:
        """How much of the time has passed in the middle of a week, 0.0 to 1.0."""
        middle = week_start(week) + WEEK // 2 - self.begins
        return min(1.0, max(0.0, middle / (self.days * DAY)))

    def _emails(self, user: User, low: int, high: int) -> Iterator[Email]:
        """The e-mails of which this mailbox holds copies, in order of sent time.

        A week's units give e-mails sent in that week or later, never earlier; so once a week's are
        in the heap, everything older than the next week is complete and leaves it.
        """
        waiting: list[Email] = []
        last = week_of(high)
        for week in range(week_of(low) - _LOOK_BACK_WEEKS, last + 1):
            for email in self._new_emails(user, week):
                concerned = email.writer == user.place or user.place in email.holders
                if concerned and low <= email.sent < high:
                    heappush(waiting, email)
            complete = high if week == last else week_start(week + 1)
            while waiting and waiting[0].sent < complete:
                yield heappop(waiting)

    def _new_emails(self, user: User, week: int) -> Iterator[Email]:
        """Everything that begins in this week and may concern this user."""
        organisation = self.organisation
        progress = self._progress(week)
        for account in organisation.accounts_of(user):
            yield from account_emails(organisation, account, week, progress)
        for team in organisation.teams_of(user):
            yield from team_emails(organisation, team, week)
        yield from company_emails(organisation, week)
        yield from personal_emails(organisation, user, week)
        for meeting in self._meetings(user, week + MAX_LEAD_WEEKS):
            yield from meeting_emails(organisation, meeting)

    def _meetings(self, user: User, week: int) -> Iterator[Meeting]:
        """Every meeting that starts in this week and may concern this user."""
        organisation = self.organisation
        progress = self._progress(week)
        for account in organisation.accounts_of(user):
            yield from account_meetings(organisation, account, week, progress)
        for team in organisation.teams_of(user):
            yield from team_meetings(organisation, team, week)
        yield from company_meetings(organisation, week)
        yield from personal_meetings(organisation, user, week)


def _kept(email: Email, user: User) -> Iterator[tuple[Folder, bool]]:
    """The folders in which the user keeps copies, and whether each is the sender's own copy.

    What people do with their mail is decided by the e-mail's key and the user's place, so that it
    is the same in every run.
    """
    habit = (email.key[0] + 37 * user.place) % 256
    if email.place is Place.DRAFTS:
        yield (Folder.DRAFTS if habit < 220 else Folder.UNFINISHED), True
        return
    if email.place is Place.JUNK:
        yield Folder.JUNK, False
        return
    if email.writer == user.place:
        yield Folder.SENT, True
    if user.place not in email.holders:
        return
    if email.odata_type:
        # Outlook deletes an invitation that was answered.
        yield (Folder.DELETED if habit < 180 else Folder.INBOX), False
        return
    for limit, folder in _FILING:
        if habit < limit:
            yield folder, False
            break
    if habit == 100:  # a rule files a second copy
        yield Folder.ARCHIVE, False


def _removed(meeting: Meeting, user: User, *, declined: bool) -> bool:
    """Whether the user's copy has left the calendar.

    A cancelled meeting leaves its organiser's calendar and stays in the guests' until they remove
    it; a declined one usually leaves the calendar of whoever declined.
    """
    habit = (meeting.key[0] + 37 * user.place) % 256
    if meeting.cancelled:
        return habit < (230 if meeting.host == user.place else 60)
    return declined and habit < 170
