"""A small organisation that the `engagement` command reads twice: as a folder, and as a tenant."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.activity import Activity
from simulator.folder import write_activity_folder, write_customers
from simulator.organisation import OPTED_OUT_ADDRESSES, Organisation
from simulator.server import SimulatedServer

from . import haste
from .command import ROOT, TIMEOUT, environment, run_here, write_settings

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
ACTIVITY = Activity(Organisation.generate(3, people=6, accounts=10, volume=0.5), AS_OF, days=380)
LISTED = ("all-sales@contoso.com", "ada@contoso.com")

# `engagement run` that hardly waits
_HASTY = f"""
import logging, pathlib, sys
sys.path.append({str(ROOT)!r})
from engagement_assets.command import cli
from tests.support import haste
manner, config_file = sys.argv[1:]
if manner == "talkative":
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
cli.main(lambda: cli.publish(pathlib.Path(config_file), budget=haste.budget))
"""


def write_folder(folder: Path) -> Path:
    """Write the organisation as an activity folder, and return its configuration."""
    write_activity_folder(ACTIVITY.organisation, folder / "activity", as_of=AS_OF, days=380)
    return _write(folder, {"kind": "folder", "path": "activity"})


def write_graph(folder: Path, server: SimulatedServer) -> Path:
    """Write the configuration that reads the organisation from a simulated tenant."""
    return _write(folder, server.source)


def _write(folder: Path, source: Mapping[str, Any]) -> Path:
    write_customers(ACTIVITY.organisation, folder)
    return write_settings(
        folder / "engagement.yaml",
        {
            "source": source,
            "mailboxes": {"addresses": list(LISTED), "opted_out": list(OPTED_OUT_ADDRESSES)},
            "customers": {"contacts": "contacts.csv", "accounts": "accounts.csv"},
            "privacy_terms": {
                "accepted_by": "ada@contoso.com",
                "accepted_at": "2026-11-20T09:00:00Z",
            },
            "time_zone": "Europe/Amsterdam",
            "as_of": AS_OF.isoformat(),
        },
    )


def command(config_file: Path, *, talkative: bool = False) -> list[str]:
    """Return the command line of a run that hardly waits, perhaps with every log."""
    manner = "talkative" if talkative else "quiet"
    return [sys.executable, "-c", _HASTY, manner, str(config_file)]


def run(
    config_file: Path, secret: str, *, talkative: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run everything once from the tenant, as a process. Every one is counted: `whole_runs`."""
    return subprocess.run(
        command(config_file, talkative=talkative),
        env=environment({"ENGAGEMENT_CLIENT_SECRET": secret}),
        cwd=config_file.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def run_within(config_file: Path, secret: str) -> subprocess.CompletedProcess[str]:
    """Run everything once from the tenant in this process, which hardly waits either."""
    secrets = {"ENGAGEMENT_CLIENT_SECRET": secret}
    return run_here(config_file, budget=haste.budget, extra=secrets)


def published(config_file: Path) -> Path:
    """Return the published folder of a configuration."""
    return config_file.parent / "data" / "published"
