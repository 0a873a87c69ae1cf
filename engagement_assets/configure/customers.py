"""Step: the customer dataset, and which of its columns is which."""

from collections.abc import Sequence
from pathlib import Path

from engagement_assets import config, customers
from engagement_assets.config.values import AddressOrDomain
from engagement_assets.configure import answers, document, prompts
from engagement_assets.configure.setup import Setup
from engagement_assets.errors import EngagementError
from engagement_assets.preflight import customer_files

TITLE = "Customers"

# words of column names, the surest first, without case and separators
_GUESSES = {
    "account_id": ("customerid", "accountid", "accountnumber", "customernumber", "account", "id"),
    "email": ("email", "mail", "address"),
    "account_name": ("name", "accountname", "customername", "account"),
}
_NONE = "None: accounts stand by themselves"
_QUESTIONS = {
    "account_id": "Which column has the account's id?",
    "email": "Which column has the contact's e-mail address?",
    "account_name": "Which column has the account's name?",
}


def ask(setup: Setup) -> None:
    """Ask for `customers`, and show what would become of the contacts."""
    section = document.section(setup.content, "customers")
    setup.say(
        "The customer dataset is a CSV or Parquet file with one row per account and contact: the "
        "account's id and the contact's e-mail address."
    )
    while True:
        columns = _file(setup, section, "contacts", "The contacts file:")
        for key in ("account_id", "email"):
            section[key] = _column(section, key, columns)
        _accounts(setup, section)
        _excluded(section)
        _show(setup, section)
        if prompts.choose("Is that right?", {"Yes, go on": True, "No, change it": False}):
            return


def guess(key: str, columns: Sequence[str]) -> str:
    """Return the column that a key most likely means; the first one when none looks like it."""
    plain = {column: "".join(filter(str.isalnum, column)).lower() for column in columns}
    for word in _GUESSES[key]:
        for column, name in plain.items():
            if name == word:
                return column
    for word in _GUESSES[key]:
        for column, name in plain.items():
            if word in name:
                return column
    return columns[0]


def _file(setup: Setup, section: document.Content, key: str, question: str) -> tuple[str, ...]:
    """Ask for a file and return its columns."""

    def unreadable(file: Path) -> str | None:
        if file.suffix.lower() not in {".csv", ".parquet"}:
            return "It must be a .csv or a .parquet file."
        try:
            names = customers.columns(file, f"customers.{key}")
        except EngagementError as error:
            return str(error)
        if key == "accounts" and section["account_id"] not in names:
            return f"It has no column {section['account_id']}. Its columns: {', '.join(names)}."
        return None

    answer = prompts.path(
        question,
        answers.shown(section.get(key), setup.folder),
        answers.existing(folder=False, more=unreadable),
    )
    section[key] = answers.stored(answer, setup.folder)
    return customers.columns(Path(answer).expanduser(), f"customers.{key}")


def _column(section: document.Content, key: str, columns: Sequence[str]) -> str:
    before = document.written(section, key)
    default = before if before in columns else guess(key, columns)
    return prompts.choose(_QUESTIONS[key], {name: name for name in columns if name}, default)


def _accounts(setup: Setup, section: document.Content) -> None:
    if not prompts.confirm(
        "Is there a file of all accounts, with their names?", default=bool(section.get("accounts"))
    ):
        for key in ("accounts", "parent"):
            section.pop(key, None)
        return
    columns = _file(setup, section, "accounts", "The accounts file:")
    section["account_name"] = _column(section, "account_name", columns)
    others = [name for name in columns if name not in {section["account_id"], ""}]
    parent = prompts.choose(
        "Which column has the id of the account that an account belongs to?",
        {_NONE: "", **{name: name for name in others}},
        document.written(section, "parent"),
    )
    if parent:
        section["parent"] = parent
    else:
        section.pop("parent", None)


def _excluded(section: document.Content) -> None:
    answer = prompts.text(
        "Addresses and domains that are not contacts, if any:",
        ", ".join(document.listed(section, "excluded")),
        answers.many(AddressOrDomain, optional=True),
    )
    document.put(section, "excluded", answers.normalised(AddressOrDomain, answer))


def _show(setup: Setup, section: document.Content) -> None:
    settings = config.Customers.model_validate(
        section, context={"folder": setup.folder, "must_exist": True}
    )
    domains = setup.domains
    if domains is not None:
        own = document.section(setup.content, "mailboxes")
        domains |= set(document.listed(own, "organisation_domains"))
    with setup.console.status("Reading the files"):
        found = list(customer_files.inspect(settings, setup.people, domains))
    for check in found:
        style = {"ok": "green", "error": "red"}.get(check.level, "yellow")
        setup.say(f"{check.subject}: {check.found} {check.advice}".rstrip(), style)
