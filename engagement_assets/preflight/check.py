"""One check: what was looked at, what was found, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from engagement_assets.errors import ConfigurationError, ConsentError, EngagementError
from engagement_assets.microsoft365.retry_budget import RunBudgetSpentError

Level = Literal["ok", "warning", "error", "not checked"]
Result = TypeVar("Result")

# which error decides when there are several: what a run would stumble over first
_WORST_FIRST = (
    ConfigurationError.exit_code,
    ConsentError.exit_code,
    EngagementError.exit_code,
)


@dataclass(frozen=True)
class Check:
    """What was found about one subject.

    Attributes:
        subject: what was looked at.
        level: how it is; `not checked` when something else has to be mended first.
        found: what was found; no secret, and no address of a contact.
        advice: what to do.
        exit_code: what the command exits with because of it; 0 unless it is an error.
    """

    subject: str
    level: Level
    found: str
    advice: str = ""
    exit_code: int = 0


def ok(subject: str, found: str) -> Check:
    """Return a check that found nothing to mend."""
    return Check(subject, "ok", found)


def warning(subject: str, found: str, advice: str) -> Check:
    """Return a check that found something a run can live with."""
    return Check(subject, "warning", found, advice)


def error(subject: str, found: str, advice: str, kind: type[EngagementError]) -> Check:
    """Return a check that found what a run cannot live with; `kind` is how the run would fail."""
    return Check(subject, "error", found, advice, kind.exit_code)


def failed(subject: str, failure: EngagementError) -> Check:
    """Return the check for a failure: what happened and where was found, its remedy is advice."""
    return Check(subject, "error", failure.happened, failure.remedy or "", failure.exit_code)


def not_checked(subject: str, why: str) -> Check:
    """Return a check that could not be made."""
    return Check(subject, "not checked", why)


def attempt(subject: str, ask: Callable[[], Result]) -> Result | Check:
    """Return what `ask` returns; the check that says why, when it fails."""
    try:
        return ask()
    except EngagementError as failure:
        return failed(subject, failure)
    except RunBudgetSpentError:
        return error(
            subject,
            "Microsoft Graph is too busy to answer in time.",
            "Try again later.",
            EngagementError,
        )


def exit_code(checks: tuple[Check, ...]) -> int:
    """Return what the command exits with: 0, or the code of the worst error."""
    codes = {check.exit_code for check in checks}
    return next((code for code in _WORST_FIRST if code in codes), 0)
