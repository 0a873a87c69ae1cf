"""Running the `engagement` command as a user does, and looking at what it leaves behind."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.sql_files import sql_folder
from simulator.folder import write_activity_folder, write_customers
from simulator.organisation import (
    LISTED_ADDRESSES,
    OPTED_OUT_ADDRESSES,
    Organisation,
)

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ENGAGEMENT = str(BIN / "engagement")

# generous: it only ends what hangs
TIMEOUT = 600

# for `models_with`: a mart in which no two rows differ in their key
SAME_ID = ("Office_Customer", "account_id as CustomerId", "'same' as CustomerId")

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment without what belongs to the product or to Dagster."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ENGAGEMENT_", "DAGSTER_"))
    }
    return kept | dict(extra or {})


# `engagement run` with SQL models from another folder
_WITH_MODELS = """
import pathlib, sys
from engagement_assets.command import cli
models, config_file = map(pathlib.Path, sys.argv[1:])
cli.main(lambda: cli.publish(config_file, models_folder=models))
"""


def run_engagement(
    config_file: Path, *, models: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run everything once, as a user without a terminal would. Every one is counted: `whole_runs`.

    Args:
        config_file: the configuration.
        models: a folder with other SQL models than the product's.
    """
    command = [ENGAGEMENT, "run", "-c", str(config_file)]
    if models:
        command = [sys.executable, "-c", _WITH_MODELS, str(models), str(config_file)]
    return subprocess.run(
        command,
        env=environment(),
        cwd=config_file.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def start(config_file: Path, *, stderr: int = subprocess.STDOUT) -> subprocess.Popen[str]:
    """Start a run, with all that it starts a group of processes of its own.

    Args:
        config_file: the configuration.
        stderr: where errors go; by default where all else does, which can be read.
    """
    return subprocess.Popen(
        [ENGAGEMENT, "run", "-c", str(config_file)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


def here(
    *arguments: str, folder: Path, extra: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, by the entry point that a process has.

    It is what most tests want: importing Dagster anew takes as long as a small run.

    Args:
        arguments: of the command.
        folder: where it is run.
        extra: what is added to the environment.
    """
    from engagement_assets.command import cli  # noqa: PLC0415 - most tests run none

    return _ended(lambda: cli.app(arguments, prog_name="engagement"), folder, extra)


def _ended(
    command: Callable[[], object], folder: Path, extra: Mapping[str, str] | None
) -> subprocess.CompletedProcess[str]:
    from engagement_assets.command import cli  # noqa: PLC0415 - most tests run none

    code = 0
    with (
        mock.patch.dict(os.environ, environment(extra), clear=True),
        mock.patch.object(sys, "stdin", io.StringIO()),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        try:
            cli.main(command)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return subprocess.CompletedProcess("engagement", code, out.getvalue(), err.getvalue())


def run_here(
    config_file: Path,
    *,
    models: Path | None = None,
    budget: Callable[[], RunBudget] | None = None,
    extra: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run everything once in this process.

    Args:
        config_file: the configuration.
        models: a folder with other SQL models than the product's.
        budget: what the run may spend on a service that is busy.
        extra: what is added to the environment.
    """
    from engagement_assets.command import cli  # noqa: PLC0415 - most tests run none

    def publish() -> None:
        cli.publish(config_file, models_folder=models, budget=budget)

    return _ended(publish, config_file.parent, extra)


def models_with(folder: Path, model: str, old: str, new: str) -> Path:
    """Copy the SQL models into a folder and change one of them."""
    shutil.copytree(sql_folder(), folder)
    (file,) = folder.rglob(f"{model}.sql")
    text = file.read_text(encoding="utf-8")
    changed = text.replace(old, new)
    assert changed != text, f"{model} has no {old!r} any more"
    file.write_text(changed, encoding="utf-8")
    return folder


def assert_published(run: subprocess.CompletedProcess[str]) -> None:
    """Check that a run succeeded."""
    assert run.returncode == 0, run.stdout + run.stderr


def write_sample(folder: Path, *, people: int = 6, accounts: int = 8, days: int = 60) -> Path:
    """Write a small organisation of the simulator, and return its configuration."""
    organisation = Organisation.generate(7, people=people, accounts=accounts)
    write_activity_folder(organisation, folder / "activity", as_of=AS_OF, days=days)
    write_customers(organisation, folder)
    return write_settings(
        folder / "engagement.yaml",
        {
            "source": {"kind": "folder", "path": "activity"},
            "mailboxes": {
                "addresses": list(LISTED_ADDRESSES),
                "opted_out": list(OPTED_OUT_ADDRESSES),
            },
            "customers": {"contacts": "contacts.csv", "accounts": "accounts.csv"},
            "privacy_terms": {
                "accepted_by": "ada@contoso.com",
                "accepted_at": "2026-11-20T09:00:00Z",
            },
            "time_zone": "Europe/Amsterdam",
            "as_of": "2026-11-23T07:00:00Z",
        },
    )


def read_settings(config_file: Path) -> dict[str, Any]:
    """Return the content of a configuration."""
    content: dict[str, Any] = yaml.safe_load(config_file.read_text(encoding="utf-8"))
    return content


def write_settings(config_file: Path, content: Mapping[str, Any]) -> Path:
    """Write a configuration and return its path."""
    config_file.parent.mkdir(parents=True, exist_ok=True)
    config_file.write_text(
        yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    return config_file


def copied(config_file: Path, folder: Path, without: Sequence[str] = ()) -> Path:
    """Copy an organisation with what runs left there, and return the copy's configuration.

    Args:
        config_file: its configuration.
        folder: where the copy is made.
        without: paths in its folder that the copy can do without: `data` to begin anew. Each
            run makes `data/warehouse` again, and `data/dagster` is the subject of few tests.
    """
    left_out = {config_file.parent / name for name in without}

    def ignored(inside: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(inside, name) in left_out]

    shutil.copytree(config_file.parent, folder, symlinks=True, dirs_exist_ok=True, ignore=ignored)
    return folder / config_file.name


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes (a link with where it points)."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = b"-> " + os.fsencode(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def published_tree(config_file: Path) -> dict[str, bytes]:
    """Return all that is published, byte for byte, and which snapshot it is."""
    published = config_file.parent / "data" / "published"
    snapshot = {"": os.fsencode(published.readlink())} if published.is_symlink() else {}
    return snapshot | tree(published)
