"""Where the customer files of these tests lie."""

from pathlib import Path

import pytest


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "contacts.csv"


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    return tmp_path / "contacts.parquet"
