"""What the columns of one model are made of: read off its SQL, never off the data."""

from collections.abc import Iterable, Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

from engagement_assets.models.loading import Model
from engagement_assets.models.model_sql import outer_select, parse_select


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
