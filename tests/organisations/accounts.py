"""The customer dataset: accounts, contacts, and rows that are not contacts."""

import csv
import io
import random
from dataclasses import dataclass, field
from pathlib import Path

from .dice import Dice, Json
from .directory import (
    GUEST_DOMAIN,
    LOOKALIKE_DOMAIN,
    PARTNER_DOMAIN,
    SUB_DOMAIN,
    Directory,
)

EXCLUDED_DOMAIN = "competitor.example"
EXCLUDED_ADDRESS = "bot@customer0.example"

ODD_IDS = (
    "007",
    "0042",
    "7",
    "NA",
    "NULL",
    "null",
    "None",
    "nan",
    "TRUE",
    "1e5",
    "1.0",
    "-5",
    "2024-01-01",
    "A|B",
    "A|year|2024-01-01",
    'He said "hi"',
    "Smith, Jones",
    "semi;colon",
    "tab\tinside",
    "O'Neil & Söhne",
    "客户",
    "ab",
    "AB",
    "12345678901234567890",
    "two  spaces",
    "\\N",
    "#N/A",
)
LOCAL_PARTS = ("ann", "bob", "zoë", "jürgen", "li.wei", "o'brien", "sales", "info", "иван", "a")
INVALID_ADDRESSES = (
    "",
    " ",
    "not an address",
    "two@@customer0.example",
    "a@b@customer0.example",
    "@customer0.example",
    "ann@",
    "smtp:",
    "mailto:@customer0.example",
    "/o=ExchangeLabs/cn=Recipients/cn=ann",
)
NAMES = ("Müller & Söhne", 'The "Best"', "Smith, Jones; Partners", "株式会社", "NULL", "NA", "Acme")


@dataclass
class Customers:
    """The rows of the two files, and addresses to write e-mails with."""

    accounts: list[str]
    contacts: list[str] = field(default_factory=list)
    """Addresses that are a contact of some account."""
    strangers: list[str] = field(default_factory=list)
    """Addresses that are a contact of none, however near."""
    rows: list[tuple[str, str]] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)


def account_ids(dice: Dice, count: int) -> list[str]:
    """Return account ids, many of which tempt a reader to make something else of them."""
    odd = dice.some(ODD_IDS, count // 2, count // 2)
    plain = [f"C{number:05d}" for number in range(count - len(odd))]
    ids = odd + plain
    dice.rng.shuffle(ids)
    return ids


def add_contacts(dice: Dice, customers: Customers) -> None:
    """Add rows that are contacts: shared ones, duplicates, and those of accounts with many."""
    for number, account in enumerate(customers.accounts):
        domain = f"customer{number}.example"
        if dice.chance(0.12):
            continue
        for _ in range(dice.pick((1, 1, 2, 2, 3, 5))):
            address = f"{dice.pick(LOCAL_PARTS)}{dice.pick(('', '2', '.x'))}@{domain}"
            if dice.chance(0.08):
                # Near the organisation, but not of it: domains are compared as a whole.
                near = dice.pick((SUB_DOMAIN, LOOKALIKE_DOMAIN, PARTNER_DOMAIN, f"mail.{domain}"))
                address = f"buyer{number}@{near}"
            elif dice.chance(0.04):
                address = f"buyer{number}@sub.{EXCLUDED_DOMAIN}"
            elif dice.chance(0.15) and customers.contacts:
                address = dice.pick(customers.contacts)
            customers.contacts.append(address)
            customers.rows.append((account, address))
            if dice.chance(0.08):
                customers.rows.append((account, address))


def add_others(dice: Dice, customers: Customers, directory: Directory) -> None:
    """Add rows that are not contacts, each for one reason or for several."""
    users = [address for user in directory.users for address in user.addresses]
    reasons = (
        INVALID_ADDRESSES,
        users,
        directory.own_strangers(),
        (f"guest0@{GUEST_DOMAIN}", f"guest1@{GUEST_DOMAIN}"),
        (EXCLUDED_ADDRESS, f"ann@{EXCLUDED_DOMAIN}", f"bob@{EXCLUDED_DOMAIN}"),
    )
    for _ in range(dice.between(3, 10)):
        address = dice.pick(dice.pick(reasons))
        account = dice.pick(customers.accounts)
        if dice.chance(0.1):
            # An account that is known from a rejected row only.
            account = f"rejected-{dice.between(1, 3)}"
        customers.rows.append((account, address))
    for _ in range(dice.between(0, 3)):
        address = dice.pick((*customers.contacts, *users, "ann@"))
        customers.rows.append((dice.pick(("", " ", "\t")), address))


def add_names(dice: Dice, customers: Customers) -> None:
    """Add rows of the accounts file: missing accounts, missing names, accounts listed twice."""
    for number, account in enumerate(customers.accounts):
        name = dice.pick(NAMES) if dice.chance(0.4) else f"Customer {number}"
        if dice.chance(0.1):
            name = ""
        if dice.chance(0.9):
            customers.names.append((account, name))
        if dice.chance(0.05):
            customers.names.append((account, name))
    customers.names.extend((f"silent-{number}", "Silent") for number in range(dice.between(0, 3)))
    if dice.chance(0.2):
        customers.names.append(("", "Nobody"))


def make_customers(dice: Dice, directory: Directory, count: tuple[int, int]) -> Customers:
    """Return a customer dataset."""
    customers = Customers(account_ids(dice, dice.between(*count)))
    add_contacts(dice, customers)
    if not customers.contacts:
        customers.contacts.append("ann@customer0.example")
        customers.rows.append((customers.accounts[0], "ann@customer0.example"))
    add_others(dice, customers, directory)
    add_names(dice, customers)
    dice.rng.shuffle(customers.rows)
    dice.rng.shuffle(customers.names)
    if dice.chance(0.6):
        customers.excluded = [dice.spell(EXCLUDED_ADDRESS), dice.mixed_case(EXCLUDED_DOMAIN)]
    if dice.chance(0.15):
        customers.excluded.append(dice.spell(dice.pick(customers.contacts)))
    customers.strangers = [
        EXCLUDED_ADDRESS,
        f"ann@{EXCLUDED_DOMAIN}",
        f"someone@{SUB_DOMAIN}",
        f"someone@{LOOKALIKE_DOMAIN}",
        "news@letters.example",
        "stranger@customer0.example",
        f"guest0@{GUEST_DOMAIN}",
    ]
    return customers


def csv_text(dice: Dice, rows: list[list[str]]) -> bytes:
    """Write rows as CSV, in one of the ways that section 8 allows."""
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=dice.pick((",", ",", ";", "\t")),
        quoting=dice.pick((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
        lineterminator=dice.pick(("\n", "\r\n")),
    )
    writer.writerows(rows)
    text = stream.getvalue()
    if dice.chance(0.15):
        text = text.rstrip("\r\n")
    return text.encode("utf-8-sig" if dice.chance(0.3) else "utf-8")


def with_columns(
    dice: Dice, names: tuple[str, str], rows: list[tuple[str, str]]
) -> list[list[str]]:
    """Return a header and rows, with further columns and in any order of columns."""
    header = list(names)
    table = [list(row) for row in rows]
    if dice.chance(0.5):
        header.append(dice.pick(("Region", "Notes", "created at")))
        for row in table:
            row.append(dice.pick(("", "North, East", "a;b", "line\nbreak", "1")))
    order = list(range(len(header)))
    dice.rng.shuffle(order)
    return [[row[place] for place in order] for row in [header, *table]]


def make_parents(customers: Customers) -> list[str]:
    """Return a column of parents, header first; often none, sometimes of no account, or in circles.

    It has a generator of its own: what was drawn before there were parents stays as it was.
    """
    dice = Dice(random.Random(repr(customers.names)))
    if dice.chance(0.4):
        return []
    accounts = [account for account, _ in customers.names if account] or ["nobody"]
    column = ["Account above"]
    for _ in customers.names:
        parent = dice.pick(accounts[:4] if dice.chance(0.5) else accounts)
        parent = "nobody" if dice.chance(0.05) else parent
        column.append(dice.padded(parent) if dice.chance(0.6) else "")
    return column


def write_customers(dice: Dice, customers: Customers, folder: Path) -> Json:
    """Write the files, and return the ``customers`` section of the configuration."""
    account_column = dice.pick(("CustomerId", "account_id", "Account ID", "konto-nr"))
    email_column = dice.pick(("Email", "contact_email", "E-Mail", "mail address"))
    settings: Json = {
        "contacts": "contacts.csv",
        "account_id": account_column,
        "email": email_column,
    }
    rows = [
        (
            dice.padded(account) if account and dice.chance(0.08) else account,
            address if address in INVALID_ADDRESSES else dice.spell(address),
        )
        for account, address in customers.rows
    ]
    contacts = with_columns(dice, (account_column, email_column), rows)
    (folder / "contacts.csv").write_bytes(csv_text(dice, contacts))
    if dice.chance(0.85):
        name_column = dice.pick(("Name", "account_name"))
        settings["accounts"] = "accounts.csv"
        settings["account_name"] = name_column
        names = with_columns(dice, (account_column, name_column), customers.names)
        if parents := make_parents(customers):
            settings["parent"] = "Account above"
            names = [[*row, parent] for row, parent in zip(names, parents, strict=True)]
        (folder / "accounts.csv").write_bytes(csv_text(dice, names))
    if customers.excluded or dice.chance(0.5):
        settings["excluded"] = customers.excluded
    return settings
