"""Fixtures and helpers of the tests of `microsoft365`: a client, a clock, a landing store."""

import ssl
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from engagement_assets.activity.source import ActivityFile
from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.microsoft365.clouds import Endpoints
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.outcome import GraphMailbox
from engagement_assets.microsoft365.retry_budget import Clock, RetryBudget, RunBudget
from engagement_assets.microsoft365.sign_in import Credential, SignIn
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.window import Window
from tests.support.graph_server import (
    ANN,
    AS_OF,
    BOB,
    CLIENT,
    SECRET,
    TENANT,
    WINDOW,
    Tenant,
    _Handler,
    _Server,
    event,
    message,
)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tenant(authority: trustme.CA) -> Iterator[Tenant]:
    tenant = Tenant()
    handler = type("Handler", (_Handler,), {"tenant": tenant})
    server = _Server(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    tenant.url = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield tenant
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tenant: Tenant, authority: trustme.CA, tmp_path: Path) -> GraphSettings:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(authority.cert_pem.bytes())
    return GraphSettings(
        kind="graph",
        tenant_id=TENANT,
        client_id=CLIENT,
        login_url=tenant.url,
        graph_url=tenant.url,
        ca_bundle=bundle,
    )


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


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def sign_in(settings: GraphSettings) -> SignIn:
    return SignIn(settings, Credential("secret", SECRET))


@pytest.fixture
def graph(settings: GraphSettings, sign_in: SignIn) -> Graph:
    return Graph(Endpoints.of(settings), sign_in)


@pytest.fixture
def retry_budget(time: FakeTime) -> RetryBudget:
    return RetryBudget(RunBudget(clock=time.clock()))


@pytest.fixture
def source(settings: GraphSettings, sign_in: SignIn, time: FakeTime, tmp_path: Path) -> GraphSource:
    return GraphSource(
        settings,
        tmp_path / "data",
        sign_in=sign_in,
        budget=lambda: RunBudget(clock=time.clock()),
        now=lambda: AS_OF,
        workers=2,
    )


WEEK = timedelta(days=7)


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

    def land(self, source: GraphSource, mailbox: GraphMailbox) -> None:
        for file in mailbox.files:
            if not self.is_landed(mailbox.user_id, file):
                lines = [dict(resource) for _, resource in source.lines(file)]
                self.files[mailbox.user_id, file.name] = (file.size, file.modified_ns, lines)
                self.landed_names.append(file.name)

    def items(self, mailbox: GraphMailbox, kind: str) -> list[dict[str, Any]]:
        return [
            line
            for file in mailbox.files
            if file.kind == kind
            for line in self.files[mailbox.user_id, file.name][2]
        ]


@pytest.fixture
def store() -> Store:
    return Store()


def run(
    source: GraphSource,
    store: Store,
    user_ids: Iterable[str] = (ANN, BOB),
    window: Window = WINDOW,
) -> dict[str, GraphMailbox]:
    """Read as the pipeline does."""
    users = list(user_ids)
    outcomes = {}
    with source.reading(users, window, store.is_landed):
        for user_id in users:
            outcomes[user_id] = source.mailbox(user_id)
            store.land(source, outcomes[user_id])
            source.landed([user_id])
    return outcomes


def later(source: GraphSource, by: timedelta) -> Window:
    source._now = lambda: AS_OF + by
    return Window.until(AS_OF + by, "UTC")


def ids(items: Iterable[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in items]


@pytest.fixture
def year(tenant: Tenant) -> Tenant:
    """A year with a message and a meeting a month, for Ann."""
    for number, month in enumerate(
        [f"2025-{m:02d}" for m in (11, 12)] + [f"2026-{m:02d}" for m in range(1, 12)]
    ):
        tenant.messages[ANN].append(message(number, f"{month}-23T23:00:00Z"))
        tenant.events[ANN].append(event(number, f"{month}-23T09:00:00"))
    return tenant
