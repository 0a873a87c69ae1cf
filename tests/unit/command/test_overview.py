"""The overview at the end of a run: what was published, and nothing made of it."""

import io
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from engagement_assets.command import overview
from tests.support.building import insert, published

RUN = {
    "RunId": "r2",
    "Status": "succeeded_with_warnings",
    "CustomersTotal": 1_500,
    "CustomersEnriched": 1_234,
    "SelectedAddresses": 2_000,
    "ProcessedAddresses": 1_990,
    "EmailsProcessed": 7_654_321,
    "MeetingsProcessed": 8_765,
    "DaysOfData": 366,
}


def publish(
    folder: Path,
    accounts: Sequence[tuple[str, str | None, float]],
    mailboxes: Sequence[str] = (),
) -> Path:
    runs = (("r1", "2024-01-01"), ("r2", "2024-01-08"), ("r0", "2023-12-25"))
    customers = [("silent", "Silent"), *((account, name) for account, name, _ in accounts)]
    scores = [(account, "year", score) for account, _, score in accounts]
    scores += [(account, "month", 99.9) for account, _, _ in accounts]
    tables = {
        "Office_Run": [
            published("Office_Run", **RUN | {"RunId": run_id}, StartedAt=f"{day}T06:00:00Z")
            for run_id, day in runs
        ],
        "Office_Mailbox": [
            published("Office_Mailbox", UserId=f"u{place}", Status=status, EmailAddress=address)
            for place, status in enumerate(mailboxes)
            for address in [f"p{place}@x" if place else None]
        ],
        "Office_Customer": [
            published("Office_Customer", CustomerId=account, Name=name)
            for account, name in customers
        ],
        "Office": [
            published("Office", CustomerId=account, AggregationLevel=level, EngagementScore=score)
            for account, level, score in scores
        ],
    }
    with duckdb.connect(folder / "engagement.duckdb") as connection:
        for table, rows in tables.items():
            insert(connection, table, rows)
    return folder


def shown(title: str, found: overview.Overview) -> str:
    stream = io.StringIO()
    overview.show(Console(file=stream, width=120), title, found)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("number", "top", "bottom"),
    [(0, 0, 0), (1, 1, 0), (5, 5, 0), (6, 5, 1), (9, 5, 4), (10, 5, 5), (30, 5, 5)],
)
def test_the_highest_and_the_lowest(tmp_path: Path, number: int, top: int, bottom: int) -> None:
    """Each account once, however few there are."""
    accounts = [(f"C{place:02}", None, float(place)) for place in range(number)]
    found = overview.of(publish(tmp_path, accounts))
    ranking = [(account, score) for account, _, score in reversed(accounts)]
    assert found.top == ranking[:top]
    assert found.bottom == ranking[len(ranking) - bottom :]
    assert ("..." in shown("x", found)) == (bottom > 0)


def test_equal_scores_are_in_the_order_of_ids(tmp_path: Path) -> None:
    found = overview.of(publish(tmp_path, [("b", None, 1), ("a", "Acme", 1), ("c", None, 2)]))
    assert found.top == [("c", 2), ("Acme (a)", 1), ("b", 1)]


def test_the_newest_run(tmp_path: Path) -> None:
    assert overview.of(publish(tmp_path, [])).run["RunId"] == "r2"


def test_what_is_shown(tmp_path: Path) -> None:
    mailboxes = ["processed", "failed", "no_mailbox", "failed", "processed"]
    found = overview.of(publish(tmp_path, [("C1", "Acme", 51.25)], mailboxes))
    assert found.not_read == {"failed": 2, "no_mailbox": 1}
    lines = [" ".join(line.split()) for line in shown("Account engagement", found).splitlines()]
    assert [line for line in lines if line] == [
        "Account engagement",
        "Status succeeded with warnings",
        "Engaged customers 1,234 of 1,500 (82%)",
        "Mailboxes selected 2,000",
        "Mailboxes read 1,990 (2 failed, 1 no_mailbox)",
        "p1@x (u1): failed",
        "p3@x (u3): failed",
        "E-mails processed 7,654,321",
        "Meetings processed 8,765",
        "Days of data 366",
        "Account Score",
        "Acme (C1) 51.2",
    ]


def test_mailboxes_to_mend_are_named_by_address_and_id(tmp_path: Path) -> None:
    statuses = ["denied", "partly", "pending", "failed", "failed", "denied", "failed", "failed"]
    text = shown("x", overview.of(publish(tmp_path, [], statuses)))
    lines = [line.strip() for line in text.splitlines()]
    start = lines.index("p1@x (u1): partly")
    assert lines[start + 1 : start + 6] == [
        "p3@x (u3): failed",
        "p4@x (u4): failed",
        "p5@x (u5): denied",
        "p6@x (u6): failed",
        "and 2 more",
    ]


def test_checks_that_warned_stand_below_the_status(tmp_path: Path) -> None:
    found, stream = overview.of(publish(tmp_path, [])), io.StringIO()
    warned = ["mailbox: all_mailboxes_are_read", "Office_Run: counts_do_not_fall"]
    overview.show(Console(file=stream, width=120), "x", found, warned)
    lines = [" ".join(line.split()) for line in stream.getvalue().splitlines()]
    below = lines[lines.index("Status succeeded with warnings") + 1]
    assert below == f"Checks that warn {warned[0]}, {warned[1]}"


def test_without_customers(tmp_path: Path) -> None:
    found = overview.of(publish(tmp_path, []))
    nobody = overview.Overview(RUN | {"CustomersTotal": 0, "CustomersEnriched": 0}, {}, [], [], [])
    assert "0 of 0 " in shown("x", nobody)
    assert "(82%)" in shown("x", found)


@pytest.mark.parametrize(
    "name",
    ["Acme [eu]", "Acme [/x]", "[red]Acme", "Acme \\[x]", ":smile: Acme", "https://acme.example"],
)
def test_names_are_shown_as_they_are(tmp_path: Path, name: str) -> None:
    """Brackets and colons are not markup: it would swallow them, or end the run with an error."""
    text = shown(f"Results of {name}", overview.of(publish(tmp_path, [("[b]C1", name, 5)])))
    assert f"Results of {name}" in text
    assert f"{name} ([b]C1)" in text
