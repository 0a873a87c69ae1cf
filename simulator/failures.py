"""How faults look on the wire: error bodies, torn connections, halves of answers.

Belongs here: carrying faults out. Which request meets which fault is decided in `faults`.
"""

import asyncio
import socket
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import ceil

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulator.replies import (
    ACCESS_DENIED,
    FOLDER_NOT_FOUND,
    ITEM_NOT_FOUND,
    NO_EXCHANGE,
    GraphError,
    http_date,
)

TRANSPORT = "simulator.transport"
"""Where the server leaves the connection in the scope, so that it can be reset."""

_THROTTLED = "Application is over its MailboxConcurrency limit."
_ERRORS: Mapping[str, tuple[int, str, str]] = {
    "403": (403, "ErrorAccessDenied", ACCESS_DENIED),
    "403-odata": (403, "ErrorAccessDenied", "Access to OData is disabled."),
    "404": (404, "Request_ResourceNotFound", "Resource does not exist."),
    "404-item": (404, "ErrorItemNotFound", ITEM_NOT_FOUND),
    "404-folder": (404, "ErrorFolderNotFound", FOLDER_NOT_FOUND),
    "404-root": (404, "ErrorItemNotFound", f"{ITEM_NOT_FOUND}, Default folder Root not found."),
    "no-calendar": (404, "ErrorItemNotFound", ITEM_NOT_FOUND),
    "denied-calendar": (403, "ErrorAccessDenied", ACCESS_DENIED),
    "no-exchange": (
        401,
        NO_EXCHANGE,
        "The tenant for tenant guid does not exist.",
    ),
    "410": (
        410,
        "SyncStateNotFound",
        "The sync state generation is not found; generation=149;[highest=157][157][155][156].",
    ),
    # The codes differ, as they do in life: clients must go by the status.
    "429-seconds": (429, "ApplicationThrottled", _THROTTLED),
    "429-fraction": (429, "TooManyRequests", "Too many requests."),
    "429-date": (429, "ApplicationThrottled", _THROTTLED),
    "429-bare": (429, "UnknownError", ""),
    "500-transient": (500, "ErrorInternalServerTransientError", "Try again later."),
    "500-corrupt": (500, "ErrorCorruptData", "The item is corrupt."),
    "502": (502, "UnknownError", ""),
    "503-seconds": (503, "ServiceUnavailable", "The service is unavailable."),
    "503-fraction": (503, "ServiceNotAvailable", "The service is unavailable."),
    "503-date": (503, "UnknownError", ""),
}


def failure(kind: str, wait: float) -> Response:
    """The answer of a fault of this kind; raises the errors that have a usual body."""
    if kind in _ERRORS:
        status, code, message = _ERRORS[kind]
        raise GraphError(status, code, message, _retry_after(kind.partition("-")[2], wait))
    if kind == "reset":
        return _Reset()
    if kind == "503-bare":
        return Response(b"", 503)
    page = "<html><body><h1>504 Gateway Time-out</h1></body></html>"
    return Response(page, 504, media_type="text/html")


def _retry_after(form: str, wait: float) -> Mapping[str, str]:
    """`Retry-After` in one of the forms that are seen: whole seconds, a fraction, a date."""
    match form:
        case "seconds":
            return {"Retry-After": str(ceil(wait))}
        case "fraction":
            return {"Retry-After": f"{wait + 0.004:.3f}"}
        case "date":
            return {"Retry-After": http_date(datetime.now(UTC) + timedelta(seconds=wait))}
        case _:
            return {}


class _Reset(Response):
    """No answer: the connection is torn down under the client."""

    def __init__(self) -> None:
        super().__init__()
        self.status_code = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Closes the connection; nothing is sent."""
        del receive, send
        transport: asyncio.Transport = scope[TRANSPORT]
        connection = transport.get_extra_info("socket")
        # Without lingering, closing sends a reset instead of a farewell.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


class Truncated(Response):
    """A good answer of which only the first half comes."""

    def __init__(self, whole: Response) -> None:
        super().__init__(None, whole.status_code)
        self.raw_headers = whole.raw_headers
        self._half = bytes(whole.body[: len(whole.body) // 2])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the first half and closes the connection."""
        del receive
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._half, "more_body": True})
        await asyncio.sleep(0)  # let the half go out before the connection is closed
        scope[TRANSPORT].close()
