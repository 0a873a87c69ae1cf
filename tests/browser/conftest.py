"""The Dagster UI of a small organisation after one run, and a real browser to look at it."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from tests.support.command import ENGAGEMENT, TIMEOUT, environment
from tests.support.finished import Finished
from tests.support.offline import Guard

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
FLAGS = [
    "--no-sandbox",  # containers and root need it; only our own pages are opened
    "--disable-background-networking",
    # whatever a page asks for, no name but this machine's is ever looked up
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


# milliseconds; generous: it only ends what would never come
LONGEST_WAIT = 120_000
expect.set_options(timeout=LONGEST_WAIT)


@dataclass(frozen=True)
class Ui:
    """A running `engagement ui`.

    Attributes:
        url: where it answers, without a slash at the end.
        config_file: the organisation that it shows.
        guard: knows what its processes wanted from the network.
    """

    url: str
    config_file: Path
    guard: Guard


@dataclass(frozen=True)
class Visit:
    """A newcomer's first visit: a fresh browser profile, and every address that it asked for."""

    page: Page
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; without a browser these tests are left out."""
    if CHROMIUM is None:
        pytest.skip(
            "no Chromium on the PATH: install the package chromium "
            "(Debian: apt-get install chromium; Ubuntu: snap install chromium) or Google Chrome"
        )
    return CHROMIUM


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    """Tell whether the web server answers and the code location is loaded."""
    query = b'{"query":"{repositoriesOrError{...on RepositoryConnection{nodes{name}}}}"}'
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{url}/graphql", query, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            return b'"__repository__"' in answer.read()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server with everything that it started: a TERM to the group, then a KILL."""
    for deadly, retry_budget in ((signal.SIGTERM, 20), (signal.SIGKILL, TIMEOUT)):
        try:
            os.killpg(process.pid, deadly)
        except ProcessLookupError:
            break
        try:
            process.wait(retry_budget)
        except subprocess.TimeoutExpired:
            continue
    process.wait(TIMEOUT)


@pytest.fixture(scope="session")
def ui(
    chromium: str, finished_sample: Finished, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ui]:
    """`engagement ui`, after one `engagement run`."""
    folder = tmp_path_factory.mktemp("ui")
    config_file = finished_sample.copied(folder / "organisation")
    guard = Guard(folder / "guard")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / "ui.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [ENGAGEMENT, "ui", "-c", str(config_file), "--port", str(port)],
            env=environment(guard.environment),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + TIMEOUT
        while not _answers(url):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            try:  # instead of a sleep: until it ends, which it should not, or for half a second
                process.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
        yield Ui(url, config_file, guard)
    finally:
        _stop(process)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright; a process can start it once only.

    It ends with the tests of this folder, which one worker runs in one go: while it is there its
    event loop runs in the main thread, where Dagster wants to run its own.
    """
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Chromium itself, not playwright's build of it."""
    launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture
def contexts() -> Iterator[list[BrowserContext]]:
    """Profiles that a test opens (see `opening.visit`) and need not close."""
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile, wide enough for a lineage of sixty assets."""
    fresh = browser.new_context(viewport={"width": 1800, "height": 1100}, locale="en-US")
    fresh.set_default_timeout(LONGEST_WAIT)
    yield fresh
    fresh.close()


@pytest.fixture
def visit(context: BrowserContext) -> Visit:
    """A page that writes down what it asks for."""
    visit = Visit(context.new_page())

    def note(request: Request) -> None:
        visit.asked.append(request.url)

    context.on("request", note)
    visit.page.on("websocket", lambda opened: visit.asked.append(opened.url))
    return visit
