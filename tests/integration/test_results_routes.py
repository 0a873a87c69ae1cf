"""Every route of the results app: who may come in, and what every answer carries."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute, Mount

from engagement_assets.results.roles import Require, Role
from tests.support import results

PUBLIC = "https://engagement.test"

# Who may come in where. A new route gets its line here, and with it somebody's thought.
OPEN = {
    ("GET", "/login"),
    ("GET", "/login/callback"),
    ("GET", "/login/done"),
    ("POST", "/logout"),
    ("GET", "/signed-out"),
    ("GET", "/health"),
    ("GET", "/static"),
}
GUARDED = {
    ("GET", "/"): Role.VIEWER,
    ("GET", "/customers"): Role.VIEWER,
    ("GET", "/customers/{customer_id:path}"): Role.VIEWER,
    ("GET", "/segments"): Role.VIEWER,
    ("GET", "/segments/{segment}"): Role.VIEWER,
    ("GET", "/segments/{segment}/members.{kind}"): Role.CONTRIBUTOR,
    ("GET", "/measures"): Role.VIEWER,
    ("GET", "/measures/{measure}"): Role.VIEWER,
    ("GET", "/measures/{measure}/values.{kind}"): Role.CONTRIBUTOR,
    ("GET", "/rules"): Role.VIEWER,
    ("GET", "/rules/customers.{kind}"): Role.CONTRIBUTOR,
    ("GET", "/rules/segment.sql"): Role.VIEWER,
    ("POST", "/rules/segment"): Role.ADMINISTRATOR,
    ("GET", "/data"): Role.VIEWER,
    ("GET", "/data/{table}"): Role.VIEWER,
    ("GET", "/data/{table}/{column}"): Role.VIEWER,
    ("GET", "/definitions"): Role.VIEWER,
}
REQUESTS = sorted(GUARDED)


@pytest.fixture(scope="module")
def app(results_sample: Path) -> Iterator[TestClient]:
    settings = results.settings_with_sign_in(results_sample, "https://login.test", PUBLIC)
    with results.client_of(settings, PUBLIC) as client:
        yield client


def routes(found: list[BaseRoute]) -> Iterator[tuple[str, str, frozenset[Role]]]:
    """Yield method, path and guards of every route, those of included routers too."""
    for route in found:
        if isinstance(route, APIRoute):
            guards = frozenset(
                each.call.role
                for each in route.dependant.dependencies
                if isinstance(each.call, Require)
            )
            for method in route.methods or ():
                yield method, route.path, guards
        elif isinstance(route, Mount):
            yield "GET", route.path, frozenset()
        else:  # FastAPI keeps included routers as they are, and their routes inside
            yield from routes(route.original_router.routes)  # type: ignore[attr-defined] # FastAPI does not export the class


def _send(client: TestClient, method: str, path: str, **headers: str) -> int:
    filled = (
        path.replace("{customer_id:path}", "C-1001")
        .replace("{segment}", "stale")
        .replace("{measure}", "average_score")
        .replace("{table}", "Office")
        .replace("{column}", "CustomerId")
        .replace("{kind}", "csv")
    )
    assert "{" not in filled
    answer = client.request(
        method, filled, headers={"Origin": PUBLIC, **headers}, follow_redirects=False
    )
    return int(answer.status_code)


def test_every_route_is_known_with_its_guard(app: TestClient) -> None:
    assert isinstance(app.app, FastAPI)
    found = {(method, path): guards for method, path, guards in routes(app.app.routes)}
    assert found.keys() == OPEN | GUARDED.keys()
    for route, role in GUARDED.items():
        assert max(found[route]) == role, route
    assert not any(found[route] for route in OPEN)


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_nobody_gets_in_without_signing_in(app: TestClient, method: str, path: str) -> None:
    app.cookies.clear()
    assert _send(app, method, path) == (303 if method == "GET" else 401)
    assert _send(app, method, path, **{"HX-Request": "true"}) == 401
    assert _send(app, method, path, **{"Sec-Fetch-Dest": "iframe"}) == 401


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_a_role_opens_what_it_may_and_nothing_else(app: TestClient, method: str, path: str) -> None:
    results.signed_in(app, None)
    assert _send(app, method, path) == 403
    for role in Role:
        results.signed_in(app, role.name)
        allowed = role >= GUARDED[method, path]
        assert (_send(app, method, path) != 403) == allowed, role


def test_whether_there_are_results_is_told_to_nobody_who_is_not_signed_in(
    results_sample: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "engagement.yaml"
    copy.write_bytes(results_sample.read_bytes())
    settings = results.settings_with_sign_in(copy, "https://login.test", PUBLIC)
    with results.client_of(settings, PUBLIC) as client:
        for method, path in REQUESTS:
            assert _send(client, method, path) in {303, 401}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_other_methods_are_refused(app: TestClient, method: str) -> None:
    results.signed_in(app, "ADMINISTRATOR")
    assert _send(app, method, "/customers") == 405


@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/openapi.json", "/static/", "/static/../app.py"]
)
def test_there_is_nothing_else(app: TestClient, path: str) -> None:
    app.cookies.clear()
    assert _send(app, "GET", path) == 404


def test_local_mode_has_no_sign_in_pages(results_app: TestClient) -> None:
    for path in ("/login", "/logout", "/signed-out", "/login/callback"):
        assert results_app.get(path).status_code == 404
