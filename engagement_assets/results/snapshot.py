"""The published snapshot: read-only, and a newer one is picked up between two requests.

Every request looks where the link `published` points now and keeps what it finds until it has
been answered. A snapshot that was replaced is closed when the last request that reads it is done;
on disk it may be gone by then, because an open file stays readable.
"""

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import duckdb
from fastapi import Depends, Request

from engagement_assets.errors import EngagementError
from engagement_assets.sql_text import literal

MEMORY_LIMIT = "1GB"  # of one snapshot; a card needs a hundredth, a download of everything a tenth
STATEMENT_MILLISECONDS = 20_000  # a page that takes longer has lost its reader anyway
_ATTEMPTS = 5  # to open what was replaced while it was being opened; a run takes seconds at least

Parameters = Mapping[str, Any]
_Answer = TypeVar("_Answer")


class NothingPublishedError(EngagementError):
    """There are no results yet."""


class UnreadableError(EngagementError):
    """What is published cannot be opened."""


class TooSlowError(EngagementError):
    """A statement took longer than anybody waits."""


class Snapshot:
    """The results as one request sees them: always the same ones, whatever is published meanwhile.

    Attributes:
        name: the snapshot's folder, such as `000004`.
    """

    def __init__(
        self,
        name: str,
        cursor: duckdb.DuckDBPyConnection,
        tables: frozenset[str],
        memory: "_Memory",
    ) -> None:
        self.name = name
        self.cursor = cursor
        self._tables = tables
        self._memory = memory

    def has(self, table: str) -> bool:
        """Tell whether the snapshot has a table; one of an older version may not."""
        return table in self._tables

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[dict[str, Any]]:
        """Run one SELECT and return all of its rows, by column name.

        Raises:
            TooSlowError: when it took too long and was stopped.
        """
        try:
            self.cursor.execute(sql, dict(parameters) if parameters else None)
            names = [column[0] for column in self.cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in self.cursor.fetchall()]
        except duckdb.InterruptException:
            raise TooSlowError(
                f"A statement took longer than {STATEMENT_MILLISECONDS // 1000} seconds and was "
                "stopped.",
                remedy="Ask for less, or give the server more processors.",
            ) from None

    def remembered(self, question: Hashable, answer: Callable[[], _Answer]) -> _Answer:
        """Return what was found out about this snapshot before; find it out at the first time.

        For what takes long and is the same for everybody. One answer is looked for at a time, so
        that a crowd of readers does not ask the same thing many times.

        Args:
            question: tells one thing from another.
            answer: finds it out.
        """
        with self._memory.lock:
            if question not in self._memory.answers:
                self._memory.answers[question] = answer()
            found: _Answer = self._memory.answers[question]
            return found

    def row(self, sql: str, parameters: Parameters | None = None) -> dict[str, Any] | None:
        """Run one SELECT and return its first row; None without any."""
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None


@dataclass(frozen=True)
class _Identity:
    """What tells one snapshot from another, also after the data folder was made anew."""

    file: Path
    inode: int
    modified: int


class _Memory:
    """What was found out about a snapshot; it goes with it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answers: dict[Hashable, Any] = {}


class _Opened:
    """An open snapshot and how many requests read it."""

    def __init__(self, identity: _Identity) -> None:
        self.identity = identity
        self.readers = 0
        self.memory = _Memory()
        # attached to a database of its own: two snapshots never share one, even at the same path
        self.connection = duckdb.connect(config={"memory_limit": MEMORY_LIMIT})
        try:
            self.connection.execute(f"attach {literal(identity.file)} as snapshot (read_only)")
            self.connection.execute("set global TimeZone = 'UTC'")
            self.connection.execute(f"set global max_execution_time = {STATEMENT_MILLISECONDS}")
            self.connection.execute("set enable_external_access = false")
            self.connection.execute("set lock_configuration = true")
            found = self.connection.execute(
                "select table_name from duckdb_tables() where database_name = 'snapshot'"
            ).fetchall()
        except BaseException:
            self.connection.close()
            raise
        self.tables = frozenset(name for (name,) in found)


class Snapshots:
    """The snapshots of a published folder, one after the other."""

    def __init__(self, published: Path) -> None:
        self._published = published
        self._lock = threading.Lock()
        self._newest: _Opened | None = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Give the newest snapshot to one request, for as long as the request takes.

        Raises:
            NothingPublishedError: when there is none yet.
        """
        with self._lock:
            opened = self._current()
            opened.readers += 1
        try:
            with opened.connection.cursor() as cursor:
                cursor.execute("use snapshot")
                name = opened.identity.file.parent.name
                yield Snapshot(name, cursor, opened.tables, opened.memory)
        finally:
            with self._lock:
                opened.readers -= 1
                if opened.readers == 0 and opened is not self._newest:
                    opened.connection.close()

    def close(self) -> None:
        """Close the newest snapshot once nobody reads it any more."""
        with self._lock:
            newest, self._newest = self._newest, None
            if newest is not None and newest.readers == 0:
                newest.connection.close()

    def _current(self) -> _Opened:
        """Return what is published now, opened.

        Raises:
            NothingPublishedError: when nothing is.
            UnreadableError: when it cannot be opened.
        """
        for _ in range(_ATTEMPTS):
            try:
                identity = _identify(self._published)
                if self._newest is None or self._newest.identity != identity:
                    self._replace(_Opened(identity))
            except FileNotFoundError:
                continue  # replaced since we looked where the link points, or never there
            except duckdb.IOException:
                if identity.file.exists():
                    raise UnreadableError(
                        "it cannot be opened: it is damaged, not readable for this user, or "
                        "written by a newer version",
                        where=identity.file,
                        remedy="Start a run to publish anew.",
                    ) from None
                continue
            assert self._newest is not None  # noqa: S101 - for mypy: it was just opened
            return self._newest
        raise NothingPublishedError(
            "nothing is published yet",
            where=self._published,
            remedy="Start a run with `engagement run`.",
        )

    def _replace(self, opened: _Opened) -> None:
        before, self._newest = self._newest, opened
        if before is not None and before.readers == 0:
            before.connection.close()


def _identify(published: Path) -> _Identity:
    file = published.resolve() / "engagement.duckdb"
    facts = file.stat()
    return _Identity(file, facts.st_ino, facts.st_mtime_ns)


def current(request: Request) -> Iterator[Snapshot]:
    """Give a page the newest snapshot until it is sent."""
    snapshots: Snapshots = request.app.state.snapshots
    with snapshots.reading() as snapshot:
        yield snapshot


CurrentSnapshot = Annotated[Snapshot, Depends(current)]
