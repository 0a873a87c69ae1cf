"""Searching, sorting and 'see more' of a table, all in the address of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from engagement_assets.results.paging import ordered

FIRST = 12
MORE = 48
MOST = 500


@dataclass(frozen=True)
class Listing:
    """What a reader asked of a table.

    Attributes:
        search: the text to look for; empty for everything.
        sort: the column to sort by, one of those that the page offers.
        descending: whether the greatest come first.
        shown: how many rows to show.
    """

    search: str
    sort: str
    descending: bool
    shown: int

    @classmethod
    def of(
        cls, request: Request, columns: Sequence[str], *, sort: str, descending: bool = False
    ) -> "Listing":
        """Read the parameters `q`, `sort`, `order` and `show`; what makes no sense is ignored.

        Args:
            request: the request.
            columns: the columns that may be sorted by.
            sort: the column when none is asked for.
            descending: the order when none is asked for.
        """
        asked = request.query_params
        column = asked.get("sort", "")
        known = column in columns
        order = asked.get("order")
        show = asked.get("show", "")
        sensible = show.isascii() and show.isdigit() and len(show) < 9
        return cls(
            search=asked.get("q", "").strip()[:200],
            sort=column if known else sort,
            descending=(order == "desc") if known and order else (not known and descending),
            shown=min(max(int(show), 1), MOST) if sensible else FIRST,
        )

    def applied(self, sql: str) -> str:
        """Return a SELECT sorted, and cut after the rows shown.

        The SELECT has a column `CustomerId` or the like to break ties by: its first one.
        """
        return f"{self.ordered(sql, '1')} limit {self.shown}"

    def ordered(self, sql: str, ties: str) -> str:
        """Return a SELECT sorted; `ties` decides between equals."""
        return ordered(sql, self.sort, descending=self.descending, ties=ties)

    def more(self, total: int) -> int | None:
        """Return how many rows to show next; None when all are shown."""
        return min(self.shown + MORE, MOST) if total > self.shown < MOST else None
