"""Graph's calendar: the view of the default calendar."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import win_tz

from simulator.graph_shape import JsonObject
from simulator.mailbox_access import (
    CALENDAR_FULL,
    CANARY_BODY,
    CANARY_SUBJECT,
    context_of,
    open_mailbox,
    selected,
)
from simulator.odata import (
    AnyOf,
    Expression,
    comparisons,
    matches,
    microseconds,
)
from simulator.properties import EVENT, EVENT_WITHHELD
from simulator.replies import GraphError
from simulator.service import Call, Endpoint, Service, check_select
from simulator.tenant import Placed, Position

MOST_DAYS = 1_825

_NEVER = "0001-01-01T00:00:00Z"
_NO_WINDOW = (
    "This request requires a time window specified by the query string parameters StartDateTime "
    "and EndDateTime."
)


def calendar_view(service: Service, call: Call) -> JsonObject:
    """`GET /users/{id}/calendarView`: what takes place between two moments, series unfolded."""
    user_id, mailbox = open_mailbox(service, call, calendar=True)
    low, high = _window(call)
    check_select(call.select, EVENT, "microsoft.graph.event", "RequestBroker--ParseUri")
    expression = call.filter("ErrorInvalidUrlQueryFilter")
    _check_options(call, expression)
    show = _showing(service, call)

    def read(after: Position | None) -> Iterator[Placed]:
        return mailbox.events(low, high, after)

    def keep(event: JsonObject) -> bool:
        return expression is None or matches(expression, event)

    body = service.page(call, mailbox.version, read, keep, show)
    return {"@odata.context": context_of(call, user_id, "calendarView"), **body}


def _check_options(call: Call, expression: Expression | None) -> None:
    if expression is not None and any(isinstance(c, AnyOf) for c in comparisons(expression)):
        raise GraphError(
            400,
            "ErrorInvalidUrlQueryFilter",
            "The query filter contains one or more invalid nodes.",
        )
    if call.query.get("$orderby", "start/dateTime") not in {"start/dateTime", "start/dateTime asc"}:
        raise GraphError(400, "ErrorInvalidUrlQuery", "The view is sorted by its start.")


def _showing(service: Service, call: Call) -> Callable[[JsonObject], JsonObject]:
    """How an event is shown: its zone, and the fields that are selected and may be seen."""
    zone_name = call.preference("outlook.timezone")
    zone = None if zone_name is None else _zone(zone_name)
    if zone_name is not None:
        call.applied(f'outlook.timezone="{zone_name}"')
    full = bool(CALENDAR_FULL & call.roles)
    names = frozenset(call.select) - (frozenset() if full else EVENT_WITHHELD)

    def show(event: JsonObject) -> JsonObject:
        shown = {"@odata.etag": f'W/"{str(event.get("id"))[-16:]}"', **event}
        if zone is not None and zone_name is not None:
            shown = _moved(shown, zone, zone_name)
        if not call.select or "subject" in names:
            shown["subject"] = CANARY_SUBJECT
        if full and (not call.select or "body" in names):
            shown["body"] = {"contentType": "text", "content": CANARY_BODY}
        if not call.select:
            return shown
        return _modified(selected(shown, names), names, service.behaviour.calendar_modified)

    return show


def _window(call: Call) -> tuple[int, int]:
    """The limits in microseconds; without an offset they are UTC, whatever zone is preferred."""
    query = {name.lower(): value for name, value in call.parameters}
    start, end = query.get("startdatetime"), query.get("enddatetime")
    if start is None or end is None:
        raise GraphError(400, "ErrorInvalidParameter", _NO_WINDOW)
    low, high = microseconds(start), microseconds(end)
    if low is None or high is None:
        raise GraphError(400, "ErrorInvalidParameter", "The value of a date is invalid.")
    if high < low:
        raise GraphError(400, "ErrorInvalidParameter", "The end lies before the start.")
    if high - low > MOST_DAYS * 86_400 * 1_000_000:
        raise GraphError(
            400,
            "ErrorInvalidRequest",
            "Your request can't be completed. The range between the start and end dates is "
            f"greater than the allowed range. Maximum number of days: {MOST_DAYS}",
        )
    return low, high


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(win_tz.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        text = f"A valid TimeZone value must be specified. The value '{name}' is not supported."
        raise GraphError(400, "TimeZoneNotSupportedException", text) from error


def _moved(event: JsonObject, zone: ZoneInfo, name: str) -> JsonObject:
    """The event with its times in a zone; an all-day event keeps its dates."""
    moved = dict(event)
    for end in ("start", "end"):
        value: Any = event.get(end)
        if not isinstance(value, dict) or value.get("timeZone") != "UTC":
            continue
        local = value.get("dateTime")
        if event.get("isAllDay") is not True:
            local = _local(local, zone)
        if local is not None:
            moved[end] = {"dateTime": local, "timeZone": name}
    return moved


def _local(text: object, zone: ZoneInfo) -> str | None:
    """A time in UTC as it is in a zone; None for what is not a time, which stays as it stands."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(zone)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="microseconds")[:26] + "0"


def _modified(shown: JsonObject, names: frozenset[str], rule: str) -> JsonObject:
    """What comes of a selected `lastModifiedDateTime`, which calendar views do not support."""
    if "lastModifiedDateTime" not in names or rule == "given":
        return shown
    if rule == "never" or "organizer" not in names:
        if rule == "zero":
            return {**shown, "lastModifiedDateTime": _NEVER}
        return {name: value for name, value in shown.items() if name != "lastModifiedDateTime"}
    return shown


CALENDAR_ENDPOINTS = (
    Endpoint("/users/{user}/calendarView", calendar_view, "calendar", page=10, most=1_000),
    Endpoint("/users/{user}/calendar/calendarView", calendar_view, "calendar", page=10, most=1_000),
)
