"""Faults on demand: asked for, lasting for a mailbox, or at random from a seed.

Belongs here: deciding which request meets which fault. Does not: carrying it out (`graph_api`).

The decision for a request depends on the seed, on the request (method, path, query) and on how
often that request was made before; not on the order in which several threads ask. So the same seed
gives the same faults, however fast the client is. And whatever comes at random passes: the same
request fails `most_in_a_row` times at most.
"""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random
from threading import Lock

FAILURES = (
    "429-seconds",
    "429-fraction",
    "429-date",
    "429-bare",
    "503-seconds",
    "503-fraction",
    "503-date",
    "503-bare",
    "502",
    "504",
    "500-transient",
    "500-corrupt",
    "reset",
    "truncated",
    "401",
    "410",
)
"""Answers that fail. 504 and 500-corrupt meet large pages only, 410 pages only."""

SHAPES = ("short_page", "empty_page", "repeated_link", "duplicates")
"""Odd but correct pages, which come in real life without any fault."""

TRANSIENT = (*FAILURES, *SHAPES)
"""What comes at random, unless `kinds` says otherwise."""

LASTING = (
    "403",
    "403-odata",
    "404",
    "404-item",
    "404-folder",
    "404-root",
    "no-exchange",
    "no-calendar",
    "denied-calendar",
)
"""Facts about a mailbox: a retry changes nothing, so these are only asked for or permanent."""

OF_CALENDARS = ("no-calendar", "denied-calendar")
"""Of those, the ones that leave the mail alone."""

PAGE_LIMITS = ("504", "500-transient", "502", "503-bare", "503-date", "503-seconds")
"""How a page that is too large can be refused."""

_REMEMBERED = 100_000
_MOST_EMPTY_PAGES = 3
_REQUESTS_BETWEEN_REVOCATIONS = 5


@dataclass(frozen=True, slots=True)
class Permanent:
    """A fault that stays.

    `after`: so many requests to the mailbox are answered before. `path_has`: it meets only those
    whose path and query contain this.
    """

    kind: str
    after: int = 0
    path_has: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the plan sees it. `page`: how many items it wants, 0 when it is not a list."""

    key: str
    user_id: str = ""
    page: int = 0
    hops: int = 0
    is_mailbox: bool = False


@dataclass
class _Past:
    """What happened to a request so far."""

    times: int = 0
    in_a_row: int = 0


@dataclass
class Faults:
    """A plan of faults.

    Args:
        seed: the same seed gives the same faults.
        rate: how likely a request meets one, 0 to 1.
        kinds: what may come at random; see `TRANSIENT` and `LASTING`.
        most_in_a_row: so often at most the same request fails at random, one time after another.
        wait: what `Retry-After` says, in seconds; dates are rounded up to whole ones.
        large_page: 504 and 500-corrupt meet only requests for more items than this.
        page_limit: requests for more items than this always fail, or never when None.
        page_limit_of: the part of a path and query to which that limit applies.
        page_limit_kind: how they fail, one of `PAGE_LIMITS`.
        permanent: by user id, a fault of that mailbox that stays.
    """

    seed: int = 0
    rate: float = 0.0
    kinds: tuple[str, ...] = TRANSIENT
    most_in_a_row: int = 2
    wait: float = 0.0
    large_page: int = 50
    page_limit: int | None = None
    page_limit_of: str = ""
    page_limit_kind: str = "504"
    permanent: Mapping[str, Permanent | str] = field(default_factory=dict)
    injected: Counter[str] = field(default_factory=Counter, init=False)
    _asked: list[tuple[str, str, int]] = field(default_factory=list, init=False, repr=False)
    _past: OrderedDict[str, _Past] = field(default_factory=OrderedDict, init=False, repr=False)
    _of_user: Counter[str] = field(default_factory=Counter, init=False, repr=False)
    _since_revocation: int = field(default=0, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuses kinds that nobody knows: a misspelt one would test nothing."""
        lasting = [p if isinstance(p, str) else p.kind for p in self.permanent.values()]
        for kind in (*self.kinds, *lasting):
            _check(kind)
        if self.page_limit_kind not in PAGE_LIMITS:
            raise ValueError(f"{self.page_limit_kind!r} is not one of {', '.join(PAGE_LIMITS)}")

    def inject(self, kind: str, *, times: int = 1, path_has: str = "") -> None:
        """Asks for a fault: the next `times` requests whose path and query contain `path_has`."""
        _check(kind)
        with self._lock:
            self._asked.append((kind, path_has, times))

    def decide(self, asked: Asked) -> str:
        """The fault that this request meets, or an empty text."""
        with self._lock:
            kind = self._on_demand(asked) or self._lasting(asked) or self._random(asked)
            if kind:
                self.injected[kind] += 1
            return kind

    def _on_demand(self, asked: Asked) -> str:
        for number, (kind, path_has, times) in enumerate(self._asked):
            fits = path_has in asked.key and _meets(kind, asked)
            if fits and (kind not in SHAPES or asked.page):
                self._asked[number] = (kind, path_has, times - 1)
                if times <= 1:
                    del self._asked[number]
                return kind
        return ""

    def _lasting(self, asked: Asked) -> str:
        is_limited = self.page_limit is not None and self.page_limit_of in asked.key
        if is_limited and asked.page > (self.page_limit or 0):
            return self.page_limit_kind
        if not asked.user_id or asked.user_id not in self.permanent:
            return ""
        fault = self.permanent[asked.user_id]
        fault = Permanent(fault) if isinstance(fault, str) else fault
        if asked.is_mailbox:
            self._of_user[asked.user_id] += 1
        if self._of_user[asked.user_id] <= fault.after:
            return ""
        if fault.path_has not in asked.key or not _meets(fault.kind, asked):
            return ""
        # Who is deleted is gone from the directory too; all else concerns the mailbox alone.
        if not asked.is_mailbox and fault.kind != "404":
            return ""
        return fault.kind if asked.page or fault.kind not in SHAPES else ""

    def _random(self, asked: Asked) -> str:
        self._since_revocation += 1
        if not self.rate or not self.kinds:
            return ""
        past = self._past.setdefault(asked.key, _Past())
        self._past.move_to_end(asked.key)
        if len(self._past) > _REMEMBERED:
            self._past.popitem(last=False)
        past.times += 1
        digest = blake2b(f"{self.seed}|{asked.key}|{past.times}".encode(), digest_size=8).digest()
        rng = Random(int.from_bytes(digest, "big"))
        kinds = [kind for kind in self.kinds if self._applies(kind, asked)]
        if rng.random() >= self.rate or not kinds or past.in_a_row >= self.most_in_a_row:
            past.in_a_row = 0
            return ""
        kind = rng.choice(kinds)
        past.in_a_row += 1
        if kind == "401":
            self._since_revocation = 0
        return kind

    def _applies(self, kind: str, asked: Asked) -> bool:
        if kind in {"504", "500-corrupt"}:
            return asked.page > self.large_page
        if kind == "empty_page":
            return asked.page > 0 and asked.hops < _MOST_EMPTY_PAGES
        if kind in SHAPES or kind == "410":
            return asked.page > 0
        if kind in LASTING:
            return asked.is_mailbox and _meets(kind, asked)
        # Each revocation concerns every thread: too many of them and nobody gets anything done.
        return kind != "401" or self._since_revocation >= _REQUESTS_BETWEEN_REVOCATIONS


def _meets(kind: str, asked: Asked) -> bool:
    return kind not in OF_CALENDARS or "/calendarview" in asked.key.lower()


def _check(kind: str) -> None:
    if kind not in (*TRANSIENT, *LASTING):
        raise ValueError(f"{kind!r} is not a fault; there are {', '.join((*TRANSIENT, *LASTING))}")
