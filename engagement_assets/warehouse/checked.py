"""What a run has checked, so that publishing need not check the same tables again."""

from dataclasses import dataclass, field
from typing import TypeAlias

import duckdb

from engagement_assets import schemas

# of the tables of one name: where each lies, its number in the catalogue, about how many rows
_Tables: TypeAlias = list[tuple[str, str, int, int]]


@dataclass(frozen=True)
class Checked:
    """The checks of one run: what passed is not asked again as long as the tables are the same.

    A table that is made anew gets another number in DuckDB's catalogue, so it is checked again,
    and so is all that holds between tables. A view is always checked: what it reads can change.
    Tables of a run are replaced and not changed in place; nothing else would be seen here.

    It is kept as long as the run's connection and no longer: a file that is opened again numbers
    its tables anew.
    """

    _passed: dict[str, tuple[duckdb.DuckDBPyConnection, list[_Tables]]] = field(
        default_factory=dict
    )

    def validate(self, connection: duckdb.DuckDBPyConnection, table: str) -> list[schemas.Failure]:
        """Check one published table; see `schemas.validate`."""
        tables = _tables(connection, [table])
        if self._has_passed(connection, table, tables):
            return []
        failures = schemas.validate(connection, table)
        if not failures:
            self._passed[table] = connection, tables
        return failures

    def validate_cross_table(self, connection: duckdb.DuckDBPyConnection) -> list[schemas.Failure]:
        """Check what holds between the tables; see `schemas.validate_cross_table`."""
        tables = _tables(connection, list(schemas.TABLES))
        if self._has_passed(connection, "", tables):
            return []
        failures = schemas.validate_cross_table(connection)
        if not failures:
            self._passed[""] = connection, tables
        return failures

    def _has_passed(
        self, connection: duckdb.DuckDBPyConnection, what: str, tables: list[_Tables]
    ) -> bool:
        passed_on, passed = self._passed.get(what, (None, []))
        return passed_on is connection and passed == tables and all(tables)


def _tables(connection: duckdb.DuckDBPyConnection, names: list[str]) -> list[_Tables]:
    """Return what each name stands for: several when one lies before another, none for a view."""
    found: dict[str, _Tables] = {name: [] for name in names}
    rows = connection.execute(
        "select table_name, database_name, schema_name, table_oid, estimated_size "
        "from duckdb_tables() order by all"
    ).fetchall()
    for name, *table in rows:
        if name in found:
            found[name].append(tuple(table))
    return list(found.values())
