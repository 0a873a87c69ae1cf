"""`python -m bench.graph`: how fast Microsoft 365 is read, and in how much memory.

A simulated tenant is served over HTTPS from this process; who reads it runs in another one. So the
processor seconds and the memory of a reader are its own. Its seconds are the simulator's more than
its own: a page costs its maker more than its reader.
"""

import json
import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer
import yaml

from bench.measuring import MeasurementError, OtherWork, command_line, started, stopwatch
from bench.report import machine
from bench.sections import MICROSOFT_365, PAGE, put
from simulator.activity import Activity
from simulator.folder import write_customers
from simulator.generated_tenant import GeneratedTenant
from simulator.organisation import (
    LISTED_ADDRESSES,
    OPTED_OUT_ADDRESSES,
    Organisation,
)
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)

# what a person of the simulator's busy sales department has in a year
MESSAGES_PER_PERSON = 1_790
ACCOUNTS_PER_PERSON = 5

_MB = 1_000_000


@dataclass(frozen=True)
class Figures:
    """What was measured with one tenant; each a list with an entry per run.

    Attributes:
        client: the product's client, downloading.
        floor: `requests`, downloading the same pages.
        command: `engagement run`, first run, nothing landed before.
        pages: how many pages the floor asked for.
        serving: processor seconds of the simulator while it served the client.
    """

    client: Sequence[dict[str, Any]]
    floor: Sequence[dict[str, Any]]
    command: Sequence[dict[str, float]]
    pages: int
    serving: Sequence[float]


def main(
    messages: Annotated[
        list[int] | None, typer.Option(help="Messages of the tenant, roughly; once per size.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="How often each size is measured.")] = 1,
    *,
    write: Annotated[bool, typer.Option("--write", help="Write docs/benchmarks.md.")] = False,
) -> None:
    """Measure the Microsoft 365 client against a simulated tenant."""
    sizes = messages or [10_000, 1_000_000]
    others = OtherWork()
    try:
        figures = [_measure(size, runs) for size in sizes]
    except MeasurementError as error:
        print(f"bench: {error}")
        raise typer.Exit(1) from None
    text = section(sizes, figures, runs, others.share())
    print(text)
    if write:
        put(PAGE, MICROSOFT_365, text)


def _measure(size: int, runs: int) -> Figures:
    people = max(4, round(size / MESSAGES_PER_PERSON) + 1)  # one has no mailbox
    organisation = Organisation.generate(7, people=people, accounts=people * ACCOUNTS_PER_PERSON)
    tenant = GeneratedTenant(Activity(organisation, AS_OF))
    found: dict[str, list[dict[str, Any]]] = {"client": [], "floor": [], "command": []}
    serving: list[float] = []
    for number in range(1, runs + 1):
        print(f"bench: run {number} of {runs}, about {size:,} messages", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            with simulate(tenant, granted=NEEDED_ROLES, folder=folder) as server:
                os.environ["ENGAGEMENT_CLIENT_SECRET"] = server.client_secret
                write_customers(organisation, folder)
                with stopwatch() as watch:
                    file = _configuration(folder, server, "client")
                    found["client"].append(started("bench.graph_stages", "client", str(file)))
                serving.append(watch.cpu)
                pages = _pages(server)
                (folder / "pages.json").write_text(json.dumps(list(pages.values())))
                arguments = ("floor", str(file), str(folder / "pages.json"))
                found["floor"].append(started("bench.graph_stages", *arguments))
                whole = _configuration(folder, server, "command")
                found["command"].append(dict(command_line(whole)))
    return Figures(
        found["client"], found["floor"], found["command"], sum(map(len, pages.values())), serving
    )


def _configuration(folder: Path, server: SimulatedServer, data: str) -> Path:
    """Write a configuration with a data folder of its own."""
    content = {
        "source": server.source,
        "mailboxes": {
            "addresses": list(LISTED_ADDRESSES),
            "opted_out": list(OPTED_OUT_ADDRESSES),
        },
        "customers": {"contacts": "contacts.csv", "accounts": "accounts.csv"},
        "privacy_terms": {"accepted_by": "ada@contoso.com", "accepted_at": AS_OF.isoformat()},
        "as_of": AS_OF.isoformat(),
        "data_dir": data,
    }
    file = folder / f"{data}.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def _pages(server: SimulatedServer) -> dict[str, list[tuple[str, str]]]:
    """Return, per user, the requests to the mailbox that were answered with data."""
    pages: dict[str, list[tuple[str, str]]] = {}
    for request in server.requests:
        words = request.path.split("/")
        if request.status == 200 and words[2] == "users" and len(words) > 4:
            url = f"{server.url}{quote(request.path)}?{urlencode(request.query, quote_via=quote)}"
            pages.setdefault(words[3], []).append((url, request.prefer))
    return pages


def section(
    sizes: Sequence[int], figures: Sequence[Figures], runs: int, others: float | None
) -> str:
    """Return the section of the page, in Markdown."""
    asked = " ".join(f"--messages {size}" for size in sizes)
    shared = "" if others is None else f" Other work took {others:.0%} of the processors meanwhile."
    lines = [
        _HEADING.format(asked=asked, runs=runs, machine=machine(), shared=shared),
        "| what | " + " | ".join(f"{_messages(f):,} messages" for f in figures) + " |",
        "| --- |" + " ---: |" * len(figures),
    ]
    for what, value in _ROWS:
        lines.append(f"| {what} | " + " | ".join(map(value, figures)) + " |")
    return "\n".join([*lines, "", _READING])


def _messages(figures: Figures) -> int:
    return int(figures.client[0]["message"])


def _median(results: Sequence[dict[str, Any]], name: str) -> float:
    return statistics.median(float(result[name]) for result in results)


def _per_second(stage: str, measure: str) -> Callable[[Figures], str]:
    def value(figures: Figures) -> str:
        return f"{_messages(figures) / _median(getattr(figures, stage), measure):,.0f}"

    return value


def _of(stage: str, measure: str, unit: float = 1.0) -> Callable[[Figures], str]:
    def value(figures: Figures) -> str:
        return f"{_median(getattr(figures, stage), measure) / unit:,.0f}"

    return value


def _ratio(measure: str) -> Callable[[Figures], str]:
    def value(figures: Figures) -> str:
        return f"{_median(figures.client, measure) / _median(figures.floor, measure):.2f}"

    return value


_ROWS: Sequence[tuple[str, Callable[[Figures], str]]] = (
    ("mailboxes", _of("client", "mailboxes")),
    ("meeting copies", _of("client", "event")),
    ("pages", lambda figures: f"{figures.pages:,}"),
    ("megabytes of JSON", _of("floor", "bytes", _MB)),
    ("client, messages per second", _per_second("client", "seconds")),
    ("floor, messages per second", _per_second("floor", "seconds")),
    ("client, messages per processor second", _per_second("client", "cpu")),
    ("floor, messages per processor second", _per_second("floor", "cpu")),
    ("**client ÷ floor**, seconds", _ratio("seconds")),
    ("**client ÷ floor**, processor seconds", _ratio("cpu")),
    ("client, peak memory, MB", _of("client", "peak", _MB)),
    ("floor, peak memory, MB", _of("floor", "peak", _MB)),
    ("`engagement run`, first run, seconds", _of("command", "seconds")),
    ("`engagement run`, first run, processor seconds", _of("command", "cpu")),
    ("`engagement run`, first run, peak memory, MB", _of("command", "peak", _MB)),
    (
        "simulator, processor seconds while it served the client",
        lambda figures: f"{statistics.median(figures.serving):,.0f}",
    ),
)

_HEADING = """\
Written by `python -m bench.graph {asked} --runs {runs} --write`.
Machine: {machine}.{shared}

A simulated tenant is served over HTTPS by another process of the same machine. *The client* is the
product's: it downloads, checks, reduces and writes. *The floor* is plain `requests`: it downloads
the very same pages, with as many threads, and throws them away.
"""

_READING = """\
Seconds are the simulator's more than the client's, because it makes every message anew for every
page; a real Graph has its own machines. Processor seconds of the client are what this machine has
to spend. Peak memory hardly depends on how many messages there are: a page is written as soon as
it has come, and eight at most are in memory at once.
"""


if __name__ == "__main__":
    typer.run(main)
