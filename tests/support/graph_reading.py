"""Reading the tenant of `graph_server` as the pipeline does: a clock, a landing store, a run."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engagement_assets.activity.source import ActivityFile, Mailbox
from engagement_assets.microsoft365.retry_budget import Clock
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.window import Window
from tests.support.graph_server import ANN, AS_OF, BOB, WINDOW

WEEK = timedelta(days=7)


class FakeTime:
    """A clock that nobody waits for."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.seconds, wait=self._wait)

    def _wait(self, stopped: threading.Event, seconds: float) -> bool:
        self.seconds += seconds
        self.waits.append(seconds)
        return stopped.is_set()


@dataclass
class Store:
    """What landing does, in memory: it remembers files by name, size and time, and their lines."""

    files: dict[tuple[str, str], tuple[int, int, list[dict[str, Any]]]] = field(
        default_factory=dict
    )
    landed_names: list[str] = field(default_factory=list)

    def is_landed(self, user_id: str, file: ActivityFile) -> bool:
        known = self.files.get((user_id, file.name))
        return known is not None and known[:2] == (file.size, file.modified_ns)

    def land(self, source: GraphSource, mailbox: Mailbox) -> None:
        for file in mailbox.files:
            if not self.is_landed(mailbox.user_id, file):
                lines = [dict(resource) for _, resource in source.lines(file)]
                self.files[mailbox.user_id, file.name] = (file.size, file.modified_ns, lines)
                self.landed_names.append(file.name)

    def items(self, mailbox: Mailbox, kind: str) -> list[dict[str, Any]]:
        return [
            line
            for file in mailbox.files
            if file.kind == kind
            for line in self.files[mailbox.user_id, file.name][2]
        ]


def run(
    source: GraphSource,
    store: Store,
    user_ids: Iterable[str] = (ANN, BOB),
    window: Window = WINDOW,
) -> dict[str, Mailbox]:
    """Read as the pipeline does."""
    users = list(user_ids)
    outcomes = {}
    with source.reading(users, window, store.is_landed):
        for user_id in users:
            outcomes[user_id] = source.mailbox(user_id)
            store.land(source, outcomes[user_id])
            if outcomes[user_id].read:
                source.landed([user_id])
    return outcomes


def later(source: GraphSource, by: timedelta) -> Window:
    source._now = lambda: AS_OF + by
    return Window.until(AS_OF + by, "UTC")


def ids(items: Iterable[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in items]
