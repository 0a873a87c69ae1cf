"""The published tables (section 7), each sorted by its key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from . import customers as customer_rules
from . import emails as email_rules
from . import meetings as meeting_rules
from .customers import Customers
from .emails import Emails, Reply
from .files import Mailbox
from .meetings import Meetings
from .office import OfficeRow
from .people import People
from .periods import Window
from .score import Contribution, rounded, unrounded_scores
from .values import Row, Tables

KEYS: dict[str, tuple[str, ...]] = {
    "Office": ("PrimaryKey",),
    "Office_UserEntity": ("UserId",),
    "Office_Customer": ("CustomerId",),
    "Office_ScoreContribution": ("PrimaryKey", "Component"),
    "Office_Run": ("AsOfTime",),
    "Office_Mailbox": ("UserId",),
    "Office_Ledger": ("Item", "Outcome"),
    "Office_ScoreHistory": ("AsOfTime", "CustomerId"),
}


@dataclass(frozen=True)
class Kept:
    """A mailbox as it was when it was last read whole, and that run's window."""

    mailbox: Mailbox
    window: Window


@dataclass(frozen=True)
class Results:
    """Everything that the tables are made of."""

    window: Window
    people: People
    statuses: dict[str, str]
    """User id to the status of the mailbox."""
    kept: dict[str, Kept]
    """User id to what counts of the mailbox."""
    customers: Customers
    emails: Emails
    meetings: Meetings
    replies: list[Reply]
    rows: list[OfficeRow]
    contributions: list[Contribution]
    before: "Results | None"
    """What the run before had, None for the first one."""


def office_table(results: Results) -> Iterable[Row]:
    """Return Office."""
    scores = unrounded_scores(results.contributions)
    return [{**row.columns, "EngagementScore": rounded(scores[row.key])} for row in results.rows]


def history_table(results: Results) -> Iterable[Row]:
    """Return Office_ScoreHistory: the year rows of this run and of those before."""
    earlier = history_table(results.before) if results.before else []
    return [
        *earlier,
        *(
            {
                "AsOfTime": results.window.as_of,
                "CustomerId": row["CustomerId"],
                "EngagementScore": row["EngagementScore"],
            }
            for row in office_table(results)
            if row["AggregationLevel"] == "year"
        ),
    ]


def contribution_table(results: Results) -> Iterable[Row]:
    """Return Office_ScoreContribution."""
    return [
        {
            "PrimaryKey": each.key,
            "Component": each.component,
            "Value": each.value,
            "Reference": each.reference,
            "Weight": each.weight,
            "Points": each.points,
        }
        for each in results.contributions
    ]


def user_table(results: Results) -> Iterable[Row]:
    """Return Office_UserEntity."""
    return [
        {"UserId": user_id, "EmailAddress": address}
        for user_id, address in results.people.email_addresses.items()
    ]


def covered(kept: Kept | None, window: Window) -> tuple[datetime | None, datetime | None]:
    """Return the stretch of the window whose activity counts: the whole one of what was read.

    What an earlier run read counts from the later of the two windows' beginnings to that run's
    moment.
    """
    if kept is None or window.start > kept.window.as_of:
        return None, None
    return max(window.start, kept.window.start), min(window.as_of, kept.window.as_of)


def mailbox_table(results: Results) -> Iterable[Row]:
    """Return Office_Mailbox."""
    rows: list[Row] = []
    for user_id, status in results.statuses.items():
        start, end = covered(results.kept.get(user_id), results.window)
        rows.append(
            {
                "UserId": user_id,
                "EmailAddress": results.people.email_addresses[user_id],
                "Status": status,
                "CoveredFrom": start,
                "CoveredTo": end,
            }
        )
    return rows


def customer_table(results: Results) -> Iterable[Row]:
    """Return Office_Customer."""
    return [
        {"CustomerId": account, "Name": name} for account, name in results.customers.names.items()
    ]


def ledger_table(results: Results) -> Iterable[Row]:
    """Return Office_Ledger: every outcome has a row, zero too."""
    rows: list[Row] = []
    for item, outcomes, counts in (
        ("contact", customer_rules.OUTCOMES, results.customers.ledger),
        ("email", email_rules.OUTCOMES, results.emails.ledger),
        ("meeting", meeting_rules.OUTCOMES, results.meetings.ledger),
    ):
        rows.extend(
            {"Item": item, "Outcome": outcome, "Count": counts[outcome]} for outcome in outcomes
        )
    return rows


def days_of_data(times: list[datetime], window: Window) -> int:
    """Return the days from the first processed e-mail or meeting to as_of's, both counted."""
    if not times:
        return 0
    return (window.last_day - window.day(min(times))).days + 1


def run_table(results: Results) -> Iterable[Row]:
    """Return Office_Run: a row of this run and of each before."""
    statuses = list(results.statuses.values())
    warn = not {"failed", "denied", "partly"}.isdisjoint(statuses)
    processed = results.emails.processed + results.meetings.processed
    row: Row = {
        "AsOfTime": results.window.as_of,
        "Status": "succeeded_with_warnings" if warn else "succeeded",
        "SelectedAddresses": len(statuses),
        "ProcessedAddresses": statuses.count("processed") + statuses.count("partly"),
        "EmailsProcessed": len(results.emails.processed),
        "MeetingsProcessed": len(results.meetings.processed),
        "DaysOfData": days_of_data(processed, results.window),
        "CustomersTotal": len(results.customers.names),
        "CustomersEnriched": len({row.columns["CustomerId"] for row in results.rows}),
    }
    return [*(run_table(results.before) if results.before else ()), row]


def all_tables(results: Results) -> Tables:
    """Return the tables, sorted; texts are ordered by code point.

    ``unrounded`` is not a published table: it has the scores before rounding, for comparisons.
    """
    tables: dict[str, Iterable[Row]] = {
        "Office": office_table(results),
        "Office_UserEntity": user_table(results),
        "Office_Customer": customer_table(results),
        "Office_ScoreContribution": contribution_table(results),
        "Office_Run": run_table(results),
        "Office_Mailbox": mailbox_table(results),
        "Office_Ledger": ledger_table(results),
        "Office_ScoreHistory": history_table(results),
    }
    found: Tables = {}
    for table, rows in tables.items():
        found[table] = sorted(rows, key=lambda row: [str(row[name]) for name in KEYS[table]])
    scores = unrounded_scores(results.contributions)
    found["unrounded"] = [{"PrimaryKey": key, "Score": scores[key]} for key in sorted(scores)]
    return found
