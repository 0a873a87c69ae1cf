"""The published snapshot: what everybody reads."""

from typing import Any

import dagster as dg

from engagement_assets import schemas
from engagement_assets.pipeline import verdict
from engagement_assets.pipeline.inputs import OWNERS
from engagement_assets.pipeline.resources import Workspace
from engagement_assets.warehouse import publishing


@dg.asset(
    group_name="published",
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    deps=list(schemas.TABLES),
)
def published(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult[Any]:
    """One consistent snapshot of all published tables, replaced at once or not at all."""
    connection = workspace.connection
    (run_id,) = connection.execute("select run_id from run").fetchall()[0]
    folder = publishing.publish(connection, workspace.data_dir, workspace.checked)
    described = connection.execute(
        "select * exclude (RunId) from Office_Run where RunId = ?", [run_id]
    )
    names = [column[0] for column in described.description or ()]
    row = dict(zip(names, described.fetchall()[0], strict=True))
    counts = {name: value for name, value in row.items() if isinstance(value, int)}
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return dg.MaterializeResult(
        metadata={
            "folder": dg.MetadataValue.path(str(folder)),
            "status": row["Status"],
            "checks that warn": ", ".join(verdict.warnings(context.instance, context.run.run_id))
            or "none",
            "bytes": size,
            **counts,
        }
    )
