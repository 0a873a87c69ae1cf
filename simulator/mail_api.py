"""Graph's mail: messages of a mailbox or a folder, and the folders."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal, cast

from simulator.graph_shape import JsonObject
from simulator.mail_folders import ROOT
from simulator.mailbox_access import (
    CANARY_BODY,
    CANARY_SUBJECT,
    MAIL_FULL,
    context_of,
    open_mailbox,
    selected,
)
from simulator.odata import (
    AnyOf,
    Expression,
    FilterError,
    bounds,
    comparisons,
    matches,
    parse_orderby,
    sorting_is_too_complex,
)
from simulator.properties import MAIL_FOLDER, MESSAGE, MESSAGE_WITHHELD
from simulator.replies import ITEM_NOT_FOUND, GraphError
from simulator.service import Call, Endpoint, Service, check_select
from simulator.tenant import Mailbox, MailFolder, MessageQuery, Placed, Position

_SORTABLE = ("receivedDateTime", "sentDateTime")


def messages(service: Service, call: Call) -> JsonObject:
    """`GET /users/{id}/messages`: those of all folders."""
    user_id, mailbox = open_mailbox(service, call, calendar=False)
    return _messages(service, call, user_id, mailbox, None)


def folder_messages(service: Service, call: Call) -> JsonObject:
    """`GET /users/{id}/mailFolders/{id or name}/messages`."""
    user_id, mailbox = open_mailbox(service, call, calendar=False)
    return _messages(service, call, user_id, mailbox, _folder_id(mailbox, call.path["folder"]))


def _messages(
    service: Service, call: Call, user_id: str, mailbox: Mailbox, folder_id: str | None
) -> JsonObject:
    check_select(call.select, MESSAGE, "microsoft.graph.message", "RequestBroker--ParseUri")
    if "$search" in call.query or "$expand" in call.query:
        raise GraphError(400, "ErrorInvalidUrlQuery", "The query option is not supported.")
    expression = call.filter("ErrorInvalidUrlQueryFilter")
    _check_filter(expression)
    query = _query(call, expression, newest_first=service.behaviour.newest_first)

    def keep(message: JsonObject) -> bool:
        in_folder = folder_id is None or message.get("parentFolderId") == folder_id
        return in_folder and (expression is None or matches(expression, message))

    def read(after: Position | None) -> Iterator[Placed]:
        return mailbox.messages(query, after)

    names = frozenset(call.select)
    if not MAIL_FULL & call.roles:
        names -= MESSAGE_WITHHELD  # asked for in vain under ReadBasic
    show: Callable[[JsonObject], JsonObject] = partial(
        _shown, names=names, everything=not call.select, full=bool(MAIL_FULL & call.roles)
    )
    body = service.page(call, mailbox.version, read, keep, show)
    if call.query.get("$count", "").lower() == "true":
        body["@odata.count"] = sum(keep(message) for _, message in read(None))
    return {"@odata.context": context_of(call, user_id, "messages"), **body}


def _check_filter(expression: Expression | None) -> None:
    if expression is None:
        return
    for part in comparisons(expression):
        if isinstance(part, AnyOf) or part.name.partition("/")[0] not in MESSAGE:
            raise GraphError(
                400,
                "ErrorInvalidUrlQueryFilter",
                "The query filter contains one or more invalid nodes.",
            )


def _query(call: Call, expression: Expression | None, *, newest_first: bool) -> MessageQuery:
    order: tuple[tuple[str, bool], ...] = ()
    if "$orderby" in call.query:
        try:
            order = parse_orderby(call.query["$orderby"])
        except FilterError as error:
            raise GraphError(400, "ErrorInvalidUrlQuery", str(error)) from error
        if order[0][0] not in _SORTABLE:
            raise GraphError(400, "ErrorInvalidProperty", f"Cannot sort by {order[0][0]}.")
        if sorting_is_too_complex(order, expression):
            raise GraphError(
                400,
                "InefficientFilter",
                "The restriction or sort order is too complex for this operation.",
            )
    name = cast("Literal['', 'receivedDateTime', 'sentDateTime']", order[0][0] if order else "")
    return MessageQuery(
        bounds(expression, "receivedDateTime"),
        bounds(expression, "sentDateTime"),
        name,
        newest_first=order[0][1] if order else newest_first,
    )


def _shown(
    message: JsonObject, *, names: frozenset[str], everything: bool, full: bool
) -> JsonObject:
    tagged = {"@odata.etag": f'W/"{str(message.get("id"))[-16:]}"', **message}
    if everything or "subject" in names:
        tagged["subject"] = CANARY_SUBJECT
    if full and (everything or "body" in names):
        tagged["body"] = {"contentType": "text", "content": CANARY_BODY}
    if full and (everything or "bodyPreview" in names):
        tagged["bodyPreview"] = CANARY_BODY
    if not everything:
        return selected(tagged, names)
    return {
        "isRead": True,
        "importance": "normal",
        "hasAttachments": False,
        "categories": [],
        "createdDateTime": tagged.get("receivedDateTime"),
        **tagged,
    }


def folders(service: Service, call: Call) -> JsonObject:
    """`GET /users/{id}/mailFolders`: the direct children of the root only."""
    user_id, mailbox = open_mailbox(service, call, calendar=False)
    return _folders(service, call, user_id, mailbox, None)


def child_folders(service: Service, call: Call) -> JsonObject:
    """`GET /users/{id}/mailFolders/{id or name}/childFolders`."""
    user_id, mailbox = open_mailbox(service, call, calendar=False)
    return _folders(service, call, user_id, mailbox, _folder_id(mailbox, call.path["folder"]))


def folder(service: Service, call: Call) -> JsonObject:
    """`GET /users/{id}/mailFolders/{id or name}`."""
    user_id, mailbox = open_mailbox(service, call, calendar=False)
    folder_id = _folder_id(mailbox, call.path["folder"])
    tree = mailbox.folders()
    found = next((f for f in tree if f.folder_id == folder_id), None)
    # The root is nobody's child, so the tree does not list it.
    found = found or MailFolder(folder_id, "Top of Information Store", "")
    context = context_of(call, user_id, "mailFolders/$entity")
    return {"@odata.context": context, **_shown_folder(found, tree, call)}


def _folders(
    service: Service, call: Call, user_id: str, mailbox: Mailbox, parent_id: str | None
) -> JsonObject:
    check_select(call.select, MAIL_FOLDER, "microsoft.graph.mailFolder", "RequestBroker--ParseUri")
    tree = mailbox.folders()
    parent = _folder_id(mailbox, ROOT) if parent_id is None else parent_id
    hidden_too = call.query.get("includeHiddenFolders", "").lower() == "true"
    children = [f for f in tree if f.parent_id == parent and (hidden_too or not f.hidden)]

    def read(after: Position | None) -> Iterator[Placed]:
        for number in range(0 if after is None else after[0] + 1, len(children)):
            yield (number,), _shown_folder(children[number], tree, call)

    body = service.page(call, object(), read, lambda _: True, lambda shown: shown)
    return {"@odata.context": context_of(call, user_id, "mailFolders"), **body}


def _folder_id(mailbox: Mailbox, key: str) -> str:
    """The id behind an id or a well-known name."""
    tree = mailbox.folders()
    if key.lower() == ROOT:
        ids = {f.folder_id for f in tree}
        return next(f.parent_id for f in tree if f.parent_id not in ids)
    for one in tree:
        if one.folder_id == key or (one.well_known and one.well_known == key.lower()):
            return one.folder_id
    raise GraphError(404, "ErrorItemNotFound", ITEM_NOT_FOUND)


def _shown_folder(one: MailFolder, tree: tuple[MailFolder, ...], call: Call) -> JsonObject:
    children = sum(f.parent_id == one.folder_id and not f.hidden for f in tree)
    shown: JsonObject = {
        "id": one.folder_id,
        "displayName": one.name,
        "parentFolderId": one.parent_id,
        "childFolderCount": children,
        "unreadItemCount": 0,
        "totalItemCount": 0,
        "sizeInBytes": 0,
        "isHidden": one.hidden,
    }
    if one.search:
        shown["@odata.type"] = "#microsoft.graph.mailSearchFolder"
    return selected(shown, frozenset(call.select)) if call.select else shown


_MANY = {"page": 10, "most": 1_000}
_USER = "/users/{user}"

MAIL_ENDPOINTS = (
    Endpoint(f"{_USER}/messages", messages, "mail", **_MANY),
    Endpoint(f"{_USER}/mailFolders", folders, "mail", **_MANY),
    Endpoint(_USER + "/mailFolders/{folder}", folder, "mail"),
    Endpoint(_USER + "/mailFolders/{folder}/childFolders", child_folders, "mail", **_MANY),
    Endpoint(_USER + "/mailFolders/{folder}/messages", folder_messages, "mail", **_MANY),
)
