"""Graph's directory: organization, users, groups and their members."""

from collections.abc import Iterable, Iterator

from simulator.directory import CONTACT_TYPE, GROUP_TYPE, USER_TYPE
from simulator.graph_shape import JsonObject
from simulator.odata import AnyOf, Comparison, comparisons, matches
from simulator.properties import GROUP, PER_USER, USER, USER_DEFAULTS
from simulator.replies import GraphError, directory_denied, not_found
from simulator.service import Call, Endpoint, Service, check_select
from simulator.tenant import Placed, Position

_ALL = frozenset({"Directory.Read.All", "Directory.ReadWrite.All"})
_USERS = _ALL | {"User.Read.All", "User.ReadWrite.All"}
_GROUPS = _ALL | {"Group.Read.All", "Group.ReadWrite.All"}
_MEMBERS = _GROUPS | {"GroupMember.Read.All", "GroupMember.ReadWrite.All"}
_ORGANIZATION = _ALL | {"Organization.Read.All", "Organization.ReadWrite.All"}
_OF_GROUPS = _MEMBERS | {"Group.ReadBasic.All"}
_OF_MEMBERS = _MEMBERS | {"GroupMember.ReadBasic.All"}
_HIDDEN = "Member.Read.Hidden"

_CONTACT_DEFAULTS = ("id", "displayName", "mail")
_ADVANCED = frozenset({"ne", "endswith"})


def organization(service: Service, call: Call) -> JsonObject:
    """`GET /organization`: one, always."""
    _need(call, _ORGANIZATION | (_USERS if service.behaviour.domains_for_users else set()))
    resource = {
        "displayName": None,
        "countryLetterCode": service.behaviour.country,
        "defaultUsageLocation": service.behaviour.country,
        "tenantType": "AAD",
        "technicalNotificationMails": [],
        **service.tenant.organization(),
    }
    shown = {k: v for k, v in resource.items() if not call.select or k in call.select}
    return _list(service, call, "organization", [shown])


def users(service: Service, call: Call) -> JsonObject:
    """`GET /users`."""
    _need(call, _USERS)
    for name in call.select:
        if name in PER_USER:
            raise GraphError(501, "NotImplemented", f"{name} is read for one user at a time.")
    _check_directory_select(call, USER, "microsoft.graph.user")
    if "$skip" in call.query and "$skiptoken" not in call.query:
        raise GraphError(400, "Request_BadRequest", "'$skip' is not supported by the service.")
    found = _filtered(service, call, service.tenant.directory().users.values())
    return _list(service, call, "users", (_user(user, call) for user in found))


def user(service: Service, call: Call) -> JsonObject:
    """`GET /users/{id or userPrincipalName}`."""
    _need(call, _USERS)
    _check_directory_select(call, USER, "microsoft.graph.user")
    found = _user(service.user(call.path["user"]), call)
    return {"@odata.context": _context(call, "users/$entity"), **found}


def groups(service: Service, call: Call) -> JsonObject:
    """`GET /groups`."""
    _need(call, _OF_GROUPS)
    _check_directory_select(call, GROUP, "microsoft.graph.group")
    found = _filtered(service, call, service.tenant.directory().groups.values())
    return _list(service, call, "groups", (_group(group, call) for group in found))


def group(service: Service, call: Call) -> JsonObject:
    """`GET /groups/{id}`."""
    _need(call, _OF_GROUPS)
    _check_directory_select(call, GROUP, "microsoft.graph.group")
    resource = service.tenant.directory().groups.get(call.path["group"])
    if resource is None:
        raise not_found(call.path["group"])
    return {"@odata.context": _context(call, "groups/$entity"), **_group(resource, call)}


def members(service: Service, call: Call) -> JsonObject:
    """`GET /groups/{id}/members`: direct ones of all kinds."""
    return _members(service, call, transitive=False)


def transitive_members(service: Service, call: Call) -> JsonObject:
    """`GET /groups/{id}/transitiveMembers`: flat, nested groups among users and contacts."""
    return _members(service, call, transitive=True)


def _members(service: Service, call: Call, *, transitive: bool) -> JsonObject:
    _need(call, _OF_MEMBERS)
    directory = service.tenant.directory()
    group_id = call.path["group"]
    if group_id not in directory.groups:
        raise not_found(group_id)
    cast = call.path.get("cast")
    if cast is not None:
        # `graph` is the namespace's alias, which Microsoft's own clients write.
        cast = f"microsoft.{cast}" if cast.startswith("graph.") else cast
        _check_cast(service, call, cast)
    _check_directory_select(call, USER | GROUP, "microsoft.graph.directoryObject")
    if directory.hides_members(group_id) and _HIDDEN not in call.roles:
        return _list(service, call, "directoryObjects", [])
    walk = directory.transitive_members if transitive else directory.direct_members
    found = (
        _member(member, call)
        for member in walk(group_id)
        if cast is None or member["@odata.type"] == f"#{cast}"
    )
    return _list(service, call, "directoryObjects", found)


def _check_cast(service: Service, call: Call, cast: str) -> None:
    """Casting is an advanced query, and there are few types to cast to."""
    known = {USER_TYPE, GROUP_TYPE, CONTACT_TYPE}
    header_missing = service.behaviour.cast_needs_header and not call.is_advanced
    if f"#{cast}" not in known or header_missing:
        raise GraphError(
            400,
            "Request_UnsupportedQuery",
            "The specified filter to the reference property query is currently not supported.",
        )


def _member(member: JsonObject, call: Call) -> JsonObject:
    """A member; without permission for its type only what it is, and the rest null."""
    type_name = member["@odata.type"]
    if type_name == USER_TYPE:
        shown, allowed = _user(member, call), bool(_USERS & call.roles)
    elif type_name == GROUP_TYPE:
        shown, allowed = _group(member, call), True
    else:
        shown, allowed = _chosen(member, call, _CONTACT_DEFAULTS), bool(_ALL & call.roles)
    if not allowed:
        shown = {**dict.fromkeys(shown, None), "id": member["id"]}
    return {"@odata.type": type_name, **shown}


def _user(resource: JsonObject, call: Call) -> JsonObject:
    return _chosen(resource, call, USER_DEFAULTS)


def _group(resource: JsonObject, call: Call) -> JsonObject:
    return _chosen(resource, call, tuple(sorted(GROUP)))


def _chosen(resource: JsonObject, call: Call, defaults: tuple[str, ...]) -> JsonObject:
    names = call.select or defaults
    return {name: resource.get(name) for name in names if call.select or name in resource}


def _need(call: Call, roles: frozenset[str]) -> None:
    if not roles & call.roles:
        raise directory_denied()


def _check_directory_select(call: Call, known: frozenset[str], type_name: str) -> None:
    check_select(call.select, known, type_name, "BadRequest")
    if "$search" in call.query and not call.eventual:
        raise GraphError(
            400, "Request_UnsupportedQuery", "Request with $search needs ConsistencyLevel."
        )


def _filtered(
    service: Service, call: Call, resources: Iterable[JsonObject]
) -> Iterable[JsonObject]:
    expression = call.filter("Request_BadRequest")
    sorted_too = "$orderby" in call.query
    if expression is None:
        return resources
    parts = list(comparisons(expression))
    advanced = any(isinstance(part, Comparison) and part.operator in _ADVANCED for part in parts)
    if (advanced or sorted_too) and not call.is_advanced:
        raise GraphError(
            400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause."
        )
    for part in parts:
        if isinstance(part, Comparison) and part.name == "proxyAddresses":
            raise GraphError(
                400, "Request_UnsupportedQuery", "Unsupported property filter clause operator."
            )
        if isinstance(part, AnyOf) and part.name not in {"proxyAddresses", "groupTypes"}:
            raise GraphError(
                400, "Request_UnsupportedQuery", f"Property '{part.name}' cannot be filtered."
            )

    def equal(name: str, stored: str, asked: str) -> bool:
        if name != "proxyAddresses":
            return stored.casefold() == asked.casefold()
        if service.behaviour.exact_case:
            return stored == asked
        kind, _, address = stored.partition(":")
        asked_kind, _, asked_address = asked.partition(":")
        return kind == asked_kind and address.casefold() == asked_address.casefold()

    return (resource for resource in resources if matches(expression, resource, equal))


def _list(
    service: Service, call: Call, context: str, resources: Iterable[JsonObject]
) -> JsonObject:
    found = list(resources)

    def read(after: Position | None) -> Iterator[Placed]:
        for number in range(0 if after is None else after[0] + 1, len(found)):
            yield (number,), found[number]

    # Each call counts as a version: the directory is at hand, nothing need be remembered.
    body = service.page(call, object(), read, lambda _: True, lambda resource: resource)
    last = len(body["value"]) and body["value"][-1] is found[-1]
    if last and call.fault != "repeated_link":
        body.pop("@odata.nextLink", None)
    if call.is_advanced:
        body = {"@odata.count": len(found), **body}
    return {"@odata.context": _context(call, context), **body}


def _context(call: Call, what: str) -> str:
    host = call.address.partition("/v1.0")[0]
    return f"{host}/v1.0/$metadata#{what}"


_PAGE = {"page": 100, "most": 999}

DIRECTORY_ENDPOINTS = (
    Endpoint("/organization", organization, "directory", **_PAGE),
    Endpoint("/users", users, "directory", cost=2, **_PAGE),
    Endpoint("/users/{user}", user, "directory", cost=1),
    Endpoint("/groups", groups, "directory", cost=3, **_PAGE),
    Endpoint("/groups/{group}", group, "directory", cost=1),
    Endpoint("/groups/{group}/members", members, "directory", cost=3, **_PAGE),
    Endpoint("/groups/{group}/members/{cast}", members, "directory", cost=3, **_PAGE),
    Endpoint("/groups/{group}/transitiveMembers", transitive_members, "directory", cost=5, **_PAGE),
    Endpoint(
        "/groups/{group}/transitiveMembers/{cast}",
        transitive_members,
        "directory",
        cost=5,
        **_PAGE,
    ),
)
