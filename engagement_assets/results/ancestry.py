"""Where a column comes from: a tree of the steps back to what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from engagement_assets.results.queries import query
from engagement_assets.results.snapshot import Snapshot

Name: TypeAlias = tuple[str, str]
"""A table and a column of it."""

TABLE = "Column_Lineage"


@dataclass(frozen=True)
class Step:
    """A column on the way, and the columns that it is made of.

    Attributes:
        table: its table.
        column: its name.
        description: what it says; None where nobody wrote it down.
        published: whether its table is.
        made_of: the columns that it is made of; none for what was read.
        shown_before: whether its own steps stand further up and are left out here.
    """

    table: str
    column: str
    description: str | None
    published: bool
    made_of: tuple["Step", ...]
    shown_before: bool


def trace(snapshot: Snapshot, table: str, column: str) -> tuple[Step, ...]:
    """Return what a column is made of, each with what that is made of, back to the sources.

    A column that several others are made of is followed once.
    """
    rows = snapshot.rows(query("data_lineage"), {"of_table": table, "of_column": column})
    below: dict[Name, list[Mapping[str, Any]]] = {}
    for row in rows:
        below.setdefault((row["TableName"], row["ColumnName"]), []).append(row)
    return _steps(snapshot, (table, column), below, {(table, column)})


def sources(steps: Sequence[Step]) -> list[Name]:
    """Return what was read: the columns that are made of nothing else, each once."""
    found: dict[Name, None] = {}
    for step in steps:
        if step.made_of:
            found.update(dict.fromkeys(sources(step.made_of)))
        elif not step.shown_before:
            found[step.table, step.column] = None
    return list(found)


def _steps(
    snapshot: Snapshot,
    name: Name,
    below: Mapping[Name, Sequence[Mapping[str, Any]]],
    seen: set[Name],
) -> tuple[Step, ...]:
    steps = []
    for row in below.get(name, ()):
        source = (row["SourceTable"], row["SourceColumn"])
        again = source in seen
        seen.add(source)
        steps.append(
            Step(
                *source,
                description=row["SourceDescription"],
                published=snapshot.has(source[0]),
                made_of=() if again else _steps(snapshot, source, below, seen),
                shown_before=again and source in below,
            )
        )
    return tuple(steps)
