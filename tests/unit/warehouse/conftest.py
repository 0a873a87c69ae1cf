"""A warehouse and the folder of an activity store, both new."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engagement_assets.warehouse import database
from tests.support.landing import Connection


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with database.connect(tmp_path / "warehouse" / "warehouse.duckdb") as opened:
        opened.execute("set threads = 1")
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "activity"
