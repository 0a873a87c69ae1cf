"""Long lists: in an order that nothing leaves to chance, and cut into pages."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engagement_assets.results.snapshot import Snapshot
from engagement_assets.sql_text import identifier

PAGE_LENGTH = 50


def ordered(sql: str, column: str, *, descending: bool, ties: str) -> str:
    """Return a SELECT sorted by a column, what is not known last.

    Args:
        sql: the SELECT.
        column: one of its columns.
        descending: whether the greatest come first.
        ties: what decides between equals, as SQL.
    """
    direction = "desc" if descending else "asc"
    return (
        f"select * from ({sql.rstrip().rstrip(';')}) order by {identifier(column)} {direction} "
        f"nulls last, {ties}"
    )


def counted(snapshot: Snapshot, sql: str, parameters: Mapping[str, Any]) -> int:
    """Return how many rows a SELECT has."""
    (count,) = snapshot.rows(
        f"select count(*) as Rows from ({sql.rstrip().rstrip(';')})", parameters
    )
    return int(count["Rows"])


@dataclass(frozen=True)
class Pages:
    """Which of the pages of a long list is shown.

    Attributes:
        number: the page, from 1.
        total: how many rows the whole list has.
    """

    number: int
    total: int

    @classmethod
    def of(cls, asked: str, total: int) -> "Pages":
        """Read the parameter `page`; what makes no sense is the first or the last page."""
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return cls(min(max(number, 1), max(math.ceil(total / PAGE_LENGTH), 1)), total)

    @property
    def first(self) -> int:
        """The place of the first row on the page, from 1."""
        return (self.number - 1) * PAGE_LENGTH + 1

    @property
    def last(self) -> int:
        """The place of the last row on the page."""
        return min(self.number * PAGE_LENGTH, self.total)

    @property
    def before(self) -> int | None:
        """The page before; None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after; None on the last."""
        return self.number + 1 if self.last < self.total else None

    def rows(
        self, snapshot: Snapshot, sql: str, parameters: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Return the rows of the page, of a SELECT that says its order."""
        return snapshot.rows(f"{sql} limit {PAGE_LENGTH} offset {self.first - 1}", parameters)
