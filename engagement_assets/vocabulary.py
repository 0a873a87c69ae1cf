"""The words and bounds that many rooms know, each once.

They are those of docs/the-numbers.md. SQL and pages cannot import them:
`tests/unit/test_vocabulary.py` compares what must stand there a second time.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

# what a score is made of, in the order in which it is told
Component: TypeAlias = Literal[
    "EmailsFromAccount",
    "TwoWayEmails",
    "Replies",
    "Meetings",
    "AccountPeople",
    "OwnPeople",
    "Recency",
]
COMPONENTS: Final[tuple[Component, ...]] = get_args(Component)

# what became of a person's mailbox in a run
MailboxStatus: TypeAlias = Literal[
    "processed", "partly", "failed", "no_mailbox", "denied", "pending"
]
MAILBOX_STATUSES: Final[tuple[MailboxStatus, ...]] = get_args(MailboxStatus)
# those that make a run end with warnings: something that ought to be read was not
WARNING_STATUSES: Final[frozenset[MailboxStatus]] = frozenset({"failed", "denied", "partly"})

RUN_STATUSES: Final = ("succeeded", "succeeded_with_warnings")

# with one person, an account's figures would be one person's figures
FEWEST_PERSONS: Final = 2
# what one machine was measured to carry (docs/benchmarks.md)
MOST_PERSONS: Final = 2_500

# kinds of periods
LEVELS: Final = ("year", "month", "week")

# what a measure's values are, and what each is about
UNITS: Final = ("number", "count", "share", "score", "minutes", "days")
GRAINS: Final = ("business", "customer")

# what becomes of what is read; per item, `read` is the sum of all the others
LEDGER_OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "email": (
        "read",
        "invitation",
        "draft",
        "drafts_or_junk",
        "no_sender_or_time",
        "another_copy",
        "outside_window",
        "no_account",
        "counted",
    ),
    "meeting": (
        "read",
        "series_master",
        "no_valid_time",
        "another_copy",
        "cancelled",
        "outside_window",
        "no_account",
        "counted",
    ),
    "contact": (
        "read",
        "invalid_address",
        "no_account_id",
        "own_organisation",
        "excluded",
        "duplicate",
        "accepted",
    ),
}
