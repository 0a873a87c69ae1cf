"""What a process can say about itself, and how stages are started, each in a process of its own."""

import importlib
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

_OURS = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


class MeasurementError(Exception):
    """A measurement that could not be made; the text says why."""


@dataclass
class Stopwatch:
    """Wall and CPU seconds of a stretch of work."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure the body: seconds, and what all threads of this process took of the processors."""
    watch = Stopwatch()
    wall, cpu = time.perf_counter(), time.process_time()
    yield watch
    watch.wall, watch.cpu = time.perf_counter() - wall, time.process_time() - cpu


class OtherWork:
    """How much of the processors other processes, and other machines on the same one, took."""

    def __init__(self) -> None:
        self._began = self._now()

    def share(self) -> float | None:
        """Return the share since this object was made; None where the system does not say."""
        now = self._now()
        if now is None or self._began is None:
            return None
        wall, busy, own = (after - before for after, before in zip(now, self._began, strict=True))
        return max(0.0, busy - own) / (wall * (os.cpu_count() or 1))

    @staticmethod
    def _now() -> tuple[float, float, float] | None:
        """Return seconds: on the clock, busy processors, and those busy with our processes."""
        statistics = Path("/proc/stat")
        if not statistics.exists():
            return None
        # user, nice, system, idle, iowait, irq, softirq, steal; guests are in user
        ticks = [int(text) for text in statistics.read_text().split(maxsplit=9)[1:9]]
        busy = (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")
        used = [resource.getrusage(who) for who in _OURS]
        return time.monotonic(), busy, sum(usage.ru_utime + usage.ru_stime for usage in used)


def load_checks() -> None:
    """Import what checks tables, which takes time that is not the checks' own."""
    importlib.import_module("engagement_assets.schemas.validation")


def peak_bytes() -> int:
    """Return the most memory that this process has held.

    `ru_maxrss` would do, but on Linux a process starts with that of the one that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def started(module: str, *arguments: str, seconds: float | None = None) -> dict[str, Any]:
    """Run a module in a fresh process and return the JSON object that it prints last.

    Args:
        module: a module of this package.
        arguments: what follows it on the command line.
        seconds: how long it may take.

    Raises:
        MeasurementError: when it fails or takes longer.
    """
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        raise MeasurementError(f"stopped after {seconds:.0f} seconds") from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise MeasurementError(f"{module} {' '.join(arguments[:1])} failed: {last[0]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def command_line(file: Path) -> dict[str, float]:
    """Run `engagement run` and return its wall and CPU seconds and its peak memory in bytes.

    Raises:
        MeasurementError: when it fails.
    """
    command = [sys.executable, "-m", "engagement_assets.command.cli", "run", "-c", str(file)]
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if process.returncode:
        raise MeasurementError(f"engagement run ended with exit code {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "seconds": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * unit,
    }
