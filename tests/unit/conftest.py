"""Databases that the tests of several rooms need."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from engagement_assets.warehouse import database
from tests.support.landing import Connection


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A new warehouse."""
    with database.connect(tmp_path / "warehouse" / "warehouse.duckdb") as opened:
        opened.execute("set threads = 1")
        yield opened


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A database in memory with what landing needs: a module's tests only ask it."""
    with duckdb.connect(config={"threads": 1}) as opened:
        database.prepare(opened, tmp_path_factory.mktemp("spill"))
        yield opened
