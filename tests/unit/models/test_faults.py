"""How errors about files are worded."""

from pathlib import Path

import pytest

from engagement_assets.models.faults import closest, fault


def test_an_error_says_where_what_and_what_to_do() -> None:
    assert str(fault(Path("marts/m.sql"), "it is empty", "Write a SELECT.")) == (
        "marts/m.sql: it is empty. Write a SELECT."
    )


@pytest.mark.parametrize(
    ("word", "question"),
    [("ofice", "Did you mean Office? "), ("OFFICE", "Did you mean Office? "), ("xyz", "")],
)
def test_the_nearest_word(word: str, question: str) -> None:
    assert closest(word, ["Office", "account"]) == question
