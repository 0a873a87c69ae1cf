"""The ledger in words: what was read, what of it counts, and why the rest does not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engagement_assets.results.language import N_

_COUNTED = frozenset({"counted", "accepted"})

ITEMS: Mapping[str, str] = {
    "email": N_("E-mails"),
    "meeting": N_("Meetings"),
    "contact": N_("Contacts"),
}
OUTCOMES: Mapping[str, Mapping[str, str]] = {
    "email": {
        "counted": N_("Counted: from or to a customer"),
        "no_account": N_("With nobody of a customer"),
        "another_copy": N_("Another copy of an e-mail that is there already"),
        "outside_window": N_("Before the year looked at, or after the run"),
        "invitation": N_("Invitation: the meeting itself is looked at"),
        "draft": N_("Draft"),
        "drafts_or_junk": N_("In Drafts or Junk Email"),
        "no_sender_or_time": N_("Without a sender or a time"),
    },
    "meeting": {
        "counted": N_("Counted: with a customer"),
        "no_account": N_("With nobody of a customer"),
        "another_copy": N_("Another copy of a meeting that is there already"),
        "outside_window": N_("Before the year looked at, or after the run"),
        "cancelled": N_("Cancelled"),
        "series_master": N_("Series: each of its meetings is looked at"),
        "no_valid_time": N_("Without a valid time"),
    },
    "contact": {
        "accepted": N_("Accepted"),
        "duplicate": N_("Listed twice"),
        "own_organisation": N_("Of your own organisation"),
        "excluded": N_("Excluded by the configuration"),
        "invalid_address": N_("Without a valid e-mail address"),
        "no_account_id": N_("Without an account"),
    },
}


@dataclass(frozen=True)
class Entry:
    """One outcome.

    Attributes:
        label: in words, to be translated.
        count: how many.
        share: of all that was read, from 0 to 1.
        counted: whether the results are made of it.
    """

    label: str
    count: int
    share: float
    counted: bool


@dataclass(frozen=True)
class Account:
    """What became of all e-mails, meetings or contacts.

    Attributes:
        label: in words, to be translated.
        read: how many were read: the sum of the entries.
        entries: what became of them, without what did not occur.
    """

    label: str
    read: int
    entries: tuple[Entry, ...]


def accounts(rows: Iterable[Mapping[str, Any]]) -> list[Account]:
    """Put the rows of Office_Ledger together."""
    counts = {(row["Item"], row["Outcome"]): row["Count"] for row in rows}
    return [_account(item, counts) for item in ITEMS]


def _account(item: str, counts: Mapping[tuple[str, str], int]) -> Account:
    read = counts.get((item, "read"), 0)
    entries = [
        Entry(label, count, count / read, outcome in _COUNTED)
        for outcome, label in OUTCOMES[item].items()
        if (count := counts.get((item, outcome), 0)) or outcome in _COUNTED
        if read
    ]
    return Account(ITEMS[item], read, tuple(entries))
