"""Copies of organisations that were run once."""

from pathlib import Path

import pytest

from tests.support.finished import Finished

__all__ = ["Finished"]


@pytest.fixture
def finished(finished_sample: Finished, tmp_path: Path) -> Path:
    """The configuration of a copy of `finished_sample`, to do anything with."""
    return finished_sample.copied(tmp_path / "organisation")
