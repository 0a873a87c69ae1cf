"""How complete the results are: which mailboxes count, and whether they did in the run before.

Every page that shows figures says the same of it, with `templates/_coverage.html`, and so does
every download. Only numbers: who is behind a mailbox is on the overview, for those who may see it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from engagement_assets.results.queries import query
from engagement_assets.results.snapshot import Snapshot

HEADER = "Engagement-Coverage"


@dataclass(frozen=True)
class Coverage:
    """How many mailboxes count, how many do not, and what is otherwise than in the run before.

    Attributes:
        mailboxes: selected people who have a mailbox.
        unread: those of which nothing counts. While there are any, a customer without e-mails and
            meetings is unknown.
        failed: those that an error stopped.
        denied: those that the app may not read.
        pending: those whose turn has not come.
        partly: those whose meetings were not read.
        came: those that count and did not in the run before; 0 too when that is not known.
        gone: those that counted in the run before and do not; the same.
        changed: all that count otherwise than in the run before, those two included; the same.
    """

    mailboxes: int
    unread: int
    failed: int
    denied: int
    pending: int
    partly: int
    came: int
    gone: int
    changed: int

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Coverage":
        """Read it from a snapshot; one of an older version does not know what changed."""
        return snapshot.remembered("coverage", lambda: cls._read(snapshot))

    @classmethod
    def _read(cls, snapshot: Snapshot) -> "Coverage":
        (now,) = snapshot.rows(query("coverage"))
        known = snapshot.has("Coverage_History")
        compared = snapshot.row(query("coverage_change")) if known else None
        changes = compared or {"Came": None, "Gone": None, "Changed": None}
        return cls(
            **{name.lower(): number for name, number in now.items()},
            **{name.lower(): number or 0 for name, number in changes.items()},
        )

    def unknown(self, snapshot: Snapshot, customers: Collection[str]) -> frozenset[str]:
        """Return which of some customers are unknown: those without e-mails and meetings.

        None are while every mailbox that there is counts.

        Args:
            snapshot: the snapshot.
            customers: the ids of those that a page shows.
        """
        if not self.unread:
            return frozenset()
        found = snapshot.rows(query("customers_silent"), {"customers": list(customers)})
        return frozenset(row["CustomerId"] for row in found)

    @property
    def is_incomplete(self) -> bool:
        """Whether a number can be lower because a mailbox was not read, or not wholly."""
        return bool(self.failed or self.denied or self.pending or self.partly)

    @property
    def others(self) -> int:
        """Mailboxes that count in both runs, but not up to the same moment or without meetings."""
        return self.changed - self.came - self.gone

    @property
    def header(self) -> str:
        """The value of `HEADER` in an answer: numbers by name, as RFC 9651 writes a dictionary."""
        numbers = {
            "mailboxes": self.mailboxes,
            "not-read": self.unread,
            "failed": self.failed,
            "denied": self.denied,
            "pending": self.pending,
            "partly": self.partly,
            "newly-counted": self.came,
            "no-longer-counted": self.gone,
        }
        return ", ".join(f"{name}={number}" for name, number in numbers.items())
