"""The folder of an activity store, and landing without one."""

from pathlib import Path

import pytest

from tests.support.landing import Connection, Land, landed_rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "activity"


@pytest.fixture(scope="module")
def land(prepared: Connection, tmp_path_factory: pytest.TempPathFactory) -> Land:
    """Return a function that lands resources and returns their rows in the order of lines."""
    file = tmp_path_factory.mktemp("landing") / "incoming.ndjson"
    return lambda kind, *items: landed_rows(prepared, file, kind, *items)
