"""The whole path without Dagster, for tests that run it many times."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from engagement_assets import config, consent
from engagement_assets.activity import people
from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import ActivitySource
from engagement_assets.config import Configuration
from engagement_assets.definitions import sql_folder
from engagement_assets.models import measures, segments
from engagement_assets.models.building import build
from engagement_assets.models.lineage import Lineage
from engagement_assets.models.loading import HISTORY, Model, load_models
from engagement_assets.reading import mailboxes
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse import database, inputs, publishing
from engagement_assets.warehouse.activity_store import BATCH_BYTES, ActivityStore
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from engagement_assets.window import Window

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
    """Run everything over a folder once and return the published folder."""
    settings = config.load(config_file)
    consent.require_terms(settings)
    assert settings.source.kind == "folder"
    return publish(
        FolderSource(settings.source.path),
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
    selected = people.select(source, settings.mailboxes.addresses, settings.mailboxes.opted_out)
    window = Window.until(settings.as_of or started_at, settings.time_zone)
    with database.connect(settings.data_dir / "warehouse" / "warehouse.duckdb") as connection:
        connection.execute(f"set threads = {threads}")
        inputs.write_run(connection, run_id, started_at, window)
        inputs.write_weights(connection, settings.score_weights)
        publishing.load_previous(connection, settings.data_dir)
        domains = source.organisation_domains() | set(settings.mailboxes.organisation_domains)
        inputs.write_people(connection, selected, domains)
        inputs.write_customers(connection, settings.customers)
        store = ActivityStore(settings.data_dir / "activity")
        outcomes = mailboxes.read_mailboxes(
            connection,
            store,
            source,
            [person.id for person in selected.persons],
            window,
            lambda done, total: None,
            batch_bytes=batch_bytes,
        )
        for user_id in selected.opted_out:
            store.keep_only(user_id, ())
        store.tidy(connection)
        mailboxes.expose_mailboxes(connection, store, outcomes, window)
        LINEAGE.write(DuckDbEngine(connection))
        build_all(connection, models)
        return publishing.publish(connection, settings.data_dir)


def build_all(connection: duckdb.DuckDBPyConnection, models: Sequence[Model] = MODELS) -> None:
    """Build the models, and fill what Python fills between them."""
    engine = DuckDbEngine(connection)
    are_collected = False
    for model in models:
        if "run_end" in model.references:
            inputs.write_run_end(connection, datetime.now(UTC))
        if model.layer == HISTORY and not are_collected:
            segments.collect(engine, models)
            measures.collect(engine, models)
            are_collected = True
        build(engine, model)


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
