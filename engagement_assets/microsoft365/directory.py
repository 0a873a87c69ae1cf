"""People: whom the listed addresses stand for."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from engagement_assets import addresses
from engagement_assets.activity import resource as of_graph
from engagement_assets.activity.source import Resolution, User
from engagement_assets.errors import ConsentError
from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.paging import Page, Query, read_all
from engagement_assets.microsoft365.permissions import HIDDEN_MEMBERS, MEMBERS, USERS
from engagement_assets.microsoft365.retry_budget import WAIT_PER_DIRECTORY, RetryBudget, RunBudget

# proxyAddresses, accountEnabled and userType come only when they are named
USER_FIELDS = "id,mail,userPrincipalName,proxyAddresses,accountEnabled,userType"
GROUP_FIELDS = "id,mail,proxyAddresses,visibility"
ORGANISATION_FIELDS = "id,verifiedDomains"

# what else than a proxy address is the address of a user or a group
_NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "users": ("mail", "userPrincipalName"),
    "groups": ("mail",),
}

# Graph answers casts, and filters on some properties, from an index of its own that has to be
# asked for by this header together with $count
ADVANCED: Mapping[str, str] = {"ConsistencyLevel": "eventual"}


class Directory:
    """The tenant's users and groups. One thread at a time."""

    def __init__(self, graph: Graph, run: RunBudget) -> None:
        self._graph = graph
        self._run = run
        self._resolved: dict[str, Resolution] = {}
        self._notes: dict[str, str] = {}

    def organisation_domains(self) -> frozenset[str] | None:
        """Return the tenant's verified domains, normalised; None when Graph does not tell them.

        Microsoft's pages disagree about whether User.Read.All is enough to ask. Every tenant has
        a domain, so an organisation without any is one that is not told either.

        Raises:
            GraphError: when they cannot be read for another reason.
        """
        try:
            found = self._read(Query("/organization", {"$select": ORGANISATION_FIELDS}, {}))
        except GraphError as error:
            if error.status != 403:
                raise
            return None
        names = [
            domain.get("name")
            for organisation in found
            for domain in organisation.get("verifiedDomains") or ()
            if isinstance(domain, dict)
        ]
        domains = (addresses.normalise_domain(name) for name in names if isinstance(name, str))
        return frozenset(domain for domain in domains if domain) or None

    def resolve(self, address: str) -> Resolution:
        """Find the users behind an address of a user or of a (nested) group.

        Every user whose mail, principal name or proxy address it is, and every member of every
        group with this address: the same as an activity folder would give.

        Args:
            address: normalised.

        Raises:
            ConsentError: when the permission to read users or members is missing.
            GraphError: when the directory cannot be read.
        """
        if address not in self._resolved:
            self._resolved[address] = self._resolve(address)
        return self._resolved[address]

    def note(self, user_id: str) -> str | None:
        """Return what may keep a user's mailbox from being read: a guest, a disabled account."""
        return self._notes.get(user_id)

    def _resolve(self, address: str) -> Resolution:
        users = [user for user in self._named(address, "users", USER_FIELDS) if _has(user, address)]
        groups = [
            group for group in self._named(address, "groups", GROUP_FIELDS) if _has(group, address)
        ]
        members = [member for group in groups for member in self._members(group)]
        found: dict[str, User] = {}
        notes: dict[str, str] = {}
        for resource in (*users, *members):
            user = of_graph.user(resource)
            if not user.id:
                continue
            found[user.id] = user
            if note := _note(user, resource):
                self._notes[user.id] = notes[user.id] = note
        return Resolution(
            address,
            tuple(found[user_id] for user_id in sorted(found)),
            _reason(address, users, groups, len(found)),
            notes,
        )

    def _named(self, address: str, collection: str, fields: str) -> Page:
        """Return users or groups with an address. Both spellings: case may matter to the filter."""
        text = address.replace("'", "''")
        is_x500 = addresses.is_x500(address)
        mark = "x500" if is_x500 else "smtp"
        own = () if is_x500 else _NAMED_BY[collection]
        conditions = [f"{field} eq '{text}'" for field in own]
        conditions += [
            f"proxyAddresses/any(p:p eq '{spelt}:{text}')" for spelt in (mark, mark.upper())
        ]
        query = {"$filter": " or ".join(conditions), "$select": fields}
        return self._all(Query(f"/{collection}", query, {}))

    def _members(self, group: Mapping[str, Any]) -> Page:
        path = f"/groups/{quote(str(group.get('id')), safe='')}/transitiveMembers"
        query = {"$select": USER_FIELDS}
        try:
            cast = Query(f"{path}/microsoft.graph.user", {**query, "$count": "true"}, ADVANCED)
            members = self._all(cast)
        except GraphError as error:
            if error.status != 400:
                raise
            # a Graph that refuses the cast: the nested groups themselves, contacts and devices
            # come along
            members = [
                member
                for member in self._all(Query(path, query, {}))
                if str(member.get("@odata.type", "")).lower() == "#microsoft.graph.user"
            ]
        if any(not member.get("userPrincipalName") for member in members):
            # every user has a principal name; without the permission Graph answers 200 and
            # leaves everything but the id out
            raise ConsentError(
                "the members of a group come without their addresses: the permission "
                f"{USERS} is missing",
                where="Microsoft Graph",
                remedy="Ask an administrator to consent.",
            )
        return members

    def _read(self, query: Query) -> Page:
        return read_all(self._graph, query, RetryBudget(self._run, WAIT_PER_DIRECTORY))

    def _all(self, query: Query) -> Page:
        denied: GraphError
        try:
            return self._read(query)
        except GraphError as error:
            if error.status != 403:
                raise
            denied = error
        raise ConsentError(
            denied.what,
            where=denied.where,
            remedy=f"The permission {USERS if query.path == '/users' else MEMBERS} is needed. Ask "
            "an administrator to consent.",
        )


def _has(resource: Mapping[str, Any], address: str) -> bool:
    """Compare again: whose index answered, and with which notion of case, is unknown."""
    return address in of_graph.user(resource).addresses


def _note(user: User, resource: Mapping[str, Any]) -> str | None:
    if user.is_guest:
        return "This person is a guest, whose mailbox is another organisation's"
    if resource.get("accountEnabled") is False:
        return "This person's account is disabled"
    return None


def _reason(address: str, users: Page, groups: Page, found: int) -> str | None:
    if not users and not groups:
        if addresses.is_x500(address):
            return (
                "Nobody is found by this name. Microsoft Graph may tell capital from small letters "
                "in X.500 names: list a mail address of the person instead."
            )
        return (
            "No user and no group has this address. Microsoft Graph does not know dynamic "
            "distribution lists."
        )
    if not found:
        hidden = any(group.get("visibility") == "HiddenMembership" for group in groups)
        return (
            f"The group hides its members; an app without {HIDDEN_MEMBERS} sees none."
            if hidden
            else "The group has no members that are users."
        )
    if len(users) + len(groups) > 1:
        return (
            f"Ambiguous: {len(users)} user(s) and {len(groups)} group(s) have this address; all "
            "of them count."
        )
    return None
