"""`Customer_Profile`: every account with what segments, measures and rules speak about."""

from typing import Any

from .model import BESIDE, Column, Rule, Table, column_beside
from .office import OFFICE
from .rules import finite, identifier, not_negative, one_decimal, positive, score_range


def _engaged_has_a_rank(row: Any) -> Any:
    return row.IsEngaged == row.Rank.notnull()


def _nothing_when_not_engaged(row: Any) -> Any:
    activity = row.NoOfEmails_ToAccount + row.NoOfEmails_FromAccount + row.Meetings
    return row.IsEngaged | ((row.EngagementScore == 0) & (activity == 0))


def _last_contact(row: Any) -> Any:
    # coalesced to more than the longest window, so that a null loses against any number of days
    email, meeting = row.DaysSinceLastEmail.fill_null(999), row.DaysSinceLastMeeting.fill_null(999)
    return row.DaysSinceLastContact.fill_null(999) == (email < meeting).ifelse(email, meeting)


def _trend(row: Any) -> Any:
    return (row.ScoreTrend - (row.RecentScore - row.EarlierScore)).abs() < 1e-6


def _change(row: Any) -> Any:
    known = row.ScoreBefore.notnull() & row.ScoreChange.notnull()
    neither = row.ScoreBefore.isnull() & row.ScoreChange.isnull()
    difference = (row.ScoreChange - (row.EngagementScore - row.ScoreBefore)).abs()
    return neither | (known & (difference < 1e-6).fill_null(False))  # noqa: FBT003 - ibis takes it by place


def _of_office(name: str, description: str) -> Column:
    """Return a column of Office's year rows, for accounts without such a row as well."""
    (office,) = (column for column in OFFICE.columns if column.name == name)
    is_count = office.type == "BIGINT" and not office.nullable
    return Column(
        name,
        office.type,
        description,
        BESIDE,
        nullable=not is_count,
        rules=office.rules,
    )


CUSTOMER_PROFILE = Table(
    name="Customer_Profile",
    description=(
        "Every account of your customer list with its figures of the last year, its position and "
        "its trend, also accounts that nobody wrote to or met. Segments and measures are made of "
        "it."
    ),
    grain="one account",
    key=("CustomerId",),
    numbers="7.2",
    columns=(
        column_beside(
            "CustomerId", "VARCHAR", "The account's id, as in your customer list.", identifier()
        ),
        column_beside("Name", "VARCHAR", "The account's name; empty when unknown.", nullable=True),
        column_beside(
            "ParentId",
            "VARCHAR",
            "The account above this one; empty when there is none.",
            identifier(),
            nullable=True,
        ),
        column_beside(
            "IsEngaged",
            "BOOLEAN",
            "Whether there was an e-mail or a meeting with the account in the last year, as far as "
            "mailboxes were read.",
        ),
        column_beside(
            "EngagementScore",
            "DOUBLE",
            "How engaged the account was in the last year compared with your other accounts, from "
            "0 to 100. 0 without any e-mail or meeting.",
            score_range(),
            one_decimal(),
        ),
        column_beside(
            "Rank",
            "BIGINT",
            "Position among the engaged accounts: 1 for the highest score. Equal scores share a "
            "position. Empty for an account that is not engaged.",
            positive(),
            nullable=True,
        ),
        _of_office(
            "NoOfEmails_ToAccount",
            "E-mails of the last year that your organisation sent to people of the account.",
        ),
        _of_office(
            "NoOfEmails_FromAccount",
            "E-mails of the last year that people of the account sent to yours.",
        ),
        _of_office(
            "NoOfMeetings_FromAccount", "Meetings of the last year that the account called."
        ),
        _of_office(
            "NoOfMeetings_ToAccount", "Meetings of the last year that your organisation called."
        ),
        _of_office(
            "NoOfContactsInvolved_Meetings",
            "How many different people of yours took part in meetings with the account.",
        ),
        _of_office(
            "NoOfContactsInvolved_Emails",
            "How many different people of yours took part in e-mails with the account.",
        ),
        _of_office(
            "NoOfAccountContactsInvolved_Meetings",
            "How many different people of the account took part in meetings with yours.",
        ),
        _of_office(
            "NoOfAccountContactsInvolved_Emails",
            "How many different people of the account took part in e-mails with yours.",
        ),
        _of_office(
            "EngagementStartDate", "Day of the first e-mail or meeting in the year looked at."
        ),
        _of_office(
            "DaysSinceLastEmail",
            "Days from the last e-mail with the account to the day of the run. Empty when there "
            "was none in the last year.",
        ),
        _of_office(
            "DaysSinceLastMeeting",
            "Days from the last meeting with the account to the day of the run. Empty when there "
            "was none in the last year.",
        ),
        column_beside(
            "DaysSinceLastContact",
            "BIGINT",
            "Days from the last e-mail or meeting, whichever is later, to the day of the run. "
            "Empty when there was neither in the last year.",
            not_negative(),
            nullable=True,
        ),
        _of_office(
            "AverageDuration_Of_Meetings",
            "How long meetings with the account last on average, in minutes. Empty without any.",
        ),
        _of_office(
            "AverageDuration_Of_AccountEmailReplies",
            "How long the account takes on average to answer, in minutes. Empty when it answered "
            "nothing.",
        ),
        column_beside(
            "Meetings",
            "BIGINT",
            "All meetings of the last year with the account, also those that a third party called.",
            not_negative(),
        ),
        column_beside(
            "Replies",
            "BIGINT",
            "How many of your e-mails the account answered in the last year.",
            not_negative(),
        ),
        column_beside(
            "AccountPeople",
            "BIGINT",
            "How many different people of the account took part in e-mails or meetings.",
            not_negative(),
        ),
        column_beside(
            "OwnPeople",
            "BIGINT",
            "How many different people of yours took part in e-mails or meetings.",
            not_negative(),
        ),
        column_beside(
            "ScoreBefore",
            "DOUBLE",
            "The score in the run before. Empty when the account had none, or in the first run.",
            score_range(),
            one_decimal(),
            nullable=True,
        ),
        column_beside(
            "ScoreChange",
            "DOUBLE",
            "By how many points the score rose since the run before; negative when it fell.",
            finite(),
            one_decimal(),
            nullable=True,
        ),
        column_beside(
            "RecentScore",
            "DOUBLE",
            "Average of the monthly scores of the last three complete months; a month without any "
            "e-mail or meeting counts as 0.",
            score_range(),
            one_decimal(),
        ),
        column_beside(
            "EarlierScore",
            "DOUBLE",
            "The same of the three months before those.",
            score_range(),
            one_decimal(),
        ),
        column_beside(
            "ScoreTrend",
            "DOUBLE",
            "RecentScore less EarlierScore: above 0 the account is rising, below 0 it is cooling.",
            finite(),
            one_decimal(),
        ),
    ),
    rules=(
        Rule("a Rank when the account is engaged, and only then", _engaged_has_a_rank),
        Rule("nothing is counted for an account that is not engaged", _nothing_when_not_engaged),
        Rule("DaysSinceLastContact is the smaller of the two", _last_contact),
        Rule("ScoreTrend is RecentScore less EarlierScore", _trend),
        Rule("ScoreChange is EngagementScore less ScoreBefore", _change),
    ),
)
