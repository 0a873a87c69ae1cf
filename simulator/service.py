"""What all of Graph's endpoints share: the tenant, the choices of behaviour, a request.

Belongs here: data. What happens around a request is in `graph_api`.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from simulator.faults import Faults
from simulator.graph_shape import JsonObject
from simulator.odata import Expression, FilterError, parse_filter
from simulator.paging import Cursor, Pager, Wish, link
from simulator.registration import Registration
from simulator.replies import GraphError, not_found
from simulator.tenant import Placed, Position, Tenant
from simulator.throttling import Limits, Throttle

_REQUESTS_KEPT = 200_000


@dataclass(frozen=True)
class Behaviour:
    """Where Graph's behaviour is a choice, or unknown, the simulator's.

    Args:
        limits: the limits on requests.
        region: `tenant_region_scope` in the discovery document.
        country: the organization's `countryLetterCode`.
        large_top: a `$top` above the most is taken for the most ("capped"), or "refused".
        newest_first: the order of messages when the client asks for none.
        cast_needs_header: whether `/transitiveMembers/microsoft.graph.user` is refused without
            `ConsistencyLevel`; an older thread says that it is not.
        exact_case: whether `proxyAddresses` are found only in the very case in which they are
            stored; otherwise this holds for the prefix alone.
        calendar_modified: what becomes of `lastModifiedDateTime` when a calendar view selects it:
            "given"; "missing" or "zero" (0001-01-01) unless the organizer is selected too; or
            "never", whatever is selected.
        latency: seconds that each request to a mailbox takes at least.
        exchange: whether the tenant has Exchange Online: mail and calendars of anybody.
        domains_for_users: whether User.Read.All is enough to ask for the organization and its
            domains, about which Microsoft's pages disagree.
    """

    limits: Limits = field(default_factory=Limits)
    region: str = "EU"
    country: str = "NL"
    large_top: str = "capped"
    newest_first: bool = False
    cast_needs_header: bool = True
    exact_case: bool = False
    calendar_modified: str = "zero"
    latency: float = 0.0
    exchange: bool = True
    domains_for_users: bool = True


@dataclass
class Recorded:
    """A request that came in. `query`: decoded parameters; `fault`: what was done to it."""

    method: str
    path: str
    query: dict[str, str]
    status: int = 0
    fault: str = ""
    prefer: str = ""

    @property
    def select(self) -> tuple[str, ...]:
        """The fields that `$select` names; none without it."""
        return split_list(self.query.get("$select"))


@dataclass
class Call:
    """A request as endpoints see it. `size`: how many items it wants, 0 when it is not a list."""

    path: dict[str, str]
    parameters: list[tuple[str, str]]
    address: str
    prefer: tuple[str, ...] = ()
    eventual: bool = False
    roles: frozenset[str] = frozenset()
    size: int = 0
    fault: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of the answer, for the endpoint to add to."""

    def __post_init__(self) -> None:
        """Makes the parameters a mapping too."""
        self.query = dict(self.parameters)

    @property
    def select(self) -> tuple[str, ...]:
        """The fields that `$select` names; none without it."""
        return split_list(self.query.get("$select"))

    @property
    def is_advanced(self) -> bool:
        """Whether the directory may use its eventual index: header and `$count` are both there."""
        return self.eventual and self.query.get("$count", "").lower() == "true"

    @property
    def cursor(self) -> Cursor:
        """Where the page begins."""
        token = self.query.get("$skiptoken")
        return Cursor.read(token) if token else Cursor()

    def preference(self, name: str) -> str | None:
        """The value of a preference, such as `odata.maxpagesize`; None without it."""
        for part in self.prefer:
            key, _, value = part.partition("=")
            if key.strip().lower() == name.lower():
                return value.strip().strip('"')
        return None

    def applied(self, preference: str) -> None:
        """Says that a preference was followed."""
        known = self.headers.get("Preference-Applied")
        self.headers["Preference-Applied"] = f"{known}, {preference}" if known else preference

    def filter(self, code: str) -> Expression | None:
        """The `$filter`; `code` is the error's when it cannot be read."""
        text = self.query.get("$filter")
        if text is None:
            return None
        try:
            return parse_filter(text)
        except FilterError as error:
            raise GraphError(400, code, f"Invalid filter clause: {error}") from error


Handler = Callable[["Service", Call], JsonObject]


@dataclass(frozen=True)
class Endpoint:
    """A path below `/v1.0` and the function that answers.

    `area`: directory, mail or calendar. `page` and `most`: the default and the largest size of a
    page; 0 when the answer is not a list. `cost`: in the directory's resource units.
    """

    path: str
    handler: Handler
    area: str
    page: int = 0
    most: int = 0
    cost: int = 1


@dataclass
class Service:
    """What all endpoints share."""

    tenant: Tenant
    registration: Registration
    behaviour: Behaviour
    faults: Faults
    pager: Pager = field(default_factory=Pager)
    requests: deque[Recorded] = field(default_factory=lambda: deque(maxlen=_REQUESTS_KEPT))

    def __post_init__(self) -> None:
        """Starts counting."""
        self.throttle = Throttle(self.behaviour.limits)

    def user(self, key: str) -> JsonObject:
        """The user with this id or name; raises 404."""
        user = self.tenant.directory().user(key)
        if user is None:
            raise not_found(key)
        return user

    def page(
        self,
        call: Call,
        version: object,
        read: Callable[[Position | None], Iterator[Placed]],
        keep: Callable[[JsonObject], bool],
        show: Callable[[JsonObject], JsonObject],
    ) -> JsonObject:
        """The body of a page: items as `show` makes them, and the link to the next.

        `version` changes when what the list shows changes: then nothing remembered is used.
        """
        ignored = {"$skip", "$skiptoken", "$top", "$select"}
        wanted = sorted(pair for pair in call.parameters if pair[0] not in ignored)
        key = f"{call.address}|{wanted}|{version}"
        page = self.pager.page(Wish(key, call.size, call.cursor, call.fault), read, keep)
        body: JsonObject = {"value": [show(item) for item in page.items]}
        if call.fault == "repeated_link":
            query = urlencode(call.parameters, quote_via=quote)
            body["@odata.nextLink"] = f"{call.address}?{query}" if query else call.address
        elif page.next is not None:
            body["@odata.nextLink"] = link(call.address, call.parameters, page.next)
        return body


def split_list(text: str | None) -> tuple[str, ...]:
    """The names of a list such as `$select`'s."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def check_select(
    selected: tuple[str, ...], known: frozenset[str], type_name: str, code: str
) -> None:
    """Refuses a field that the type does not have, as Graph does."""
    for name in selected:
        if name.partition("/")[0] not in known:
            raise GraphError(
                400,
                code,
                f"Parsing OData Select and Expand failed: Could not find a property named "
                f"'{name}' on type '{type_name}'.",
            )
