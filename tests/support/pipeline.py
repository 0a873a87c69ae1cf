"""The whole path without Dagster, for tests that run it many times."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from engagement_assets import config, consent, reading
from engagement_assets.activity.source import ActivitySource
from engagement_assets.config import Configuration
from engagement_assets.models.lineage import Lineage
from engagement_assets.models.loading import Model, load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.sql_files import sql_folder
from engagement_assets.warehouse import database, publishing
from engagement_assets.warehouse.activity_store import BATCH_BYTES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.support.all_models import build_each

Rows = list[dict[str, object]]
MODELS: tuple[Model, ...] = load_models(sql_folder(), INPUT_TABLES)
LINEAGE = Lineage(MODELS)


def run(
    config_file: Path,
    run_id: str | None = None,
    *,
    batch_bytes: int = BATCH_BYTES,
    threads: int = 1,
    models: Sequence[Model] = MODELS,
) -> Path:
    """Run everything once, behind the gate of consent, and return the published folder."""
    settings = config.load(config_file)
    return publish(
        consent.Gate(settings).source,
        settings,
        run_id or uuid.uuid4().hex,
        datetime.now(UTC),
        batch_bytes=batch_bytes,
        threads=threads,
        models=models,
    )


def publish(
    source: ActivitySource,
    settings: Configuration,
    run_id: str,
    started_at: datetime,
    *,
    batch_bytes: int = BATCH_BYTES,
    threads: int = 1,
    models: Sequence[Model] = MODELS,
) -> Path:
    """Run everything over a source, whatever the settings say of theirs."""
    with database.connect(settings.data_dir / "warehouse" / "warehouse.duckdb") as connection:
        connection.execute(f"set threads = {threads}")
        reading.read_everything(
            connection, settings, source, run_id, started_at, batch_bytes=batch_bytes
        )
        LINEAGE.write(DuckDbEngine(connection))
        build_all(connection, models)
        return publishing.publish(connection, settings.data_dir)


def build_all(connection: duckdb.DuckDBPyConnection, models: Sequence[Model] = MODELS) -> None:
    """Build the models, and fill what Python fills between them."""
    for _ in build_each(connection, models):
        pass


def published(folder: Path) -> Mapping[str, Rows]:
    """Return the rows of every published table."""
    tables: dict[str, Rows] = {}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for file in sorted(folder.glob("parquet/*.parquet")):
            answer = connection.execute("from read_parquet(?)", [str(file)])
            names = [column[0] for column in answer.description or ()]
            tables[file.stem] = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return tables
