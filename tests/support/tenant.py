"""A small organisation that the `engagement` command reads twice: as a folder, and as a tenant."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from engagement_assets.microsoft365 import retry_budget
from simulator.activity import Activity
from simulator.folder import write_activity_folder, write_customers
from simulator.organisation import OPTED_OUT_ADDRESSES, Organisation
from simulator.server import SimulatedServer

from .command import TIMEOUT, environment, run_here, write_settings

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
ACTIVITY = Activity(Organisation.generate(3, people=6, accounts=10, volume=0.5), AS_OF, days=380)
LISTED = ("all-sales@contoso.com", "ada@contoso.com")

# seconds: milliseconds where the product waits for seconds
FIRST_WAIT, LONGEST_BACKOFF = 0.02, 0.1

# the command, with these waits
_IMPATIENT = f"""
import logging, sys
from engagement_assets.command import cli
from engagement_assets.microsoft365 import retry_budget
retry_budget.FIRST_WAIT, retry_budget.LONGEST_BACKOFF = {FIRST_WAIT}, {LONGEST_BACKOFF}
if sys.argv.pop(1) == "talkative":
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
cli.main()
"""


def write_folder(folder: Path) -> Path:
    """Write the organisation as an activity folder, and return its configuration."""
    write_activity_folder(ACTIVITY.organisation, folder / "activity", as_of=AS_OF, days=380)
    return _write(folder, {"kind": "folder", "path": "activity"})


def write_graph(folder: Path, server: SimulatedServer) -> Path:
    """Write the configuration that reads the organisation from a simulated tenant."""
    source = {
        "kind": "graph",
        "tenant_id": server.tenant_id,
        "client_id": server.client_id,
        "login_url": server.login_url,
        "graph_url": server.graph_url,
        "ca_bundle": str(server.ca_bundle),
    }
    return _write(folder, source)


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


def command(*arguments: str, talkative: bool = False) -> list[str]:
    """Return the command line of `engagement` with short waits, and perhaps with every log."""
    return [
        sys.executable,
        "-c",
        _IMPATIENT,
        "talkative" if talkative else "quiet",
        *arguments,
    ]


def run(
    config_file: Path, secret: str, *, talkative: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run everything once from the tenant, as a process. Every one is counted: `whole_runs`."""
    return subprocess.run(
        command("run", "-c", str(config_file), talkative=talkative),
        env=environment({"ENGAGEMENT_CLIENT_SECRET": secret}),
        cwd=config_file.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def run_within(config_file: Path, secret: str) -> subprocess.CompletedProcess[str]:
    """Run everything once from the tenant in this process, with waits as short."""
    with (
        mock.patch.object(retry_budget, "FIRST_WAIT", FIRST_WAIT),
        mock.patch.object(retry_budget, "LONGEST_BACKOFF", LONGEST_BACKOFF),
    ):
        return run_here(config_file, extra={"ENGAGEMENT_CLIENT_SECRET": secret})


def published(config_file: Path) -> Path:
    """Return the published folder of a configuration."""
    return config_file.parent / "data" / "published"
