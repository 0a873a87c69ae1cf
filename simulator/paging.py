"""Pages of a list, and the links between them.

A link carries, opaquely, where the last item stood; nothing is remembered that the link does not
say. What is remembered merely saves time: the readers of lists, so that the next page goes on where
the generator stopped, and the last pages, for whoever asks again.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

import orjson

from simulator.graph_shape import JsonObject
from simulator.replies import GraphError
from simulator.tenant import Placed, Position

_READERS = 64
_PAGES = 16
_MOST_LOOKED_AT = 4
"""A page looks at so many stored items per item wanted; then it ends, short or even empty."""

_REPEATED = 2
"""So many items come twice when mail arrives or moves between two pages."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins. `skipped`: what the link's `$skip` says. `hops`: empty pages so far."""

    after: Position | None = None
    skipped: int = 0
    hops: int = 0

    def text(self) -> str:
        """The cursor as it stands in a link."""
        raw = orjson.dumps([self.after, self.skipped, self.hops])
        return urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The cursor of a link; a damaged one is an error of the client's."""
        try:
            after, skipped, hops = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            position = None if after is None else tuple(int(number) for number in after)
            return cls(position, int(skipped), int(hops))
        except (ValueError, TypeError) as error:
            raise GraphError(400, "ErrorInvalidUrlQuery", "The $skiptoken is invalid.") from error


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a list is wanted. `key`: tells lists apart. `shape`: an oddity of the page."""

    key: str
    size: int
    cursor: Cursor = Cursor()
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Items, and where the next page begins; None after the last."""

    items: tuple[JsonObject, ...]
    next: Cursor | None


class _Recent(Generic[_Value]):
    """The most recently used values, safe for threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._values: OrderedDict[object, _Value] = OrderedDict()

    def put(self, key: object, value: _Value) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)

    def take(self, key: object) -> _Value | None:
        with self._lock:
            return self._values.pop(key, None)


class Pager:
    """Makes pages of lazily read lists."""

    def __init__(self) -> None:
        self._readers: _Recent[Iterator[Placed]] = _Recent(_READERS)
        self._pages: _Recent[Page] = _Recent(_PAGES)

    def page(
        self,
        wish: Wish,
        read: Callable[[Position | None], Iterator[Placed]],
        keep: Callable[[JsonObject], bool],
    ) -> Page:
        """The page that a wish asks for.

        Args:
            wish: which list, where in it, and how much.
            read: starts reading the list after a position.
            keep: whether an item belongs to the list; others count for `$skip` all the same.
        """
        cursor = wish.cursor
        if wish.shape == "empty_page":
            return Page((), Cursor(cursor.after, cursor.skipped, cursor.hops + 1))
        size = max(1, wish.size // 2) if wish.shape == "short_page" else wish.size
        known = (wish.key, cursor.after, size)
        page = self._pages.take(known) or self._made(wish, size, read, keep)
        self._pages.put(known, page)
        return page

    def _made(
        self,
        wish: Wish,
        size: int,
        read: Callable[[Position | None], Iterator[Placed]],
        keep: Callable[[JsonObject], bool],
    ) -> Page:
        cursor = wish.cursor
        reader = self._readers.take((wish.key, cursor.after)) or read(cursor.after)
        items: list[JsonObject] = []
        positions: list[Position] = []
        looked_at = 0
        position = cursor.after
        for position, item in reader:
            looked_at += 1
            if keep(item):
                items.append(item)
                positions.append(position)
            if len(items) == size or looked_at == size * _MOST_LOOKED_AT:
                break
        else:
            return Page(tuple(items), None)
        if wish.shape == "duplicates" and len(positions) >= _REPEATED * 2:
            position = positions[-_REPEATED - 1]
        else:
            self._readers.put((wish.key, position), reader)
        # Exchange counts everything that is stored, deleted items too: so `$skip` jumps.
        jump = looked_at + (cursor.skipped * 31 + size) % 97
        return Page(tuple(items), Cursor(position, cursor.skipped + jump))


def link(address: str, parameters: list[tuple[str, str]], cursor: Cursor) -> str:
    """The address of the page that begins at the cursor, with all the parameters of the first."""
    kept = [(name, value) for name, value in parameters if name not in {"$skip", "$skiptoken"}]
    token = [("$skip", str(cursor.skipped)), ("$skiptoken", cursor.text())]
    return f"{address}?{urlencode([*kept, *token], quote_via=quote)}"
