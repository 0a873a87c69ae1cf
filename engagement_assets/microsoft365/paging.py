"""Reading a collection page by page, to its true end or not at all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from engagement_assets.microsoft365.faults import CORRUPT_DATA, GraphError
from engagement_assets.microsoft365.http import FEW_ATTEMPTS, Graph
from engagement_assets.microsoft365.retry_budget import RetryBudget

Result = TypeVar("Result")
Page = list[dict[str, Any]]

# what Graph allows for users and members, and all but the most that it allows for mail; every
# request names its fields, so such a page has about a megabyte
LARGEST_PAGE = 999

# after a 504 the whole is asked for again in pages of a quarter: 999, 249, 62, 15, 3, 1. So it is
# after some attempts at one size that end with what an overloaded or stumbling service answers
# (`http.ATTEMPTS_PER_SIZE`): smaller pages were seen to cure that, too.
SHRINK = 4

# a month of a mailbox that holds the most items a folder can have, in the smallest pages that are
# of any use, stays below; a server that never ends does not
MOST_PAGES = 20_000

# how often a pass that came to nothing begins anew: a next link that repeats or is no longer
# known, an item that left in between. Each costs one slice of one mailbox.
RESTARTS = 12


@dataclass(frozen=True)
class Query:
    """A collection of Graph.

    Attributes:
        path: behind the version.
        parameters: without `$top`.
        headers: further headers, sent with every page.
    """

    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass
class Pace:
    """How many items are asked for at once; what once was too much stays so for this mailbox.

    An outage that passes looks like pages that were too large. So when it may have been one, the
    stretches that follow each try a larger size once, until one of these is refused as well.

    Attributes:
        size: of the next page.
        is_doubted: whether it is small because of an answer that an outage gives, too.
        proved: while a larger size is tried, the one that brought a whole stretch before.
    """

    size: int = LARGEST_PAGE
    is_doubted: bool = False
    proved: int | None = None

    def begin(self) -> None:
        """Begin a stretch."""
        if self.is_doubted:
            self.proved, self.size = self.size, min(self.size * SHRINK, LARGEST_PAGE)

    def shrink(self, *, is_doubted: bool) -> None:
        """Go on with less."""
        if self.proved is not None:
            self.size, self.proved, self.is_doubted = self.proved, None, False
        else:
            self.size = max(1, self.size // SHRINK)
            self.is_doubted = self.is_doubted or is_doubted

    def end(self) -> None:
        """Note that this size brought a whole stretch."""
        self.proved = None
        self.is_doubted = self.is_doubted and self.size < LARGEST_PAGE


class BrokenPagingError(GraphError):
    """A chain of next links that does not lead to an end."""


def read(
    graph: Graph,
    query: Query,
    retry_budget: RetryBudget,
    consume: Callable[[Iterator[Page]], Result],
    pace: Pace | None = None,
) -> Result:
    """Read a whole collection.

    Args:
        graph: the client.
        query: the collection.
        retry_budget: what may be spent on waiting.
        consume: takes the pages of one pass. It is called anew, from the first page on, when the
            pass has to be repeated; only what its last call returned counts.
        pace: the size of pages, made smaller here when Graph cannot bear it.

    Raises:
        GraphError: when no pass came to its end (see `Graph.get` for others).
    """
    pace = pace or Pace()
    pace.begin()
    restarts = 0
    while True:
        try:
            result = consume(_pages(graph, query, retry_budget, pace.size))
        except _RepeatError as error:
            repeat = error
        else:
            pace.end()
            return result
        if repeat.shrink and pace.size > 1:
            pace.shrink(is_doubted=repeat.failure.status in FEW_ATTEMPTS)
        elif not repeat.shrink and restarts < RESTARTS:
            restarts += 1
        else:
            raise repeat.failure


def read_all(graph: Graph, query: Query, retry_budget: RetryBudget) -> Page:
    """Return all items of a small collection."""
    return read(graph, query, retry_budget, lambda pages: [item for page in pages for item in page])


class _RepeatError(Exception):
    """The pass is worth repeating, perhaps in smaller pages."""

    def __init__(self, failure: GraphError, *, shrink: bool = False) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.shrink = shrink


def _pages(graph: Graph, query: Query, retry_budget: RetryBudget, size: int) -> Iterator[Page]:
    seen: set[str] = set()
    where = query.path
    parameters: Mapping[str, str] | None = {**query.parameters, "$top": str(size)}
    while True:
        answer = _page(graph, where, parameters, query, retry_budget, size)
        items, link = answer.get("value"), answer.get("@odata.nextLink")
        if not isinstance(items, list) or not isinstance(link, str | None):
            raise _RepeatError(BrokenPagingError("the answer is not a page", query.path))
        yield [item for item in items if isinstance(item, dict)]
        if not link:
            return
        if link in seen or len(seen) >= MOST_PAGES:
            problem = "a next link that came before" if link in seen else "pages without end"
            raise _RepeatError(BrokenPagingError(problem, query.path))
        seen.add(link)
        where, parameters = link, None


def _page(
    graph: Graph,
    where: str,
    parameters: Mapping[str, str] | None,
    query: Query,
    retry_budget: RetryBudget,
    size: int,
) -> dict[str, Any]:
    try:
        return graph.get(
            where,
            parameters,
            retry_budget=retry_budget,
            headers=query.headers,
            is_divisible=size > 1,
        )
    except GraphError as error:
        failure = error
    is_first = parameters is not None
    is_too_much = failure.status == 504 or failure.status in FEW_ATTEMPTS
    if failure.has_code(*CORRUPT_DATA) or (is_too_much and size > 1):
        raise _RepeatError(failure, shrink=True)
    if failure.status == 410 or (not is_first and _is_stale(failure)):
        raise _RepeatError(failure)
    raise failure


def _is_stale(failure: GraphError) -> bool:
    """Tell whether a next link is no longer good: refused, or an item that left meanwhile."""
    return failure.status == 400 or failure.says_not_there
