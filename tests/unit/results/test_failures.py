"""Every failure has the same three parts, as a page and as JSON."""

from collections.abc import Iterator, Mapping

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from engagement_assets.results import app as module
from engagement_assets.results.failures import NotFoundError
from engagement_assets.results.roles import NotAllowedError, Role, SignInNeededError
from engagement_assets.results.sign_in import ProviderError, SignInFailedError
from engagement_assets.results.snapshot import (
    NothingPublishedError,
    TooSlowError,
    UnreadableError,
)
from tests.support.app_settings import made

router = APIRouter()

PRIVATE = "/srv/data/published"  # a path of the server, which is nothing for readers
NAVIGATION = '<nav aria-label="Pages"'
JSON = {"Accept": "application/json"}

FAILURES: Mapping[str, tuple[int, Exception]] = {
    "not-found": (404, NotFoundError("It is gone.", where="attic", remedy="Look elsewhere.")),
    "nothing-published": (503, NothingPublishedError("nothing is published", where=PRIVATE)),
    "unreadable": (503, UnreadableError("it cannot be opened", where=PRIVATE)),
    "too-slow": (503, TooSlowError(PRIVATE)),
    "not-allowed": (403, NotAllowedError(Role.ADMINISTRATOR)),
    "no-role": (403, NotAllowedError(None)),
    "sign-in-needed": (401, SignInNeededError()),
    "sign-in-failed": (400, SignInFailedError(PRIVATE)),
    "provider": (502, ProviderError(PRIVATE)),
    "unforeseen": (500, ValueError(PRIVATE)),
}


@router.get("/failure/{name}")
def failure(name: str) -> None:
    raise FAILURES[name][1]


@router.get("/number/{number}")
def number(number: int) -> str:
    return str(number)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(module, "PAGES", (router,))
    with TestClient(module.create_app(made({})), base_url="http://127.0.0.1:8050") as client:
        yield client


def test_every_failure_of_ours_that_the_app_answers_is_here() -> None:
    answered = {
        kind
        for kind in module.create_app(made({})).exception_handlers
        if isinstance(kind, type) and kind.__module__.startswith("engagement_assets.")
    }
    assert answered == {type(error) for _, error in FAILURES.values()} - {ValueError}


@pytest.mark.parametrize("name", FAILURES)
def test_json_has_the_three_parts(client: TestClient, name: str) -> None:
    status, _ = FAILURES[name]

    answer = client.get(f"/failure/{name}", headers=JSON)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert set(answer.json()) == {"what", "where", "remedy"}
    assert answer.json()["what"].endswith(".")
    assert answer.json()["remedy"].endswith(".")
    assert PRIVATE not in answer.text


@pytest.mark.parametrize(("path", "status"), [("/number/many", 400), ("/nowhere", 404)])
def test_addresses_that_lead_nowhere_have_them_too(
    client: TestClient, path: str, status: int
) -> None:
    answer = client.get(path, headers=JSON)
    assert answer.status_code == status
    assert set(answer.json()) == {"what", "where", "remedy"}


def test_the_page_shows_the_three_parts(client: TestClient) -> None:
    answer = client.get("/failure/not-found")
    assert answer.headers["Content-Type"].startswith("text/html")
    for part in ("It is gone.", "attic", "Look elsewhere."):
        assert part in answer.text


@pytest.mark.parametrize("accept", ["text/html,application/json;q=0.9", "*/*", ""])
def test_browsers_get_the_page(client: TestClient, accept: str) -> None:
    answer = client.get("/failure/unreadable", headers={"Accept": accept})
    assert "<h1" in answer.text
    assert PRIVATE not in answer.text


@pytest.mark.parametrize("name", ["not-found", "too-slow", "not-allowed", "unforeseen"])
def test_who_is_let_in_keeps_the_navigation(client: TestClient, name: str) -> None:
    assert NAVIGATION in client.get(f"/failure/{name}").text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/failure/x", 405), ("GET", "/number/many", 400)],
)
def test_so_does_who_takes_a_wrong_turn(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, headers={"Origin": "http://127.0.0.1:8050"})
    assert answer.status_code == status
    assert NAVIGATION in answer.text
    assert 'action="/customers"' in answer.text


def test_the_parts_are_in_the_readers_language(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={**JSON, "Accept-Language": "nl"})
    assert answer.json()["what"] == "Deze pagina bestaat niet."
