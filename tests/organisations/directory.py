"""The tenant: its domains, users and groups, and what the configuration lists of them."""

from dataclasses import dataclass

from .dice import Dice, Json

DOMAIN = "contoso.com"
TENANT_DOMAIN = "contoso.onmicrosoft.com"
ADDED_DOMAIN = "northwind.example"
SUB_DOMAIN = "eu.contoso.com"
LOOKALIKE_DOMAIN = "contoso.com.example"
PARTNER_DOMAIN = "partner.example"
GUEST_DOMAIN = "visitors.example"

NAMES = ("ada", "grace", "alan", "ünal", "zoë", "o'neil", "j.r.smith", "катя", "first+tag", "x")


@dataclass(frozen=True)
class User:
    """A user of the directory, with all addresses as they are when normalised."""

    user_id: str
    addresses: list[str]
    resource: Json
    is_guest: bool


@dataclass(frozen=True)
class Directory:
    """The directory, and the ``mailboxes`` section of the configuration."""

    users: list[User]
    groups: list[Json]
    organization: Json
    settings: Json
    adds_domain: bool

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
        resource["mail"] = dice.mixed_case(mail) if dice.chance(0.4) else mail
        addresses.append(mail)
    elif dice.chance(0.5):
        resource["mail"] = None
    if dice.chance(0.85):
        proxies = [f"X500:/o=ExchangeLabs/ou=Exchange/cn=Recipients/cn={name}"]
        proxies.extend(
            f"smtp:{dice.mixed_case(alias)}" if dice.chance(0.3) else f"smtp:{alias}"
            for alias in aliases
        )
        if dice.chance(0.8):
            primary = mail if dice.chance(0.7) or not aliases else aliases[0]
            proxies = [proxy for proxy in proxies if primary not in proxy.lower()]
            proxies.append(f"SMTP:{dice.mixed_case(primary)}")
            addresses.append(primary)
        if dice.chance(0.2):
            proxies.append(f"SIP:{mail}")
        if dice.chance(0.1):
            proxies = [dice.padded(proxy) for proxy in proxies]
        dice.rng.shuffle(proxies)
        resource["proxyAddresses"] = proxies
        addresses.extend(aliases)
    elif dice.chance(0.5):
        resource["proxyAddresses"] = []
    return User(str(resource["id"]), sorted(set(addresses)), resource, is_guest=False)


def make_guest(dice: Dice, number: int) -> User:
    """Return a guest: a user, but with an address of another organisation."""
    mail = f"guest{number}@{GUEST_DOMAIN}"
    principal = f"guest{number}_{GUEST_DOMAIN}#ext#@{TENANT_DOMAIN}"
    resource: Json = {
        "id": dice.guid(),
        "mail": mail,
        "userPrincipalName": principal.replace("#ext#", "#EXT#"),
        "proxyAddresses": [f"SMTP:{mail}"],
        "userType": "Guest",
    }
    return User(str(resource["id"]), [mail, principal], resource, is_guest=True)


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
        groups.append({"id": identity, "displayName": f"Team {number}", "members": members})
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
            group["proxyAddresses"] = [f"SMTP:{dice.mixed_case(mail)}"]
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
    settings: Json = {"addresses": [dice.spell(address) for address in listed]}
    if opted_out or dice.chance(0.5):
        settings["opted_out"] = [dice.spell(address) for address in opted_out]
    if adds_domain:
        settings["organisation_domains"] = [dice.mixed_case(ADDED_DOMAIN)]
    organization: Json = {"id": dice.guid(), "verifiedDomains": domains}
    return Directory(everybody, groups, organization, settings, adds_domain)
