"""What Graph answers: bodies, errors and the headers that are on every answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import uuid4

import orjson
from starlette.responses import Response

from simulator.graph_shape import JsonObject

DIAGNOSTIC = (
    '{"ServerInfo":{"DataCenter":"Localhost","Slice":"E","Ring":"5","ScaleUnit":"001",'
    '"RoleInstance":"SIMULATOR"}}'
)

ACCESS_DENIED = "Access is denied. Check credentials and try again."
ITEM_NOT_FOUND = "The specified object was not found in the store."
NO_EXCHANGE = "OrganizationFromTenantGuidNotFound"
FOLDER_NOT_FOUND = "The specified folder could not be found in the store."


class GraphError(Exception):
    """An error that Graph answers with: HTTP status, code and message."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def not_found(what: str) -> GraphError:
    """A user or group that the directory does not know."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{what}' does not exist or one of its queried reference-property objects are "
        "not present.",
    )


def directory_denied() -> GraphError:
    """A role for the directory is missing."""
    return GraphError(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )


def mailbox_denied(message: str = ACCESS_DENIED) -> GraphError:
    """A role for mail or calendars is missing, or the mailbox is out of scope."""
    return GraphError(403, "ErrorAccessDenied", message)


def error_body(error: GraphError, request_id: str, client_request_id: str) -> JsonObject:
    """The body of an error; its `innerError` is not on all of them."""
    inner = {
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": request_id,
        "client-request-id": client_request_id,
    }
    content: JsonObject = {"code": error.code, "message": error.message}
    # Clients must do without it: the directory leaves it out of some errors.
    if error.code != "Request_UnsupportedQuery":
        content["innerError"] = inner
    return {"error": content}


def json_response(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer as Graph labels it."""
    return Response(
        orjson.dumps(body),
        status,
        dict(headers or {}),
        media_type="application/json;odata.metadata=minimal;odata.streaming=true;"
        "IEEE754Compatible=false;charset=utf-8",
    )


def common_headers(request_id: str, client_request_id: str) -> dict[str, str]:
    """What stands on every answer."""
    return {
        "request-id": request_id,
        "client-request-id": client_request_id,
        "x-ms-ags-diagnostic": DIAGNOSTIC,
    }


def http_date(moment: datetime) -> str:
    """A moment as HTTP headers write it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def new_request_id() -> str:
    """An id for a request."""
    return str(uuid4())
