"""An activity folder as a tenant: what lies in the files, served as Graph would.

So that a test can read the same folder twice, directly and through Graph, and compare the results.
A mailbox is in memory while it is read, as lines; a few of them at a time.
"""

import gzip
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import BinaryIO, cast
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from backports import zstd
from tzlocal.windows_tz import win_tz

from simulator.directory import Directory
from simulator.generated_tenant import delay_of
from simulator.graph_shape import JsonObject
from simulator.mail_folders import ROOT, display_name
from simulator.odata import microseconds
from simulator.tenant import (
    NO_MAILBOX_CODES,
    BrokenMailboxError,
    Mailbox,
    MailFolder,
    MessageQuery,
    NoMailboxError,
    Placed,
    Position,
)

_ENDINGS = (".ndjson", ".ndjson.gz", ".ndjson.zst")
_ROOT_ID = f"{ROOT}-of-the-files"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONG_AGO = 0
_MOST_LOADED = 8


class FolderTenant:
    """The tenant of an activity folder.

    A store holds one version of an item and no notes of removal, and calendar views hold no
    masters of series. `verbatim` serves all of these, as they stand in the files, for comparisons
    with whoever reads the files. `undated` is the moment at which items without a readable time
    are taken to be; by default it is the middle one of their mailbox.
    """

    def __init__(
        self, folder: Path, *, verbatim: bool = False, undated: datetime | None = None
    ) -> None:
        self._folder = folder
        self._verbatim = verbatim
        self._undated = None if undated is None else int(undated.timestamp() * 1_000_000)
        self._lock = Lock()
        self._loaded: OrderedDict[str, tuple[object, _FolderMailbox]] = OrderedDict()
        self._directory: tuple[object, Directory] | None = None

    def organization(self) -> JsonObject:
        """See `Tenant`."""
        resource: JsonObject = orjson.loads((self._folder / "organization.json").read_bytes())
        if not isinstance(resource.get("id"), str):
            resource["id"] = str(uuid5(NAMESPACE_URL, "organisation of an activity folder"))
        return resource

    def directory(self) -> Directory:
        """See `Tenant`; read again when the files change."""
        files = [self._folder / f"{s}{e}" for s in ("users", "groups") for e in _ENDINGS]
        signature = _signature(files)
        with self._lock:
            if self._directory is None or self._directory[0] != signature:
                users, groups = (
                    [
                        orjson.loads(line)
                        for ending in _ENDINGS
                        if (path := self._folder / f"{stem}{ending}").exists()
                        for line in _lines(path)
                    ]
                    for stem in ("users", "groups")
                )
                self._directory = (signature, Directory(users, groups))
            return self._directory[1]

    def mailbox(self, user_id: str) -> Mailbox:
        """See `Tenant`; read again when its files change."""
        folder = self._folder / "mailboxes" / user_id
        if folder.parent != self._folder / "mailboxes" or not folder.is_dir():
            raise NoMailboxError(NO_MAILBOX_CODES[0])
        files = sorted(folder.iterdir())
        signature = _signature(files)
        with self._lock:
            known = self._loaded.get(user_id)
            if known is None or known[0] != signature:
                known = (signature, _load(user_id, files, self._undated, verbatim=self._verbatim))
                self._loaded[user_id] = known
            self._loaded.move_to_end(user_id)
            while len(self._loaded) > _MOST_LOADED:
                self._loaded.popitem(last=False)
            return known[1]


@dataclass(frozen=True, slots=True)
class _Line:
    """An item as it stands in a file, and what it is found by (microseconds)."""

    text: bytes
    first: int
    """When it was received, or starts."""
    second: int
    """When it was sent, or ends."""


class _FolderMailbox:
    """A mailbox in memory."""

    def __init__(
        self,
        version: object,
        folders: tuple[MailFolder, ...],
        messages: list[_Line],
        events: list[_Line],
    ) -> None:
        self.version = version
        self._folders = folders
        self._messages = {
            "": messages,
            "receivedDateTime": sorted(messages, key=lambda line: line.first),
            "sentDateTime": sorted(messages, key=lambda line: line.second),
        }
        self._events = sorted(events, key=lambda line: line.first)

    def folders(self) -> tuple[MailFolder, ...]:
        return self._folders

    def messages(self, query: MessageQuery, after: Position | None) -> Iterator[Placed]:
        """In the order of the files, unless the query wants another."""
        lines = self._messages[query.order]
        low, high = query.received
        first, last = 0, len(lines)
        if query.order == "receivedDateTime":
            first = 0 if low is None else bisect_left(lines, low, key=lambda line: line.first)
            last = last if high is None else bisect_right(lines, high, key=lambda ln: ln.first)
        places = range(last - 1, first - 1, -1) if query.newest_first else range(first, last)
        for number, place in enumerate(places):
            line = lines[place]
            if (after is None or number > after[0]) and _within(line.first, low, high):
                message = orjson.loads(line.text)
                if microseconds(message.get("receivedDateTime")) is None:
                    message["receivedDateTime"] = _text(line.first)
                yield (number,), message

    def events(self, low: int, high: int, after: Position | None) -> Iterator[Placed]:
        for number, line in enumerate(self._events):
            overlaps = line.first < high and (line.second > low or line.first >= low)
            if overlaps and (after is None or number > after[0]):
                yield (number,), orjson.loads(line.text)


def _load(
    user_id: str, files: list[Path], undated: int | None, *, verbatim: bool
) -> _FolderMailbox:
    items: dict[str, list[JsonObject]] = {"messages": [], "events": []}
    excluded: list[str] = []
    for path in files:
        stem = next((stem for stem in items if path.name.startswith(stem)), None)
        try:
            if stem and path.name.endswith(_ENDINGS):
                for line in _lines(path):
                    resource = orjson.loads(line)
                    if not isinstance(resource, dict):
                        raise BrokenMailboxError(path.name)
                    items[stem].append(resource)
            elif path.name == "excluded_folders.json":
                excluded = orjson.loads(path.read_bytes())
        except (ValueError, EOFError, OSError, zstd.ZstdError) as error:
            raise BrokenMailboxError(path.name) from error
    if not verbatim:
        items = {stem: _as_stored(resources) for stem, resources in items.items()}
    folders = _folder_tree(user_id, items["messages"], excluded)
    messages = _timed(items["messages"], _message_times, undated)
    return _FolderMailbox(
        _signature(files), folders, messages, _timed(items["events"], _event_times, undated)
    )


def _as_stored(resources: list[JsonObject]) -> list[JsonObject]:
    """The newest version of each item: last modified (unknown is earliest), then the later line."""
    newest: dict[object, tuple[tuple[int, int], JsonObject]] = {}
    for number, resource in enumerate(resources):
        modified = microseconds(resource.get("lastModifiedDateTime"))
        rank = (-(2**63) if modified is None else modified, number)
        key = resource.get("id")
        key = key if isinstance(key, str) else number
        if key not in newest or newest[key][0] < rank:
            newest[key] = (rank, resource)
    kept = [resource for _, resource in sorted(newest.values(), key=lambda pair: pair[0][1])]
    return [r for r in kept if "@removed" not in r and r.get("type") != "seriesMaster"]


def _timed(
    resources: list[JsonObject],
    times: Callable[[JsonObject], tuple[int, int] | None],
    undated: int | None,
) -> list[_Line]:
    found = [times(resource) for resource in resources]
    if undated is None:
        known = sorted(time[0] for time in found if time)
        undated = known[len(known) // 2] if known else _LONG_AGO
    return [
        _Line(orjson.dumps(resource), *(time or (undated, undated)))
        for resource, time in zip(resources, found, strict=True)
    ]


def _message_times(message: JsonObject) -> tuple[int, int] | None:
    sent = microseconds(message.get("sentDateTime"))
    received = microseconds(message.get("receivedDateTime"))
    if received is None and sent is not None:
        received = sent + delay_of(str(message.get("id"))) * 1_000_000
    if received is None:
        return None
    return received, received if sent is None else sent


def _event_times(event: JsonObject) -> tuple[int, int] | None:
    start, end = _zoned(event.get("start")), _zoned(event.get("end"))
    return None if start is None else (start, start if end is None else end)


def _zoned(value: object) -> int | None:
    """A `dateTimeTimeZone` in microseconds: UTC, an IANA or a Windows zone."""
    if not isinstance(value, dict) or not isinstance(text := value.get("dateTime"), str):
        return None
    zone = value.get("timeZone") or "UTC"
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(win_tz.get(zone, zone)))
        return microseconds(moment.isoformat())
    except (ValueError, TypeError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None


def _folder_tree(
    user_id: str, messages: list[JsonObject], excluded: list[str]
) -> tuple[MailFolder, ...]:
    """The folders that the messages lie in.

    The files do not tell which of the excluded ones is which, nor does it matter: the first is
    called Drafts, the second Junk Email, and the others are put below Drafts.
    """
    drafts, junk, *below = [*excluded, *("empty-drafts", "empty-junk")[len(excluded) :]]
    used = dict.fromkeys(m["parentFolderId"] for m in messages if m.get("parentFolderId"))
    others = [
        name for name in used if isinstance(name, str) and name not in {drafts, junk, *below}
    ] or ["empty-inbox"]

    def well_known(folder_id: str, name: str) -> MailFolder:
        return MailFolder(folder_id, display_name(name, user_id), _ROOT_ID, name)

    return (
        well_known(others[0], "inbox"),
        well_known(drafts, "drafts"),
        well_known(junk, "junkemail"),
        *(MailFolder(name, f"Folder {n}", _ROOT_ID) for n, name in enumerate(others[1:], 1)),
        *(MailFolder(name, f"Unfinished {n}", drafts) for n, name in enumerate(below, 1)),
    )


def _lines(path: Path) -> Iterator[bytes]:
    with _opened(path) as file:
        for line in file:
            if line.strip():
                yield line


def _opened(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    if path.suffix == ".zst":
        return cast("BinaryIO", zstd.open(path, "rb"))
    return path.open("rb")


def _signature(files: list[Path]) -> tuple[tuple[str, int, int], ...]:
    found = ((path.name, path.stat()) for path in files if path.exists())
    return tuple((name, status.st_size, status.st_mtime_ns) for name, status in found)


def _within(moment: int, low: int | None, high: int | None) -> bool:
    return (low is None or moment >= low) and (high is None or moment <= high)


def _text(moment: int) -> str:
    return (_EPOCH + timedelta(microseconds=moment)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
