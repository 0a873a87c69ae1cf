"""The sample organisation: who works there, in which groups, and who its customers are.

What belongs here: everything that does not change over the year. Three people are the same whatever
the seed, so that a configuration file can name them: Ada, who is listed by her own address; Noor,
who opted out; and the administrator.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from random import Random
from uuid import UUID

from simulator.customers import Account, Series, draw_accounts
from simulator.names import PersonNames
from simulator.working_time import AMERICA, EUROPE, unit_random

DOMAIN = "contoso.com"
TENANT_DOMAIN = "contoso.onmicrosoft.com"
LISTED_ADDRESSES = (f"all-sales@{DOMAIN}", f"ada@{DOMAIN}")
OPTED_OUT_ADDRESSES = (f"noor.haddad@{DOMAIN}",)
ADMIN_ADDRESS = f"admin@{DOMAIN}"
EXCLUDED = ("mailer.example", "events@fabrikam.example")

_TEAM_SIZE = 8
# Two teams at the top; the others are nested in one of them.
_TEAMS = (
    ("us-sales-team", AMERICA),
    ("eu-sales-team", EUROPE),
    ("benelux-sales", EUROPE),
    ("us-west-sales", AMERICA),
    ("nordics-sales", EUROPE),
    ("us-south-sales", AMERICA),
    ("iberia-sales", EUROPE),
)


@dataclass(frozen=True, slots=True)
class User:
    """A member of the organisation.

    `place`: the position in `Organisation.users`. `user_id`: the Entra object id. `aliases`:
    further addresses. `has_mailbox`: false for somebody whose mailbox is not in the cloud.
    """

    place: int
    user_id: str
    name: str
    address: str
    principal_name: str
    aliases: tuple[str, ...]
    zone: str
    has_mailbox: bool = True

    def resource(self) -> dict[str, object]:
        """The user as a Graph resource, with the fields that docs/privacy.md names."""
        return {
            "id": self.user_id,
            "mail": self.address,
            "userPrincipalName": self.principal_name,
            "proxyAddresses": [f"SMTP:{self.address}", *(f"smtp:{a}" for a in self.aliases)],
        }


@dataclass(frozen=True, slots=True)
class Group:
    """A group with an address. `members`: ids of users, groups, and things that are neither."""

    group_id: str
    name: str
    address: str
    members: tuple[str, ...]

    def resource(self) -> dict[str, object]:
        """The group as a line of an activity folder's `groups.ndjson`."""
        return {
            "id": self.group_id,
            "mail": self.address,
            "proxyAddresses": [f"SMTP:{self.address}"],
            "members": list(self.members),
        }


@dataclass(frozen=True, slots=True)
class Team:
    """Colleagues who write to each other and meet every week. `members`: places of users."""

    number: int
    address: str
    zone: str
    members: tuple[int, ...]
    series: Series


@dataclass(frozen=True, eq=False)
class Organisation:
    """A sample organisation and its customers, made by `generate`.

    `people` are the places of the users whom the sample configuration selects. `volume` multiplies
    how much is written and met.
    """

    seed: int
    organisation_id: str
    name: str
    users: tuple[User, ...]
    groups: tuple[Group, ...]
    teams: tuple[Team, ...]
    people: tuple[int, ...]
    volume: float
    accounts: tuple[Account, ...]

    @classmethod
    def generate(
        cls, seed: int, *, people: int = 24, accounts: int = 120, volume: float = 1.0
    ) -> "Organisation":
        """The organisation of this seed.

        `people`: how many persons the sample configuration selects, 4 at least, one of them without
        a mailbox. `accounts`: customer accounts; about three in four are active.
        `volume`: multiplies how much is written and met; 1.0 is a busy sales department.

        Raises `ValueError` when there are too few of either, or no volume.
        """
        if volume <= 0:
            raise ValueError("volume must be above 0")
        if people < 4 or accounts < 1:
            raise ValueError("a sample organisation needs at least 4 people and 1 account")
        rng = unit_random(seed, "organisation")
        ada, *sales = _sales(rng, people)
        helpers, admin = _helpers(rng, len(sales) + 1, max(4, people // 3))
        users = (ada, *sales, *helpers, admin)
        teams = _teams(rng, sales, helpers)
        selected = tuple(
            user.place for user in (ada, *sales) if user.address not in OPTED_OUT_ADDRESSES
        )
        # Accounts of somebody whose mailbox is not read would look silent, so these have none.
        managers = [
            (user.place, user.zone)
            for user in sales
            if user.has_mailbox and user.address not in OPTED_OUT_ADDRESSES
        ]
        return cls(
            seed=seed,
            organisation_id=_identifier(rng),
            name="Contoso",
            users=users,
            groups=_groups(rng, users, teams),
            teams=teams,
            people=selected,
            volume=volume,
            accounts=draw_accounts(seed, accounts, managers, [user.place for user in helpers]),
        )

    @property
    def selected_users(self) -> tuple[User, ...]:
        """The users whom the sample configuration selects, opted-out ones left out."""
        return tuple(self.users[place] for place in self.people)

    @property
    def everybody(self) -> range:
        """The places of all users."""
        return range(len(self.users))

    @property
    def sales(self) -> range:
        """The places of the members of all-sales, nested groups included."""
        return range(1, len(self.people) + 1)

    def resource(self) -> dict[str, object]:
        """The organisation as a Graph resource, with its verified domains."""
        return {
            "id": self.organisation_id,
            "displayName": self.name,
            "verifiedDomains": [
                {"name": DOMAIN, "isDefault": True, "isInitial": False},
                {"name": TENANT_DOMAIN, "isDefault": False, "isInitial": True},
            ],
        }

    def accounts_of(self, user: User) -> tuple[Account, ...]:
        """The accounts that the user deals with."""
        return self._accounts_by_place.get(user.place, ())

    def teams_of(self, user: User) -> tuple[Team, ...]:
        """The teams that the user belongs to."""
        return tuple(team for team in self.teams if user.place in team.members)

    @cached_property
    def _accounts_by_place(self) -> dict[int, tuple[Account, ...]]:
        found: dict[int, list[Account]] = {}
        for account in self.accounts:
            for place in account.team:
                found.setdefault(place, []).append(account)
        return {place: tuple(accounts) for place, accounts in found.items()}


def _identifier(rng: Random) -> str:
    return str(UUID(bytes=rng.randbytes(16), version=4))


def _user(rng: Random, place: int, name: str, address: str, zone: str) -> User:
    local = address.split("@", 1)[0]
    aliases = [f"{local}@{TENANT_DOMAIN}"]
    if rng.random() < 0.2:
        aliases.append(f"{local.replace('.', '')}@{DOMAIN}")
    # Some tenants sign people in by another name than the one on their business card.
    principal = aliases[0] if rng.random() < 0.15 else address
    return User(place, _identifier(rng), name, address, principal, tuple(aliases), zone)


def _sales(rng: Random, people: int) -> list[User]:
    """Ada, Noor and everybody in sales; all but Noor are selected."""
    names = PersonNames(rng)
    ada = User(
        place=0,
        user_id=_identifier(rng),
        name="Ada Vermeer",
        address=f"ada.vermeer@{DOMAIN}",
        principal_name=f"ada.vermeer@{DOMAIN}",
        aliases=(f"ada@{DOMAIN}", f"ada.vermeer@{TENANT_DOMAIN}"),
        zone=EUROPE,
    )
    users = [ada]
    for place in range(1, people + 1):
        name, address = names.draw(DOMAIN)
        user = _user(rng, place, name, address, EUROPE if (place - 1) % 5 < 3 else AMERICA)
        users.append(user)
    users[1] = _user(rng, 1, "Noor Haddad", OPTED_OUT_ADDRESSES[0], EUROPE)
    users[2] = replace(users[2], zone=EUROPE, has_mailbox=False)
    return users


def _helpers(rng: Random, first: int, number: int) -> tuple[list[User], User]:
    """Colleagues of other departments, whom nobody selects, and the administrator."""
    names = PersonNames(rng)
    helpers = []
    for place in range(first, first + number):
        # Another spelling keeps these apart from the addresses in sales.
        name, address = names.draw(DOMAIN, "{initial}.{family}")
        helpers.append(_user(rng, place, name, address, EUROPE))
    admin = User(
        place=first + number,
        user_id=_identifier(rng),
        name="Tenant Administrator",
        address=ADMIN_ADDRESS,
        principal_name=f"admin@{TENANT_DOMAIN}",
        aliases=(f"admin@{TENANT_DOMAIN}",),
        zone=EUROPE,
    )
    return helpers, admin


def _teams(rng: Random, sales: list[User], helpers: list[User]) -> tuple[Team, ...]:
    """Sales in teams of eight at most, each with a colleague of another department."""
    teams: list[Team] = []
    by_zone = {zone: [user for user in sales if user.zone == zone] for zone in (AMERICA, EUROPE)}
    for turn in count():
        if len(teams) >= 2 and not any(by_zone.values()):
            break
        repeat, number = divmod(turn, len(_TEAMS))
        local, zone = _TEAMS[number]
        waiting = by_zone[zone]
        members = [user.place for user in waiting[:_TEAM_SIZE]]
        del waiting[:_TEAM_SIZE]
        if not members:
            continue
        members.append(helpers[turn % len(helpers)].place)
        address = f"{local}{f'-{repeat + 1}' if repeat else ''}@{DOMAIN}"
        teams.append(Team(len(teams), address, zone, tuple(members), Series.draw(rng, 1, 45)))
    return tuple(teams)


def _groups(rng: Random, users: tuple[User, ...], teams: tuple[Team, ...]) -> tuple[Group, ...]:
    """Groups for each team, nested: all-sales holds the top teams, and these hold the others.

    The helper in a team is its guest and no member of the group.
    """
    ids = [_identifier(rng) for _ in teams]
    tops = {AMERICA: 0, EUROPE: 1}
    groups = []
    for team in teams:
        top = tops[team.zone]
        members = [users[place].user_id for place in team.members[:-1]]
        if team.number == top:
            nested = [other.number for other in teams if tops[other.zone] == top]
            members += [ids[number] for number in nested if number != top]
        if team.number == 1:
            members.append(_identifier(rng))  # an organisational contact: no user, so ignored
        name = team.address.split("@", 1)[0]
        groups.append(Group(ids[team.number], name, team.address, tuple(members)))
    company = tuple(user.user_id for user in users)
    return (
        Group(_identifier(rng), "all-sales", LISTED_ADDRESSES[0], (ids[0], ids[1])),
        *groups,
        Group(_identifier(rng), "all-company", f"all-company@{DOMAIN}", company),
    )
