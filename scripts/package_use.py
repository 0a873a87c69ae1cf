"""Uses an installed package as its user does: every command, in a folder without the checkout."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import requests

from tests.support import terminal

# generous: they only end what hangs
_SECONDS = 600.0
_POLL_SECONDS = 0.1

# every module, in alphabetical order; a data file that is looked for at import counts, too
_IMPORTS = """
import importlib, pathlib, pkgutil, sys
import engagement_assets
place = pathlib.Path(engagement_assets.__file__)
assert place.is_relative_to(sys.prefix), f"{place} is not the installed package"
for module in pkgutil.walk_packages(engagement_assets.__path__, "engagement_assets."):
    importlib.import_module(module.name)
"""


class UseError(Exception):
    """A command does not do what it must; the text says which and what it said."""


def environment() -> dict[str, str]:
    """Return the environment without what leads to a checkout, the product or Dagster."""
    ours = ("ENGAGEMENT_", "DAGSTER_", "PYTHON", "VIRTUAL_ENV", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"DAGSTER_DISABLE_TELEMETRY": "1"}


def everything(commands: Path, config_file: Path, version: str) -> Iterator[str]:
    """Use every command once, and yield what worked.

    Args:
        commands: the folder of the installed commands.
        config_file: the configuration of an organisation that was not run yet.
        version: what the command must say that it is.

    Raises:
        UseError: when one does not do what it must.
    """
    engagement = str(commands / "engagement")
    folder = config_file.parent
    _done([str(commands / "python"), "-c", _IMPORTS], folder)
    yield "every module can be imported"
    said = _done([engagement, "--version"], folder).splitlines()
    if said[0] != f"engagement-assets {version}":
        raise UseError(f"engagement --version says {said[0]!r}, not {version}.")
    documents = Path(said[-1].removeprefix("Documents "))
    if not (documents.is_relative_to(commands.parent) and (documents / "README.md").is_file()):
        raise UseError(f"engagement --version says {said[-1]!r}, where no installed document is.")
    yield ", ".join(said)
    _done([engagement, "run", "-c", str(config_file)], folder)
    yield "engagement run published"
    for name, page, text in (
        ("results", "/", "<!doctype html>"),
        ("ui", "/server_info", "dagster_version"),
    ):
        yield _serves(engagement, name, config_file, page, text)
    yield _asks(engagement, folder)


def _done(command: Sequence[str], folder: Path) -> str:
    """Run a command to its end and return what it prints."""
    done = subprocess.run(  # noqa: S603 - the installed commands
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise UseError(
            f"{' '.join(command[:2])} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def _serves(engagement: str, name: str, config_file: Path, page: str, text: str) -> str:
    """Require that a server answers with a page that has a text, and ends when it is told to."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    command = [engagement, name, "-c", str(config_file), "--port", str(port)]
    log = config_file.with_name(f"{name}.log")
    url = f"http://127.0.0.1:{port}{page}"
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - the installed command
            command,
            cwd=config_file.parent,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            answer = _answered(url, process)
            if answer is None or text not in answer.lower():
                raise UseError(
                    f"engagement {name} did not answer {url} with {text!r}. It wrote:\n"
                    f"{log.read_text(encoding='utf-8', errors='replace')}"
                )
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: everybody in the terminal
            process.wait(_SECONDS)
        finally:
            _end(process)
    return f"engagement {name} answered and ended"


def _answered(url: str, process: subprocess.Popen[bytes]) -> str | None:
    """Ask until there is an answer; None when the server ends or takes too long."""
    deadline = time.monotonic() + _SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            answer = requests.get(url, timeout=_SECONDS)
        except requests.ConnectionError:  # it does not listen yet
            time.sleep(_POLL_SECONDS)
            continue
        return answer.text if answer.ok else None
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what a server left behind, whatever happened."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _asks(engagement: str, folder: Path) -> str:
    """Require that the set-up asks, and leaves on Ctrl-C without a file."""
    file = folder / "new.yaml"
    command = [engagement, "configure", "-c", str(file)]
    with terminal.opened(command, environment=environment(), folder=folder) as asked:
        asked.expect("Where does activity come from?")
        asked.press(terminal.CTRL_C)
        code = asked.wait()
        if code != os.EX_TEMPFAIL or "is as it was" not in asked.shown or file.exists():
            raise UseError(f"engagement configure ended with {code} on Ctrl-C:\n{asked.shown}")
    return "engagement configure asked and left"
