"""Who may read which mailbox, and what an answer about mail and calendars has in common."""

from collections.abc import Mapping
from zlib import crc32

from simulator.graph_shape import JsonObject
from simulator.replies import NO_EXCHANGE, GraphError, mailbox_denied
from simulator.service import Call, Service
from simulator.tenant import (
    NO_MAILBOX_CODES,
    BrokenMailboxError,
    Mailbox,
    NoMailboxError,
)

CANARY_SUBJECT = "Subject: the contract in confidence"
CANARY_BODY = "Body: nobody may ever read this"
"""What clients must neither ask for nor keep: tests look for these texts in everything written."""

MAIL_FULL = frozenset({"Mail.Read", "Mail.ReadWrite"})
MAIL_BASIC = frozenset({"Mail.ReadBasic.All", "Mail.ReadBasic"})
CALENDAR_FULL = frozenset({"Calendars.Read", "Calendars.ReadWrite"})
CALENDAR_BASIC = frozenset({"Calendars.ReadBasic.All"})

_MESSAGES: Mapping[str, str] = {
    "MailboxNotEnabledForRESTAPI": "The mailbox is either inactive, soft-deleted, or is hosted "
    "on-premise.",
    "ResourceNotFound": "Resource could not be discovered.",
    "ErrorInvalidUser": "The requested user is invalid.",
    "Request_ResourceNotFound": "Resource does not exist or one of its queried "
    "reference-property objects are not present.",
}


def no_mailbox(code: str) -> GraphError:
    """One of the four ways of saying that there is no mailbox."""
    return GraphError(404, code, _MESSAGES[code])


def no_exchange(tenant_id: str) -> GraphError:
    """A tenant without Exchange Online; a new token changes nothing, though the status says so."""
    message = f"The tenant for tenant guid '{tenant_id}' does not exist."
    return GraphError(401, NO_EXCHANGE, message)


def open_mailbox(service: Service, call: Call, *, calendar: bool) -> tuple[str, Mailbox]:
    """The user's id and mailbox, when the token may read it; raises `GraphError`."""
    if not service.behaviour.exchange:
        raise no_exchange(service.registration.tenant_id)
    key = call.path["user"]
    user = service.tenant.directory().user(key)
    user_id = key if user is None else str(user["id"])
    registration = service.registration
    roles = CALENDAR_FULL | CALENDAR_BASIC if calendar else MAIL_FULL | MAIL_BASIC
    scope = registration.calendar_scope if calendar else registration.mail_scope
    # Grants add up: a role in the token or Exchange's own assignment, either will do.
    if not roles & call.roles and user_id not in scope:
        raise mailbox_denied()
    if user_id in registration.denied:
        raise mailbox_denied("Access to OData is disabled.")
    if user is None:
        raise no_mailbox(NO_MAILBOX_CODES[crc32(key.encode()) % len(NO_MAILBOX_CODES)])
    try:
        return user_id, service.tenant.mailbox(user_id)
    except NoMailboxError as error:
        raise no_mailbox(error.code) from error
    except BrokenMailboxError as error:
        raise GraphError(500, "ErrorCorruptData", "The item is corrupt.") from error


def selected(resource: JsonObject, names: frozenset[str]) -> JsonObject:
    """The selected fields; the id and annotations come whatever is selected."""
    return {
        name: value
        for name, value in resource.items()
        if name in names or name == "id" or name.startswith("@")
    }


def context_of(call: Call, user_id: str, collection: str) -> str:
    """The `@odata.context` of a list."""
    host = call.address.partition("/v1.0")[0]
    return f"{host}/v1.0/$metadata#users('{user_id}')/{collection}"
