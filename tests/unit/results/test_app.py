"""The app as a whole: pages that fail in a way that nobody foresaw, and what is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from engagement_assets.results import app as module
from engagement_assets.results.snapshot import TooSlowError
from tests.support.app_settings import made

router = APIRouter()


@router.get("/broken")
def broken() -> None:
    raise ValueError("a value of the data")


@router.get("/cut-off")
def cut_off() -> StreamingResponse:
    def parts() -> Iterator[str]:
        yield "half of it"
        raise ValueError("a value of the data")

    return StreamingResponse(parts())


@router.get("/slow")
def slow() -> None:
    raise TooSlowError("stopped")


@router.get("/items/{number}")
def item(number: int) -> str:
    return str(number)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(module, "PAGES", (router,))
    with TestClient(module.create_app(made({})), base_url="http://127.0.0.1:8050") as client:
        yield client


def test_a_failure_that_nobody_foresaw_is_a_page_and_a_line_without_data(
    client: TestClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "failed unexpectedly" in answer.text
    assert "Content-Security-Policy" in answer.headers
    (line,) = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert line.startswith("A page failed unexpectedly: ValueError at test_app.py, line ")
    assert "value of the data" not in answer.text + caplog.text + "".join(capfd.readouterr())


def test_half_an_answer_does_not_pass_for_a_whole_one(client: TestClient) -> None:
    with pytest.raises(RuntimeError, match="cut off") as caught:  # the server drops the connection
        client.get("/cut-off")
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/slow", 503, "Ask for less"),
        ("/items/many", 400, "a value that makes no sense"),
        ("/nowhere", 404, "There is no such page"),
    ],
)
def test_failures_are_pages(client: TestClient, path: str, status: int, text: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert text in answer.text


def test_style_and_scripts_are_sent_small(client: TestClient) -> None:
    folder = Path(module.__file__).parent / "static"
    for file in ("app.css", "vendor/htmx-4.0.1.min.js"):
        answer = client.get(f"/static/{file}")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.content == (folder / file).read_bytes()
        assert "immutable" in answer.headers["Cache-Control"]
