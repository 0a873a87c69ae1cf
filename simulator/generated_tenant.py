"""A generated organisation as a tenant: mailboxes are made while they are read.

A mailbox is never in memory. A page is made by walking the generator from a moment; the position
of its last item (the moment, and which of the items with that moment) is enough to go on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Any
from zlib import crc32

from simulator.activity import CALENDAR_DAYS_AHEAD, Activity
from simulator.directory import Directory
from simulator.graph_shape import Folder, JsonObject, MailboxShape
from simulator.mail_folders import CLUTTER, CONVERSATIONS, TEAMS_FOLDER, usual_folders
from simulator.organisation import User
from simulator.strangers import Strangers, draw_strangers
from simulator.tenant import (
    NO_MAILBOX_CODES,
    Mailbox,
    MailFolder,
    MessageQuery,
    NoMailboxError,
    Placed,
    Position,
)
from simulator.working_time import DAY, utc_text

MAX_DELAY = 90
"""A message is received at most so many seconds after it was sent."""

_SECOND = 1_000_000
_BACKWARDS = timedelta(days=14)
# Newest first means making a stretch and reversing it. Before each stretch the generator starts
# seven weeks early; two weeks at once keep both that waste and the memory within bounds.
_LONGEST_EVENT = timedelta(days=14)


def delay_of(message_id: str) -> int:
    """How many seconds after sending a message is received."""
    return crc32(message_id.encode()) % (MAX_DELAY + 1)


@dataclass
class GeneratedTenant:
    """The tenant of a generated organisation.

    Args:
        activity: the organisation's mail and meetings.
        strangers: whether the directory also holds the odd users and groups of `strangers`.
        teams_chats: whether mailboxes also hold copies of Teams chats, as real ones do, in a
            folder that no list shows. An activity folder of the same organisation lacks them.
        conversations: whether mailboxes also hold chats in Conversation History, as those that
            once used Skype do. An activity folder of the same organisation lacks them.
        clutter: whether some mail lies in Clutter, which no list of folders shows either.
        now: mail received later does not exist yet; None: everything does. May be moved.
    """

    activity: Activity
    strangers: bool = True
    teams_chats: bool = False
    conversations: bool = False
    clutter: bool = False
    now: datetime | None = None
    _directory: Directory = field(init=False, repr=False)
    _users: dict[str, User] = field(init=False, repr=False)
    _strange: Strangers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Makes the directory, which stays the same."""
        organisation = self.activity.organisation
        self._users = {user.user_id: user for user in organisation.users}
        self._strange = draw_strangers(organisation) if self.strangers else Strangers((), (), {})
        users = [{**user.resource(), "displayName": user.name} for user in organisation.users]
        groups = [{**group.resource(), "displayName": group.name} for group in organisation.groups]
        self._directory = Directory(
            [*users, *self._strange.users], [*groups, *self._strange.groups]
        )

    def organization(self) -> JsonObject:
        """See `Tenant`."""
        return self.activity.organisation.resource()

    def directory(self) -> Directory:
        """See `Tenant`."""
        return self._directory

    def mailbox(self, user_id: str) -> Mailbox:
        """See `Tenant`."""
        user = self._users.get(user_id)
        if user is None:
            if user_id in self._strange.no_mailbox:
                raise NoMailboxError(self._strange.no_mailbox[user_id])
            return _EmptyMailbox(user_id)
        if not user.has_mailbox:
            raise NoMailboxError(NO_MAILBOX_CODES[0])
        return _GeneratedMailbox(self, user)


class _GeneratedMailbox:
    """One user's part of the activity."""

    def __init__(self, tenant: GeneratedTenant, user: User) -> None:
        self._activity = tenant.activity
        self._chats = [
            folder
            for folder, wanted in (
                (TEAMS_FOLDER, tenant.teams_chats),
                (CONVERSATIONS, tenant.conversations),
            )
            if wanted
        ]
        self._clutter = tenant.clutter
        self._now = tenant.now
        self._user = user
        self.version = str(tenant.now)

    def folders(self) -> tuple[MailFolder, ...]:
        return _folders(self._user.user_id)

    def messages(self, query: MessageQuery, after: Position | None) -> Iterator[Placed]:
        """By received time unless the query wants the sent time; both rise with the generator."""
        by_sent = query.order == "sentDateTime"
        low, high = query.sent if by_sent else query.received
        if self._now is not None and not by_sent:
            latest = int(self._now.timestamp()) * _SECOND
            high = latest if high is None else min(high, latest)
        first = self._activity.begins if low is None else -(-low // _SECOND)
        last = self._activity.ends + MAX_DELAY if high is None else high // _SECOND
        # Limits on the other time narrow the stretch as well.
        other_low, other_high = query.received if by_sent else query.sent
        slack = MAX_DELAY if by_sent else 0
        if other_low is not None:
            first = max(first, other_low // _SECOND - slack)
        if other_high is not None:
            last = min(last, other_high // _SECOND + MAX_DELAY - slack)
        if query.newest_first:
            return self._backwards(first, last, after, by_sent=by_sent)
        return self._forwards(first, last, after, by_sent=by_sent)

    def _forwards(
        self, first: int, last: int, after: Position | None, *, by_sent: bool
    ) -> Iterator[Placed]:
        passed = after or (first, -1)
        for position, message in _numbered(self._ordered(passed[0], last, by_sent=by_sent)):
            if position > passed:
                yield position, message

    def _backwards(
        self, first: int, last: int, after: Position | None, *, by_sent: bool
    ) -> Iterator[Placed]:
        step = int(_BACKWARDS.total_seconds())
        first = max(first, self._activity.begins)
        last = min(last, self._activity.ends + MAX_DELAY)
        end = last if after is None else min(last, -after[0])
        while end >= first:
            begin = max(first, end - step + 1)
            stretch = [m for _, m in self._ordered(begin, end, by_sent=by_sent)]
            stretch.reverse()
            name = "sentDateTime" if by_sent else "receivedDateTime"
            keyed = ((-_seconds(message[name]), message) for message in stretch)
            for position, message in _numbered(keyed):
                if after is None or position > after:
                    yield position, message
            end = begin - 1

    def _ordered(self, first: int, last: int, *, by_sent: bool) -> Iterator[tuple[int, JsonObject]]:
        """The messages with first <= time <= last in order of (time, id).

        The generator gives them by sent time, and each is received at most `MAX_DELAY` later: so
        whatever was received before the next one was sent can go.
        """
        slack = 0 if by_sent else MAX_DELAY
        waiting: list[tuple[int, str, JsonObject]] = []
        for message in self._copies(first - slack, last + 1):
            sent = _seconds(message["sentDateTime"])
            received = sent + delay_of(message["id"])
            message["receivedDateTime"] = utc_text(received)
            while waiting and waiting[0][0] < sent:
                time, _, ready = heappop(waiting)
                yield time, ready
            time = sent if by_sent else received
            if first <= time <= last and not self._is_future(received):
                heappush(waiting, (time, message["id"], message))
        while waiting:
            time, _, ready = heappop(waiting)
            yield time, ready

    def _copies(self, low: int, high: int) -> Iterator[JsonObject]:
        since, until = (datetime.fromtimestamp(moment, UTC) for moment in (low, high))
        shape = MailboxShape(self._user.user_id)
        inbox = shape.folder_id(Folder.INBOX)
        for message in self._activity.messages(self._user, since, until):
            lot = crc32(message["id"].encode())
            if self._clutter and message["parentFolderId"] == inbox and lot % 5 == 0:
                yield {**message, "parentFolderId": shape.other_folder_id(CLUTTER)}
            else:
                yield message
            if lot % 40 == 0:
                for folder in self._chats:
                    yield _chat(message, folder, shape.other_folder_id(folder))

    def _is_future(self, received: int) -> bool:
        return self._now is not None and received > self._now.timestamp()

    def events(self, low: int, high: int, after: Position | None) -> Iterator[Placed]:
        """Events are made by start; one that began earlier may still overlap."""
        first = low // _SECOND - int(_LONGEST_EVENT.total_seconds())
        passed = after or (max(first, self._activity.begins), -1)
        since = datetime.fromtimestamp(passed[0], UTC)
        ends = min(-(-high // _SECOND), self._activity.ends + (CALENDAR_DAYS_AHEAD + 1) * DAY)
        until = datetime.fromtimestamp(ends, UTC)
        keyed = (
            (_seconds(event["start"]["dateTime"]), event)
            for event in self._activity.events(self._user, since, until)
        )
        for position, event in _numbered(keyed):
            start, end = position[0] * _SECOND, _seconds(event["end"]["dateTime"]) * _SECOND
            if position > passed and start < high and (end > low or start >= low):
                yield position, event


class _EmptyMailbox:
    """The mailbox of a stranger: the usual folders and nothing in them."""

    def __init__(self, user_id: str) -> None:
        self._user_id = user_id
        self.version = "empty"

    def folders(self) -> tuple[MailFolder, ...]:
        return _folders(self._user_id)

    def messages(self, query: MessageQuery, after: Position | None) -> Iterator[Placed]:
        del query, after
        return iter(())

    def events(self, low: int, high: int, after: Position | None) -> Iterator[Placed]:
        del low, high, after
        return iter(())


def _chat(message: JsonObject, folder: str, folder_id: str) -> JsonObject:
    """What somebody wrote in a chat, kept beside the mail: it looks like a message."""
    chat: dict[str, Any] = {**message, "parentFolderId": folder_id}
    chat["id"] = f"{message['id'][:-4]}{crc32(folder.encode()) % 10_000:04d}"
    chat["internetMessageId"] = f"<{chat['id'][-20:]}@chat.example>"
    chat.pop("@odata.type", None)
    return chat


def _folders(user_id: str) -> tuple[MailFolder, ...]:
    shape = MailboxShape(user_id)
    known = {str(folder): shape.folder_id(folder) for folder in Folder}
    return usual_folders(user_id, lambda key: known.get(key) or shape.other_folder_id(key))


def _numbered(items: Iterator[tuple[int, JsonObject]]) -> Iterator[Placed]:
    """Gives each item its position: the time, and its number among those with the same time."""
    current, number = None, 0
    for time, item in items:
        current, number = time, number + 1 if time == current else 0
        yield (time, number), item


def _seconds(text: str) -> int:
    """A moment in UTC, as the generator writes it, in seconds since 1970."""
    moment = datetime.fromisoformat(text[:19])
    return int(moment.replace(tzinfo=UTC).timestamp())
