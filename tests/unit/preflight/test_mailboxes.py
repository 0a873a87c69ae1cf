"""What is said about the mailboxes that were asked."""

from collections.abc import Mapping

import pytest

from engagement_assets.activity.source import User
from engagement_assets.preflight.check import Check
from engagement_assets.preflight.mailboxes import Outcome, Probes, inspect


def check(outcomes: Mapping[str, Outcome]) -> Check:
    persons = [User(user_id, (f"{user_id}@contoso.com",)) for user_id in outcomes]
    return inspect(Probes(dict(outcomes), ()), persons)


def test_all_answer() -> None:
    assert check({"ada": "answers", "bob": "answers"}).level == "ok"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (
            "mail only",
            "with mail, and a calendar that is missing or refused: bob@contoso.com (bob)",
        ),
        ("denied", "refused by Exchange: bob@contoso.com (bob)"),
        ("no mailbox", "without a mailbox in Exchange Online: bob@contoso.com (bob)"),
        ("no exchange", "of a tenant without Exchange Online: bob@contoso.com (bob)"),
        ("not there", "whose folders are not to be found: bob@contoso.com (bob)"),
        ("unclear", "gave another error: bob@contoso.com (bob)"),
    ],
)
def test_one_that_does_not_is_named_and_stops_nothing(outcome: Outcome, words: str) -> None:
    found = check({"ada": "answers", "bob": outcome})
    assert (found.level, found.exit_code) == ("warning", 0)
    assert f"1 {words}" in found.found


@pytest.mark.parametrize(
    ("outcome", "exit_code", "advice"),
    [("denied", 3, "scope"), ("no exchange", 1, "source.tenant_id"), ("mail only", 0, "Office")],
)
def test_what_all_of_them_say(outcome: Outcome, exit_code: int, advice: str) -> None:
    found = check({"ada": outcome, "bob": outcome})
    assert found.exit_code == exit_code
    assert advice in found.advice
