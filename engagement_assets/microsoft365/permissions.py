"""The application permissions of Microsoft Graph that matter here, each by its name.

Which are needed, which are of use, what else is enough, and what opens more than is read: one
table for the check of consent, for what is said about it, and for the documents.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

MAIL, CALENDARS = "Mail.ReadBasic.All", "Calendars.ReadBasic.All"
USERS, MEMBERS = "User.Read.All", "GroupMember.Read.All"
NEEDED = (MAIL, CALENDARS, USERS, MEMBERS)

# Nothing stops without these. Microsoft's pages disagree about whether User.Read.All tells the
# tenant's domains; of a group that hides its members an app sees none without the other.
DOMAINS, HIDDEN_MEMBERS = "Organization.Read.All", "Member.Read.Hidden"
OPTIONAL = (DOMAINS, HIDDEN_MEMBERS)


@dataclass(frozen=True)
class Permission:
    """What is known of a permission.

    Attributes:
        purpose: what it is for, in the words of a mail to an administrator.
        enough: narrower ones that are enough in its place.
        narrower: those that open no more and may not be enough; a request shows whether one is.
        broader: those that include it and open more than is read.
    """

    purpose: str
    enough: frozenset[str] = frozenset()
    narrower: frozenset[str] = frozenset()
    broader: frozenset[str] = frozenset()


_DIRECTORY = frozenset({"Directory.Read.All", "Directory.ReadWrite.All"})

KNOWN: Mapping[str, Permission] = {
    MAIL: Permission(
        "who wrote to whom and when; no content",
        narrower=frozenset({"Mail.ReadBasic"}),
        broader=frozenset({"Mail.Read", "Mail.ReadWrite"}),
    ),
    CALENDARS: Permission(
        "who met whom, when and for how long; no content",
        narrower=frozenset({"Calendars.ReadBasic"}),
        broader=frozenset({"Calendars.Read", "Calendars.ReadWrite"}),
    ),
    USERS: Permission(
        "which addresses belong to which person, and the tenant's domains",
        # without aliases, and without who is a guest
        narrower=frozenset({"User.ReadBasic.All"}),
        broader=_DIRECTORY | {"User.ReadWrite.All"},
    ),
    MEMBERS: Permission(
        "who is behind a listed group's address",
        enough=frozenset({"GroupMember.ReadBasic.All", "Group.ReadBasic.All"}),
        broader=_DIRECTORY | {"GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All"},
    ),
    DOMAINS: Permission(
        "the tenant's domains, if Microsoft refuses them",
        broader=_DIRECTORY | {"Organization.ReadWrite.All"},
    ),
    HIDDEN_MEMBERS: Permission("who is in a listed group that hides its members"),
}

# what somebody could do with the app's credential beyond what is read here
OPENS: Mapping[str, str] = {
    "Mail.Read": "the text and the attachments of all mail",
    "Mail.ReadWrite": "the text and the attachments of all mail, and changing and deleting it",
    "Mail.Send": "sending mail as anybody",
    "Calendars.Read": "the text and the attachments of all meetings",
    "Calendars.ReadWrite": "the text of all meetings, and changing and deleting them",
    "User.ReadWrite.All": "changing every user",
    "GroupMember.ReadWrite.All": "changing who is in a group",
    "Group.Read.All": "the content of groups: conversations, calendars, files",
    "Group.ReadWrite.All": "the content of groups, and changing and deleting them",
    "Directory.Read.All": "everything in the directory",
    "Directory.ReadWrite.All": "everything in the directory, and changing it",
    "Organization.ReadWrite.All": "changing the organisation's settings",
}


def granted_by(roles: AbstractSet[str]) -> tuple[str, ...]:
    """Return the needed permissions that these roles of a token grant."""
    return tuple(
        name for name in NEEDED if roles & {name, *KNOWN[name].enough, *KNOWN[name].broader}
    )


def excess(roles: AbstractSet[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the roles that open more than is read, each with those that it stands for.

    A role stands for a permission that nothing else grants: taken away, it would be missed. One
    that stands for none can go.
    """
    welcome = {*KNOWN}.union(*(known.enough | known.narrower for known in KNOWN.values()))
    return {
        role: tuple(
            name
            for name, known in KNOWN.items()
            if role in known.broader and not roles & {name, *known.enough}
        )
        for role in sorted(roles - welcome)
    }


def advice(role: str, stands_for: tuple[str, ...]) -> str:
    """Return what to do about a role that opens more than is read, in sentences."""
    opened = OPENS.get(role, "what nothing here reads")
    if not stands_for:
        return f"Not needed: an administrator should take it away. It opens {opened}."
    return (
        f"More than is needed: it opens {opened}. It stands for {' and '.join(stands_for)}: grant "
        "that first, then take it away."
    )
