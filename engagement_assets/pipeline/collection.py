"""The assets that gather the rows of all segments, and of all measures."""

from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from engagement_assets.models import measures, own_sql, segments
from engagement_assets.models.building import build
from engagement_assets.models.engine import Engine
from engagement_assets.models.loading import HISTORY, Model
from engagement_assets.pipeline import metadata
from engagement_assets.pipeline.inputs import OWNERS
from engagement_assets.pipeline.resources import Workspace
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine

Check = Callable[[Engine, Model], None]

CHECKS: dict[str, Check] = {"segments": segments.check, "measures": measures.check}


def assets(models: Sequence[Model]) -> list[dg.AssetsDefinition]:
    """Return the two assets."""
    return [
        _collecting(
            "segments",
            segments.SOURCE_TABLES,
            segments.collect,
            models,
            also=("Customer_Profile", "previous_profile", "previous_segment_definition"),
        ),
        _collecting("measures", measures.SOURCE_TABLES, measures.collect, models),
    ]


def build_checked(workspace: Workspace, model: Model) -> None:
    """Build a model; a segment or measure is also checked.

    Raises:
        ModelError: the SQL fails, or gives what is not a segment or measure.
    """
    engine = DuckDbEngine(workspace.connection)
    if model.is_own:
        own_sql.dry_run(engine, model)
    build(engine, model)
    if check := CHECKS.get(model.layer):
        check(engine, model)
    workspace.built.add(model.name)


def _collecting(
    layer: str,
    tables: Sequence[str],
    collect: Callable[[Engine, Sequence[Model]], None],
    models: Sequence[Model],
    also: Sequence[str] = (),
) -> dg.AssetsDefinition:
    listed = [model for model in models if model.layer == layer]

    @dg.multi_asset(
        name=f"collect_{layer}",
        specs=[
            dg.AssetSpec(
                table,
                deps=["run", *(model.name for model in listed), *also],
                group_name=HISTORY,
                description=INPUT_TABLES[table].description,
                kinds={"python", "duckdb"},
                owners=OWNERS,
            )
            for table in tables
        ],
    )
    def _collect(context: dg.AssetExecutionContext, workspace: Workspace) -> Any:
        # a server that has been up since before a file was added plans the run without it
        for model in listed:
            if model.name not in workspace.built:
                context.log.info("%s is built here: the run was planned without it", model.name)
                build_checked(workspace, model)
        collect(DuckDbEngine(workspace.connection), listed)
        for table in tables:
            described = metadata.of_source(workspace.connection, table)
            yield dg.MaterializeResult(asset_key=table, metadata=described)

    return _collect
