"""How complete every run was: mailboxes that count, that do not, and how that changed."""

from .model import Column, Rule, Table, column_beside
from .rules import not_negative
from .segments import run_columns


def _count(name: str, description: str) -> Column:
    return column_beside(name, "BIGINT", description, not_negative())


def _change(name: str, description: str) -> Column:
    return column_beside(name, "BIGINT", description, not_negative(), nullable=True)


COVERAGE_HISTORY = Table(
    name="Coverage_History",
    description=(
        "How complete every run was: how many mailboxes count, and whether they are those of the "
        "run before. Where they are not, figures can differ for that reason. No volumes per person."
    ),
    grain="one run",
    key=("RunId",),
    numbers="7.3",
    columns=(
        *run_columns(),
        _count("Mailboxes", "Selected people who have a mailbox."),
        _count(
            "NotRead",
            "Mailboxes of which nothing counts: while there are any, an account without e-mails "
            "and meetings is unknown.",
        ),
        _count(
            "Behind",
            "Mailboxes that could not be read and count as an earlier run read them, which ends "
            "before AsOfTime.",
        ),
        _count("Partly", "Mailboxes whose meetings were not read."),
        _change(
            "Came",
            "Mailboxes that count, and did not in the run before. Empty in the first run.",
        ),
        _change(
            "Gone",
            "Mailboxes that counted in the run before, and do not. Empty in the first run.",
        ),
        _change(
            "Changed",
            "All mailboxes that count otherwise than in the run before: those that came and went, "
            "those that are or were behind, those whose meetings are or were not read. Empty in "
            "the first run.",
        ),
    ),
    rules=(
        Rule(
            "no more NotRead, Behind and Partly than Mailboxes",
            lambda row: row.NotRead + row.Behind + row.Partly <= row.Mailboxes,
        ),
        Rule(
            "Changed holds those that came and went",
            lambda row: row.Changed.isnull() | (row.Came + row.Gone <= row.Changed),
        ),
    ),
)
