"""One SQLAlchemy engine for each SQLite database of Dagster, while a run goes on.

Dagster makes a new engine, and with it a new connection, for every event that it stores: each
compiles its statements anew, and the last connection that closes folds the database's log back
into it. An engine that is kept does so once: docs/decisions/0019-one-engine-per-database.md.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy

# how long a statement waits for another process that writes: as long as in Dagster's event log
BUSY_SECONDS = 30

# by which names Dagster's storages open a connection: all of an event log's take turns
_ALONE = ("connect",)
_IN_TURN = ("run_connection", "index_connection")

_Connect = Callable[..., AbstractContextManager[sqlalchemy.Connection]]


@contextlib.contextmanager
def kept(instance: dg.DagsterInstance | None) -> Iterator[None]:
    """Keep an instance's engines as long as the block lasts, then close them.

    Only databases in files are kept: one in memory ends with its last connection. Within another
    block for the same instance this one does nothing.
    """
    engines = _Engines()
    replaced: list[tuple[Any, str]] = []
    for storage in _storages(instance) if instance else ():
        turn = threading.RLock()
        for name in (*_ALONE, *_IN_TURN):
            connect: _Connect | None = getattr(storage, name, None)
            if connect is not None and name not in vars(storage):
                kept_open = engines.keeping(connect, turn if name in _IN_TURN else None)
                setattr(storage, name, kept_open)
                replaced.append((storage, name))
    try:
        yield
    finally:
        for storage, name in replaced:
            delattr(storage, name)
        engines.close()


def _storages(instance: dg.DagsterInstance) -> tuple[object, ...]:
    return instance.run_storage, instance.event_log_storage, instance.schedule_storage


class _Engines:
    """The engines of this process, one for each database."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._engines: dict[sqlalchemy.URL, sqlalchemy.Engine] = {}

    def keeping(self, connect: _Connect, turn: AbstractContextManager[Any] | None) -> _Connect:
        """Return what opens a connection as Dagster does the first time, then from a kept engine.

        Args:
            connect: Dagster's own way. It makes the database when there is none.
            turn: what to hold meanwhile. An event log reads before it writes in one transaction,
                and SQLite refuses that to a thread when another one wrote in between.
        """
        known: dict[tuple[object, ...], sqlalchemy.URL] = {}

        @contextlib.contextmanager
        def opened(*arguments: object, **named: object) -> Iterator[sqlalchemy.Connection]:
            arguments = (*arguments, *named.values())
            with turn or contextlib.nullcontext():
                if arguments in known:
                    with self._of(known[arguments]).begin() as connection:
                        yield connection
                else:
                    with connect(*arguments) as connection:
                        yield connection
                        url = connection.engine.url
                    if url.database and Path(url.database).is_file():
                        known[arguments] = url

        return opened

    def _of(self, url: sqlalchemy.URL) -> sqlalchemy.Engine:
        if self._process != os.getpid():  # no connection may be used on both sides of a fork
            for engine in self._engines.values():
                engine.dispose(close=False)
            self._process, self._engines = os.getpid(), {}
        if url not in self._engines:
            self._engines[url] = sqlalchemy.create_engine(
                url,
                max_overflow=-1,  # Dagster's own way has no limit either
                connect_args={"timeout": BUSY_SECONDS},
            )
        return self._engines[url]

    def close(self) -> None:
        """Close all connections."""
        for engine in self._engines.values():
            engine.dispose()
