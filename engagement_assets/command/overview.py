"""What was published, in a screenful: for the terminal, at the end of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from engagement_assets.vocabulary import WARNING_STATUSES

SHOWN_ACCOUNTS = 5

# whom an administrator can look up; all of them are on the overview of the results app
SHOWN_MAILBOXES = 5


@dataclass(frozen=True)
class Overview:
    """The newest run and the accounts at both ends.

    Attributes:
        run: the newest row of Office_Run.
        not_read: per status, persons whose mailbox was not read.
        to_mend: who has a mailbox that was not read, or not all of it: address, id and status.
        top: (account, score) of the highest year scores.
        bottom: the same of the lowest.
    """

    run: Mapping[str, object]
    not_read: Mapping[str, int]
    to_mend: list[str]
    top: list[tuple[str, float]]
    bottom: list[tuple[str, float]]


def of(published: Path) -> Overview:
    """Read the overview from a published folder."""
    with duckdb.connect(published / "engagement.duckdb", read_only=True) as connection:
        newest = connection.execute("from Office_Run order by StartedAt desc, RunId limit 1")
        names = [column[0] for column in newest.description or ()]
        run = dict(zip(names, newest.fetchall()[0], strict=True))
        not_read = connection.execute(
            "select Status, count(*) from Office_Mailbox where Status <> 'processed' "
            "group by Status order by Status"
        ).fetchall()
        to_mend = connection.execute(
            "select coalesce(EmailAddress || ' (' || UserId || ')', UserId) || ': ' || Status "
            "from Office_Mailbox where list_contains(?, Status) order by EmailAddress, UserId",
            [sorted(WARNING_STATUSES)],
        ).fetchall()
        accounts = connection.execute(
            "select coalesce(Name || ' (' || CustomerId || ')', CustomerId), EngagementScore "
            "from Office inner join Office_Customer using (CustomerId) "
            "where AggregationLevel = 'year' order by EngagementScore desc, CustomerId"
        ).fetchall()
    top = accounts[:SHOWN_ACCOUNTS]
    return Overview(
        run,
        dict(not_read),
        [who for (who,) in to_mend],
        top,
        accounts[len(top) :][-SHOWN_ACCOUNTS:],
    )


def show(console: Console, title: str, overview: Overview, warnings: Sequence[str] = ()) -> None:
    """Print the overview.

    Args:
        console: where.
        title: whose results they are.
        overview: what was published.
        warnings: the checks of the run that warned.
    """
    run, not_read = overview.run, overview.not_read
    total, enriched = _number(run, "CustomersTotal"), _number(run, "CustomersEnriched")
    share = f" ({enriched / total:.0%})" if total else ""
    reasons = ", ".join(f"{number} {status}" for status, number in not_read.items())
    facts = Table.grid(padding=(0, 2))
    facts.add_row("Status", str(run["Status"]).replace("_", " "))
    if warnings:
        facts.add_row("Checks that warn", Text(", ".join(warnings)))
    facts.add_row("Engaged customers", f"{enriched:,} of {total:,}{share}")
    facts.add_row("Mailboxes selected", f"{_number(run, 'SelectedAddresses'):,}")
    facts.add_row(
        "Mailboxes read",
        f"{_number(run, 'ProcessedAddresses'):,}" + (f" ({reasons})" if reasons else ""),
    )
    for who in overview.to_mend[:SHOWN_MAILBOXES]:
        facts.add_row("", Text(who))
    if more := len(overview.to_mend[SHOWN_MAILBOXES:]):
        facts.add_row("", f"and {more:,} more")
    facts.add_row("E-mails processed", f"{_number(run, 'EmailsProcessed'):,}")
    facts.add_row("Meetings processed", f"{_number(run, 'MeetingsProcessed'):,}")
    facts.add_row("Days of data", f"{_number(run, 'DaysOfData'):,}")
    accounts = Table("Account", "Score", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    accounts.columns[1].justify = "right"
    for account, score in overview.top:
        accounts.add_row(Text(account), f"{score:.1f}")
    if overview.bottom:
        accounts.add_row("...", "...")
    for account, score in overview.bottom:
        accounts.add_row(Text(account), f"{score:.1f}")
    # names are the customers' own: nothing in them is markup
    console.print(Group("", Text(title, style="bold"), facts, "", accounts), highlight=False)


def _number(run: Mapping[str, object], column: str) -> int:
    value = run[column]
    if not isinstance(value, int):
        raise TypeError(f"{column} is not a whole number")
    return value
