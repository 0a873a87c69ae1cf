"""The command line itself: what it costs to ask it what it can do."""

import subprocess
import sys

import pytest

from tests.support.command import TIMEOUT, environment

# each takes as long to import as all of `--help`
SLOW = ("dagster", "duckdb", "ibis", "msal", "pandas", "pandera", "pyarrow", "requests", "yaml")

_HELP = """
import sys
from engagement_assets.command import cli
sys.argv = ["engagement", *sys.argv[1:]]
try:
    cli.main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "slow"),
    # typer itself looks at a command's parameters with pydantic
    [((), (*SLOW, "pydantic")), (("run",), SLOW), (("results",), SLOW)],
    ids=["engagement", "run", "results"],
)
def test_help_imports_nothing_slow(command: tuple[str, ...], slow: tuple[str, ...]) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", _HELP, *command, "--help"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    assert "Usage: engagement" in asked.stdout
    imported = asked.stderr.split()
    assert "typer" in imported
    assert [name for name in slow if name in imported] == []
