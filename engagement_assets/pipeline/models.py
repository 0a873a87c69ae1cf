"""One asset for every SQL file of `dbt_like_sql/`."""

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from engagement_assets import schemas
from engagement_assets.models.lineage import Lineage
from engagement_assets.models.loading import Model
from engagement_assets.models.sql_cache import SqlCache
from engagement_assets.pipeline import collection, metadata
from engagement_assets.pipeline.inputs import OWNERS
from engagement_assets.pipeline.resources import Workspace
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine

GROUPS: Mapping[str, str] = {
    "staging": "staging",
    "intermediate": "accounts",
    "marts": "office",
    "segments": "segments",
    "measures": "measures",
    "history": "history",
}


def assets(models: Sequence[Model], cache: SqlCache | None = None) -> Sequence[dg.AssetsDefinition]:
    """Return the assets of all models, and the one that tells where their columns come from."""
    lineage = Lineage(models, cache)
    made = [_asset(model, lineage) for model in models]
    return [_lineage_asset(lineage), *made, *collection.assets(models)]


def _lineage_asset(lineage: Lineage) -> dg.AssetsDefinition:
    source = INPUT_TABLES["column_source"]

    # in the group of the tables that are made of it
    @dg.asset(
        name=source.name,
        group_name="office",
        description=source.description,
        kinds={"python", "duckdb"},
        owners=OWNERS,
        deps=["consent_status"],
    )
    def _write(workspace: Workspace) -> dg.MaterializeResult[Any]:
        lineage.write(DuckDbEngine(workspace.connection))
        return dg.MaterializeResult(metadata=metadata.of_source(workspace.connection, source.name))

    return _write


def _asset(model: Model, lineage: Lineage) -> dg.AssetsDefinition:
    """Return the asset that builds a model's table from the tables that its SQL names."""

    @dg.asset(
        name=model.name,
        deps=list(model.references),
        group_name=GROUPS[model.layer],
        description=_description(model),
        kinds={"duckdb", "sql"},
        owners=OWNERS,
        code_version=hashlib.sha256(model.sql.encode()).hexdigest()[:16],
        metadata={"dagster/code_references": _code(model)},
    )
    def _build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        collection.build_checked(workspace, model)
        return dg.MaterializeResult(
            metadata=metadata.of_model(workspace.connection, model, lineage)
        )

    return _build


def _code(model: Model) -> dg.CodeReferencesMetadataValue:
    """Return the link from an asset's page to its SQL file."""
    # Dagster says at every start that these two may still change
    with warnings.catch_warnings(action="ignore", category=dg.BetaWarning):
        file = dg.LocalFileCodeReference(
            file_path=str(model.path.absolute()), label=f"{model.layer}/{model.path.name}"
        )
        return dg.CodeReferencesMetadataValue(code_references=[file])


def _description(model: Model) -> str:
    published = schemas.TABLES.get(model.name)
    purpose = published.description if published else model.purpose
    rule = (
        model.source
        if model.source.startswith("docs/")
        else f"{model.source} (docs/the-numbers.md)"
    )
    return (
        f"{purpose}\n\nOne row per: {model.grain}. Rule: {rule}.\n\n"
        f"```sql\n{model.sql.strip()}\n```"
    )
