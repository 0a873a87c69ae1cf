"""The two ways of checking one table by itself: the one query, and pandera."""

import duckdb

from engagement_assets.schemas import Failure, Table, aggregate, naming


def count_of_wrong(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    """Return what the one query counts."""
    ((count,),) = connection.execute(aggregate.count_of_wrong(table)).fetchall()
    return int(count)


def found_by_pandera(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Failure]:
    """Return what pandera finds without being called by the query, which it is when rows are."""
    ((rows,),) = connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchall()
    return naming.broken_rules(connection, table) if rows else []
