"""A published snapshot that keeps every rule."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.support.snapshot import fill


@pytest.fixture
def snapshot() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        fill(connection)
        yield connection
