"""What every answer carries, and which requests are not even looked at."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engagement_assets.results.settings import AppSettings

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREVER = "public, max-age=31536000, immutable"
HEALTH = "/health"  # asked by machines that know the app by its address only


def headers(settings: AppSettings) -> dict[str, str]:
    """Return the headers that every answer carries."""
    ancestors = " ".join(settings.frame_origins) or "'none'"
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": ancestors,
    }
    found = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        # ids of accounts are part of addresses: they are told to no other site
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if not settings.frame_origins:
        found["X-Frame-Options"] = "DENY"
    if settings.sign_in is not None:
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


class Gate:
    """The outermost layer: refuses foreign hosts and cross-site posts, adds the headers."""

    def __init__(self, app: ASGIApp, settings: AppSettings) -> None:
        self._app = app
        self._hosts = settings.hosts
        self._origin = settings.public_url
        self._headers = headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    given[name] = value
                static = scope["path"].startswith("/static/") and message["status"] == 200
                given["Cache-Control"] = _FOREVER if static else "no-store"
            await send(message)

        refusal = self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        answer = self._app if refusal is None else PlainTextResponse(*refusal)
        await answer(scope, receive, send_with_headers)

    def _refusal(self, method: str, path: str, given: Mapping[str, str]) -> tuple[str, int] | None:
        host = given.get("host", "")
        # a page of another site whose name leads here must not read our answers (DNS rebinding)
        if path != HEALTH and _name(host) not in self._hosts:
            return "This app does not answer to that host name.\n", 400
        if method not in _SAFE_METHODS and not self._is_ours(host, given):
            return "Forms of other web sites are not accepted.\n", 403
        return None

    def _is_ours(self, host: str, given: Mapping[str, str]) -> bool:
        site = given.get("sec-fetch-site")
        if site is not None and site != "same-origin":
            return False
        origin = given.get("origin")
        if origin is None:
            return site == "same-origin"
        expected = self._origin or f"http://{host}"
        return origin.lower() == expected.lower()


def _name(host: str) -> str:
    """Return the name in a Host header, without the port."""
    try:
        split = urlsplit(f"//{host}")
    except ValueError:
        return ""
    name = split.hostname or ""
    return f"[{name}]" if ":" in name else name
