"""People: whom the listed addresses stand for."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from engagement_assets import addresses
from engagement_assets.activity import resource as of_graph
from engagement_assets.activity.source import Resolution
from engagement_assets.errors import ConsentError
from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.paging import Page, Query, read_all
from engagement_assets.microsoft365.retry_budget import WAIT_PER_DIRECTORY, RetryBudget, RunBudget

# proxyAddresses, accountEnabled and userType come only when they are named
USER_FIELDS = "id,mail,userPrincipalName,proxyAddresses,accountEnabled,userType"
GROUP_FIELDS = "id,mail,proxyAddresses,visibility"
ORGANISATION_FIELDS = "id,verifiedDomains"

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

    def organisation_domains(self) -> frozenset[str]:
        """Return the tenant's verified domains, normalised.

        Raises:
            ConsentError: when the permission to read them is missing.
            GraphError: when they cannot be read.
        """
        found = self._all(Query("/organization", {"$select": ORGANISATION_FIELDS}, {}))
        names = [
            domain.get("name")
            for organisation in found
            for domain in organisation.get("verifiedDomains") or ()
            if isinstance(domain, dict)
        ]
        domains = (addresses.normalise_domain(name) for name in names if isinstance(name, str))
        return frozenset(domain for domain in domains if domain)

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
        found = {user.id: user for user in map(of_graph.user, (*users, *members)) if user.id}
        self._notes.update(_notes((*users, *members)))
        return Resolution(
            address,
            tuple(found[user_id] for user_id in sorted(found)),
            _reason(users, groups, len(found)),
            {user_id: self._notes[user_id] for user_id in found if user_id in self._notes},
        )

    def _named(self, address: str, collection: str, fields: str) -> Page:
        """Return users or groups with an address. Both spellings: case may matter to the filter."""
        text = address.replace("'", "''")
        own = ("mail", "userPrincipalName") if collection == "users" else ("mail",)
        conditions = [f"{field} eq '{text}'" for field in own]
        conditions += [
            f"proxyAddresses/any(p:p eq '{prefix}:{text}')" for prefix in ("smtp", "SMTP")
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
                "User.Read.All is missing",
                where="Microsoft Graph",
                remedy="Ask an administrator to consent.",
            )
        return members

    def _all(self, query: Query) -> Page:
        denied: GraphError
        try:
            return read_all(self._graph, query, RetryBudget(self._run, WAIT_PER_DIRECTORY))
        except GraphError as error:
            if error.status != 403:
                raise
            denied = error
        raise ConsentError(
            denied.what,
            where=denied.where,
            remedy="The permissions User.Read.All and GroupMember.Read.All are needed. Ask an "
            "administrator to consent.",
        )


def _has(resource: Mapping[str, Any], address: str) -> bool:
    """Compare again: whose index answered, and with which notion of case, is unknown."""
    name = of_graph.text(resource.get("userPrincipalName"))
    return address in addresses.normalise_all((name, *of_graph.mail_addresses(resource)))


def _notes(users: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    notes = {}
    for user in users:
        name = of_graph.text(user.get("userPrincipalName")) or ""
        # userType is null on old accounts, so that only its presence says something
        if of_graph.text(user.get("userType")) == "Guest" or "#ext#" in name.lower():
            notes[str(user.get("id"))] = (
                "This person is a guest, whose mailbox is another organisation's"
            )
        elif user.get("accountEnabled") is False:
            notes[str(user.get("id"))] = "This person's account is disabled"
    return notes


def _reason(users: Page, groups: Page, found: int) -> str | None:
    if not users and not groups:
        return (
            "No user and no group has this address. Microsoft Graph does not know dynamic "
            "distribution lists."
        )
    if not found:
        hidden = any(group.get("visibility") == "HiddenMembership" for group in groups)
        return (
            "The group hides its members; an app without Member.Read.Hidden sees none."
            if hidden
            else "The group has no members that are users."
        )
    if len(users) + len(groups) > 1:
        return (
            f"Ambiguous: {len(users)} user(s) and {len(groups)} group(s) have this address; all "
            "of them count."
        )
    return None
