"""Building all models in their order without Dagster, for tests and for the benchmark."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import duckdb

from engagement_assets.models import measures, segments
from engagement_assets.models.building import build
from engagement_assets.models.loading import HISTORY, Model
from engagement_assets.warehouse import inputs
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine


def build_each(connection: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> Iterator[Model]:
    """Yield each model once it is built; what Python fills is filled before who reads it."""
    engine, are_collected = DuckDbEngine(connection), False
    for model in models:
        if "run_end" in model.references:
            inputs.write_run_end(connection, datetime.now(UTC))
        if model.layer == HISTORY and not are_collected:
            segments.collect(engine, models)
            measures.collect(engine, models)
            are_collected = True
        build(engine, model)
        yield model
