"""What the models need of the engine that runs their SQL, and no more than that.

`warehouse/` has the class that speaks to DuckDB. No room above sees more of an engine than this
when it builds models, collects segments and measures, or writes down the lineage.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

from engagement_assets.errors import EngagementError

Kind = Literal["table", "view"]
Row = Sequence[object]


class EngineError(EngagementError):
    """The engine refused a statement, or failed while it ran. Nothing in it is from the data."""


class Engine(Protocol):
    """An engine, and the database that it works on.

    All methods but `transaction` raise `EngineError`, and leave behind no exception that quotes
    data, not as a cause or a context either.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """Do all that follows, or nothing. The caller must not have begun one already."""

    def create(self, table: str, columns: Mapping[str, str]) -> None:
        """Make an empty table of columns and their types, in place of one of that name."""

    def replace(self, name: str, select: str, kind: Kind) -> None:
        """Make a table or view of a SELECT, in place of the table or view of that name."""

    def append(self, table: str, select: str) -> None:
        """Add the rows of a SELECT, which has the table's columns in their order."""

    def insert(self, table: str, rows: Collection[Row]) -> None:
        """Add rows of Python's values, each with one for every column in their order."""

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT."""

    def columns(self, name: str) -> dict[str, str]:
        """Return the columns of a table or view, in order, with the engine's types."""

    def sandbox(self) -> AbstractContextManager["Engine"]:
        """Open an empty engine of this kind that can reach neither files nor the network."""
