"""The customer dataset: accounts, contacts, and rows that are not contacts."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.naive.addresses import lower

from .dice import Dice, Json
from .directory import (
    GUEST_DOMAIN,
    LOOKALIKE_DOMAIN,
    PARTNER_DOMAIN,
    SUB_DOMAIN,
    Directory,
)
from .spelling import UNICODE_DOMAINS, X500, plain, spell
from .tables import write_table

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
IDN_DOMAINS = tuple(UNICODE_DOMAINS)
NUMBERS = (*range(1, 40), *range(12_345_678_900, 12_345_678_940), 2**53, 10**15)
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
    "IMCEAEX-_O=EXCHANGELABS_CN=RECIPIENTS_CN=ann@customer0.example",
    "ann smith@customer0.example",
    "ann@customer0.example ben@customer0.example",
    "<ann@customer0.example> or Ben",
    "https://customer0.example/ann@home",
    "unknown; none",
    "'@customer0.example'",
    "\u200b",
)
SEPARATORS = ("; ", ";", ",", " | ", ":::", "\n", "\r\n", ";\n")
NAMES = ("Müller & Söhne", 'The "Best"', "Smith, Jones; Partners", "株式会社", "NULL", "NA", "Acme")


@dataclass
class Customers:
    """The rows of the two files, and addresses to write e-mails with."""

    accounts: list[str]
    numeric: bool
    """Whether every account id is a whole number, which Parquet may hold as floating point."""
    contacts: list[str] = field(default_factory=list)
    """Addresses that are a contact of some account."""
    strangers: list[str] = field(default_factory=list)
    """Addresses that are a contact of none, however near."""
    rows: list[tuple[str, str]] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)


def account_ids(dice: Dice, count: int, *, numeric: bool) -> list[str]:
    """Return account ids, many of which tempt a reader to make something else of them."""
    if numeric:
        return [str(number) for number in dice.some(NUMBERS, count, count)]
    odd = dice.some(ODD_IDS, count // 2, count // 2)
    plain = [f"C{number:05d}" for number in range(count - len(odd))]
    ids = odd + plain
    dice.rng.shuffle(ids)
    return ids


def add_contacts(dice: Dice, customers: Customers) -> None:
    """Add rows that are contacts: shared ones, duplicates, and those of accounts with many."""
    for number, account in enumerate(customers.accounts):
        domain = f"customer{number}.example"
        if dice.chance(0.1):
            domain = IDN_DOMAINS[number % len(IDN_DOMAINS)]
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
            account = f"{'99' if customers.numeric else 'rejected-'}{dice.between(1, 3)}"
        customers.rows.append((account, address))
    for _ in range(dice.between(0, 3)):
        address = dice.pick((*customers.contacts, *users, "ann@"))
        blanks = ("",) if customers.numeric else ("", " ", "\t")
        customers.rows.append((dice.pick(blanks), address))


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
    numeric = dice.chance(0.1)
    customers = Customers(account_ids(dice, dice.between(*count), numeric=numeric), numeric)
    add_contacts(dice, customers)
    if not customers.contacts:
        customers.contacts.append("ann@customer0.example")
        customers.rows.append((customers.accounts[0], "ann@customer0.example"))
    add_others(dice, customers, directory)
    add_names(dice, customers)
    dice.rng.shuffle(customers.rows)
    dice.rng.shuffle(customers.names)
    if dice.chance(0.6):
        domain = dice.mixed_case(EXCLUDED_DOMAIN) + dice.pick(("", "", "."))
        customers.excluded = [plain(dice, EXCLUDED_ADDRESS), domain]
    if dice.chance(0.1):
        customers.excluded.append(dice.pick(list(UNICODE_DOMAINS.values())))
    if dice.chance(0.15):
        customers.excluded.append(plain(dice, dice.pick(customers.contacts)))
    customers.strangers = [
        EXCLUDED_ADDRESS,
        f"ann@{EXCLUDED_DOMAIN}",
        f"someone@{SUB_DOMAIN}",
        f"someone@{LOOKALIKE_DOMAIN}",
        "news@letters.example",
        "stranger@customer0.example",
        f"guest0@{GUEST_DOMAIN}",
        lower(X500 + "somebody"),
    ]
    return customers


def make_parents(customers: Customers) -> list[str]:
    """Return a column of parents; often none, sometimes of no account, or in circles.

    It has a generator of its own: what was drawn before there were parents stays as it was.
    """
    dice = Dice(random.Random(repr(customers.names)))
    if dice.chance(0.4):
        return []
    accounts = [account for account, _ in customers.names if account] or ["nobody"]
    column: list[str] = []
    for _ in customers.names:
        parent = dice.pick(accounts[:4] if dice.chance(0.5) else accounts)
        parent = "nobody" if dice.chance(0.05) else parent
        column.append(dice.padded(parent) if dice.chance(0.6) else "")
    return column


def cells(dice: Dice, customers: Customers) -> list[tuple[str, str]]:
    """Return the rows as they are written: some cells hold several addresses, or rubbish too."""
    found: list[tuple[str, str]] = []
    for identity, address in customers.rows:
        account = identity
        written = address if address in INVALID_ADDRESSES else spell(dice, address)
        if dice.chance(0.03):
            written += dice.pick(SEPARATORS) + dice.pick(("n/a", "", "ann@", "+31 20 1234567"))
        elif dice.chance(0.05):
            other = spell(dice, dice.pick(customers.contacts))
            written = dice.pick(SEPARATORS).join(dice.some((written, other), 2, 2))
        if account and not customers.numeric and dice.chance(0.08):
            account = dice.padded(account)
        found.append((account, written))
    return found


def write_customers(dice: Dice, customers: Customers, folder: Path) -> Json:
    """Write the files, and return the ``customers`` section of the configuration."""
    account_column = dice.pick(("CustomerId", "account_id", "Account ID", "konto-nr"))
    email_column = dice.pick(("Email", "contact_email", "E-Mail", "mail address"))
    names = (account_column, email_column)
    settings: Json = {"account_id": account_column, "email": email_column}
    settings["contacts"] = write_table(dice, folder / "contacts", names, cells(dice, customers))
    if dice.chance(0.85):
        name_column = dice.pick(("Name", "account_name"))
        columns: tuple[str, ...] = (account_column, name_column)
        rows: list[tuple[str, ...]] = list(customers.names)
        settings["account_name"] = name_column
        if parents := make_parents(customers):
            settings["parent"] = "Account above"
            columns = (*columns, "Account above")
            rows = [(*row, above) for row, above in zip(rows, parents, strict=True)]
        settings["accounts"] = write_table(dice, folder / "accounts", columns, rows)
    if customers.excluded or dice.chance(0.5):
        settings["excluded"] = customers.excluded
    return settings
