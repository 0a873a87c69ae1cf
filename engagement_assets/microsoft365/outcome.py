"""What became of a mailbox, in the words of Office_Mailbox."""

from dataclasses import dataclass
from datetime import datetime

from engagement_assets.activity.source import Mailbox
from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.vocabulary import MailboxStatus

Outcome = tuple[MailboxStatus, str]


@dataclass(frozen=True)
class GraphMailbox(Mailbox):
    """A mailbox as it counts in this run, whether or not it could be read this time.

    Attributes:
        status: what became of it this time (numbers 7, Office_Mailbox).
        reason: why it was not read.
        covered: the stretch of the window whose activity counts; None if none.
    """

    status: MailboxStatus = "processed"
    reason: str | None = None
    covered: tuple[datetime, datetime] | None = None


def denied(error: GraphError) -> Outcome:
    """Return the outcome of a 403: a fact about this mailbox, not about the consent."""
    reason = (
        "Exchange does not let the app read this mailbox: it lies outside the app's scope, or an "
        f"access policy keeps it out ({error.problem})."
    )
    return "denied", reason


def no_mailbox(error: GraphError, reason: str | None = None) -> Outcome:
    """Return the outcome of a 404: which of its codes comes differs by data centre.

    Args:
        error: what Graph answered.
        reason: what is known about this person; else what is usual is said.
    """
    reason = reason or (
        "This person has no mailbox that Microsoft 365 shows: no licence, a mailbox on premises, "
        "or a closed one"
    )
    return "no_mailbox", f"{reason} ({error.problem})."


def failed(error: GraphError) -> Outcome:
    """Return the outcome of everything that the next run may well not meet."""
    return "failed", (
        f"Microsoft 365 did not give the whole mailbox ({error.problem}). The next run tries again."
    )


def pending() -> Outcome:
    """Return the outcome of a mailbox that this run did not get to, or through."""
    return "pending", (
        "The time of this run was used up before the whole mailbox was read. The next run goes on "
        "here."
    )
