"""A tiny tenant over HTTPS on localhost, for the tests of `microsoft365`, and what they share.

It knows just enough of Entra and Graph to be read; the faithful one is the product's simulator.
"""

import re
import socket
import struct
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import orjson

from engagement_assets.window import Window
from tests.support.building import user

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
SECRET = "s3cret~Value.of-the-app"  # noqa: S105 - of a server that lives for a test
ANN = "aaaaaaaa-0000-4000-8000-000000000001"
BOB = "bbbbbbbb-0000-4000-8000-000000000002"
AS_OF = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
WINDOW = Window.until(AS_OF, "UTC")
ROLES = ["Mail.ReadBasic.All", "Calendars.ReadBasic.All", "User.Read.All", "GroupMember.Read.All"]
WELL_KNOWN = {
    "drafts": "drafts-id",
    "junkemail": "junk-id",
    "conversationhistory": "history-id",
    "clutter": "clutter-id",
}


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    act: str = ""  # reset, truncate


def json_reply(content: object, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, orjson.dumps(content), {"Content-Type": "application/json", **named})


def error(status: int, code: str, **headers: str) -> Reply:
    body = {"error": {"code": code, "message": "ann@contoso.com and eve@customer.com"}}
    return json_reply(
        body, status, **{"request_id": "0f0f0f0f-1111-4222-8333-444444444444"} | headers
    )


@dataclass
class Asked:
    path: str
    query: Mapping[str, str]
    headers: Message
    raw: str
    body: str = ""


class Tenant:
    """What the server serves. Tests change it, and ask it what was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.roles: list[str] | None = list(ROLES)
        self.token_reply: Reply | None = None
        self.users: dict[str, dict[str, Any]] = {
            id_: user(
                name,
                id=id_,
                mail=f"{name.title()}@contoso.com",
                proxyAddresses=[
                    f"SMTP:{name.title()}@contoso.com",
                    f"smtp:{name}.x@contoso.com",
                ],
            )
            for id_, name in ((ANN, "ann"), (BOB, "bob"))
        }
        self.groups: dict[str, dict[str, Any]] = {}
        self.members: dict[str, list[dict[str, Any]]] = {}
        self.messages: dict[str, list[dict[str, Any]]] = {ANN: [], BOB: []}
        self.events: dict[str, list[dict[str, Any]]] = {ANN: [], BOB: []}
        self.folders: dict[str, list[dict[str, Any]]] = {
            "mailFolders": [
                {"id": "inbox-id", "childFolderCount": 0},
                {"id": "drafts-id", "childFolderCount": 0},
                {"id": "junk-id", "childFolderCount": 1},
            ],
            "junk-id": [{"id": "junk-child-id", "childFolderCount": 0}],
        }
        self.asked: list[Asked] = []
        self.tokens = 0
        self.broken: list[tuple[Callable[[Asked], bool], Reply, int]] = []
        self.lock = threading.Lock()

    # faults

    def breaks(self, part: str, reply: Reply, times: int = 1) -> None:
        """Let the next requests whose path and query contain this answer so."""
        self.broken.append(
            (lambda asked: part in f"{asked.path}?{unquote(asked.raw)}", reply, times)
        )

    def breaks_if(
        self, test: Callable[[Asked], bool], reply: Reply, times: int = 1_000_000
    ) -> None:
        self.broken.append((test, reply, times))

    # what tests ask

    def asked_for(self, part: str) -> list[Asked]:
        return [asked for asked in self.asked if part in asked.path]

    # answers

    def answer(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append(asked)
            for number, (test, reply, times) in enumerate(self.broken):
                if test(asked):
                    self.broken[number] = (test, reply, times - 1)
                    if times <= 1:
                        del self.broken[number]
                    return reply
        if asked.path.endswith("openid-configuration"):
            base = f"{self.url}/{asked.path.split('/')[1]}"
            return json_reply(
                {
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    "issuer": f"{base}/v2.0",
                }
            )
        if asked.path.endswith("/token"):
            return self.token_reply or self._token()
        if asked.headers.get("Authorization", "").count(".") != 2:
            return error(401, "InvalidAuthenticationToken")
        return self._graph(asked, asked.path.removeprefix("/v1.0/").split("/"))

    def _token(self) -> Reply:
        self.tokens += 1
        claims: dict[str, Any] = {"n": self.tokens}
        if self.roles is not None:
            claims["roles"] = self.roles
        payload = urlsafe_b64encode(orjson.dumps(claims)).decode().rstrip("=")
        return json_reply(
            {"token_type": "Bearer", "expires_in": 3599, "access_token": f"TOKEN.{payload}.sig"}
        )

    def _graph(self, asked: Asked, parts: list[str]) -> Reply:  # noqa: C901, PLR0911, PLR0912 - a table
        match parts:
            case ["organization"]:
                domains = [{"name": "Contoso.com"}, {"name": "contoso.onmicrosoft.com"}]
                return self._page(asked, [{"id": TENANT, "verifiedDomains": domains}])
            case ["users"]:
                return self._page(asked, self._with(asked, self.users))
            case ["groups"]:
                return self._page(asked, self._with(asked, self.groups))
            case ["groups", group, "transitiveMembers", *cast]:
                if cast and asked.headers.get("ConsistencyLevel") != "eventual":
                    return error(400, "Request_UnsupportedQuery")
                members = [
                    member
                    for member in self.members[group]
                    if not cast or member["@odata.type"] == "#microsoft.graph.user"
                ]
                return self._page(asked, members)
            case ["users", user] if user in self.users:
                return json_reply({"id": user})
            case ["users", user, *_] if user not in self.users:
                return error(404, "Request_ResourceNotFound")
            case ["users", user, *_] if user not in self.messages:
                return error(404, "MailboxNotEnabledForRESTAPI")
            case ["users", _, "mailFolders", name] if name in WELL_KNOWN:
                for folder in (*self.folders["mailFolders"], *self.folders.get("hidden", ())):
                    if folder["id"] == WELL_KNOWN[name]:
                        return json_reply(folder)
                return error(404, "ErrorItemNotFound")
            case ["users", _, "mailFolders"]:
                return self._page(asked, self.folders["mailFolders"])
            case ["users", _, "mailFolders", folder, "childFolders"]:
                return self._page(asked, self.folders.get(folder, []))
            case ["users", user, "messages"]:
                low, high = re.findall(
                    r"\d{4}-\d\d-\d\dT[\d:]+Z", asked.query.get("$filter", "")
                ) or (
                    "0",
                    "9",
                )
                found_messages = [
                    m for m in self.messages[user] if low <= m["receivedDateTime"] < high
                ]
                return self._page(
                    asked, sorted(found_messages, key=lambda m: m["receivedDateTime"])
                )
            case ["users", user, "calendarView"]:
                low, high = asked.query["startDateTime"], asked.query["endDateTime"]
                return self._page(
                    asked, [e for e in self.events[user] if low <= e["start"]["dateTime"] < high]
                )
        return error(404, "ResourceNotFound")

    def _with(self, asked: Asked, resources: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
        texts = re.findall(r" eq '((?:[^']|'')*)'", asked.query["$filter"])
        wanted = {text.replace("''", "'").lower() for text in texts}
        return [
            resource
            for resource in resources.values()
            if wanted
            & {
                str(text).lower()
                for text in (
                    resource.get("mail"),
                    resource.get("userPrincipalName"),
                    *(resource.get("proxyAddresses") or ()),
                )
            }
        ]

    def _page(self, asked: Asked, items: list[dict[str, Any]]) -> Reply:
        top, skip = int(asked.query.get("$top", "10")), int(asked.query.get("$skip", "0"))
        content: dict[str, Any] = {"value": items[skip : skip + top]}
        if skip + top < len(items):
            kept = {k: v for k, v in asked.query.items() if k != "$skip"} | {
                "$skip": str(skip + top)
            }
            text = "&".join(f"{k}={quote(v)}" for k, v in kept.items())
            content["@odata.nextLink"] = f"{self.url}{asked.path}?{text}"
        return json_reply(content)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    tenant: Tenant

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, body: str) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        reply = self.tenant.answer(Asked(parts.path, query, self.headers, parts.query, body))
        if reply.act == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.act == "truncate":
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.close_connection = True
            return
        self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        pass
