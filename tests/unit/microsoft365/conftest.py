"""A tenant over HTTPS on localhost, and what reads it: a client, a clock, a landing store."""

import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.microsoft365.clouds import Endpoints
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.retry_budget import RetryBudget, RunBudget
from engagement_assets.microsoft365.sign_in import Credential, SignIn
from engagement_assets.microsoft365.source import GraphSource
from tests.support.building import event, message
from tests.support.graph_reading import FakeTime, Store
from tests.support.graph_server import ANN, AS_OF, CLIENT, SECRET, TENANT, Tenant, _Handler, _Server


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


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def year(tenant: Tenant) -> Tenant:
    """A year with a message and a meeting a month, for Ann."""
    for number, month in enumerate(
        [f"2025-{m:02d}" for m in (11, 12)] + [f"2026-{m:02d}" for m in range(1, 12)]
    ):
        tenant.messages[ANN].append(message(number, f"{month}-23T23:00:00Z"))
        tenant.events[ANN].append(event(number, f"{month}-23T09:00:00"))
    return tenant
