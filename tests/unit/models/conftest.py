"""Three accounts, and a function that builds a segment or measure about them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from engagement_assets.models.building import build
from engagement_assets.models.loading import Model, load_models
from engagement_assets.schemas import TABLES
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.support.accounts import SECRET
from tests.support.model_files import Write, writer

READ = [*INPUT_TABLES, "account", "Customer_Profile"]


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for source in INPUT_TABLES.values():
            source.create(connection)
        connection.execute("create table account (account_id varchar)")
        connection.execute("insert into account values ('A'), ('B'), (?)", [SECRET])
        columns = TABLES["Customer_Profile"].columns
        listed = ", ".join(f"{column.name} {column.type}" for column in columns)
        connection.execute(f"create table Customer_Profile ({listed})")
        connection.execute(
            "insert into Customer_Profile by name "
            "select 'A' as CustomerId, 'a' as Name, 1 as Meetings, 2 as Replies, 3 as Rank"
        )
        yield connection


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes SQL files into an empty folder."""
    return writer(tmp_path)


@pytest.fixture
def make(tmp_path: Path, database: duckdb.DuckDBPyConnection) -> Callable[[str, str], Model]:
    """Return a function that builds the one model of a layer from its SQL."""

    def make_model(layer: str, sql: str) -> Model:
        path = tmp_path / layer / "mine.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        unit = "-- unit: count\n" if layer == "measures" else ""
        path.write_text(f"-- title: Mine\n-- purpose: Just so.\n{unit}{sql}")
        (model,) = load_models(tmp_path, READ)
        build(DuckDbEngine(database), model)
        return model

    return make_model
