"""One asset for every SQL file of `dbt_like_sql/`."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from engagement_assets import schemas
from engagement_assets.pipeline import metadata
from engagement_assets.pipeline.inputs import OWNERS
from engagement_assets.pipeline.resources import Workspace
from engagement_assets.warehouse.models import Model, build

GROUPS: Mapping[str, str] = {
    "staging": "staging",
    "intermediate": "accounts",
    "marts": "office",
    "segments": "segments",
    "measures": "measures",
}


def asset_of(model: Model) -> dg.AssetsDefinition:
    """Return the asset that builds a model's table from the tables that its SQL names."""

    @dg.asset(
        name=model.name,
        deps=list(model.references),
        group_name=GROUPS[model.layer],
        description=_description(model),
        kinds={"duckdb", "sql"},
        owners=OWNERS,
    )
    def _build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        build(workspace.connection, model)
        return dg.MaterializeResult(metadata=metadata.of_model(workspace.connection, model))

    return _build


def _description(model: Model) -> str:
    published = schemas.TABLES.get(model.name)
    purpose = published.description if published else model.purpose
    return (
        f"{purpose}\n\nOne row per: {model.grain}. Rule: {model.source} (docs/the-numbers.md).\n\n"
        f"```sql\n{model.sql.strip()}\n```"
    )
