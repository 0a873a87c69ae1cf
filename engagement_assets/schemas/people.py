"""Whose mailboxes are looked at, which of them were read, and the customers (numbers 7)."""

from typing import Any

from engagement_assets.vocabulary import MAILBOX_STATUSES

from .model import Column, Rule, Table
from .rules import address, identifier, one_of


def _covers_a_stretch(row: Any) -> Any:
    none = row.CoveredFrom.isnull() & row.CoveredTo.isnull()
    return none | (row.CoveredFrom <= row.CoveredTo)


def _covered_when_processed(row: Any) -> Any:
    return ~row.Status.isin(["processed", "partly"]) | row.CoveredFrom.notnull()


def _says_why(row: Any) -> Any:
    return (row.Status == "processed") | (row.Reason.fill_null("") != "")


USER_ENTITY = Table(
    name="Office_UserEntity",
    description="The people of your organisation whose e-mails and meetings are looked at.",
    grain="one person",
    key=("UserId",),
    numbers="1, 7",
    columns=(
        Column(
            "UserId",
            "VARCHAR",
            "The person's id in your Microsoft 365 (Entra object id).",
            "1, 7",
            rules=(identifier(),),
        ),
        Column(
            "EmailAddress",
            "VARCHAR",
            "The person's main e-mail address. Empty when the directory gives none.",
            "7",
            nullable=True,
            rules=(address(),),
        ),
    ),
)

CUSTOMER = Table(
    name="Office_Customer",
    description=(
        "All accounts of your customer list, also those that nobody wrote to or met in the last "
        "year."
    ),
    grain="one account",
    key=("CustomerId",),
    numbers="1, 7",
    columns=(
        Column(
            "CustomerId",
            "VARCHAR",
            "The account's id, as in your customer list.",
            "1, 7",
            rules=(identifier(),),
        ),
        Column(
            "Name",
            "VARCHAR",
            "The account's name; empty when your customer list has none.",
            "7",
            nullable=True,
        ),
    ),
)

MAILBOX = Table(
    name="Office_Mailbox",
    description=(
        "Which mailboxes were read and, if one was not, why: how far you can trust the numbers. "
        "It never says how much a person writes or meets."
    ),
    grain="one person's mailbox and calendar",
    key=("UserId",),
    numbers="7",
    columns=(
        Column(
            "UserId",
            "VARCHAR",
            "The person, as in Office_UserEntity.",
            "7",
            rules=(identifier(),),
        ),
        Column(
            "EmailAddress",
            "VARCHAR",
            "The person's main e-mail address, as in Office_UserEntity.",
            "7",
            nullable=True,
            rules=(address(),),
        ),
        Column(
            "Status",
            "VARCHAR",
            "What happened in the last run: `processed` (read), `partly` (e-mails were read, the "
            "calendar is missing or not allowed), `failed` (an error; it is tried again next "
            "time), `no_mailbox` (the person has none), `denied` (your administrator does not "
            "allow it), `pending` (not yet its turn).",
            "7",
            rules=(one_of(*MAILBOX_STATUSES),),
        ),
        Column(
            "Reason",
            "VARCHAR",
            "Why the mailbox was not read, or not all of it, and what counts of it all the same; "
            "empty when it was read.",
            "7",
            nullable=True,
        ),
        Column(
            "CoveredFrom",
            "TIMESTAMP WITH TIME ZONE",
            "Start of the time whose e-mails and meetings count (UTC), those of an earlier run "
            "when the mailbox was not read this time; empty when none do.",
            "4, 7",
            nullable=True,
        ),
        Column(
            "CoveredTo",
            "TIMESTAMP WITH TIME ZONE",
            "End of the time whose e-mails and meetings count (UTC); empty when none do. When the "
            "mailbox was not read this time, the moment of the run that last read it.",
            "4, 7",
            nullable=True,
        ),
    ),
    rules=(
        Rule("CoveredFrom is not after CoveredTo, both or neither", _covers_a_stretch),
        Rule("a stretch is covered when Status is processed or partly", _covered_when_processed),
        Rule("a Reason when Status is not processed", _says_why),
    ),
)
