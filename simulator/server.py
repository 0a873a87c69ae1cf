"""The simulator as a server: HTTPS on localhost, in a thread, for as long as a block lasts.

with simulate(GeneratedTenant(activity), granted=NEEDED_ROLES) as server:
    requests.get(f"{server.graph_url}/v1.0/users", verify=server.ca_bundle, headers=…)
"""

import asyncio
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep
from typing import cast

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.certificates import write_certificates
from simulator.entra import Entra
from simulator.failures import TRANSPORT
from simulator.faults import Faults
from simulator.graph_api import graph_routes
from simulator.registration import CLIENT_ID, Registration
from simulator.service import Behaviour, Recorded, Service
from simulator.tenant import Tenant

SECRET = "a-secret-that-only-the-simulator-knows"  # noqa: S105 - nobody's secret
_STARTING_SECONDS = 30
_STOPPING_SECONDS = 10


class PortTakenError(Exception):
    """Somebody else listens there."""


class _Protocol(HttpToolsProtocol):
    """Leaves the connection in the scope, for faults that tear it down."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("dict[str, object]", self.scope)[TRANSPORT] = self.transport


class _Server(uvicorn.Server):
    """Stops at once: clients keep connections open, and nobody waits for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(0.01)
        await super().shutdown(sockets)


@dataclass(frozen=True)
class SimulatedServer:
    """A running simulator."""

    url: str
    ca_bundle: Path
    service: Service

    @property
    def login_url(self) -> str:
        """Where tokens are, as `https://login.microsoftonline.com` elsewhere."""
        return self.url

    @property
    def graph_url(self) -> str:
        """Where Graph is, without `/v1.0`."""
        return self.url

    @property
    def registration(self) -> Registration:
        """The application in the tenant; tests may change anything in it."""
        return self.service.registration

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        return self.registration.tenant_id

    @property
    def client_id(self) -> str:
        """The application's id."""
        return self.registration.client_id

    @property
    def client_secret(self) -> str:
        """The application's secret."""
        return self.registration.secret

    @property
    def source(self) -> dict[str, str]:
        """What a configuration that reads this tenant has below `source`."""
        return {
            "kind": "graph",
            "tenant_id": self.tenant_id,
            "client_id": self.client_id,
            "login_url": self.login_url,
            "graph_url": self.graph_url,
            "ca_bundle": str(self.ca_bundle),
        }

    @property
    def faults(self) -> Faults:
        """The plan of faults."""
        return self.service.faults

    @property
    def requests(self) -> list[Recorded]:
        """The requests to Graph so far, oldest first."""
        # A copy is made in one go, while the server goes on adding.
        return list(self.service.requests.copy())

    @property
    def most_in_flight(self) -> Mapping[str, int]:
        """By user id, the most requests to that mailbox that were under way at once."""
        return self.service.throttle.most_in_flight

    def grant(self, roles: Iterable[str]) -> None:
        """An administrator grants permissions; seen in the next token only."""
        self.registration.grant(roles)

    def withdraw(self, roles: Iterable[str] | None = None) -> None:
        """An administrator takes permissions away, all by default; tokens in hand keep theirs."""
        self.registration.withdraw(roles)


@contextmanager
def simulate(
    tenant: Tenant,
    *,
    port: int = 0,
    faults: Faults | None = None,
    granted: Iterable[str] = (),
    secret: str = SECRET,
    client_id: str = CLIENT_ID,
    certificate: bytes = b"",
    behaviour: Behaviour | None = None,
    token_life: int = 3_599,
    folder: Path | None = None,
) -> Iterator[SimulatedServer]:
    """Serves a tenant on localhost while the block lasts.

    Args:
        tenant: what is served.
        port: 0 takes a free one.
        faults: what goes wrong; nothing by default. More can be injected later.
        granted: the application permissions that were granted before.
        secret: the application's secret; an empty one accepts none.
        client_id: the application's id.
        certificate: the application's certificate (PEM), for client assertions.
        behaviour: choices where Graph leaves some.
        token_life: seconds for which tokens are good.
        folder: where the certificates are written; by default a folder that goes away.

    Raises `PortTakenError`.
    """
    organization = tenant.organization()
    registration = Registration(
        tenant_id=str(organization["id"]),
        client_id=client_id,
        secret=secret,
        certificate=certificate,
        granted=set(granted),
        token_life=token_life,
    )
    service = Service(tenant, registration, behaviour or Behaviour(), faults or Faults())
    with TemporaryDirectory(prefix="simulator-") as temporary, _listening(port) as listener:
        files = write_certificates(folder or Path(temporary))
        config = uvicorn.Config(
            _application(service),
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            ssl_certfile=str(files.chain),
            ssl_keyfile=str(files.key),
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        thread = Thread(target=server.run, args=([listener],), name="simulator", daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            url = f"https://localhost:{listener.getsockname()[1]}"
            yield SimulatedServer(url, files.ca_bundle, service)
        finally:
            server.should_exit = True
            thread.join(_STOPPING_SECONDS)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTakenError(f"Port {port} is taken.") from error
        listener.listen(128)
        yield listener


def _wait_until_started(server: uvicorn.Server, thread: Thread) -> None:
    deadline = monotonic() + _STARTING_SECONDS
    while not server.started:
        if not thread.is_alive() or monotonic() > deadline:
            raise RuntimeError("the simulator did not start")
        sleep(0.005)


def _application(service: Service) -> Starlette:
    organization = service.tenant.organization()
    domains = frozenset(
        str(domain["name"]).lower()
        for domain in organization.get("verifiedDomains", [])
        if isinstance(domain, dict) and domain.get("name")
    )
    entra = Entra(service.registration, domains, service.behaviour.region)
    return Starlette(routes=[*_own_routes(service), *graph_routes(service), *entra.routes()])


def _own_routes(service: Service) -> Sequence[Route]:
    """What no Microsoft server has: the administrator's hands, for demonstrations."""
    registration = service.registration

    async def state(_request: Request) -> Response:
        return JSONResponse(
            {
                "granted": sorted(registration.granted),
                "principal": registration.principal,
                "requests": len(service.requests),
                "faults": dict(service.faults.injected),
            }
        )

    async def change(request: Request) -> Response:
        body = await request.body()
        wanted = await request.json() if body else {}
        roles = wanted.get("roles")
        match request.path_params["what"]:
            case "grant":
                registration.grant(registration.requested if roles is None else roles)
            case "withdraw":
                registration.withdraw(roles)
            case "remove":
                registration.withdraw()
                registration.principal = False
            case "revoke-tokens":
                registration.revoke_all()
            case "fault":
                try:
                    service.faults.inject(
                        wanted["kind"],
                        times=int(wanted.get("times", 1)),
                        path_has=str(wanted.get("path_has", "")),
                    )
                except (KeyError, ValueError) as error:
                    return JSONResponse({"error": str(error)}, 400)
            case _:
                return JSONResponse({"error": "no such action"}, 404)
        return await state(request)

    return [
        Route("/simulator", state, methods=["GET"]),
        Route("/simulator/{what}", change, methods=["POST"]),
    ]
