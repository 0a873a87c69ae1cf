"""The outermost layer: foreign hosts, posts of other sites, headers."""

import dataclasses
from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from engagement_assets.results.security import Gate
from engagement_assets.results.settings import AppSettings
from tests.support.app_settings import PUBLIC, SECRETS, SIGN_IN, made

LOCAL = "http://127.0.0.1:8050"


def client(settings: AppSettings, url: str = LOCAL) -> TestClient:
    def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("reached")

    routes = [
        Route(path, answer, methods=["GET", "POST"]) for path in ("/", "/health", "/static/a.css")
    ]
    return TestClient(Gate(Starlette(routes=routes), settings), base_url=url)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8050", "", "[", "0.0.0.0"],  # noqa: S104 - refused
)
def test_a_foreign_host_is_not_answered(host: str) -> None:
    answer = client(made({})).get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "reached" not in answer.text


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8050", "localhost:1", "LOCALHOST", "[::1]:8050", "[::1]"]
)
def test_this_machine_is_answered_by_its_names(host: str) -> None:
    assert client(made({})).get("/", headers={"Host": host}).text == "reached"


def test_with_sign_in_only_the_public_name_is_answered() -> None:
    settings = made({"sign_in": SIGN_IN, "public_url": PUBLIC, "host": "10.0.0.5"}, SECRETS)
    app = client(settings, PUBLIC)
    assert app.get("/").text == "reached"
    assert app.get("/", headers={"Host": "10.0.0.5:8050"}).status_code == 400
    assert app.get("/health", headers={"Host": "10.0.0.5:8050"}).text == "reached"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": LOCAL}, 200),
        ({"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": LOCAL, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": LOCAL, "Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
def test_posts_come_from_our_own_pages(headers: Mapping[str, str], status: int) -> None:
    assert client(made({})).post("/", headers=headers).status_code == status


def test_every_answer_carries_the_headers_refusals_too() -> None:
    app = client(made({}))
    for answer in (
        app.get("/"),
        app.get("/nowhere"),
        app.get("/", headers={"Host": "evil.example"}),
        app.post("/"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_may_be_kept_and_only_they() -> None:
    app = client(made({}))
    assert "immutable" in app.get("/static/a.css").headers["Cache-Control"]
    assert app.get("/static/missing.css").headers["Cache-Control"] == "no-store"


def test_frames_are_for_configured_origins() -> None:
    settings = dataclasses.replace(made({}), frame_origins=("https://crm.test", "https://b.test"))
    answer = client(settings).get("/")
    assert answer.headers["Content-Security-Policy"].endswith(
        "frame-ancestors https://crm.test https://b.test"
    )
    assert "X-Frame-Options" not in answer.headers
