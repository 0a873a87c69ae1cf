"""Organisations that were run once: tests copy them and go on from there."""

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.organisations import write_organisation
from tests.support.command import assert_published, copied, run_engagement, write_sample

# its organisation has failed mailboxes, one without a folder, and people who did not answer
RANDOM_SEED = 6


@dataclass(frozen=True)
class Finished:
    """An organisation after a run by the command. Copy it; do not change it."""

    config_file: Path
    output: subprocess.CompletedProcess[str]

    def copied(self, folder: Path) -> Path:
        """Copy everything and return the copy's configuration."""
        return copied(self.config_file, folder)


@pytest.fixture(scope="session")
def finished_random(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A random organisation, full of edge cases, after one run."""
    config_file = write_organisation(tmp_path_factory.mktemp("random"), random.Random(RANDOM_SEED))
    run = run_engagement(config_file)
    assert_published(run)
    return Finished(config_file, run)


@pytest.fixture(scope="session")
def finished_sample(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A small organisation of the simulator after one run."""
    config_file = write_sample(tmp_path_factory.mktemp("sample"))
    run = run_engagement(config_file)
    assert_published(run)
    return Finished(config_file, run)


@pytest.fixture
def finished(finished_sample: Finished, tmp_path: Path) -> Path:
    """The configuration of a copy of `finished_sample`, to do anything with."""
    return finished_sample.copied(tmp_path / "organisation")
