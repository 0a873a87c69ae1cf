"""Naming what is wrong with a table that has the right shape: pandera, inside DuckDB.

What was found out about pandera 0.35 with ibis 12, and is worked around here:

- On an empty table every check fails: "all of nothing" is null, which is not true. Yet an Office
  without rows is right when nobody wrote or met. No row can break a rule: give it no empty table.
- A column of a type that pandera does not know (UUID, JSON, a list) raises a TypeError out of
  `validate`, an ENUM passes as text, and for a geometry ibis tries to download an extension: give
  it a table of the right shape only.
- Its exceptions and their messages hold values of cells. Only names and counts leave this file.

Loading pandera and ibis takes longer than checking a small warehouse, so only a table with
something to name comes here.
"""

import warnings
from typing import Any

import duckdb
import ibis
import pandera.ibis
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from .model import NOT_NULL, Failure, Table, unique_key


class _Unset:
    """The owner's connection, on which ibis sets nothing.

    ibis sets the session's time zone to UTC and switches off the look-up of Python variables as
    tables: settings that the owner of the connection wants to keep, and that a connection with
    `lock_configuration` refuses to change. Checks need neither.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, query: str, *arguments: Any) -> duckdb.DuckDBPyConnection:
        """Run what is not a setting."""
        if query.startswith("SET "):
            return self._connection
        return self._connection.execute(query, *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def broken_rules(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Failure]:
    """Return what a table with rows breaks: rules of its columns, of its rows, its key."""
    with (
        # said here, since the environment (PANDERA_VALIDATION_ENABLED=False) can switch checks off
        config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA),
        # ibis uses what DuckDB and pandas call deprecated; as an error it would stop publishing
        warnings.catch_warnings(action="ignore"),
    ):
        data = ibis.duckdb.from_connection(_Unset(connection)).table(table.name)
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
