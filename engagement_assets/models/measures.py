"""Measures: what a file of `measures/` gives, checked, and gathered.

A measure is a model like any other; its table has a column `Value`, a `CustomerId` when there is a
value for each account, and dimensions: all other columns, as text.
"""

from collections.abc import Mapping, Sequence

import duckdb

from engagement_assets.models.loading import Model, columns
from engagement_assets.models.model_sql import fault
from engagement_assets.models.segments import (
    check_customers,
    check_finite,
    check_unique,
    customer_column,
    json_of,
    name,
)
from engagement_assets.schemas.input_tables import INPUT_TABLES

SOURCE_TABLES = ("measure_listed", "measure_row")

_VALUE = "value"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


def check(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """See that the table of a measure has one number for each account or for the whole business.

    Raises:
        ModelError: It has not. The text names the file, and no value.
    """
    found = columns(connection, model.name)
    kinds = [kind for column, kind in found.items() if column.lower() == _VALUE]
    if not kinds:
        raise fault(model.path, "it gives no column Value", "Name the figure: … as Value.")
    if not kinds[0].removeprefix("U").startswith(_NUMBERS) or kinds[0].endswith("]"):
        raise fault(
            model.path, f"its Value is no number but {kinds[0]}", "Cast it, or measure a number."
        )
    if customer_column(found) is None:
        check_unique(connection, model, _dimensions(found))
    else:
        check_customers(connection, model, _dimensions(found))
    check_finite(connection, model, found)


def collect(connection: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Gather the rows of all measures, and what they are, in the tables that `history/` reads.

    Args:
        connection: the warehouse, with the tables of all measures.
        models: all models; those of other layers are passed over.
    """
    for table in SOURCE_TABLES:
        INPUT_TABLES[table].create(connection)
    for model in models:
        if model.layer == "measures":
            _collect(connection, model)


def _collect(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    found = columns(connection, model.name)
    customer = customer_column(found)
    dimensions = _dimensions(found)
    connection.execute(
        "insert into measure_listed values (?, ?, ?, ?, ?, ?)",
        [
            model.name,
            model.title,
            model.purpose,
            model.unit,
            "customer" if customer else "business",
            model.sql.strip(),
        ],
    )
    account = "cast(CustomerId as varchar)" if customer else "null"
    listed = json_of(dimensions, "cast({} as varchar)") if dimensions else "null"
    connection.execute(
        f"insert into measure_row select ?, {account}, {listed}, cast(Value as double) "
        f"from {name(model.name)}",
        [model.name],
    )


def _dimensions(found: Mapping[str, str]) -> list[str]:
    return [
        column for column in found if column.lower() != _VALUE and column != customer_column(found)
    ]
