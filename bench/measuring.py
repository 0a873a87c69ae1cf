"""What a process can say about itself, and how stages are started, each in a process of its own."""

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
    command = [sys.executable, "-m", "engagement_assets.cli", "run", "-c", str(file)]
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
