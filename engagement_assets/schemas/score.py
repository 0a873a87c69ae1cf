"""What the score is made of, and what it was in earlier runs (numbers 6 and 7)."""

from typing import Any

from engagement_assets.vocabulary import COMPONENTS

from .model import Column, Rule, Table
from .rules import (
    finite_not_negative,
    finite_positive,
    identifier,
    one_decimal,
    one_of,
    score_range,
)


def _points_follow(row: Any) -> Any:
    # a value of 0 gives no points, whatever the reference, which can then be null
    share = (row.Value / (row.Value + row.Reference)).fill_null(0.0)
    expected = (row.Value > 0).ifelse(row.Weight * share, 0.0)
    return (row.Points - expected).abs() < 1e-6


def _has_reference(row: Any) -> Any:
    # the row itself is in its cohort, so one value above 0 is enough for a reference
    return (row.Value == 0) | row.Reference.notnull()


SCORE_CONTRIBUTION = Table(
    name="Office_ScoreContribution",
    description=(
        "Why an account has its score: the seven parts of it. The points of the seven rows add up "
        "to the score, and everybody can recompute them: points = weight * value / (value + "
        "reference)."
    ),
    grain="one part of one Office row's score; seven rows for each",
    key=("PrimaryKey", "Component"),
    numbers="6, 7",
    columns=(
        Column("PrimaryKey", "VARCHAR", "The row of Office that the part belongs to.", "7"),
        Column(
            "Component",
            "VARCHAR",
            "Which part of the score: e-mails from the account, e-mails in both directions, the "
            "account's replies, meetings, people of the account, people of yours, or how recent "
            "the last contact is.",
            "6",
            rules=(one_of(*COMPONENTS),),
        ),
        Column(
            "Value",
            "DOUBLE",
            "What was counted for the account in this period.",
            "6",
            rules=(finite_not_negative(),),
        ),
        Column(
            "Reference",
            "DOUBLE",
            "The same of a typical account that is active in this part, in the same period. "
            "An account with exactly this value gets half the weight. Empty when no account was "
            "active in this part.",
            "6",
            nullable=True,
            rules=(finite_positive(),),
        ),
        Column(
            "Weight",
            "DOUBLE",
            "The most points that this part can give; the seven weights add up to 100.",
            "6",
            rules=(Rule("between 0 and 100", lambda column: column.between(0, 100)),),
        ),
        Column(
            "Points",
            "DOUBLE",
            "The points that this part gives to the score.",
            "6",
            rules=(finite_not_negative(),),
        ),
    ),
    rules=(
        Rule("Points is Weight * Value / (Value + Reference), 0 when Value is 0", _points_follow),
        Rule("a Reference when Value is above 0", _has_reference),
    ),
)

SCORE_HISTORY = Table(
    name="Office_ScoreHistory",
    description=(
        "How the yearly score of each account developed: the score of the year at every run."
    ),
    grain="one account in one run; only accounts that had a score",
    # in this order: a reader wants one account in every run, and finds it six times as fast
    key=("CustomerId", "RunId"),
    numbers="7",
    columns=(
        Column("RunId", "VARCHAR", "The run, as in Office_Run.", "7", rules=(identifier(),)),
        Column(
            "AsOfTime",
            "TIMESTAMP WITH TIME ZONE",
            "The moment up to which that run counted e-mails and meetings (UTC).",
            "4, 7",
        ),
        Column("CustomerId", "VARCHAR", "The account's id.", "7", rules=(identifier(),)),
        Column(
            "EngagementScore",
            "DOUBLE",
            "The account's score for the year before that moment.",
            "6, 7",
            rules=(score_range(), one_decimal()),
        ),
    ),
)
