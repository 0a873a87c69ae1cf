"""The tenant: its domains, users and groups, and what the configuration lists of them."""

import copy
from dataclasses import dataclass, field

from tests.naive.addresses import lower

from .dice import Dice, Json
from .spelling import X500, in_directory, plain, spell_x500

DOMAIN = "contoso.com"
TENANT_DOMAIN = "contoso.onmicrosoft.com"
ADDED_DOMAIN = "northwind.example"
SHARED = f"team.mailbox@{DOMAIN}"
SUB_DOMAIN = "eu.contoso.com"
LOOKALIKE_DOMAIN = "contoso.com.example"
PARTNER_DOMAIN = "partner.example"
GUEST_DOMAIN = "visitors.example"
OTHER_TENANT = "partner.onmicrosoft.com"

NAMES = ("ada", "grace", "alan", "ünal", "zoë", "o'neil", "j.r.smith", "катя", "first+tag", "x")


@dataclass(frozen=True)
class User:
    """A user of the directory, with all addresses as they are when normalised."""

    user_id: str
    addresses: list[str]
    resource: Json
    is_guest: bool
    x500: str
    """The X.500 name, as it is when normalised, whether the directory holds it or not."""


@dataclass(frozen=True)
class Directory:
    """The directory, and the ``mailboxes`` section of the configuration."""

    users: list[User]
    groups: list[Json]
    organization: Json
    settings: Json
    adds_domain: bool
    earlier: list[Json] = field(default_factory=list)
    """Lines about users that later lines contradict."""

    def x500_names(self) -> dict[str, str]:
        """Return the X.500 name of everybody, by each address."""
        return {address: user.x500 for user in self.users for address in user.addresses}

    def own_strangers(self) -> list[str]:
        """Return addresses in the organisation's domains that no user has."""
        found = [f"info@{DOMAIN}", f"printer@{TENANT_DOMAIN}"]
        if self.adds_domain:
            found.append(f"sales@{ADDED_DOMAIN}")
        return found


def make_user(dice: Dice, number: int, *, adds_domain: bool) -> User:
    """Return a member of the organisation."""
    name = f"{dice.pick(NAMES)}{number}"
    principal = f"{name}@{dice.pick((DOMAIN, TENANT_DOMAIN))}"
    mail = f"{name}@{DOMAIN}"
    aliases = [f"{name}.alias@{TENANT_DOMAIN}", f"{name}@{PARTNER_DOMAIN}", f"{name}@{SUB_DOMAIN}"]
    if adds_domain:
        aliases.append(f"{name}@{ADDED_DOMAIN}")
    aliases = dice.some(aliases, 0, 3)
    addresses = [principal]
    resource: Json = {
        "id": dice.guid(),
        "displayName": name,
        "userPrincipalName": dice.mixed_case(principal) if dice.chance(0.3) else principal,
    }
    if dice.chance(0.85):
        resource["mail"] = in_directory(dice, mail) if dice.chance(0.4) else mail
        addresses.append(mail)
    elif dice.chance(0.5):
        resource["mail"] = None
    if dice.chance(0.85):
        proxies = [f"{dice.pick(('X500', 'x500'))}:{spell_x500(dice, X500 + name)}"]
        proxies.extend(
            f"smtp:{in_directory(dice, alias)}" if dice.chance(0.3) else f"smtp:{alias}"
            for alias in aliases
        )
        if dice.chance(0.8):
            primary = mail if dice.chance(0.7) or not aliases else aliases[0]
            proxies.append(f"SMTP:{dice.mixed_case(primary)}")
            addresses.append(primary)
        if dice.chance(0.2):
            proxies.append(f"SIP:{mail}")
        if dice.odd(0.1):
            proxies = [dice.padded(proxy) for proxy in proxies]
        dice.rng.shuffle(proxies)
        resource["proxyAddresses"] = proxies
        addresses.extend(aliases)
    elif dice.chance(0.5):
        resource["proxyAddresses"] = []
    return User(
        str(resource["id"]),
        sorted(set(addresses)),
        resource,
        is_guest=False,
        x500=lower(X500 + name),
    )


def make_guest(dice: Dice, number: int) -> User:
    """Return a guest: a user, but with an address of another organisation."""
    mail = f"guest{number}@{GUEST_DOMAIN}"
    principal = f"guest{number}_{GUEST_DOMAIN}#ext#@{dice.pick((TENANT_DOMAIN, OTHER_TENANT))}"
    resource: Json = {
        "id": dice.guid(),
        "mail": mail,
        "userPrincipalName": principal.replace("#ext#", dice.pick(("#EXT#", "#ext#"))),
        "proxyAddresses": [f"SMTP:{mail}"],
        "userType": dice.any_case("Guest"),
    }
    if dice.chance(0.2):
        del resource["userType"]
    elif dice.chance(0.2):
        principal = resource["userPrincipalName"] = mail
    name = lower(X500 + f"guest{number}")
    addresses = sorted({mail, principal})
    return User(str(resource["id"]), addresses, resource, is_guest=True, x500=name)


def add_odd_lines(dice: Dice, users: list[User]) -> list[Json]:
    """Let users share an address, write ids in capitals, and return earlier lines about some."""
    if dice.odd(0.3):
        for user in dice.some(users, 2, 2):
            user.resource["proxyAddresses"] = [
                *(user.resource.get("proxyAddresses") or ()),  # type: ignore[misc] # a list, of JSON's types
                f"smtp:{SHARED}",
            ]
            user.addresses.append(SHARED)
    earlier = []
    for user in users:
        if dice.odd(0.06):
            line = copy.deepcopy(user.resource)
            line["mail"] = f"former.name@{DOMAIN}"
            line["proxyAddresses"] = [f"smtp:ann@customer{dice.between(0, 3)}.example"]
            earlier.append(line)
        if dice.odd(0.1):
            user.resource["id"] = user.user_id.upper()
    return earlier


def member(dice: Dice, identity: str) -> object:
    """Return a member as groups have it: an id, or an object with one, in any case."""
    if dice.odd(0.1):
        identity = identity.upper()
    return {"@odata.type": "#microsoft.graph.user", "id": identity} if dice.odd(0.2) else identity


def make_groups(dice: Dice, users: list[User], spared: list[User]) -> list[Json]:
    """Return groups: nested, cyclic, empty, and with members that are neither.

    The last two are for those who opt out: those to be spared are never in them.
    """
    count = dice.between(2, 5)
    ids = [dice.guid() for _ in range(count)]
    groups: list[Json] = []
    for number, identity in enumerate(ids):
        members = [user.user_id for user in dice.some(users, 0, len(users) // 2)]
        if dice.chance(0.6):
            # Any team may be in any other, or in itself: cycles are allowed.
            members.extend(dice.some(ids, 1, 2))
        if dice.chance(0.3):
            members.append(dice.guid())
        if dice.chance(0.2) and members:
            members.append(members[0])
        dice.rng.shuffle(members)
        entries: list[object] = [member(dice, each) for each in members]
        if dice.odd(0.1):
            entries.append(dice.pick((None, 5, {}, {"mail": "x@y.example"}, "")))
        written = identity.upper() if dice.odd(0.1) else identity
        groups.append({"id": written, "displayName": f"Team {number}", "members": entries})
    others = [user.user_id for user in users if user not in spared]
    inner: Json = {"id": dice.guid(), "members": dice.some(others, 0, 1)}
    outer: Json = {"id": dice.guid(), "members": [*dice.some(others, 0, 1), inner["id"]]}
    groups.extend((inner, outer))
    for number, group in enumerate(groups):
        mail = f"team{number}@{DOMAIN}"
        # A group has its address in mail, in proxyAddresses or in both.
        if dice.chance(0.8):
            group["mail"] = mail
            group["proxyAddresses"] = [f"SMTP:{mail}"] if dice.chance(0.6) else []
        else:
            group["mail"] = None
            group["proxyAddresses"] = [f"SMTP:{in_directory(dice, mail)}"]
    return groups


def make_directory(dice: Dice, persons: tuple[int, int]) -> Directory:
    """Return a directory in which at least two users are listed and have not opted out."""
    adds_domain = dice.chance(0.4)
    users = [
        make_user(dice, number, adds_domain=adds_domain)
        for number in range(dice.between(*persons) + dice.between(0, 2))
    ]
    guests = [make_guest(dice, number) for number in range(dice.pick((0, 0, 1, 2)))]
    spared = users[:2]
    everybody = users + guests
    dice.rng.shuffle(everybody)
    earlier = add_odd_lines(dice, everybody)
    groups = make_groups(dice, everybody, spared)
    teams = len(groups) - 2

    listed = [dice.pick(user.addresses) for user in spared]
    listed.extend(
        dice.pick(user.addresses)
        for user in users[2:] + guests
        if dice.chance(0.25 if user.is_guest else 0.7)
    )
    listed.extend(f"team{number}@{DOMAIN}" for number in range(len(groups)) if dice.chance(0.5))
    if dice.chance(0.4):
        listed.extend(dice.some(listed, 1, 2))
    if dice.chance(0.4):
        listed.append(dice.pick((f"nobody@{DOMAIN}", "leaver@elsewhere.example")))
    dice.rng.shuffle(listed)

    # Opted out may be who is listed, and who is not listed at all.
    opted_out = [
        dice.pick(user.addresses) for user in everybody if user not in spared and dice.chance(0.12)
    ]
    opted_out.extend(f"team{number}@{DOMAIN}" for number in (teams, teams + 1) if dice.chance(0.25))

    domains: list[Json] = [
        {"name": dice.mixed_case(DOMAIN) if dice.chance(0.3) else DOMAIN, "isDefault": True},
        {"name": TENANT_DOMAIN.capitalize(), "isInitial": True},
    ]
    settings: Json = {"addresses": [plain(dice, address) for address in listed]}
    if opted_out or dice.chance(0.5):
        settings["opted_out"] = [plain(dice, address) for address in opted_out]
    if adds_domain:
        settings["organisation_domains"] = [dice.mixed_case(ADDED_DOMAIN) + dice.pick(("", "."))]
    organization: Json = {"id": dice.guid(), "verifiedDomains": domains}
    return Directory(everybody, groups, organization, settings, adds_domain, earlier)
