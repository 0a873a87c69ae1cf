"""What a resource of Graph holds, whoever wrote it: a value of another type is not there."""

from collections.abc import Mapping
from typing import Any

from engagement_assets.activity import proxies
from engagement_assets.activity.source import User

# stands in the principal name of whoever was invited from another organisation
_EXTERNAL = "#ext#"


def text(value: object) -> str | None:
    """Return a text; None when the value is anything else."""
    return value if isinstance(value, str) else None


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a list; none when the value is anything else."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def object_id(value: object) -> str:
    """Return an object id in lower case, as ids are compared; empty when there is none."""
    return (text(value) or "").lower()


def member_ids(value: object) -> tuple[str, ...]:
    """Return the ids of a group's members: texts, or objects that have an `id`.

    A list within an object is that list: so does Windows PowerShell write some (`value`, `Count`).
    """
    if isinstance(value, Mapping):
        value = value.get("value")
    members = value if isinstance(value, list) else ()
    ids = (object_id(m.get("id") if isinstance(m, Mapping) else m) for m in members)
    return tuple(each for each in ids if each)


def mail_addresses(resource: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return the addresses at which a user or a group gets mail; None for what is not one."""
    marked = texts(resource.get("proxyAddresses"))
    return text(resource.get("mail")), *map(proxies.address, marked)


def user(resource: Mapping[str, Any]) -> User:
    """Return a user; the id is empty when the resource has none."""
    return User.of(
        object_id(resource.get("id")),
        text(resource.get("mail")),
        text(resource.get("userPrincipalName")),
        texts(resource.get("proxyAddresses")),
        is_guest=_is_guest(resource),
    )


def _is_guest(resource: Mapping[str, Any]) -> bool:
    # userType is null on old accounts, so that only its presence says something
    kind = text(resource.get("userType")) or ""
    name = text(resource.get("userPrincipalName")) or ""
    return kind.strip().lower() == "guest" or _EXTERNAL in name.lower()
