"""The figures, and the page that shows them."""

import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

_MB = 1_000_000

_STAGES = {
    "landing": ("landing, everything new", "python -m bench.stages landing FILE"),
    "landing again": ("landing, nothing new", "python -m bench.stages landing FILE"),
    "models": ("all SQL models", "python -m bench.stages models FILE"),
    "floor": ("the floor: one scan", "python -m bench.stages floor FILE"),
    "checks": ("checks", "python -m bench.stages checks FILE"),
    "publishing": ("publishing, checks included", "python -m bench.stages publishing FILE"),
    "command": ("the whole command, first run", "engagement run -c FILE"),
    "command again": ("the whole command, nothing new", "engagement run -c FILE"),
}

_PEER = ("Office alone, in pandas", "python -m bench.pandas_peer FOLDER")

_READING = """\
## How to read it

- Seconds, processor seconds and peak memory are medians; in brackets stand the fastest and the
  slowest run. Every stage runs in a process of its own, so its memory is its own.
- Seconds grow with whatever else the machine does, processor seconds hardly: compare what stands
  in one table, and **rather processor seconds than seconds**.
- *Landing* turns the folder's JSON lines into typed Parquet, in which addresses and ids are keys
  of 64 bits. It is paid once per row: a file that has not changed is not read again.
- *The floor* reads every column of the landed rows that a model names, once, through the same
  views and with the same settings, and does nothing with them; the best of three scans counts.
  Nothing that needs those columns can be faster, so models ÷ floor says how much there is to gain.
- *Publishing* looks at all checks a second time, because a snapshot is never put in place unseen.
- *Around the stages* is what `engagement run` takes beyond its stages: starting Python,
  importing, Dagster and its records, the overview. Most of it is the same at every size.
- *Pandas* starts from the same landed Parquet and the same small tables, and makes Office only:
  not the ledger, the contributions, the tables in between, nor anything on disk. It counts only
  because its table is equal to the published one in every row and column (averages to 1e-9; a
  score may differ by 0.1 where it lies exactly between two decimals). Both profit from the keys
  that landing makes; what this shows is memory, not speed.
- The organisation is made by a seeded generator and has the shape of a real one, not its quirks:
  2.5 copies of an e-mail, 60 % of the mail internal, 9 % from contacts, 3 recipients on average
  and up to 119, a tenth as many meetings. Every figure depends on that shape.
"""


@dataclass(frozen=True)
class Measurement:
    """Medians over the runs of one stage.

    Attributes:
        seconds: wall time.
        lowest: the fastest run.
        highest: the slowest run.
        cpu: processor seconds.
        peak: the most memory that the process held, bytes.
        details: what else the last run said.
    """

    seconds: float
    lowest: float
    highest: float
    cpu: float
    peak: float
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Figures:
    """All that was measured with one organisation.

    Attributes:
        content: mailboxes, accounts, messages and events of the folder.
        measured: per stage.
        slowest: the slowest models with their seconds.
        peer: the pandas peer, or why there is none.
        floor_wall: models over floor, seconds.
        floor_cpu: models over floor, processor seconds.
        overhead: processor seconds of the command beyond its stages, first run.
        overhead_again: the same when nothing is new.
    """

    content: Mapping[str, int]
    measured: Mapping[str, Measurement]
    slowest: Sequence[tuple[str, float]]
    peer: Measurement | str
    floor_wall: float
    floor_cpu: float
    overhead: float
    overhead_again: float


def page(figures: Sequence[Figures], runs: int, others: float | None) -> str:
    """Return the page, in Markdown.

    Args:
        figures: per size.
        runs: how often each stage was measured.
        others: the share of the processors that other work took meanwhile, if known.
    """
    sizes = " ".join(f"--copies {_wanted(figure)}" for figure in figures)
    parts = [
        "# Benchmarks",
        "",
        f"Written by `python -m bench {sizes} --runs {runs} --write`;",
        "do not edit. Ratios and medians are what is claimed here, nothing else.",
        "",
        f"Machine: {machine()}.",
        "",
        *_shared(others),
    ]
    for figure in figures:
        parts += [*_section(figure), ""]
    return "\n".join([*parts, _READING])


def _shared(others: float | None) -> Iterator[str]:
    if others is not None:
        yield f"Other work took {others:.0%} of the processors while this was measured."
        yield ""


def machine() -> str:
    """Describe the machine by what matters and by nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    versions = [f"{name} {version(name)}" for name in ("duckdb", "pandas", "pyarrow", "dagster")]
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB of memory; "
        f"{platform.system()}, Python {platform.python_version()}, {', '.join(versions)}"
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        found = re.search(r"^model name\s*:\s*(.+)$", information.read_text(), re.MULTILINE)
        if found:
            return found[1]
    return platform.machine()


def _wanted(figure: Figures) -> int:
    return figure.content["copies"]


def _section(figure: Figures) -> Iterator[str]:
    content = figure.content
    landing = figure.measured["landing"]
    office = figure.measured["checks"].details["rows"]["Office"]
    yield f"## {content['messages']:,} message copies"
    yield ""
    yield (
        f"{content['mailboxes']} mailboxes, {content['events']:,} meeting copies, "
        f"{content['accounts']:,} accounts; {office:,} rows of Office."
    )
    yield ""
    yield "| what | seconds | processor seconds | peak memory, MB | command |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for name, (title, command) in _STAGES.items():
        yield _row(title, figure.measured[name], command)
    if isinstance(figure.peer, Measurement):
        yield _row(_PEER[0], figure.peer, _PEER[1])
    else:
        yield f"| {_PEER[0]} | {figure.peer} | | | `{_PEER[1]}` |"
    yield ""
    rows = landing.details["rows"]
    yield "| derived | |"
    yield "| --- | ---: |"
    yield f"| **models ÷ floor**, processor seconds | **{figure.floor_cpu:.1f}** |"
    yield f"| **models ÷ floor**, seconds | **{figure.floor_wall:.1f}** |"
    yield f"| copies landed per second | {rows / landing.seconds:,.0f} |"
    yield f"| copies landed per processor second | {rows / landing.cpu:,.0f} |"
    yield f"| bytes of Parquet per copy | {landing.details['bytes'] / rows:.0f} |"
    if isinstance(figure.peer, Measurement):
        models = figure.measured["models"]
        yield f"| pandas ÷ models, processor seconds | {figure.peer.cpu / models.cpu:.1f} |"
        yield f"| pandas ÷ models, peak memory | {figure.peer.peak / models.peak:.1f} |"
    yield f"| around the stages, first run, processor seconds | {figure.overhead:.1f} |"
    yield f"| around the stages, nothing new, processor seconds | {figure.overhead_again:.1f} |"
    yield ""
    yield f"The slowest models, of {figure.measured['models'].seconds:.2f} seconds in all:"
    yield ""
    yield "| model | seconds |"
    yield "| --- | ---: |"
    for name, seconds in figure.slowest:
        yield f"| {name} | {seconds:.2f} |"


def _row(title: str, measured: Measurement, command: str) -> str:
    spread = f"({measured.lowest:.2f} to {measured.highest:.2f})"
    return (
        f"| {title} | {measured.seconds:.2f} {spread} | {measured.cpu:.2f} "
        f"| {measured.peak / _MB:,.0f} | `{command}` |"
    )
