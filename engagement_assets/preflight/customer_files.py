"""The customer dataset: its columns, and what would become of its rows."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from engagement_assets import customers
from engagement_assets.activity.people import People
from engagement_assets.config import Customers
from engagement_assets.errors import ConfigurationError, named
from engagement_assets.models.building import build
from engagement_assets.models.loading import load_models, upstream
from engagement_assets.preflight.check import Check, attempt, error, ok, warning
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.sql_files import sql_folder
from engagement_assets.warehouse import database, inputs
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine

_OUTCOMES = "contact_outcome"
_NOBODY = People((), frozenset(), frozenset(), {})


@dataclass(frozen=True)
class Preview:
    """What would become of the customer dataset.

    Attributes:
        outcomes: per outcome of Office_Ledger, how many rows of the contacts file.
        accounts: accounts with at least one accepted contact.
        listed: accounts of the accounts file.
        unknown: accounts with an accepted contact that the accounts file does not have.
        unmatched: entries of `customers.excluded` that no row carries, in words for a message.
    """

    outcomes: Mapping[str, int]
    accounts: int
    listed: int
    unknown: int
    unmatched: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of the contacts file."""
        return sum(self.outcomes.values())

    @property
    def accepted(self) -> int:
        """Rows that are contacts."""
        return self.outcomes.get("accepted", 0)


def preview(settings: Customers, people: People, domains: Iterable[str]) -> Preview:
    """Let the SQL models judge the contacts, in memory.

    Raises:
        ConfigurationError: when a file cannot be read or a column is missing.
    """
    with duckdb.connect() as connection:
        database.prepare(connection, Path(tempfile.gettempdir()))
        inputs.write_people(connection, people, domains)
        inputs.write_customers(connection, settings)
        for model in upstream(
            load_models(sql_folder(), INPUT_TABLES), _OUTCOMES, given=INPUT_TABLES
        ):
            build(DuckDbEngine(connection), model)
        outcomes = connection.execute(
            f"select outcome, count(*) from {_OUTCOMES} group by outcome order by outcome"
        ).fetchall()
        ((accounts, unknown, listed),) = connection.execute(
            "with known as (select distinct account_id from account_row), "
            f"found as (select distinct account_id from {_OUTCOMES} where outcome = 'accepted') "
            "select (select count(*) from found), "
            "(select count(*) from found where account_id not in (select account_id from known "
            "where account_id is not null)), (select count(account_id) from known)"
        ).fetchall()
        unmatched = inputs.unmatched_exclusions(connection, settings)
    return Preview(dict(outcomes), accounts, listed, unknown, unmatched)


def inspect(
    settings: Customers, people: People | None, domains: Iterable[str] | None
) -> Iterator[Check]:
    """Yield what is said about the contacts and the accounts file.

    Args:
        settings: `customers` of the configuration.
        people: who is who; None when that is not known yet.
        domains: the organisation's; None when they are not known yet.
    """
    subject = "Contacts"
    columns = attempt(subject, lambda: customers.columns(settings.contacts, "customers.contacts"))
    if isinstance(columns, Check):
        yield columns
        return
    found = attempt(subject, lambda: preview(settings, people or _NOBODY, domains or ()))
    if isinstance(found, Check):
        yield found
        return
    yield _contacts(subject, settings, columns, found, is_known=people is not None)
    if found.unmatched:
        yield warning(
            "Exclusions",
            f"No row of the contacts file carries {named(found.unmatched, inputs.NAMED)} of "
            "customers.excluded, so nobody is excluded by it.",
            "Check the list, or shorten it. A sub-domain is another domain.",
        )
    if settings.accounts:
        yield _accounts(settings, found)


def _contacts(
    subject: str, settings: Customers, columns: Iterable[str], found: Preview, *, is_known: bool
) -> Check:
    rejected = ", ".join(
        f"{number:,} {outcome}"
        for outcome, number in found.outcomes.items()
        if outcome != "accepted"
    )
    named = ", ".join(filter(None, columns))
    text = (
        f"{found.accepted:,} of {found.rows:,} rows accepted, for {found.accounts:,} account(s); "
        f"rejected: {rejected or 'none'}. Columns: {named}; the account's id is taken "
        f"from {settings.account_id}, the address from {settings.email}."
    )
    if not is_known:
        text += " Colleagues among them are not known yet."
    advice = (
        "Look at customers.account_id and customers.email: do they name the right columns? What "
        "the reasons mean is in docs/the-numbers.md."
    )
    if not found.accepted:
        return error(subject, text, advice, ConfigurationError)
    if found.accepted < found.rows / 2:
        return warning(subject, text, advice)
    return ok(subject, text)


def _accounts(settings: Customers, found: Preview) -> Check:
    subject = "Accounts"
    text = (
        f"{found.listed:,} account(s), with names from {settings.account_name}; "
        f"{found.unknown:,} account(s) with contacts are not among them."
    )
    if found.unknown and found.unknown == found.accounts:
        return warning(
            subject,
            text,
            f"No account's id agrees: is {settings.account_id} the same in both files?",
        )
    return ok(subject, text)
