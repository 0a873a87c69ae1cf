"""`engagement run` as somebody sees it who sits before it, and who stops it."""

import os
import re
import signal
import subprocess
from pathlib import Path

from engagement_assets.errors import StoppedError
from tests.support import terminal
from tests.support.command import ENGAGEMENT, TIMEOUT, environment, write_sample

_STEP = re.compile(r"^\s*\d+/\d+ \w+$", re.MULTILINE)


def test_a_terminal_shows_one_bar_and_then_the_overview(tmp_path: Path) -> None:
    """A step's own output is not taken away from the terminal, with the bar in the middle."""
    config_file = write_sample(tmp_path, people=4, accounts=2, days=10)
    command = [ENGAGEMENT, "run", "-c", str(config_file)]
    with terminal.opened(command, environment=environment(), folder=tmp_path) as shown:
        assert shown.wait() == 0
    bar, *lines = shown.shown.splitlines()
    assert "published" in bar
    assert not _STEP.search("\n".join(lines)), "steps have lines of their own in a log file only"
    text = "\n".join(lines)
    assert text.index("Account engagement") < text.index("Status") < text.index("Published:")
    assert "━" not in text


def test_a_run_that_is_stopped_says_so_in_one_sentence(tmp_path: Path) -> None:
    config_file = write_sample(tmp_path, people=4, accounts=2, days=10)
    with subprocess.Popen(
        [ENGAGEMENT, "run", "-c", str(config_file)],
        env=environment(),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stdout
        for line in run.stdout:
            if "begin_run" in line:
                break
        os.killpg(run.pid, signal.SIGINT)  # as Ctrl-C does: everything that the command started
        _, said = run.communicate(timeout=TIMEOUT)
    assert run.returncode == StoppedError.exit_code
    assert said == (
        "engagement: The run was stopped. What was published before is unchanged. The next run "
        "goes on with what this one has read.\n"
    )
