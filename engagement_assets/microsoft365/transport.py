"""Sessions of `requests` as this product needs them."""

import contextlib
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import orjson
import requests

from engagement_assets.microsoft365.clouds import Endpoints

USER_AGENT = f"engagement-assets/{version('engagement-assets')}"

# seconds to connect, and between two bytes of an answer. Graph's own gateway gives up after about
# a minute, so whoever waits longer waits for nothing.
TIMEOUT = (10.0, 90.0)


class Session(requests.Session):
    """A session that trusts the configured CA bundle, whatever the environment says.

    `requests` lets REQUESTS_CA_BUNDLE win over a session's own `verify`, and a `.netrc` over an
    Authorization header; switching off `trust_env` would cure both but also lose the proxy.
    """

    def __init__(self, endpoints: Endpoints) -> None:
        super().__init__()
        self._ca_bundle = str(endpoints.ca_bundle) if endpoints.ca_bundle else None
        self.headers["User-Agent"] = USER_AGENT
        self.auth = _keep  # requests reads .netrc only when there is no auth at all

    def merge_environment_settings(self, url: Any, proxies: Any, *args: Any, **more: Any) -> Any:
        """Take proxies from the environment, but not what to trust."""
        settings = super().merge_environment_settings(url, proxies, *args, **more)
        if self._ca_bundle:
            settings["verify"] = self._ca_bundle
        return settings

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        """Send a request, never without a timeout."""
        if settings.get("timeout") is None:
            settings["timeout"] = TIMEOUT
        return super().send(request, **settings)


class LoginSession(Session):
    """What MSAL talks through.

    MSAL writes the text of an answer that is not JSON into its log; a token cut short would stand
    there. So such an answer becomes an exception before MSAL sees it.
    """

    def __init__(self, endpoints: Endpoints, refused: Callable[[dict[str, Any]], None]) -> None:
        """Make one that tells `refused` of every answer that is an error."""
        super().__init__(endpoints)
        self._refused = refused
        self.hooks["response"].append(self._check)

    def _check(self, response: requests.Response, **_: object) -> None:
        content: object = None
        with contextlib.suppress(orjson.JSONDecodeError):
            content = orjson.loads(response.content)
        if response.status_code >= 400 and isinstance(content, dict):
            self._refused(content)
        if response.status_code == 429 or response.status_code >= 500:
            raise requests.exceptions.HTTPError("the sign-in is busy", response=response)
        is_redirect = 300 <= response.status_code < 400
        if not isinstance(content, dict) and not is_redirect:
            raise requests.exceptions.ContentDecodingError("the sign-in answer is not JSON")


def _keep(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
