"""`python -m bench`: generate organisations, measure every stage, print and write the table."""

import json
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from bench import report
from bench.measuring import MeasurementError, OtherWork, command_line, started
from bench.report import Figures, Measurement
from bench.sections import MICROSOFT_365, PAGE, RESULTS_APP, section

PEER_SECONDS = 300.0

_AFTER_LANDING = ("models", "checks", "publishing")


def main(
    copies: Annotated[list[int] | None, typer.Option(help="Message copies; once per size.")] = None,
    runs: Annotated[int, typer.Option(min=1, help="How often each stage is measured.")] = 3,
    folder: Annotated[
        Path | None, typer.Option(help="Where the data is made and kept, instead of removed.")
    ] = None,
    *,
    write: Annotated[bool, typer.Option("--write", help="Write docs/benchmarks.md.")] = False,
) -> None:
    """Measure the path from an activity folder to the published tables."""
    sizes = copies or [500_000, 2_000_000]
    others = OtherWork()
    with _folder(folder) as data:
        try:
            figures = [_measure(data / str(size), size, runs) for size in sizes]
        except MeasurementError as error:
            _say(str(error))
            raise typer.Exit(1) from None
    text = report.page(figures, runs, others.share())
    print(text)
    if write:
        PAGE.parent.mkdir(exist_ok=True)
        kept = [section(PAGE, heading) for heading in (MICROSOFT_365, RESULTS_APP)]
        PAGE.write_text("\n".join([text, *filter(None, kept)]), encoding="utf-8")


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        yield Path(name)


def _measure(folder: Path, copies: int, runs: int) -> Figures:
    """Generate an organisation, unless it is there, and measure everything with it."""
    content = folder / "content.json"
    if not content.exists():
        _say(f"generating {copies:,} message copies")
        shutil.rmtree(folder, ignore_errors=True)
        content.parent.mkdir(parents=True)
        content.write_text(json.dumps(started("bench.rendering", str(folder), str(copies))))
    file = folder / "engagement.yaml"
    found: dict[str, list[dict[str, Any]]] = {}
    for number in range(1, runs + 1):
        _say(f"run {number} of {runs}, {copies:,} copies")
        shutil.rmtree(folder / "data", ignore_errors=True)
        # what depends on each other is measured side by side: other work slows both down
        for stage in ("landing", "models", "floor", "checks", "publishing"):
            found.setdefault(stage, []).append(started("bench.stages", stage, str(file)))
        again = started("bench.stages", "landing", str(file))
        found.setdefault("landing again", []).append(again)
    _say("pandas peer")
    peer = _peer(file, runs)
    for number in range(1, runs + 1):
        _say(f"engagement run, {number} of {runs}")
        shutil.rmtree(folder / "data", ignore_errors=True)
        for name in ("command", "command again"):
            found.setdefault(name, []).append(dict(command_line(file)))
    shutil.rmtree(folder / "data", ignore_errors=True)
    measured = {name: _median(results) for name, results in found.items()}
    return Figures(
        content=json.loads(content.read_text()),
        measured=measured,
        slowest=_slowest(found["models"]),
        peer=peer,
        floor_wall=_ratio(found["models"], found["floor"], _seconds),
        floor_cpu=_ratio(found["models"], found["floor"], _cpu),
        overhead=_overhead(found, "command", "landing"),
        overhead_again=_overhead(found, "command again", "landing again"),
    )


def _peer(file: Path, runs: int) -> Measurement | str:
    """Measure the pandas peer, once it has made the very table that was published."""
    inputs = started("bench.stages", "peer_inputs", str(file))
    results: list[dict[str, Any]] = []
    try:
        for _ in range(runs):
            result = started("bench.pandas_peer", inputs["folder"], seconds=PEER_SECONDS)
            if result["differences"]:
                return f"differs from the published table: {result['differences']}"
            results.append(result)
    except MeasurementError as error:
        return str(error)
    return _median(results)


def _median(results: list[dict[str, Any]]) -> Measurement:
    walls = [_seconds(result) for result in results]
    return Measurement(
        seconds=statistics.median(walls),
        lowest=min(walls),
        highest=max(walls),
        cpu=statistics.median(map(_cpu, results)),
        peak=statistics.median(result["peak"] for result in results),
        details=results[-1],
    )


def _slowest(results: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """Return the ten slowest models with their median seconds."""
    seconds = {
        name: statistics.median(result["by_model"][name] for result in results)
        for name in results[0]["by_model"]
    }
    return sorted(seconds.items(), key=lambda item: -item[1])[:10]


def _ratio(
    over: list[dict[str, Any]],
    under: list[dict[str, Any]],
    figure: Callable[[dict[str, Any]], float],
) -> float:
    """Return the median of the ratios of measurements that were made side by side."""
    pairs = zip(over, under, strict=True)
    return statistics.median(figure(a) / figure(b) for a, b in pairs)


def _overhead(found: dict[str, list[dict[str, Any]]], command: str, landing: str) -> float:
    """Return what `engagement run` takes beyond its stages: Python, Dagster, the overview.

    In processor seconds, because differences of seconds on a shared machine mean nothing.
    """
    stages = [statistics.median(map(_cpu, found[name])) for name in (landing, *_AFTER_LANDING)]
    preparing = statistics.median(float(result["preparing"]) for result in found[landing])
    whole = statistics.median(map(_cpu, found[command]))
    return whole - sum(stages) - preparing


def _seconds(result: dict[str, Any]) -> float:
    return float(result["seconds"])


def _cpu(result: dict[str, Any]) -> float:
    return float(result["cpu"])


def _say(text: str) -> None:
    print(f"bench: {text}", flush=True)


if __name__ == "__main__":
    typer.run(main)
