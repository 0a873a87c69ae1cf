"""Reading one mailbox into files: whole, or its mail alone, or nothing of it this time."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
from backports import zstd

from engagement_assets import whole_file
from engagement_assets.activity.source import KINDS, ActivityFile, Kind, Mailbox
from engagement_assets.microsoft365 import calendar, mail, paging, slices
from engagement_assets.microsoft365.faults import GraphError, NoExchangeError
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.mail import Folders
from engagement_assets.microsoft365.outcome import (
    Outcome,
    denied,
    failed,
    no_mailbox,
    partly,
    pending,
)
from engagement_assets.microsoft365.paging import Pace, Page, Query
from engagement_assets.microsoft365.retry_budget import RetryBudget, RunBudget, RunBudgetSpentError
from engagement_assets.microsoft365.slices import Slice
from engagement_assets.microsoft365.state import (
    SliceFile,
    State,
    folder_of,
)
from engagement_assets.vocabulary import MailboxStatus
from engagement_assets.window import Window

ENDING = ".ndjson.zst"
EXCLUDED_FOLDERS = "excluded_folders.json"

_NOTHING: frozenset[Kind] = frozenset()


@dataclass(frozen=True)
class Job:
    """What reading any mailbox of one run takes. Threads share it.

    Attributes:
        graph: the client.
        root: the folder of mailboxes.
        window: what has to be covered.
        round: name of the round of reading; a mailbox that this round has read is not read again.
        run: what may be spent.
        is_landed: tells whether the store has a file (by its name, size and time).
        note: tells what is known to keep a user's mailbox from being read.
        now: the present moment, UTC.
        without_exchange: whose mailboxes were answered as those of a tenant without Exchange
            Online; filled while reading.
    """

    graph: Graph
    root: Path
    window: Window
    round: str
    run: RunBudget
    is_landed: Callable[[str, ActivityFile], bool]
    note: Callable[[str], str | None] = lambda _: None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    without_exchange: set[str] = field(default_factory=set)


def read_mailbox(job: Job, user_id: str) -> Mailbox:
    """Read what is new in a mailbox; return what could be read of it, with its status.

    Raises:
        SignInError, ConsentError: when there is no token.
        RunStoppedError: when the run ends.
        OSError: when the disk is full.
    """
    folder = folder_of(job.root, user_id)
    if folder is None:
        no_name = "Microsoft 365 gives this person an id that names no mailbox."
        return Mailbox(user_id, status="no_mailbox", reason=no_name, read=_NOTHING)
    state = State.load(folder)
    state.lose(_lost(job, folder, state))
    status: MailboxStatus = "processed"
    reason: str | None = None
    read = KINDS
    if not _is_read(job, state):
        try:
            if calendar_error := _Read(job, user_id, folder, state).run():
                (status, reason), read = partly(calendar_error), frozenset({"message"})
        except RunBudgetSpentError:
            (status, reason), read = pending(), _NOTHING
        except GraphError as error:
            (status, reason), read = _explain(job, user_id, error), _NOTHING
        if status == "no_mailbox":
            _erase(folder)
        else:
            _tidy(folder, state)
    if not read:
        return Mailbox(user_id, (), state.excluded_folders, status, reason, read=read)
    files = tuple(file.activity_file(folder) for file in state.files if not file.is_empty)
    covered = _covered(job, state)
    return Mailbox(user_id, files, state.excluded_folders, status, reason, covered, read)


def _is_read(job: Job, state: State) -> bool:
    return (
        state.round == job.round
        and state.covered is not None
        and state.covered.start <= job.window.start
    )


class _Read:
    """One read of one mailbox."""

    def __init__(self, job: Job, user_id: str, folder: Path, state: State) -> None:
        self._job = job
        self._user_id = user_id
        self._folder = folder
        self._state = state
        self._retry_budget = RetryBudget(job.run)
        self._paces: Mapping[Kind, Pace] = {"message": Pace(), "event": Pace()}
        self._now = job.now()

    def run(self) -> GraphError | None:
        """Read the mailbox; return what its calendar answered when only mail could be read."""
        job, state = self._job, self._state
        job.run.check()
        folders = Folders(job.graph, self._user_id, self._retry_budget)
        self._folder.mkdir(parents=True, exist_ok=True)
        state.generation += 1
        months = slices.of_mail(job.window, self._now)

        def mail_lines(pages: Iterator[Page]) -> Iterator[bytes]:
            for item in _items(pages):
                if folders.hold(item.get("parentFolderId")):
                    yield _line(mail.kept(item))

        def event_lines(pages: Iterator[Page]) -> Iterator[bytes]:
            return (_line(calendar.kept(item)) for item in _items(pages))

        files = [
            self._slice("message", month, mail.messages(self._user_id, month), mail_lines)
            for month in months
        ]
        excluded = folders.excluded
        whole_file.write(self._folder / EXCLUDED_FOLDERS, orjson.dumps(excluded))
        missing = None
        try:
            files += [
                self._slice("event", quarter, calendar.events(self._user_id, quarter), event_lines)
                for quarter in slices.of_calendar(job.window)
            ]
        except GraphError as error:
            if not _is_about_the_calendar(job, self._user_id, error):
                raise
            missing = error
        if missing:
            state.complete_mail(files, excluded)
        else:
            covered = Slice(job.window.start, slices.mail_until(job.window, self._now))
            state.complete(files, covered, job.round, excluded)
        state.save(self._folder)
        return missing

    def _slice(
        self,
        kind: Kind,
        stretch: Slice,
        query: Query,
        lines: Callable[[Iterator[Page]], Iterator[bytes]],
    ) -> SliceFile:
        """Read one stretch, unless a file holds it already and its content is settled."""
        before = self._state.find(kind, stretch.label)
        if before and before.slice.holds(stretch):
            settled = kind == "message" and before.slice.is_settled(before.read_at)
            if settled or before.round == self._job.round:
                return before
        name = f"{kind}s-{stretch.label}-r{self._state.generation:04d}{ENDING}"
        path = self._folder / name
        building = path.with_name(name + ".part")
        digest = paging.read(
            self._job.graph,
            query,
            self._retry_budget,
            lambda pages: _write(building, lines(pages)),
            self._paces[kind],
        )
        read = (stretch, self._now, self._job.round)
        if before and before.digest == digest:  # nothing has changed: nothing to land either
            building.unlink()
            file = before.read_again(*read)
        else:
            status = building.stat()
            times = (status.st_size, status.st_mtime_ns) if status.st_size else (0, 0)
            file = SliceFile(kind, stretch, name, *times, digest, *read[1:])
            if file.is_empty:
                building.unlink()
            else:
                building.replace(path)
        self._state.keep_for_later(file)
        self._state.save(self._folder)
        return file


def _items(pages: Iterator[Page]) -> Iterator[dict[str, Any]]:
    for page in pages:
        yield from page


def _line(item: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(item)
    except orjson.JSONEncodeError:
        # half of a character pair; whoever wrote it meant no address
        return orjson.dumps(_whole(item))


def _whole(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", errors="replace").decode("utf-8")
        case dict():
            return {_whole(key): _whole(item) for key, item in value.items()}
        case list():
            return [_whole(item) for item in value]
        case _:
            return value


def _write(path: Path, lines: Iterable[bytes]) -> str:
    """Write lines as they come, never many at once; return their digest.

    Without any line the file is empty, and no zstd frame.
    """
    digest = blake2b(digest_size=16)
    with path.open("wb") as stream:
        with zstd.open(stream, "wb") as compressed:
            for line in lines:
                compressed.write(line + b"\n")
                digest.update(line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    return digest.hexdigest()


def _lost(job: Job, folder: Path, state: State) -> list[SliceFile]:
    """Return files that are neither in the store nor on disk as they were."""
    lost = []
    for file in {file.name: file for file in (*state.files, *state.unfinished)}.values():
        if file.is_empty:
            continue
        activity_file = file.activity_file(folder)
        if job.is_landed(folder.name, activity_file):
            continue
        try:
            status = activity_file.path.stat()
        except OSError:
            lost.append(file)
            continue
        if (status.st_size, status.st_mtime_ns) != (file.size, file.modified_ns):
            lost.append(file)
    return lost


def _tidy(folder: Path, state: State) -> None:
    """Remove what a killed read, or one that was replaced, left behind."""
    if not folder.is_dir():
        return
    named = {file.name for file in (*state.files, *state.unfinished)}
    for path in folder.iterdir():
        if path.suffix in {".part", ".building"} or (
            path.name.endswith(ENDING) and path.name not in named
        ):
            path.unlink()


def _erase(folder: Path) -> None:
    """Keep nothing of a mailbox that there is no more."""
    if folder.is_dir():
        shutil.rmtree(folder)


def _is_about_the_calendar(job: Job, user_id: str, error: GraphError) -> bool:
    """Tell whether what a calendar answered, after the mail was read, is said of it alone."""
    if error.status == 403:
        return True
    is_missing = error.says_not_there or error.says_no_mailbox
    return is_missing and not _is_deleted(job, user_id)


def _explain(job: Job, user_id: str, error: GraphError) -> Outcome:
    if isinstance(error, NoExchangeError):
        job.without_exchange.add(user_id)
    if error.status == 403 and not error.says_no_mailbox:
        return denied(error)
    if error.says_no_mailbox:
        if _is_deleted(job, user_id):
            return no_mailbox(error, "This person was deleted from the directory")
        return no_mailbox(error, job.note(user_id))
    return failed(error)


def _is_deleted(job: Job, user_id: str) -> bool:
    try:
        job.graph.get(f"/users/{user_id}", {"$select": "id"}, retry_budget=RetryBudget(job.run))
    except RunBudgetSpentError:
        return False
    except GraphError as error:
        return error.status == 404
    return False


def _covered(job: Job, state: State) -> tuple[datetime, datetime] | None:
    """Return the stretch that was read, perhaps by a run that was killed; None for all of it."""
    if state.covered is None:
        return None
    window, covered = job.window, state.covered
    return max(covered.start, window.start), min(covered.end, window.as_of)
