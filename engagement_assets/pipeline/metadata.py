"""What the lineage page shows of a table: rows, columns, and where columns come from."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import duckdb

from engagement_assets import schemas
from engagement_assets.models.lineage import Lineage
from engagement_assets.models.loading import Model
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine


def of_table(
    connection: duckdb.DuckDBPyConnection, name: str, descriptions: Mapping[str, str]
) -> dict[str, Any]:
    """Return the row count and the described columns of a table or view."""
    (rows,) = connection.execute(f'select count(*) from "{name}"').fetchall()[0]
    return {
        "dagster/row_count": rows,
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(column, kind, description=descriptions.get(column))
                for column, kind in DuckDbEngine(connection).columns(name).items()
            ]
        ),
    }


def of_source(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """Return the metadata of a table that Python fills."""
    described = {column: text for column, (_, text) in INPUT_TABLES[name].columns.items()}
    return of_table(connection, name, described)


def of_model(
    connection: duckdb.DuckDBPyConnection, model: Model, lineage: Lineage
) -> dict[str, Any]:
    """Return the metadata of an SQL model, column lineage included."""
    origins = {
        column: [
            dg.TableColumnDep(asset_key=dg.AssetKey(table), column_name=source)
            for table, source in sources
        ]
        for column, sources in lineage.of(model.name).items()
    }
    return of_table(connection, model.name, descriptions(model, lineage)) | {
        "dagster/column_lineage": dg.TableColumnLineage(origins)
    }


def descriptions(model: Model, lineage: Lineage) -> Mapping[str, str]:
    """Return what a model's columns mean: what its schema says, its SQL, or whom it copies."""
    published = schemas.TABLES.get(model.name)
    if published is not None:
        return {column.name: column.description for column in published.columns}
    copied = {
        column: lineage.meaning(*origins[0]) or ""
        for column, origins in lineage.of(model.name).items()
        if len(origins) == 1 and origins[0][1] == column
    }
    own = {"CustomerId": lineage.meaning("Office_Customer", "CustomerId") or ""}
    if model.layer == "measures":
        own["Value"] = model.purpose
    return {**copied, **own, **model.column_descriptions}
