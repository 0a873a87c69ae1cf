"""Take the pictures of docs/pictures: `.venv/bin/python scripts/pictures.py`.

It makes the demo in a folder of its own, so that a run that goes on elsewhere changes no picture,
opens the Dagster UI and the results app on it and drives Chromium. It fails when the browser asks
any other machine for anything: what the docs say about that is tried out every time.
"""

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import FloatRect, Page, Request, sync_playwright
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from engagement_assets import config
from engagement_assets.command import overview
from scripts import demo

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
COMMANDS = Path(sys.executable).parent

HOST = "127.0.0.1"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# none of them is about pages: without them Chromium itself asks its maker for updates
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_SECONDS = 120
LARGEST_BYTES = 300_000


def _run(*command: str | Path) -> None:
    # DEVNULL: a run's own words belong to its terminal, not to this one
    subprocess.run(  # noqa: S603 - our own commands
        command, env=demo.environment(), check=True, stdout=subprocess.DEVNULL
    )


def make_demo(folder: Path) -> Path:
    """Run everything on the demo's tenant and return its configuration."""
    configuration = demo.copied(folder)
    with demo.tenant(configuration, consent=True):
        _run(COMMANDS / "engagement", "run", "-c", configuration)
    return configuration


@contextmanager
def served(configuration: Path, app: str, ready: str) -> Iterator[str]:
    """Start `engagement <app>` on a free port, yield its address, and stop all of its processes.

    Args:
        configuration: the configuration file.
        app: ui or results.
        ready: the path that answers as soon as the app does.
    """
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = (COMMANDS / "engagement", app, "-c", configuration, "--port", str(port))
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        start_new_session=True,  # Dagster's UI is four processes: one group, stopped together
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://{HOST}:{port}"
        _wait_for(address + ready)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, ConnectionError, TimeoutError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


@contextmanager
def browser(foreign: set[str]) -> Iterator[Page]:
    """Open a page in Chromium that notes every host but this machine that it turns to."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        sys.exit("There is no Chromium. Install it (see scripts/chromium.sh).")

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != HOST:
            foreign.add(parts.hostname or request.url)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        context = chromium.new_context(color_scheme="light", locale="en-GB", timezone_id="UTC")
        context.on("request", note)
        yield context.new_page()
        chromium.close()


def lineage(page: Page, address: str) -> None:
    """Take the global lineage, its groups closed: the flow from consent to the published tables."""
    # wide enough that Dagster shows how many tables each group has and how they are
    page.set_viewport_size({"width": 3000, "height": 2000})
    page.goto(f"{address}/asset-groups")
    page.get_by_text("Hide navigation").click()
    _reopen(page)
    boxes = [box for box in map(_box, page.locator("svg foreignObject").all()) if box["width"] > 0]
    left = min(box["x"] for box in boxes) - 30
    top = min(box["y"] for box in boxes) - 30
    width = max(box["x"] + box["width"] for box in boxes) + 15 - left
    height = max(box["y"] + box["height"] for box in boxes) + 30 - top
    page.screenshot(
        path=PICTURES / "lineage.jpg",  # its dotted ground makes a PNG too large
        quality=70,
        clip={"x": left, "y": top, "width": width, "height": height},
    )


def _reopen(page: Page) -> None:
    """Load the page anew: Dagster fits the graph to the window only when it opens it."""
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.locator("svg foreignObject").first.wait_for()
    page.wait_for_timeout(5_000)  # the layout is computed in a worker, statuses come after it


def _box(locator: object) -> FloatRect:
    box: FloatRect | None = locator.bounding_box()  # type: ignore[attr-defined]
    return box or {"x": 0, "y": 0, "width": 0, "height": 0}


def office(page: Page, address: str) -> None:
    """Take the page of the Office table: description, SQL, described columns."""
    page.set_viewport_size({"width": 1400, "height": 1180})
    page.goto(f"{address}/assets/Office")
    page.get_by_text("EngagementScore", exact=True).first.wait_for()
    page.wait_for_timeout(3_000)  # icons and the history come after the text
    page.screenshot(path=PICTURES / "office.png")


def results(page: Page, address: str) -> None:
    """Take pages of the results app: how far they can be trusted, one customer, one segment."""
    for name, path, height in (
        ("results-overview", "/", 1000),
        ("results-customer", "/customers/C-1047", 1180),
        ("results-segment", "/segments/cooling", 900),
    ):
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto(address + path)
        page.screenshot(path=PICTURES / f"{name}.png")


def result(configuration: Path) -> None:
    """Draw what the run prints as an SVG that needs nothing from anywhere."""
    settings = config.load(configuration)
    console = Console(record=True, width=52, file=io.StringIO(), force_terminal=True)
    overview.show(console, settings.name, overview.of(settings.data_dir / "published"))
    drawing = console.export_svg(
        title="engagement run -c data/demo/engagement.yaml",
        theme=DEFAULT_TERMINAL_THEME,
        # rich names a font on a foreign host; the reader's own does
        code_format=re.sub(r"@font-face\s*\{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL),
        unique_id="overview",
    )
    drawing = "\n".join(line.rstrip() for line in drawing.splitlines() if line.strip())
    (PICTURES / "overview.svg").write_text(f"{drawing}\n", encoding="utf-8")


def main() -> int:
    """Take all pictures; return 1 when one is too large or the browser left this machine."""
    say = Console(stderr=True, highlight=False).print
    PICTURES.mkdir(parents=True, exist_ok=True)
    foreign: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        configuration = make_demo(Path(folder))
        result(configuration)
        with browser(foreign) as page:
            with served(configuration, "ui", "/server_info") as address:
                lineage(page, address)
                office(page, address)
            with served(configuration, "results", "/health") as address:
                results(page, address)
    too_large = []
    for picture in sorted(PICTURES.iterdir()):
        size = picture.stat().st_size
        say(f"{picture.relative_to(ROOT)}: {size:,} bytes")
        if size > LARGEST_BYTES:
            too_large.append(picture.name)
    say(f"Requests to other machines: {', '.join(sorted(foreign)) or 'none'}")
    return 1 if foreign or too_large else 0


if __name__ == "__main__":
    sys.exit(main())
