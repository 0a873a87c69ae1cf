"""Who is a person, and whose addresses are the organisation's (section 1)."""

import json
from dataclasses import dataclass
from pathlib import Path

from .files import read_one
from .values import Json, clean_address, domain_of, objects, text, texts

FEWEST_PERSONS = 2
MOST_PERSONS = 2500


class PersonsError(Exception):
    """There are too few or too many persons: the run must stop."""


@dataclass(frozen=True)
class People:
    """The persons, and what else belongs to the organisation."""

    email_addresses: dict[str, str | None]
    """The person's user id to the address that Office_UserEntity shows."""
    person_of: dict[str, str]
    """Each address of a person to the user id."""
    own_addresses: set[str]
    """The addresses of persons and of those who opted out."""
    own_domains: set[str]

    def is_own(self, address: str) -> bool:
        """Return whether an address is a person's, a colleague's or in an own domain."""
        return address in self.own_addresses or domain_of(address) in self.own_domains


def addresses_of(entry: Json) -> set[str]:
    """Return all the addresses of a user or a group."""
    values: list[object] = [entry.get("mail"), entry.get("userPrincipalName")]
    values.extend(texts(entry, "proxyAddresses"))
    return {address for address in map(clean_address, values) if address is not None}


def shown_address(user: Json) -> str | None:
    """Return the proxy address marked ``SMTP:``, else mail, else userPrincipalName (section 7)."""
    candidates: list[object] = [
        proxy for proxy in texts(user, "proxyAddresses") if proxy.strip().startswith("SMTP:")
    ]
    candidates.extend([user.get("mail"), user.get("userPrincipalName")])
    for candidate in candidates:
        address = clean_address(candidate)
        if address is not None:
            return address
    return None


def members_of(group: Json, users: dict[str, Json], groups: dict[str, Json]) -> set[str]:
    """Return the ids of the users in a group and in the groups inside it, however nested."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [group]
    while waiting:
        for member in texts(waiting.pop(), "members"):
            if member in users:
                found.add(member)
            elif member in groups and member not in seen:
                seen.add(member)
                waiting.append(groups[member])
    return found


def resolve(listed: list[str], users: dict[str, Json], groups: dict[str, Json]) -> set[str]:
    """Return the ids of the users that addresses stand for."""
    found: set[str] = set()
    for entry in listed:
        address = clean_address(entry)
        if address is None:
            continue
        for user_id, user in users.items():
            if address in addresses_of(user):
                found.add(user_id)
        for group in groups.values():
            if address in addresses_of(group):
                found |= members_of(group, users, groups)
    return found


def by_id(entries: list[Json]) -> dict[str, Json]:
    """Return directory entries by their id."""
    found: dict[str, Json] = {}
    for entry in entries:
        identity = text(entry, "id")
        if identity is not None:
            found[identity] = entry
    return found


def read_people(activity: Path, settings: Json) -> People:
    """Resolve the configuration's ``mailboxes`` with the directory in the activity folder."""
    users = by_id(read_one(activity, "users"))
    groups = by_id(read_one(activity, "groups"))
    opted_out = resolve(texts(settings, "opted_out"), users, groups)
    persons = resolve(texts(settings, "addresses"), users, groups) - opted_out
    if not FEWEST_PERSONS <= len(persons) <= MOST_PERSONS:
        message = f"{len(persons)} persons"
        raise PersonsError(message)

    organisation = json.loads((activity / "organization.json").read_text(encoding="utf-8"))
    names: list[str | None] = [
        text(domain, "name") for domain in objects(organisation, "verifiedDomains")
    ]
    names.extend(texts(settings, "organisation_domains"))

    person_of: dict[str, str] = {}
    for user_id in sorted(persons):
        for address in addresses_of(users[user_id]):
            person_of[address] = user_id
    own_addresses = set(person_of)
    for user_id in opted_out:
        own_addresses |= addresses_of(users[user_id])
    return People(
        email_addresses={user_id: shown_address(users[user_id]) for user_id in persons},
        person_of=person_of,
        own_addresses=own_addresses,
        own_domains={name.strip().lower() for name in names if name is not None},
    )
