"""Where the columns of the tables come from: read off the SQL, never off the data."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import duckdb
import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

from engagement_assets import schemas
from engagement_assets.models.loading import Model
from engagement_assets.models.model_sql import outer_select, parse_select
from engagement_assets.schemas.input_tables import INPUT_TABLES


class Lineage:
    """The lineage of all models, read off their SQL once, when it is first asked for."""

    def __init__(self, models: Sequence[Model]) -> None:
        """Make it of models, each behind those that it reads; none needs to be built."""
        self._models = models

    def of(self, name: str) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return what the columns of a model are made of, as `column_lineage` does."""
        return self._steps[name]

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Fill `column_source`."""
        rows = [
            (name, column, *origin, self.meaning(*origin))
            for name, made in self._steps.items()
            for column, origins in made.items()
            for origin in origins
        ]
        source = INPUT_TABLES["column_source"]
        source.create(connection)
        incoming = pa.table(
            [pa.array([row[no] for row in rows], pa.string()) for no in range(len(source.columns))],
            list(source.columns),
        )
        connection.register("incoming_lineage", incoming)
        connection.execute("insert into column_source from incoming_lineage")
        connection.unregister("incoming_lineage")

    @cached_property
    def _steps(self) -> Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]:
        columns: dict[str, Iterable[str]] = {s.name: s.columns for s in INPUT_TABLES.values()}
        steps = {}
        for model in self._models:
            steps[model.name] = column_lineage(model, columns)
            columns[model.name] = steps[model.name]
        return steps

    @cached_property
    def _commented(self) -> Mapping[str, Mapping[str, str]]:
        return {model.name: model.column_descriptions for model in self._models}

    def meaning(self, table: str, column: str) -> str | None:
        """Return what a column of a source or model says; None where nobody wrote it down."""
        if table in INPUT_TABLES:
            return INPUT_TABLES[table].columns[column][1]
        if table in schemas.TABLES:
            described = {c.name: c.description for c in schemas.TABLES[table].columns}
            return described.get(column)
        return self._commented[table].get(column)


def column_lineage(
    model: Model, tables: Mapping[str, Iterable[str]]
) -> dict[str, list[tuple[str, str]]]:
    """Say which columns of the tables that a model reads its own columns are made of.

    Columns that only choose rows (in a join, a filter, a grouping) are not among them.

    Args:
        model: The model.
        tables: Table to its columns; at least the tables that the model reads.

    Returns:
        Each output column with its (table, column) pairs, sorted, in the spelling of `tables`;
        none for a column that reads nothing (`count(*)`) or whose origin cannot be determined.
    """
    query = parse_select(model.path, model.sql)
    select = outer_select(query)
    names = [] if select is None or select.is_star else select.named_selects
    read = {table: tables[table] for table in model.references if table in tables}
    spelling = {
        (table.lower(), column.lower()): (table, column)
        for table, columns in read.items()
        for column in columns
    }
    origins = {
        name: sorted(spelling[leaf] for leaf in _leaves(node) if leaf in spelling)
        for name, node in _lineage(query, read).items()
    }
    return {name: origins.get(name.lower(), []) for name in names or origins}


def _lineage(query: exp.Query, tables: Mapping[str, Iterable[str]]) -> dict[str, Node]:
    if any(part.args.get("by_name") for part in query.find_all(exp.SetOperation)):
        return {}  # sqlglot would pair the columns of UNION BY NAME by position
    # Names are enough, and DuckDB writes types that sqlglot cannot read.
    known = {
        table.lower(): {column.lower(): "text" for column in columns}
        for table, columns in tables.items()
    }
    try:
        # All columns in one call share one qualified query and one cache.
        return lineage(None, query, known, dialect="duckdb", trim_selects=False)
    except (SqlglotError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return {}  # a picture that lacks some arrows is better than a run that fails


def _leaves(node: Node) -> set[tuple[str, str]]:
    """The (table, column) pairs, in lower case, at which the lineage of a column ends."""
    return {
        (leaf.source.name.lower(), leaf.name.rsplit(".", 1)[-1].strip('"').lower())
        for leaf in node.walk()
        if isinstance(leaf.source, exp.Table)
    }
