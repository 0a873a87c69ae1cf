"""What became of a mailbox, in the words of Office_Mailbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engagement_assets.activity.source import Mailbox
from engagement_assets.microsoft365.faults import GraphError

Status = Literal["processed", "failed", "no_mailbox", "denied", "pending"]
Outcome = tuple[Status, str]


@dataclass(frozen=True)
class GraphMailbox(Mailbox):
    """A mailbox as it counts in this run, whether or not it could be read this time.

    Attributes:
        status: what became of it this time (contract 7, Office_Mailbox).
        reason: why it was not read.
        covered: the stretch of the window whose activity counts; None if none.
    """

    status: Status = "processed"
    reason: str | None = None
    covered: tuple[datetime, datetime] | None = None


def denied(error: GraphError) -> Outcome:
    """Return the outcome of a 403: a fact about this mailbox, not about the consent."""
    reason = (
        f"Exchange refuses this mailbox to the app ({error.problem}): it is outside the app's "
        "scope, or an access policy keeps it out."
    )
    return "denied", reason


def no_mailbox(reason: str) -> Outcome:
    """Return the outcome of a 404: which of its codes comes differs by data centre."""
    return "no_mailbox", reason


def failed(error: GraphError) -> Outcome:
    """Return the outcome of everything that the next run may well not meet."""
    return "failed", f"Microsoft Graph: {error.problem}. The next run tries again."


def pending() -> Outcome:
    """Return the outcome of a mailbox that this run did not get to, or through."""
    return "pending", "The time of this run was used up. The next run goes on here."
