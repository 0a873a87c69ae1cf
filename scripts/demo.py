"""The demo: the product, and a Microsoft 365 tenant for it, on this machine.

`demo.py` (`make demo`) plays it from the beginning: nothing is read without consent; the
administrator consents; the sensor sees it and starts the first run in Dagster. `demo.py ui`
(`make ui`) opens the Dagster UI on what it left, with the tenant beside it.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import dagster as dg
import requests
import yaml
from rich.console import Console

from engagement_assets import config
from engagement_assets.command import overview
from engagement_assets.config import Configuration, GraphSource
from engagement_assets.definitions import CONFIG_VARIABLE
from engagement_assets.microsoft365.consent import admin_consent_link
from engagement_assets.pipeline import instance
from engagement_assets.sources import GRAPH
from simulator.__main__ import CONNECTION
from simulator.server import SECRET

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "data" / "demo" / "engagement.yaml"
COMMANDS = Path(sys.executable).parent
ENGAGEMENT = str(COMMANDS / "engagement")
SENSOR = "consent_sensor"

# generous: they only end what hangs
STARTING_SECONDS = 60
TICK_SECONDS = 120
RUN_SECONDS = 600
STOPPING_SECONDS = 10
POLL_SECONDS = 0.2

# how the page of consent ends when an app has no address to lead back to
_NO_REPLY_ADDRESS = "AADSTS500113"

_Found = TypeVar("_Found")


class DemoError(Exception):
    """The demo cannot go on; the text says why."""


def environment() -> dict[str, str]:
    """Return the environment of the product's commands: with the secret of the simulated app."""
    return {**os.environ, "ENGAGEMENT_CLIENT_SECRET": SECRET, "DAGSTER_DISABLE_TELEMETRY": "1"}


def copied(folder: Path) -> Path:
    """Write the demo's configuration into a folder, with a free port, and return its path."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"https://localhost:{probe.getsockname()[1]}"
    content = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    content["source"] |= {"login_url": url, "graph_url": url}
    file = folder / CONFIG.name
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file


@contextmanager
def tenant(config_file: Path, *, consent: bool) -> Iterator[None]:
    """Be the Microsoft 365 tenant of a configuration while the block lasts.

    The customer dataset and the CA bundle that the configuration names are written beside it.

    Raises:
        DemoError: when it does not start: its port is taken.
    """
    settings, source = _read(config_file)
    folder = config_file.parent
    command = [sys.executable, "-m", "simulator", "serve", str(folder)]
    command += ["--port", str(urlsplit(str(source.login_url)).port)]
    command += ["--as-of", str(settings.as_of)]
    command += ["--grant", "needed"] if consent else []
    (folder / CONNECTION).unlink(missing_ok=True)
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            _wait(
                lambda: (folder / CONNECTION).exists() or process.poll() is not None,
                STARTING_SECONDS,
                "the simulator to answer",
            )
            if process.poll() is not None and process.stderr:
                raise DemoError(process.stderr.read().strip())
            yield
        finally:
            _stop(process)


@contextmanager
def daemon(config_file: Path, log: Path) -> Iterator[None]:
    """Let Dagster's daemon look after sensor, schedule and runs while the block lasts."""
    settings, _ = _read(config_file)
    more = {
        "DAGSTER_HOME": str(instance.prepare(settings.data_dir)),
        CONFIG_VARIABLE: str(config_file.absolute()),
    }
    command = [str(COMMANDS / "dagster-daemon"), "run", "-m", "engagement_assets.definitions"]
    with (
        log.open("wb") as stream,
        subprocess.Popen(  # noqa: S603 - our own command
            command,
            env=environment() | more,
            cwd=ROOT,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield
        finally:
            _stop(process)


def first_run(opened: dg.DagsterInstance, console: Console) -> dg.DagsterRun:
    """Wait until the sensor has requested a run and the run has ended; return it.

    Raises:
        DemoError: when it does not come, or does not end, in time.
    """
    of_sensor = dg.RunsFilter(tags={"dagster/sensor_name": SENSOR})
    with console.status(f"waiting for {SENSOR}"):
        run = _wait(lambda: next(iter(opened.get_runs(of_sensor)), None), TICK_SECONDS, SENSOR)
    console.print(f"{SENSOR} requested run {run.run_id.partition('-')[0]}", highlight=False)
    with console.status("") as status:

        def ended() -> dg.DagsterRun | None:
            done = sum(step.end_time is not None for step in opened.get_run_step_stats(run.run_id))
            status.update(f"{done} steps done")
            now = opened.get_run_by_id(run.run_id)
            return now if now and now.is_finished else None

        return _wait(ended, RUN_SECONDS, "the run")


def play(console: Console) -> None:
    """Play the demo from the beginning.

    Raises:
        DemoError: when it cannot go on.
    """
    settings, source = _read(CONFIG)
    file = CONFIG.relative_to(ROOT)

    def say(text: str) -> None:
        console.print(f"\n[bold]{text}[/bold]", highlight=False)

    def show(command: str) -> None:
        console.print(f"$ engagement {command} -c {file}", style="dim", highlight=False)
        words = [ENGAGEMENT, command, "-c", str(file)]
        subprocess.run(words, env=environment(), cwd=ROOT, check=False)  # noqa: S603 - our own

    with tenant(CONFIG, consent=False):
        shutil.rmtree(settings.data_dir, ignore_errors=True)
        say(f"A Microsoft 365 tenant answers at {source.graph_url}. Nothing is read yet:")
        show("consent")
        say("The administrator opens that link and accepts.")
        answer = requests.post(
            admin_consent_link(source),
            {"decision": "accept"},
            verify=str(source.ca_bundle),
            timeout=STARTING_SECONDS,
        )
        if _NO_REPLY_ADDRESS in answer.text:
            say("The page ends in an error about a reply address, as Microsoft's does: it counts.")
        else:
            answer.raise_for_status()
        say("Dagster starts. Its sensor sees the consent, and starts the first run:")
        log = settings.data_dir / "daemon.log"
        with daemon(CONFIG, log), instance.opened(settings.data_dir) as opened:
            run = first_run(opened, console)
        if run.status is not dg.DagsterRunStatus.SUCCESS:
            raise DemoError(f"The run ended as {run.status.value}. `make ui` shows why.")
    published = settings.data_dir / "published"
    overview.show(console, settings.name, overview.of(published))
    console.print(f"\nPublished: {published.relative_to(ROOT)}", highlight=False)


def ui(arguments: list[str]) -> int:
    """Open the Dagster UI of the demo, with its tenant beside it, until somebody stops it.

    Raises:
        DemoError: when the tenant does not start.
    """
    command = [ENGAGEMENT, "ui", "-c", str(CONFIG), *arguments]
    with (
        tenant(CONFIG, consent=True),
        subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment(), start_new_session=True
        ) as process,
    ):
        try:
            return process.wait()
        finally:
            _stop(process)


def _read(config_file: Path) -> tuple[Configuration, GraphSource]:
    settings = config.load(config_file, files_must_exist=False)
    try:
        return settings, GRAPH.settings_of(settings.source)
    except TypeError as error:
        raise DemoError(f"{config_file} names no tenant: {error}") from error


def _wait(look: Callable[[], _Found | None], seconds: float, what: str) -> _Found:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise DemoError(f"Waited {seconds} seconds for {what}, in vain.")
        time.sleep(POLL_SECONDS)
    return found


def _stop(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Stop a process and all that it started, which are a group of their own."""

    def is_gone() -> bool:
        process.poll()  # else it stays in its group for ever
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    for deadly in (signal.SIGTERM, signal.SIGKILL):
        if is_gone():
            return
        os.killpg(process.pid, deadly)
        with suppress(DemoError):
            _wait(is_gone, STOPPING_SECONDS, "an end")


def main(arguments: list[str]) -> int:
    """Play the demo, or open its UI; return the exit code."""
    console = Console()
    # so that what was started is stopped, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        if arguments[:1] == ["ui"]:
            return ui(arguments[1:])
        play(console)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except DemoError as error:
        Console(stderr=True, highlight=False).print(f"demo: {error}", markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
