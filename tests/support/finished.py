"""Organisations after a run of the command: a session makes each once, and tests copy them."""

import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.organisations import write_organisation
from tests.support.command import assert_published, copied, run_engagement, write_sample

# its organisation has failed mailboxes, one without a folder, and people who did not answer
RANDOM_SEED = 2


@dataclass(frozen=True)
class Finished:
    """An organisation after a run by the command. Copy it; do not change it.

    Attributes:
        config_file: its configuration.
        output: what the command said.
        seconds: how long it took.
    """

    config_file: Path
    output: subprocess.CompletedProcess[str]
    seconds: float

    def copied(self, folder: Path) -> Path:
        """Copy everything and return the copy's configuration."""
        return copied(self.config_file, folder)


def sample(folder: Path) -> Finished:
    """Run a small organisation of the simulator."""
    return _run(write_sample(folder))


def random_organisation(folder: Path) -> Finished:
    """Run a random organisation, full of edge cases."""
    return _run(write_organisation(folder, random.Random(RANDOM_SEED)))


def _run(config_file: Path) -> Finished:
    start = time.monotonic()
    run = run_engagement(config_file)
    seconds = time.monotonic() - start
    assert_published(run)
    return Finished(config_file, run, seconds)
