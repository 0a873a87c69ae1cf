"""The customer dataset: accounts, their names and their contacts (section 1)."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from .addresses import addresses_in_cell, domain_of, plain_address, plain_domain
from .people import People
from .spreadsheets import read_table
from .values import Json, texts

OUTCOMES = (
    "read",
    "accepted",
    "invalid_address",
    "no_account_id",
    "own_organisation",
    "excluded",
    "duplicate",
)


@dataclass(frozen=True)
class Customers:
    """The accounts and the contacts that were accepted."""

    names: dict[str, str | None]
    """Every account id of the dataset to its name."""
    accounts_of: dict[str, set[str]]
    """The address of a contact to the accounts it belongs to."""
    ledger: Counter[str]
    parents: dict[str, str]
    """Account ids to what the accounts file says is the account above, true or not."""


def judge(
    account: str,
    address: str | None,
    people: People,
    excluded: set[str],
    accepted: dict[str, set[str]],
) -> str:
    """Return the first reason for which a row is not a contact, or ``accepted``."""
    if address is None:
        return "invalid_address"
    if account == "":
        return "no_account_id"
    if people.is_own(address):
        return "own_organisation"
    if address in excluded or domain_of(address) in excluded:
        return "excluded"
    if account in accepted.get(address, set()):
        return "duplicate"
    return "accepted"


def read_exclusions(entries: list[str]) -> set[str]:
    """Return the exclusions: addresses, and domains (without @), which must be plain ones."""
    return {plain_address(entry) if "@" in entry else plain_domain(entry) for entry in entries}


def read_customers(folder: Path, settings: Json, people: People) -> Customers:
    """Read the files that the configuration's ``customers`` names."""
    id_column, email_column = str(settings["account_id"]), str(settings["email"])
    excluded = read_exclusions(texts(settings, "excluded"))
    names: dict[str, str | None] = {}
    accounts_of: defaultdict[str, set[str]] = defaultdict(set)
    ledger: Counter[str] = Counter()

    for row in read_table(folder / str(settings["contacts"]), [id_column, email_column]):
        account = str(row[id_column]).strip()
        if account != "":
            names[account] = None
        for address in addresses_in_cell(str(row[email_column])):
            outcome = judge(account, address, people, excluded, accounts_of)
            if outcome == "accepted" and address is not None:
                accounts_of[address].add(account)
            ledger["read"] += 1
            ledger[outcome] += 1

    parents: dict[str, str] = {}
    if settings.get("accounts"):
        name_column = str(settings["account_name"])
        parent_column = str(settings.get("parent") or id_column)
        columns = [id_column, name_column, parent_column]
        for row in read_table(folder / str(settings["accounts"]), columns):
            account = str(row[id_column]).strip()
            if account != "":
                # An account that is listed twice keeps the first name that it has.
                names[account] = names.get(account) or str(row[name_column]).strip() or None
                parent = str(row[parent_column]).strip()
                if settings.get("parent") and parent != "":
                    parents.setdefault(account, parent)
    return Customers(names, dict(accounts_of), ledger, parents)
