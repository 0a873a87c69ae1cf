"""A check of something that failed has the parts of the failure."""

from engagement_assets.errors import ConfigurationError, ConsentError, EngagementError
from engagement_assets.microsoft365.retry_budget import RunBudgetSpentError
from engagement_assets.preflight.check import Check, attempt, exit_code, failed, ok


def test_a_failure_is_found_where_it_happened_and_its_remedy_is_the_advice() -> None:
    failure = ConfigurationError("it is wet", where="roof", remedy="Go in.")

    assert failed("House", failure) == Check("House", "error", "roof: it is wet.", "Go in.", 2)
    assert failed("House", EngagementError("It rains.")).advice == ""


def test_what_is_tried_is_the_result_or_why_there_is_none() -> None:
    def refused() -> int:
        raise ConsentError("nobody said yes", remedy="Ask.")

    def busy() -> int:
        raise RunBudgetSpentError

    assert attempt("House", lambda: 7) == 7
    assert attempt("House", refused) == Check("House", "error", "nobody said yes.", "Ask.", 3)
    assert attempt("House", busy) == Check(
        "House", "error", "Microsoft Graph is too busy to answer in time.", "Try again later.", 1
    )


def test_the_worst_error_decides_what_the_command_exits_with() -> None:
    fine = ok("House", "It stands.")
    errors = [failed("House", kind("it is wet")) for kind in (EngagementError, ConsentError)]

    assert exit_code((fine,)) == 0
    assert exit_code((fine, *errors)) == 3
    assert exit_code((*errors, failed("House", ConfigurationError("it is wet")))) == 2
