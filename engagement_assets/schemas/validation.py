"""Checking one published table against its definition, with pandera inside DuckDB.

What was found out about pandera 0.35 with ibis 12, and is worked around here:

- On an empty table every check fails: "all of nothing" is null, which is not true. Yet an Office
  without rows is right when nobody wrote or met. No row can break a rule, so none is checked.
- A column of a type that pandera does not know (UUID, JSON, a list) raises a TypeError out of
  `validate`, an ENUM passes as text, and for a geometry ibis tries to download an extension. So
  the columns are compared by DuckDB's own description of the table first, and only a table of the
  right shape is shown to ibis. That also names every wrong column at once; pandera stops at the
  first unexpected one.
- Its exceptions and their messages hold values of cells. Only names and counts leave this file.
"""

import warnings
from collections.abc import Iterator
from typing import Any

import duckdb
import ibis
import pandera.ibis
from ibis.backends.duckdb import Backend
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from .model import (
    CAN_BE_CHECKED,
    COLUMN_EXISTS,
    COLUMN_ORDER,
    NO_OTHER_COLUMNS,
    NOT_NULL,
    TABLE_EXISTS,
    Failure,
    Table,
    type_check,
    unique_key,
)


class _QuietBackend(Backend):  # type: ignore[misc]  # ibis is not typed
    """ibis on a connection that is not ibis's own.

    ibis sets the session's time zone to UTC and switches off the look-up of Python variables as
    tables: settings that the owner of the connection wants to keep, and that a connection with
    `lock_configuration` refuses to change. Checks need neither.
    """

    def _post_connect(self, extensions: object = None) -> None:  # noqa: ARG002 - of the base class
        self._record_batch_readers_consumed: dict[Any, Any] = {}


def validate(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Failure]:
    """Check one table; see `engagement_assets.schemas.validate`."""
    try:
        failures = list(_wrong_shape(connection, table))
        if failures or _is_empty(connection, table):
            return failures
        return _broken_rules(connection, table)
    except Exception as error:  # noqa: BLE001 (its message can hold values; it fails the check)
        return [Failure(table.name, None, f"{CAN_BE_CHECKED}: {type(error).__name__}", 1)]


def _wrong_shape(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Failure]:
    """Yield what is wrong with the names, the order and the types of the columns."""
    try:
        described = connection.execute(f'DESCRIBE "{table.name}"').fetchall()
    except duckdb.CatalogException:
        yield Failure(table.name, None, TABLE_EXISTS, 1)
        return
    found = {str(row[0]): str(row[1]) for row in described}
    expected = {column.name: column for column in table.columns}
    for name, column in expected.items():
        if name not in found:
            yield Failure(table.name, name, COLUMN_EXISTS, 1)
        elif found[name] != column.type:
            yield Failure(table.name, name, type_check(column), 1)
    for name in found:
        if name not in expected:
            yield Failure(table.name, name, NO_OTHER_COLUMNS, 1)
    if found.keys() == expected.keys() and list(found) != list(expected):
        yield Failure(table.name, None, COLUMN_ORDER, 1)


def _is_empty(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    # fetchall: as long as a result is not read to its end, DuckDB refuses ibis the connection
    return not connection.execute(f'SELECT 1 FROM "{table.name}" LIMIT 1').fetchall()


def _broken_rules(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Failure]:
    with (
        # said here, since the environment (PANDERA_VALIDATION_ENABLED=False) can switch checks off
        config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA),
        # ibis uses what DuckDB and pandas call deprecated; as an error it would stop publishing
        warnings.catch_warnings(action="ignore"),
    ):
        data = _QuietBackend.from_connection(connection).table(table.name)
        try:
            table.schema.validate(data, lazy=True)
        except SchemaErrors as errors:
            return [_failure(table, error) for error in errors.schema_errors]
    return []


def _failure(table: Table, error: SchemaError) -> Failure:
    """Return what may be told of one of pandera's errors."""
    # the error's schema is that of a column or, for what is between columns, that of the table
    column = error.schema.name if isinstance(error.schema, pandera.ibis.Column) else None
    check = str(getattr(error.check, "name", error.check))
    if error.reason_code is SchemaErrorReason.SERIES_CONTAINS_NULLS:
        check = NOT_NULL
    elif error.reason_code is SchemaErrorReason.DUPLICATES:
        check = unique_key(table)
    elif error.reason_code is SchemaErrorReason.CHECK_ERROR:
        # "ClassName(message)": the message can hold values
        check = f"{check}: {str(error.failure_cases).partition('(')[0]}"
    return Failure(table.name, column, check, _count(error))


def _count(error: SchemaError) -> int:
    """Return how many rows an error is about; at least 1, so that no failure looks like none."""
    if isinstance(error.check_output, ibis.expr.types.BooleanColumn):
        holds = error.check_output
        # of nulls pandera keeps where there are any, of rules where they hold
        broken = holds if error.reason_code is SchemaErrorReason.SERIES_CONTAINS_NULLS else ~holds
        return max(int(broken.sum().execute()), 1)
    if isinstance(error.failure_cases, ibis.Table):
        return max(int(error.failure_cases.count().execute()), 1)
    return 1
