"""The engine of the models (`models/engine.py`) over a DuckDB connection."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Final

import duckdb

from engagement_assets.models.engine import Engine, EngineError, Kind, Row
from engagement_assets.sql_text import identifier

# What DuckDB raises before it reads a row, and so without a value in it. Every other exception
# that was tried quotes what it stumbled over: casts, arithmetic, formats, time zones, JSON, keys.
_OF_THE_SQL: Final = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
)
_OF_THE_MACHINE: Final = (duckdb.OutOfMemoryException, duckdb.IOException)


class DuckDbEngine:
    """Runs the SQL of the models on one connection, which whoever opened it closes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all that follows, or nothing.

        Raises:
            duckdb.TransactionException: The caller has begun a transaction; DuckDB has aborted it.
        """
        self._connection.begin()
        try:
            yield
            self._run("commit")
        finally:
            with suppress(duckdb.Error):  # there is none to roll back after a commit
                self._connection.rollback()

    def create(self, table: str, columns: Mapping[str, str]) -> None:
        """Make an empty table of columns and their types, in place of one of that name."""
        declared = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        self._run(f"create or replace table {identifier(table)} ({declared})")

    def replace(self, name: str, select: str, kind: Kind) -> None:
        """Make a table or view of a SELECT, in place of the table or view of that name."""
        # `create or replace` does not replace a table by a view, nor a view by a table.
        other = "view" if kind == "table" else "table"
        there = self._run(
            f"select {other}_name from duckdb_{other}s() "
            "where database_name = current_database() and schema_name = current_schema() "
            f"and not temporary and lower({other}_name) = lower(?)",
            parameters=[name],
        )
        for (found,) in there:
            self._run(f"drop {other} {identifier(found)}")
        # On one line with the beginning of the file, so that DuckDB counts lines as the file does.
        self._run(f"create or replace {kind} {identifier(name)} as {select}", select)

    def append(self, table: str, select: str) -> None:
        """Add the rows of a SELECT, which has the table's columns in their order."""
        self._run(f"insert into {identifier(table)} {select}", select)

    def insert(self, table: str, rows: Collection[Row]) -> None:
        """Add rows of Python's values, each with one for every column in their order."""
        columns = [list(column) for column in zip(*rows, strict=True)]
        if columns:
            # Eighty times as fast as a statement for every row.
            unpacked = ", ".join("unnest(?)" for _ in columns)
            self._run(f"insert into {identifier(table)} select {unpacked}", parameters=columns)

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT."""
        return self._run(select, select)

    def columns(self, name: str) -> dict[str, str]:
        """Return the columns of a table or view, in order, with DuckDB's types."""
        described = self._run(f"describe {identifier(name)}")
        return {str(row[0]): str(row[1]) for row in described}

    def sandbox(self) -> AbstractContextManager[Engine]:
        """Open an empty database in memory that can reach neither files nor the network."""
        return sandbox()

    def _run(
        self, statement: str, select: str = "", parameters: Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        # Raised outside of the except block: `from None` only hides from tracebacks what quotes
        # data; anything else that looks at `__context__` would still find it.
        try:
            return self._connection.execute(statement, parameters).fetchall()
        except duckdb.Error as error:
            failure = _without_values(error, select)
        raise failure


@contextmanager
def sandbox() -> Iterator[Engine]:
    """Open an empty database in memory that can reach neither files nor the network."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_external_access = false")
        # otherwise a table that is missing could turn out to be a Python variable
        connection.execute("set python_enable_replacements = false")
        connection.execute("set lock_configuration = true")
        yield DuckDbEngine(connection)


def _without_values(error: duckdb.Error, select: str) -> EngineError:
    """Say what DuckDB says as far as it cannot hold values from the data.

    Args:
        error: What DuckDB raised.
        select: The SELECT that it ran: with it, a line that it names is one of the file.
    """
    kind = type(error).__name__
    text = str(error)
    numbers = [int(number) for number in re.findall(r"^LINE (\d{1,6}):", text, re.MULTILINE)]
    in_file = bool(select and numbers) and numbers[-1] <= select.count("\n") + 1
    where = f" near line {numbers[-1]}" if in_file else ""
    # The lines below the first can hold names made of values (of the columns of a pivot).
    first = re.sub(r"\S+@\S+", "…", text.splitlines()[0] if text else kind).rstrip(".")
    if isinstance(error, _OF_THE_SQL):
        return EngineError(f"DuckDB refuses it{where}: {first}", remedy="Correct the SQL.")
    if isinstance(error, _OF_THE_MACHINE):
        return EngineError(f"DuckDB gave up: {first}", remedy="Free memory or disk and run again.")
    return EngineError(
        f"DuckDB stopped with {kind}{where}, or in a view that it reads "
        "(the message is left out, it can quote data)",
        remedy="Guard the casts and the arithmetic there, with try_cast or nullif for instance.",
    )
