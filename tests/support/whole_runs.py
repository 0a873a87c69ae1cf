"""How often the suite runs `engagement run` as a process, which costs more than anything else.

Every process is counted where Python starts it, so that no test can forget to. What is known
before Dagster is imported, and what is about Dagster and not about a process, is tested in this
process: `command.run_here`.
"""

import os
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import cast

# all that a session may start: see that a new one is worth seconds of everybody's time
MOST = 30

# whoever asks for more organisations to kill asks for more runs
_MORE = "ENGAGEMENT_KILLS"


def most() -> float:
    """Return how many runs a session may start."""
    return float("inf") if _MORE in os.environ else MOST


def is_run(arguments: Sequence[object]) -> bool:
    """Tell whether a command line is `engagement run`, or what tests have in place of it."""
    words = [str(word) for word in arguments]
    if words and Path(words[0]).name == "engagement":
        return words[1:2] == ["run"]
    return len(words) > 2 and words[1] == "-c" and "cli.publish(" in words[2]


def note(folder: Path, event: str, arguments: Sequence[object]) -> None:
    """Note a run, with the test that it is for, when an audit event of Python says that it starts.

    Args:
        folder: there is a file in it for each run.
        event: the name of the event.
        arguments: the event's; the command line is the second one of a process that starts.
    """
    if event == "subprocess.Popen" and is_run(cast("Sequence[object]", arguments[1])):
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
        (folder / uuid.uuid4().hex).write_text(test, encoding="utf-8")


def count(folder: Path) -> None:
    """Note every run that this process starts from now on."""
    folder.mkdir(exist_ok=True)
    sys.addaudithook(lambda event, arguments: note(folder, event, arguments))


def counted(folder: Path) -> list[str]:
    """Return the tests for which runs were started, one for each run."""
    return sorted(file.read_text(encoding="utf-8") for file in folder.iterdir())
