"""Microsoft 365 as an activity source: mailboxes downloaded ahead of their landing."""

import contextlib
import logging
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path

import orjson

from engagement_assets import whole_file
from engagement_assets.activity.ndjson import json_lines
from engagement_assets.activity.source import (
    ActivityFile,
    BrokenFileError,
    Mailbox,
    Resolution,
    Resource,
    User,
)
from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.errors import SourceError
from engagement_assets.microsoft365.clouds import Endpoints
from engagement_assets.microsoft365.directory import Directory
from engagement_assets.microsoft365.download import ENDING, Job, read_mailbox
from engagement_assets.microsoft365.faults import NO_EXCHANGE, NO_EXCHANGE_REMEDY
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.places import WORKERS, Places
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.microsoft365.sign_in import Credential, SignIn
from engagement_assets.microsoft365.state import State, folder_of
from engagement_assets.window import Window

_log = logging.getLogger(__name__)

# Mailboxes that may lie downloaded and not yet landed: enough that one that is throttled for half
# an hour does not hold up the others, and a few hundred megabytes of disk.
AHEAD = 256

# A killed run's finished mailboxes are not read again within this time; after it they would lack
# a day of activity.
ROUND_LIFE = timedelta(hours=24)


# what is of no use once nobody reads the mailbox: downloads, and files that a kill left half made
_RAW = (f"*{ENDING}", "*.part", "*.building")


class GraphSource:
    """A tenant's activity, as an `ActivitySource`."""

    def __init__(
        self,
        settings: GraphSettings,
        data_dir: Path,
        *,
        sign_in: SignIn | None = None,
        budget: Callable[[], RunBudget] = RunBudget,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        workers: int = WORKERS,
        ahead: int = AHEAD,
    ) -> None:
        """Make one; nothing is asked for yet.

        Args:
            settings: `source` of the configuration.
            data_dir: `data_dir` of the configuration; downloads go to `download` there.
            sign_in: where tokens come from; by default the credential in the environment.
            budget: makes what a run may spend.
            now: the present moment, UTC.
            workers: mailboxes read at once.
            ahead: mailboxes that may lie downloaded and not yet landed.

        Raises:
            ConfigurationError: when the environment holds no credential.
        """
        self.sign_in = sign_in or SignIn(settings, Credential.from_environment())
        self.graph = Graph(Endpoints.of(settings), self.sign_in, Places(workers))
        self._budget = budget
        self.directory = Directory(self.graph, budget())
        self._folder = data_dir / "download"
        self._now = now
        self._workers = workers
        self._ahead = ahead
        self._downloads: _Downloads | None = None

    @property
    def _root(self) -> Path:
        return self._folder / "mailboxes"

    def organisation_domains(self) -> frozenset[str] | None:
        """Return the tenant's verified domains (see `Directory.organisation_domains`)."""
        return self.directory.organisation_domains()

    def resolve(self, address: str) -> tuple[User, ...]:
        """Return the users behind an address (see `Directory.resolve`)."""
        return self.directory.resolve(address).users

    def resolution(self, address: str) -> Resolution:
        """Return the users behind an address, with what is to be said about it and them."""
        return self.directory.resolve(address)

    @contextlib.contextmanager
    def reading(
        self,
        user_ids: Sequence[str],
        window: Window,
        is_landed: Callable[[str, ActivityFile], bool],
    ) -> Iterator[None]:
        """Download these mailboxes while the block goes on.

        Raises `SourceError` at its end when there was nothing to read in any of them, because the
        tenant has no Exchange Online.

        A run that is killed, or fails, leaves its round open: the next one goes on in it, and
        does not read again what it has.

        Args:
            user_ids: in the order in which `mailbox` will be called.
            window: what has to be covered.
            is_landed: tells whether the store has a file; files that are neither there nor here
                are read again.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        self._remove_downloads_of_others(user_ids)
        run = self._budget()
        job = Job(
            graph=self.graph,
            root=self._root,
            window=window,
            round=self._begin_round(),
            run=run,
            is_landed=is_landed,
            note=self.directory.note,
            now=self._now,
        )
        with ThreadPoolExecutor(self._workers, thread_name_prefix="mailbox") as pool:
            read = partial(read_mailbox, job)
            self._downloads = _Downloads(pool, read, user_ids, self._ahead)
            try:
                yield
            finally:
                run.stop()
                pool.shutdown(wait=True, cancel_futures=True)
                self._downloads = None
        _require_exchange(user_ids, job.without_exchange)
        self._round.unlink(missing_ok=True)

    def mailbox(self, user_id: str) -> Mailbox:
        """Return what could be read of a person's mailbox, once it is downloaded; in `reading`.

        Raises:
            SignInError, ConsentError: when there is no token any more.
        """
        if self._downloads is None:
            raise SourceError("Mailboxes of Microsoft 365 are read within `reading` only.")
        mailbox = self._downloads.result(user_id)
        if mailbox.reason:
            _log.info("Mailbox of %s: %s. %s", user_id, mailbox.status, mailbox.reason)
        return mailbox

    def lines(self, file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        """Yield the file's lines (see `ActivitySource.lines`)."""
        try:
            yield from json_lines(file.path, file.name)
        except BrokenFileError:
            # the disk has damaged it; without the file the next run reads the stretch again
            file.path.unlink(missing_ok=True)
            raise

    def landed(self, user_ids: Iterable[str]) -> None:
        """Delete the downloaded files of mailboxes whose lines are in the store now."""
        for user_id in user_ids:
            if folder := folder_of(self._root, user_id):
                for file in State.load(folder).files:
                    (folder / file.name).unlink(missing_ok=True)

    def erase(self, user_ids: Iterable[str]) -> None:
        """Delete everything that was downloaded of these users (they opted out)."""
        for user_id in user_ids:
            folder = folder_of(self._root, user_id)
            if folder and folder.is_dir():
                shutil.rmtree(folder)

    @property
    def _round(self) -> Path:
        return self._folder / "round.json"

    def _begin_round(self) -> str:
        """Return the open round, or begin one."""
        now = self._now()
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            content = orjson.loads(self._round.read_bytes())
            began = datetime.fromisoformat(content["began_at"])
            if timedelta(0) <= now - began < ROUND_LIFE:
                _log.info("Going on where the run that began at %s was ended.", began)
                return str(content["round"])
        name = uuid.uuid4().hex
        whole_file.write(self._round, orjson.dumps({"round": name, "began_at": now}))
        return name

    def _remove_downloads_of_others(self, user_ids: Iterable[str]) -> None:
        """Delete raw files of people who are no longer read; what was landed of them stays."""
        wanted = set(user_ids)
        for folder in self._root.iterdir():
            if folder.name not in wanted and folder.is_dir():
                for path in chain.from_iterable(map(folder.glob, _RAW)):
                    path.unlink()


def _require_exchange(user_ids: Sequence[str], without: set[str]) -> None:
    """Require that at least one mailbox was answered otherwise than by "no Exchange Online".

    One alone may be an odd mailbox, which fails by itself. Whoever is the whole list has nothing to
    be read, today or next week.
    """
    if without and without >= set(user_ids):
        raise SourceError(
            "this tenant has no Exchange Online, so nobody in it has mail or a calendar "
            f"({NO_EXCHANGE}, for each of {len(without)} mailboxes); nothing was read",
            where="Microsoft Graph",
            remedy=NO_EXCHANGE_REMEDY,
        )


class _Downloads:
    """Mailboxes on their way, a bounded number ahead of who takes them."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        read: Callable[[str], Mailbox],
        user_ids: Iterable[str],
        ahead: int,
    ) -> None:
        self._pool = pool
        self._read = read
        self._waiting = iter(dict.fromkeys(user_ids))
        self._futures: dict[str, Future[Mailbox]] = {}
        for _ in range(ahead):
            self._submit_next()

    def result(self, user_id: str) -> Mailbox:
        future = self._futures.pop(user_id, None) or self._pool.submit(self._read, user_id)
        mailbox = future.result()
        self._submit_next()
        return mailbox

    def _submit_next(self) -> None:
        user_id = next(self._waiting, None)
        if user_id is not None:
            self._futures[user_id] = self._pool.submit(self._read, user_id)
