"""The directory of a tenant: users, groups, and who is a member of what.

Belongs here: looking up and walking. Does not: query options and permissions (`directory_api`).
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

from simulator.graph_shape import JsonObject

USER_TYPE = "#microsoft.graph.user"
GROUP_TYPE = "#microsoft.graph.group"
CONTACT_TYPE = "#microsoft.graph.orgContact"


class Directory:
    """Users and groups by id.

    A group is a Graph resource that has `members`, a list of ids, as in an activity folder. An id
    that belongs to nobody is an organisational contact. A group may say `hidden`: its members are
    seen only with Member.Read.Hidden.
    """

    def __init__(self, users: Iterable[JsonObject], groups: Iterable[JsonObject]) -> None:
        self.users = {str(user["id"]): _whole_user(user) for user in users if user.get("id")}
        self._groups = {str(group["id"]): group for group in groups if group.get("id")}
        self.groups = {key: _whole_group(group) for key, group in self._groups.items()}

    def user(self, key: str) -> JsonObject | None:
        """The user with this id or userPrincipalName."""
        return self.users.get(key) or self._by_principal_name.get(key.casefold())

    def direct_members(self, group_id: str) -> Iterator[JsonObject]:
        """The direct members, of all kinds, each with its `@odata.type`."""
        members = self._groups[group_id].get("members")
        for member in members if isinstance(members, list) else ():
            if member in self.users:
                yield {"@odata.type": USER_TYPE, **self.users[member]}
            elif member in self.groups:
                yield {"@odata.type": GROUP_TYPE, **self.groups[member]}
            elif isinstance(member, str):
                yield {
                    "@odata.type": CONTACT_TYPE,
                    "id": member,
                    "displayName": "A contact",
                    "mail": "somebody@partner.example",
                }

    def transitive_members(self, group_id: str) -> Iterator[JsonObject]:
        """Members of members too: flat, nested groups among them, each once, cycles included."""
        seen = {group_id}
        waiting = [group_id]
        while waiting:
            for member in self.direct_members(waiting.pop(0)):
                if member["id"] in seen:
                    continue
                seen.add(member["id"])
                yield member
                if member["@odata.type"] == GROUP_TYPE:
                    waiting.append(member["id"])

    def hides_members(self, group_id: str) -> bool:
        """Whether the group's membership is hidden."""
        return self.groups[group_id].get("visibility") == "HiddenMembership"

    @cached_property
    def _by_principal_name(self) -> dict[str, JsonObject]:
        return {
            name.casefold(): user
            for user in self.users.values()
            if isinstance(name := user.get("userPrincipalName"), str)
        }


def _whole_user(user: JsonObject) -> JsonObject:
    """A user with everything that a client may ask for; what is known wins."""
    name = user.get("displayName") or user.get("mail") or user.get("userPrincipalName")
    return {
        "displayName": name,
        "givenName": None,
        "surname": None,
        "jobTitle": None,
        "mail": None,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "businessPhones": [],
        "accountEnabled": True,
        "userType": "Member",
        "proxyAddresses": [],
        **user,
    }


def _whole_group(group: JsonObject) -> JsonObject:
    """A group with everything that a client may ask for; its members are asked for separately."""
    return {
        "displayName": group.get("mail"),
        "description": None,
        "groupTypes": [],
        "mail": None,
        "mailEnabled": True,
        "securityEnabled": False,
        "proxyAddresses": [],
        "visibility": None,
        **{key: value for key, value in group.items() if key != "members"},
    }
