"""Checking one published table against its definition, inside DuckDB.

Three steps, each only when the one before says so: the columns are compared by DuckDB's own
description of the table, one query asks whether any rule is broken (`aggregate.py`), and pandera
names what is broken (`naming.py`). Pandera is the definition; the query only spares its time.
"""

from collections.abc import Iterator

import duckdb

from .aggregate import count_of_wrong
from .model import (
    CAN_BE_CHECKED,
    COLUMN_EXISTS,
    COLUMN_ORDER,
    NO_OTHER_COLUMNS,
    TABLE_EXISTS,
    Failure,
    Table,
    type_check,
)


def validate(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Failure]:
    """Check one table; see `engagement_assets.schemas.validate`."""
    try:
        failures = list(_wrong_shape(connection, table))
        if failures or _keeps_every_rule(connection, table) or _is_empty(connection, table):
            return failures
        from .naming import broken_rules  # noqa: PLC0415 (slow: see the top of that file)

        return broken_rules(connection, table)
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


def _keeps_every_rule(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether nothing is wrong; what could not be found out is for pandera to say, by its rule."""
    try:
        ((count,),) = connection.execute(count_of_wrong(table)).fetchall()
    except Exception:  # noqa: BLE001 (a cast of one rule, say: pandera meets it again, and names it)
        return False
    return bool(count == 0)


def _is_empty(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    # fetchall: as long as a result is not read to its end, DuckDB refuses ibis the connection
    return not connection.execute(f'SELECT 1 FROM "{table.name}" LIMIT 1').fetchall()
