"""Graph's front door: tokens, faults, limits, headers and errors, the same for every endpoint.

Belongs here: what happens around a request. What it is about is in `directory_api`, `mail_api` and
`calendar_api`, whose functions run in threads, because making a page takes its time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.calendar_api import CALENDAR_ENDPOINTS
from simulator.directory_api import DIRECTORY_ENDPOINTS
from simulator.failures import Truncated, failure
from simulator.faults import SHAPES, Asked
from simulator.mail_api import MAIL_ENDPOINTS
from simulator.registration import TokenError
from simulator.replies import (
    GraphError,
    common_headers,
    error_body,
    json_response,
    new_request_id,
)
from simulator.service import Call, Endpoint, Recorded, Service, split_list
from simulator.throttling import directory_cost

_FEW = 20


def graph_routes(service: Service) -> list[Route]:
    """The routes of Graph v1.0."""
    endpoints = (*DIRECTORY_ENDPOINTS, *MAIL_ENDPOINTS, *CALENDAR_ENDPOINTS)
    routes = [
        Route(f"/v1.0{endpoint.path}", _answering(service, endpoint), methods=["GET"])
        for endpoint in endpoints
    ]
    unknown = Endpoint("", _nothing, "directory")
    every = ["GET", "POST", "PATCH", "PUT", "DELETE"]
    return [*routes, Route("/v1.0/{rest:path}", _answering(service, unknown), methods=every)]


def _nothing(_service: Service, call: Call) -> dict[str, object]:
    raise GraphError(
        400, "BadRequest", f"Resource not found for the segment '{call.path.get('rest', '')}'."
    )


def _answering(service: Service, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await _Exchange(service, endpoint, request).answer()

    return answer


class _Exchange:
    """One request and its answer."""

    def __init__(self, service: Service, endpoint: Endpoint, request: Request) -> None:
        self._service = service
        self._endpoint = endpoint
        self._request = request
        self._parameters = parse_qsl(request.url.query, keep_blank_values=True)
        # The dollar sign may be left out.
        self._parameters = [(_dollar(name), value) for name, value in self._parameters]
        self._record = Recorded(
            request.method,
            request.url.path,
            dict(self._parameters),
            prefer=request.headers.get("prefer", ""),
        )
        self._call = Call(
            path=dict(request.path_params),
            parameters=self._parameters,
            address=f"{str(request.base_url).rstrip('/')}{request.scope['raw_path'].decode()}",
            prefer=split_list(self._record.prefer),
            eventual=request.headers.get("consistencylevel", "").lower() == "eventual",
        )

    async def answer(self) -> Response:
        """The answer, whatever goes wrong."""
        request_id = new_request_id()
        client_id = self._request.headers.get("client-request-id", request_id)
        self._service.requests.append(self._record)
        try:
            response = await self._answered()
        except GraphError as error:
            body = error_body(error, request_id, client_id)
            response = json_response(body, error.status, error.headers)
        self._record.status = response.status_code
        for name, value in {**common_headers(request_id, client_id), **self._call.headers}.items():
            response.headers.setdefault(name, value)
        return response

    async def _answered(self) -> Response:
        claims = self._claims()
        call, endpoint = self._call, self._endpoint
        call.roles = frozenset(claims.get("roles", ()))
        if call.preference("IdType") is not None:
            call.applied(f'IdType="{call.preference("IdType")}"')
        call.size = self._page_size()
        user_id = self._user_id()
        fault = self._fault(user_id)
        self._record.fault = fault
        if fault in SHAPES:
            call.fault = fault
        elif fault and fault != "truncated":
            return self._failed(fault, str(claims["jti"]))
        with ExitStack() as stack:
            if endpoint.area == "directory":
                cost = directory_cost(
                    endpoint.cost,
                    selected=bool(call.select),
                    few=bool(endpoint.page and call.size < _FEW),
                )
                call.headers.update(self._service.throttle.directory(cost))
            else:
                stack.enter_context(self._service.throttle.mailbox(user_id))
                if self._service.behaviour.latency:
                    await asyncio.sleep(self._service.behaviour.latency)
            response = await run_in_threadpool(self._made)
        return Truncated(response) if fault == "truncated" else response

    def _made(self) -> Response:
        return json_response(self._endpoint.handler(self._service, self._call))

    def _claims(self) -> dict[str, Any]:
        scheme, _, token = self._request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise self._unauthorized("Access token is empty.")
        try:
            return self._service.registration.claims_of(token.strip())
        except TokenError as error:
            raise self._unauthorized(str(error)) from error

    def _unauthorized(self, message: str) -> GraphError:
        address = f"{str(self._request.base_url).rstrip('/')}/common/oauth2/authorize"
        header = f'Bearer realm="", authorization_uri="{address}", error="invalid_token"'
        return GraphError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": header})

    def _page_size(self) -> int:
        endpoint, call = self._endpoint, self._call
        if not endpoint.page:
            return 0
        top, preferred = call.query.get("$top"), call.preference("odata.maxpagesize")
        sizes = []
        if top is not None:
            if not top.isdecimal() or int(top) == 0:
                raise GraphError(400, "ErrorInvalidUrlQuery", f"Invalid value '{top}' for $top.")
            if int(top) > endpoint.most and self._service.behaviour.large_top == "refused":
                raise GraphError(
                    400, "ErrorInvalidUrlQuery", f"The limit of {endpoint.most} for $top exceeded."
                )
            sizes.append(int(top))
        if preferred is not None and preferred.isdecimal() and int(preferred):
            sizes.append(int(preferred))
            call.applied(f"odata.maxpagesize={preferred}")
        return min(endpoint.most, min(sizes, default=endpoint.page))

    def _user_id(self) -> str:
        """The id of the user whom the path names, or what the path says when there is none."""
        key = self._call.path.get("user", "")
        user = self._service.tenant.directory().user(key) if key else None
        return str(user["id"]) if user else key

    def _fault(self, user_id: str) -> str:
        query = "&".join(f"{name}={value}" for name, value in sorted(self._parameters))
        path = self._request.url.path
        asked = Asked(
            key=f"{self._request.method} {path}?{query}",
            user_id=user_id,
            page=self._call.size,
            hops=self._call.cursor.hops if self._call.size else 0,
            is_mailbox=self._endpoint.area != "directory",
        )
        return self._service.faults.decide(asked)

    def _failed(self, fault: str, token_id: str) -> Response:
        """The answer to a request that fails; raises the errors that have a usual body."""
        if fault == "401":
            self._service.registration.revoke(token_id)
            raise self._unauthorized("Access token has expired or is not yet valid.")
        return failure(fault, self._service.faults.wait)


def _dollar(name: str) -> str:
    return f"${name}" if name in {"select", "filter", "top", "orderby", "count"} else name
