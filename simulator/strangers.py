"""The odd corners of a directory, which every real tenant has and no sales department is made of.

Belongs here: users without a usable mailbox, and groups of every kind, in the states that a client
must tell apart. They write and receive nothing, and nobody is led to them who does not ask.
"""

from dataclasses import dataclass
from uuid import UUID

from simulator.graph_shape import JsonObject
from simulator.organisation import DOMAIN, TENANT_DOMAIN, Organisation
from simulator.working_time import unit_random

GUEST = f"ann_fabrikam.example#EXT#@{TENANT_DOMAIN}"
GUEST_MAIL = "ann@fabrikam.example"
DISABLED = f"left.recently@{DOMAIN}"
UNLICENSED = f"no.licence@{DOMAIN}"
INACTIVE = f"inactive.mailbox@{DOMAIN}"
GONE = f"just.deleted@{DOMAIN}"
AMBIGUOUS = f"front-desk@{DOMAIN}"
MIXED_GROUP = f"mixed-company@{DOMAIN}"
CYCLE_GROUP = f"cycle@{DOMAIN}"
HIDDEN_GROUP = f"board@{DOMAIN}"
DYNAMIC_LIST = f"everyone-in-emea@{DOMAIN}"
"""A dynamic distribution list: Graph does not know it, so no resource has this address."""

ROOM = f"room-amstel@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Strangers:
    """Further users and groups of a tenant.

    `no_mailbox`: by user id, the code with which Graph says that there is no mailbox; users who
    are not in it have an empty one.
    """

    users: tuple[JsonObject, ...]
    groups: tuple[JsonObject, ...]
    no_mailbox: dict[str, str]


def draw_strangers(organisation: Organisation) -> Strangers:
    """The strangers of an organisation; the same seed gives the same ids."""
    rng = unit_random(organisation.seed, "strangers")

    def identifier() -> str:
        return str(UUID(bytes=rng.randbytes(16), version=4))

    def user(address: str, **more: object) -> JsonObject:
        return {
            "id": identifier(),
            "displayName": address.partition("@")[0].replace(".", " ").title(),
            "mail": address,
            "userPrincipalName": address,
            "proxyAddresses": [f"SMTP:{address}"],
            **more,
        }

    guest = user(GUEST_MAIL, userPrincipalName=GUEST, userType="Guest", displayName="Ann Guest")
    disabled = user(DISABLED, accountEnabled=False)
    unlicensed = user(UNLICENSED, mail=None, proxyAddresses=[])
    inactive, gone = user(INACTIVE), user(GONE)
    room = user(ROOM, accountEnabled=False)
    desk = user(AMBIGUOUS, userPrincipalName=f"desk.person@{DOMAIN}")
    users = (guest, disabled, unlicensed, inactive, gone, room, desk)

    def group(address: str, members: list[str], **more: object) -> JsonObject:
        return {
            "id": identifier(),
            "displayName": address.partition("@")[0],
            "mail": address,
            "proxyAddresses": [f"SMTP:{address}"],
            "members": members,
            **more,
        }

    ada = organisation.users[0].user_id
    unified = {"groupTypes": ["Unified"], "securityEnabled": False, "visibility": "Private"}
    cycle = group(CYCLE_GROUP, [ada], securityEnabled=True)
    mixed = group(MIXED_GROUP, [*(u["id"] for u in users), cycle["id"], identifier(), ada])
    cycle["members"].append(mixed["id"])
    hidden = group(
        HIDDEN_GROUP, [ada, disabled["id"]], **{**unified, "visibility": "HiddenMembership"}
    )
    same_address = group(AMBIGUOUS, [ada], **unified)
    without_address = {
        **group("licences", [u.user_id for u in organisation.selected_users]),
        "mail": None,
        "proxyAddresses": [],
        "mailEnabled": False,
        "securityEnabled": True,
    }
    return Strangers(
        users,
        (mixed, cycle, hidden, same_address, without_address),
        {
            guest["id"]: "MailboxNotEnabledForRESTAPI",
            unlicensed["id"]: "ResourceNotFound",
            inactive["id"]: "ErrorInvalidUser",
            gone["id"]: "Request_ResourceNotFound",
        },
    )
