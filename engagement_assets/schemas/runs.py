"""What the runs did, and what became of everything that was read (numbers 7)."""

from typing import Any

from engagement_assets.vocabulary import LEDGER_OUTCOMES, RUN_STATUSES

from .model import Column, Rule, Table
from .rules import identifier, not_negative, one_of


def _outcome_of_item(row: Any) -> Any:
    fits = row.Item.isnull()
    for item, outcomes in LEDGER_OUTCOMES.items():
        fits |= (row.Item == item) & row.Outcome.isin(outcomes)
    return fits


def _activity_has_days(row: Any) -> Any:
    return (row.DaysOfData > 0) == (row.EmailsProcessed + row.MeetingsProcessed > 0)


def _count(name: str, description: str, numbers: str) -> Column:
    return Column(name, "BIGINT", description, numbers, rules=(not_negative(),))


RUN = Table(
    name="Office_Run",
    description=(
        "What each run did: when, up to which moment, over how many mailboxes and how much "
        "activity, and for how many of your customers there are results. Earlier runs stay."
    ),
    grain="one finished run",
    key=("RunId",),
    numbers="7.1",
    columns=(
        Column("RunId", "VARCHAR", "Identifies the run.", "7", rules=(identifier(),)),
        Column(
            "AsOfTime",
            "TIMESTAMP WITH TIME ZONE",
            "The moment up to which e-mails and meetings count (UTC).",
            "4, 7",
        ),
        Column("StartedAt", "TIMESTAMP WITH TIME ZONE", "When the run began (UTC).", "7"),
        Column("FinishedAt", "TIMESTAMP WITH TIME ZONE", "When the run ended (UTC).", "7"),
        Column(
            "Status",
            "VARCHAR",
            "`succeeded`, or `succeeded_with_warnings` when a mailbox could not be read, or not "
            "all of it.",
            "7",
            rules=(one_of(*RUN_STATUSES),),
        ),
        _count("SelectedAddresses", "People whose mailboxes are looked at.", "1, 7"),
        _count("ProcessedAddresses", "People whose mailbox was read, at least its e-mails.", "7"),
        _count(
            "EmailsProcessed",
            "E-mails of the last year that were looked at, internal ones too; an e-mail that "
            "several people have counts once.",
            "2, 7",
        ),
        _count(
            "MeetingsProcessed",
            "Meetings of the last year that were looked at, internal ones too; a meeting in "
            "several calendars counts once.",
            "3, 7",
        ),
        _count(
            "DaysOfData",
            "Days from the first of these e-mails and meetings to the day of the run; 0 when "
            "there are none.",
            "7",
        ),
        _count("CustomersTotal", "Accounts in your customer list.", "7"),
        _count("CustomersEnriched", "Accounts with at least one e-mail or meeting.", "7"),
    ),
    rules=(
        Rule("FinishedAt is not before StartedAt", lambda row: row.FinishedAt >= row.StartedAt),
        Rule(
            "ProcessedAddresses is at most SelectedAddresses",
            lambda row: row.ProcessedAddresses <= row.SelectedAddresses,
        ),
        Rule(
            "CustomersEnriched is at most CustomersTotal",
            lambda row: row.CustomersEnriched <= row.CustomersTotal,
        ),
        Rule("days of data when there are e-mails or meetings, and only then", _activity_has_days),
    ),
)

LEDGER = Table(
    name="Office_Ledger",
    description=(
        "What became of everything that was read: how many e-mails, meetings and contacts count, "
        "and for what reason the others do not. Nothing gets lost without a reason."
    ),
    grain="one outcome of e-mails, of meetings or of contacts; outcomes that did not occur too",
    key=("Item", "Outcome"),
    numbers="1, 2, 3, 7.1",
    columns=(
        Column(
            "Item",
            "VARCHAR",
            "What was read: e-mails, meetings, or the contacts of your customer list.",
            "7",
            rules=(one_of(*LEDGER_OUTCOMES),),
        ),
        Column(
            "Outcome",
            "VARCHAR",
            "`read` is everything; `counted` (of contacts: `accepted`) is what the results are "
            "made of; all others are reasons for which something does not count.",
            "1, 2, 3, 7",
        ),
        Column(
            "Count",
            "BIGINT",
            "How many there were.",
            "7",
            rules=(not_negative(),),
        ),
    ),
    rules=(Rule("Outcome is one of the outcomes of Item", _outcome_of_item),),
)
