"""The published snapshot: what everybody reads."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from engagement_assets import schemas
from engagement_assets.consent import grants
from engagement_assets.errors import DataFolderError
from engagement_assets.pipeline import check_results
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
    try:
        grants.note_results(workspace.data_dir, datetime.now(UTC))
    except DataFolderError as error:
        # the results are there: only the sensor and `engagement consent` do not hear of it
        context.log.warning("%s", error)
    described = connection.execute(
        "select * exclude (RunId) from Office_Run where RunId = ?", [run_id]
    )
    names = [column[0] for column in described.description or ()]
    row = dict(zip(names, described.fetchall()[0], strict=True))
    counts = {name: value for name, value in row.items() if isinstance(value, int)}
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    warned = check_results.warnings(context.instance, context.run.run_id)
    return dg.MaterializeResult(
        metadata={
            "folder": dg.MetadataValue.path(str(folder)),
            "status": row["Status"],
            "checks that warn": ", ".join(warned) or "none",
            "bytes": size,
            **counts,
        }
    )
