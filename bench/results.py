"""`python -m bench.results`: how fast the results app answers with 100,000 customers.

The snapshot is made up by `results_snapshot.sql`; the app is `engagement results`, in a process of
its own, asked over HTTP, and the first page is looked at in Chromium.
"""

import http.client
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import duckdb
import typer
import yaml
from playwright.sync_api import sync_playwright

from bench.measuring import ROOT, MeasurementError, OtherWork
from bench.report import machine
from bench.sections import PAGE, RESULTS_APP, put
from engagement_assets.schemas import TABLES

RUNS = 52
_SNAPSHOT = Path(__file__).with_name("results_snapshot.sql")
_TYPES = {"TIMESTAMP WITH TIME ZONE": "timestamptz"}
_LONGEST_START = 60.0  # seconds until the app answers
_MB = 1_000_000
_FIRST_PAINT = """new Promise(found => new PerformanceObserver(list => {
    for (const entry of list.getEntriesByName("first-contentful-paint")) found(entry.startTime);
}).observe({type: "paint", buffered: true}))"""

Pages = Mapping[str, Callable[[random.Random], str]]


@dataclass(frozen=True)
class Timing:
    """Milliseconds of many requests."""

    name: str
    times: list[float]
    size: int

    def percentile(self, share: float) -> float:
        """Return the time that this share of the requests did not take longer than."""
        return sorted(self.times)[min(int(share * len(self.times)), len(self.times) - 1)]

    @property
    def row(self) -> str:
        """The table row of the page of figures."""
        return (
            f"| {self.name} | {len(self.times)} | {self.percentile(0.5):.0f} | "
            f"{self.percentile(0.95):.0f} | {max(self.times):.0f} | {self.size / 1000:.0f} |"
        )


def pages(customers: int) -> Pages:
    """Return the pages that are measured, by name."""

    def card(dice: random.Random) -> str:
        return f"/customers/0015g00000{dice.randrange(customers):08d}"

    return {
        "customer card": card,
        "customer card, by week": lambda dice: f"{card(dice)}?by=week",
        "overview": lambda _: "/",
        "customers, first page": lambda _: "/customers",
        "customers, a search": lambda dice: f"/customers?q={dice.randrange(customers)}",
        "customers, sorted by trend": lambda dice: (
            f"/customers?sort=ScoreTrend&page={dice.randrange(1, 99)}"
        ),
    }


def main(
    customers: Annotated[int, typer.Option(min=1000, help="Customers of the snapshot.")] = 100_000,
    requests: Annotated[int, typer.Option(min=10, help="Requests per page.")] = 200,
    folder: Annotated[
        Path | None, typer.Option(help="Where the snapshot is made and kept, instead of removed.")
    ] = None,
    *,
    write: Annotated[bool, typer.Option("--write", help="Write docs/benchmarks.md.")] = False,
) -> None:
    """Measure the results app."""
    others = OtherWork()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        try:
            text = _measure(folder or Path(name), customers, requests, others)
        except MeasurementError as error:
            print(f"bench: {error}")
            raise typer.Exit(1) from None
    print(text)
    if write:
        put(PAGE, RESULTS_APP, text)


def _measure(folder: Path, customers: int, requests: int, others: OtherWork) -> str:
    rows = _snapshot(folder, customers)
    size = (folder / "data" / "published" / "engagement.duckdb").stat().st_size
    with _app(folder) as (process, port, started):
        idle = _memory(process.pid)
        first = _first_paint(port, customers)
        timings = [_timed(name, port, page, requests) for name, page in pages(customers).items()]
        crowd = _crowd(port, pages(customers)["customer card"], requests)
        memory = _memory(process.pid)
        tables = [
            _timed(f"{table}, first visit and again", port, _always(f"/data/{table}"), 2)
            for table in ("Office", "Office_ScoreContribution")
        ]
    lines = [
        (
            f"Written by `python -m bench.results --customers {customers} --requests {requests} "
            "--write`. Milliseconds over HTTP on one machine."
        ),
        "",
        f"Machine: {machine()}.",
        "",
        (
            f"{rows['Office_Customer']:,} customers, {rows['Office']:,} rows of Office, "
            f"{rows['Office_ScoreContribution']:,} parts of scores, {RUNS} runs with "
            f"{rows['Office_ScoreHistory']:,} scores; {size / _MB:,.0f} MB on disk. All ids begin "
            "with the same ten letters, the worst case for finding one."
        ),
        "",
        "| page | requests | p50 | p95 | longest | kB of HTML |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(timing.row for timing in [*timings, crowd, *tables]),
        "",
        "| what | figure |",
        "| --- | ---: |",
        f"| start to first answer | {started:.1f} s |",
        f"| memory when idle, after all of this | {idle:.0f} MB, {memory:.0f} MB |",
        *first,
    ]
    share = others.share()
    if share is not None:
        lines += ["", f"Other work took {share:.0%} of the processors while this was measured."]
    return "\n".join(lines) + "\n"


def _snapshot(folder: Path, customers: int) -> dict[str, int]:
    """Make the snapshot, unless it is there, and return how many rows its tables have."""
    published = folder / "data" / "published"
    file = published / "engagement.duckdb"
    if not file.exists():
        print(f"bench: making up {customers:,} customers", flush=True)
        building = folder / "building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute(f"set temp_directory = '{building / 'spill'}'")
            connection.execute("set memory_limit = '6GB'")
            connection.execute(
                f"attach '{building / 'engagement.duckdb'}' as made (storage_version 'v1.4.0')"
            )
            connection.execute("use made")
            for table in TABLES.values():
                columns = ", ".join(
                    f'"{column.name}" {_TYPES.get(column.type, column.type)}'
                    for column in table.columns
                )
                connection.execute(f'create table "{table.name}" ({columns})')
            connection.execute(f"set variable customers = {customers}")
            connection.execute(f"set variable runs = {RUNS}")
            connection.execute(_SNAPSHOT.read_text(encoding="utf-8"))
        published.mkdir(parents=True, exist_ok=True)
        (building / "engagement.duckdb").replace(file)
    with duckdb.connect(file, read_only=True) as connection:
        return {
            name: connection.execute(f'select count(*) from "{name}"').fetchall()[0][0]
            for name in TABLES
        }


@contextmanager
def _app(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """Serve the snapshot with the command, and say how long it took to answer."""
    for name in ("activity", "contacts.csv"):
        (folder / name).touch()
    configuration = {
        "source": {"kind": "folder", "path": "activity"},
        "mailboxes": {"addresses": ["sales@contoso.com"]},
        "customers": {"contacts": "contacts.csv"},
        "privacy_terms": {
            "accepted_by": "ada@contoso.com",
            "accepted_at": "2026-11-20T09:00:00Z",
        },
    }
    file = folder / "engagement.yaml"
    file.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "engagement_assets.command.cli", "results"]
    began = time.perf_counter()
    with subprocess.Popen(
        [*command, "-c", str(file), "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        try:
            while not _answers(port):
                if process.poll() is not None or time.perf_counter() - began > _LONGEST_START:
                    raise MeasurementError("the results app does not answer")
                time.sleep(0.05)
            yield process, port, time.perf_counter() - began
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LONGEST_START)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()


def _always(page: str) -> Callable[[random.Random], str]:
    return lambda _: page


def _timed(
    name: str, port: int, page: Callable[[random.Random], str], requests: int, seed: int = 7
) -> Timing:
    """Ask for pages one after the other, over one connection, as a reader's browser does."""
    print(f"bench: {name}", flush=True)
    dice = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LONGEST_START)
    times, sizes = [], []
    for _ in range(requests):
        path = page(dice)
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        times.append(1000 * (time.perf_counter() - began))
        sizes.append(len(body))
        if answer.status != 200:
            raise MeasurementError(f"{path} was answered with {answer.status}")
    connection.close()
    return Timing(name, times, int(statistics.median(sizes)))


def _crowd(port: int, page: Callable[[random.Random], str], requests: int) -> Timing:
    """Ask for cards from eight readers at once."""
    found: list[Timing] = []
    readers = [
        threading.Thread(
            target=lambda seed=seed: found.append(_timed("…", port, page, requests // 8, seed))
        )
        for seed in range(8)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    times = [each for timing in found for each in timing.times]
    return Timing("customer card, eight readers at once", times, found[0].size)


def _first_paint(port: int, customers: int) -> list[str]:
    """Look at cards in Chromium, each time with an empty cache; rows for the page of figures."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if chromium is None:
        return ["| first contentful paint of a card | no Chromium on this machine |"]
    dice, page_of = random.Random(3), pages(customers)["customer card"]
    paints, weights, counts = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(12):
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}{page_of(dice)}", wait_until="load")
            paints.append(page.evaluate(_FIRST_PAINT))
            transferred = page.evaluate(
                "[...performance.getEntriesByType('resource'), "
                "...performance.getEntriesByType('navigation')].map(each => each.transferSize)"
            )
            weights.append(sum(transferred))
            counts.append(len(transferred))
            context.close()
        browser.close()
    ordered = sorted(paints)
    return [
        (
            f"| first contentful paint of a card, empty cache: median, longest of {len(paints)} | "
            f"{statistics.median(paints):.0f} ms, {ordered[-1]:.0f} ms |"
        ),
        (
            "| transferred for a card, empty cache, kB and requests | "
            f"{statistics.median(weights) / 1000:.0f}, {statistics.median(counts):.0f} |"
        ),
    ]


def _memory(pid: int) -> float:
    """Return the megabytes that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 / _MB if found else float("nan")


if __name__ == "__main__":
    typer.run(main)
