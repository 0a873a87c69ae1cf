"""Who is a person, and whose addresses are the organisation's (section 1)."""

from dataclasses import dataclass
from pathlib import Path

from .addresses import (
    bare,
    clean_address,
    clean_domain,
    domain_of,
    plain_address,
    plain_domain,
)
from .files import read_one, read_organization
from .values import Json, objects, text, texts, word

FEWEST_PERSONS = 2
MOST_PERSONS = 2500
X500_MARK = "x500:"
PRIMARY_MARK = "SMTP:"


class PersonsError(Exception):
    """There are too few or too many persons: the run must stop."""


@dataclass(frozen=True)
class People:
    """The persons, and what else belongs to the organisation."""

    email_addresses: dict[str, str | None]
    """The person's user id to the address that Office_UserEntity shows."""
    persons_of: dict[str, set[str]]
    """Each address of a person to the user ids: one that several carry stands for all of them."""
    opted_out_addresses: set[str]
    own_addresses: set[str]
    """The addresses of persons and of those who opted out."""
    own_domains: set[str]

    def is_own(self, address: str) -> bool:
        """Return whether an address is a person's, a colleague's or in an own domain."""
        return address in self.own_addresses or domain_of(address) in self.own_domains

    def who(self, address: str) -> set[str]:
        """Return the persons that an address stands for, else the address itself."""
        return self.persons_of.get(address, {address})

    def knows(self, address: str) -> bool:
        """Return whether an address belongs to a person or to somebody who opted out."""
        return address in self.persons_of or address in self.opted_out_addresses


@dataclass(frozen=True)
class Listed:
    """Whom a list of the configuration names."""

    by_address: set[str]
    """The ids of users that are listed by an address of their own."""
    by_group: set[str]


def proxy_address(proxy: str) -> str | None:
    """Return the address in an entry of proxyAddresses."""
    entry = bare(proxy)
    if entry[: len(X500_MARK)].lower() == X500_MARK:
        return clean_address(entry[len(X500_MARK) :])
    return clean_address(entry)


def addresses_of(entry: Json) -> set[str]:
    """Return all the addresses of a user or a group."""
    found = {clean_address(entry.get("mail")), clean_address(entry.get("userPrincipalName"))}
    found |= {proxy_address(proxy) for proxy in texts(entry, "proxyAddresses")}
    return {address for address in found if address is not None}


def shown_address(user: Json) -> str | None:
    """Return the proxy address marked ``SMTP:``, else mail, else userPrincipalName (section 7)."""
    candidates: list[object] = [
        proxy for proxy in texts(user, "proxyAddresses") if proxy.strip().startswith(PRIMARY_MARK)
    ]
    candidates.extend([user.get("mail"), user.get("userPrincipalName")])
    for candidate in candidates:
        address = clean_address(candidate)
        if address is not None:
            return address
    return None


def is_guest(user: Json) -> bool:
    """Return whether a user comes from another organisation."""
    principal = text(user, "userPrincipalName") or ""
    return word(user, "userType") == "guest" or "#ext#" in principal.lower()


def member_ids(group: Json) -> list[str]:
    """Return the ids of a group's members, which may be written as objects."""
    found = texts(group, "members")
    found.extend(text(member, "id") or "" for member in objects(group, "members"))
    return [identity.lower() for identity in found]


def members_of(group: Json, users: dict[str, Json], groups: dict[str, Json]) -> set[str]:
    """Return the ids of the users in a group and in the groups inside it, however nested."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [group]
    while waiting:
        for member in member_ids(waiting.pop()):
            if member in users:
                found.add(member)
            elif member in groups and member not in seen:
                seen.add(member)
                waiting.append(groups[member])
    return found


def resolve(listed: list[str], users: dict[str, Json], groups: dict[str, Json]) -> Listed:
    """Return the ids of the users that addresses stand for."""
    found = Listed(set(), set())
    for address in map(plain_address, listed):
        for user_id, user in users.items():
            if address in addresses_of(user):
                found.by_address.add(user_id)
        for group in groups.values():
            if address in addresses_of(group):
                found.by_group.update(members_of(group, users, groups))
    return found


def by_id(entries: list[Json]) -> dict[str, Json]:
    """Return directory entries by their id, in lower case; the later line counts."""
    found: dict[str, Json] = {}
    for entry in entries:
        identity = text(entry, "id")
        if identity is not None:
            found[identity.lower()] = entry
    return found


def read_people(activity: Path, settings: Json) -> People:
    """Resolve the configuration's ``mailboxes`` with the directory in the activity folder."""
    users = by_id(read_one(activity, "users"))
    groups = by_id(read_one(activity, "groups"))
    guests = {user_id for user_id, user in users.items() if is_guest(user)}
    listed = resolve(texts(settings, "addresses"), users, groups)
    out = resolve(texts(settings, "opted_out"), users, groups)
    opted_out = out.by_address | out.by_group
    persons = (listed.by_address | (listed.by_group - guests)) - opted_out
    if not FEWEST_PERSONS <= len(persons) <= MOST_PERSONS:
        message = f"{len(persons)} persons"
        raise PersonsError(message)
    # A guest that no list names by an address of its own is nobody of the organisation.
    colleagues = opted_out - (guests - listed.by_address - out.by_address)

    domains = objects(read_organization(activity), "verifiedDomains")
    own_domains = {clean_domain(text(domain, "name") or "") for domain in domains}
    own_domains |= set(map(plain_domain, texts(settings, "organisation_domains")))

    persons_of: dict[str, set[str]] = {}
    for user_id in persons:
        for address in addresses_of(users[user_id]):
            persons_of.setdefault(address, set()).add(user_id)

    def of_all(user_ids: set[str]) -> set[str]:
        return {address for user_id in user_ids for address in addresses_of(users[user_id])}

    return People(
        email_addresses={user_id: shown_address(users[user_id]) for user_id in persons},
        persons_of=persons_of,
        opted_out_addresses=of_all(opted_out),
        own_addresses=set(persons_of) | of_all(colleagues),
        own_domains=own_domains - {""},
    )
