"""A plain client of the simulator: no retries, no care. For tests and as a benchmark's floor."""

from collections.abc import Iterator
from typing import Any, Self

import requests

from simulator.graph_shape import JsonObject
from simulator.server import SimulatedServer

_SECONDS = 60


class Visitor:
    """A session with a token.

    The environment's proxies and certificates are none of its business: it trusts the simulator's
    authority and nobody else.
    """

    def __init__(self, server: SimulatedServer) -> None:
        self._server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(server.ca_bundle)
        self.renew()

    def __enter__(self) -> Self:
        """Nothing more to do."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self.session.close()

    def ask_token(self, tenant: str | None = None, **fields: str) -> requests.Response:
        """The token endpoint's answer; `fields` replace or add to the usual ones."""
        usual = {
            "grant_type": "client_credentials",
            "client_id": self._server.client_id,
            "client_secret": self._server.client_secret,
            "scope": "https://graph.microsoft.com/.default",
        }
        address = f"{self._server.login_url}/{tenant or self._server.tenant_id}/oauth2/v2.0/token"
        return self.session.post(address, data={**usual, **fields}, timeout=_SECONDS)

    def renew(self) -> None:
        """Gets a new token, with the permissions of this moment."""
        token = self.ask_token().json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, path: str, headers: dict[str, str] | None = None, /, **query: str) -> Any:
        """The answer to `GET`: `path` is below v1.0 or a link; options lack their dollar sign."""
        address = path if path.startswith("https:") else f"{self._server.graph_url}/v1.0{path}"
        options = {_option(name): value for name, value in query.items()}
        return self.session.get(address, params=options, headers=headers, timeout=_SECONDS)

    def items(
        self, path: str, headers: dict[str, str] | None = None, /, **query: str
    ) -> Iterator[JsonObject]:
        """The items of all pages."""
        answer = self.ask(path, headers, **query)
        while True:
            answer.raise_for_status()
            body = answer.json()
            yield from body["value"]
            if "@odata.nextLink" not in body:
                return
            answer = self.ask(body["@odata.nextLink"], headers)


def _option(name: str) -> str:
    known = {"select", "filter", "top", "orderby", "count", "skip", "skiptoken", "search", "expand"}
    return f"${name}" if name in known else name
