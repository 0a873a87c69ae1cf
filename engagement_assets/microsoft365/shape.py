"""What is kept of an item: the fields that were asked for, and of addresses no display names.

What Graph sends beyond that (it may) is dropped before anything is written.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engagement_assets.activity.source import FIELDS, Kind

Keep = Callable[[object], object]


def _as_it_is(value: object) -> object:
    return value if not isinstance(value, dict | list) else None


def _part(*names: str) -> Keep:
    def keep(value: object) -> object:
        if not isinstance(value, dict):
            return None
        return {name: _as_it_is(value[name]) for name in names if name in value}

    return keep


def _recipient(value: object) -> object:
    if not isinstance(value, dict):
        return None
    return {"emailAddress": _part("address")(value.get("emailAddress"))}


def _attendee(value: object) -> object:
    if not isinstance(value, dict):
        return None
    return {
        "type": _as_it_is(value.get("type")),
        "status": _part("response")(value.get("status")),
        "emailAddress": _part("address")(value.get("emailAddress")),
    }


def _each(keep: Keep) -> Keep:
    return lambda value: [keep(item) for item in value] if isinstance(value, list) else None


_NESTED: Mapping[str, Keep] = {
    "@removed": lambda value: {} if value is not None else None,
    "from": _recipient,
    "sender": _recipient,
    "organizer": _recipient,
    "toRecipients": _each(_recipient),
    "ccRecipients": _each(_recipient),
    "bccRecipients": _each(_recipient),
    "attendees": _each(_attendee),
    "start": _part("dateTime", "timeZone"),
    "end": _part("dateTime", "timeZone"),
    "responseStatus": _part("response"),
}


def selected(kind: Kind) -> str:
    """Return the `$select` that asks for exactly what is kept of such an item.

    Annotations (`@...`) come whatever is selected: `@odata.type` tells invitations from mail.
    """
    return ",".join(field for field in FIELDS[kind] if not field.startswith("@"))


def keeper(kind: Kind) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return what reduces such an item to the fields that are kept.

    A value of a kind that the field does not have becomes null, as which it counts anyway.
    """
    keeps = [(name, _NESTED.get(name, _as_it_is)) for name in FIELDS[kind]]

    def keep(item: Mapping[str, Any]) -> dict[str, Any]:
        return {name: keep(item[name]) for name, keep in keeps if name in item}

    return keep
