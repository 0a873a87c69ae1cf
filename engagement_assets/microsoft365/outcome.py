"""What became of a mailbox, in the words of Office_Mailbox."""

from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.vocabulary import MailboxStatus

Outcome = tuple[MailboxStatus, str]


def denied(error: GraphError) -> Outcome:
    """Return the outcome of a 403: a fact about this mailbox, not about the consent."""
    reason = (
        "Exchange does not let the app read this mailbox: it lies outside the app's scope, or an "
        f"access policy keeps it out ({error.problem})."
    )
    return "denied", reason


def partly(error: GraphError) -> Outcome:
    """Return the outcome of a calendar that is not there (404) or refused (403): mail was read."""
    if error.status == 403:
        reason = "Exchange lets the app read this person's mail, but not the calendar"
    else:
        reason = "This person has mail, but no calendar that Microsoft 365 shows"
    return "partly", f"{reason} ({error.problem})."


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
