"""`Office`: the engagement of every account in every period (numbers 5)."""

from typing import Any

from engagement_assets.vocabulary import LEVELS

from .model import Column, Rule, Table
from .rules import finite_not_negative, identifier, not_negative, one_decimal, one_of, score_range


def _is_key(row: Any) -> Any:
    day = row.AggregationStartDate.cast("string")
    return row.PrimaryKey == row.CustomerId + "|" + row.AggregationLevel + "|" + day


def _weeks_start_on_monday(row: Any) -> Any:
    return (row.AggregationLevel != "week") | (row.AggregationStartDate.day_of_week.index() == 0)


def _months_start_on_the_first(row: Any) -> Any:
    return (row.AggregationLevel != "month") | (row.AggregationStartDate.day() == 1)


def _emails(row: Any) -> Any:
    return row.NoOfEmails_ToAccount + row.NoOfEmails_FromAccount


def _directed_meetings(row: Any) -> Any:
    return row.NoOfMeetings_ToAccount + row.NoOfMeetings_FromAccount


def _emails_have_people(row: Any) -> Any:
    # every e-mail lies in the mailbox of a person, and has a contact as sender or recipient
    there_are = _emails(row) > 0
    persons = row.NoOfContactsInvolved_Emails > 0
    contacts = row.NoOfAccountContactsInvolved_Emails > 0
    return (persons == there_are) & (contacts == there_are)


def _meetings_have_people(row: Any) -> Any:
    # not the other way round: a third party's meeting has people, and counts in neither direction
    persons = row.NoOfContactsInvolved_Meetings > 0
    contacts = row.NoOfAccountContactsInvolved_Meetings > 0
    return (persons == contacts) & (persons | (_directed_meetings(row) == 0))


def _is_active(row: Any) -> Any:
    return (_emails(row) > 0) | (row.NoOfContactsInvolved_Meetings > 0)


def _last_email_is_known(row: Any) -> Any:
    return (_emails(row) == 0) | row.DaysSinceLastEmail.notnull()


def _last_meeting_is_known(row: Any) -> Any:
    return (row.NoOfContactsInvolved_Meetings == 0) | row.DaysSinceLastMeeting.notnull()


def _duration_needs_meetings(row: Any) -> Any:
    return row.AverageDuration_Of_Meetings.isnull() | (row.NoOfContactsInvolved_Meetings > 0)


def _replies_need_emails(row: Any) -> Any:
    return row.AverageDuration_Of_AccountEmailReplies.isnull() | (row.NoOfEmails_FromAccount > 0)


def _count(name: str, description: str, numbers: str) -> Column:
    return Column(name, "BIGINT", description, numbers, rules=(not_negative(),))


OFFICE = Table(
    name="Office",
    description=(
        "How engaged each customer account was, over the last year and in every month and week of "
        "it. Accounts without an e-mail or a meeting in a period have no row for that period."
    ),
    grain="one account in one period: the year, a month or a week",
    key=("PrimaryKey",),
    numbers="4, 5",
    columns=(
        Column(
            "PrimaryKey",
            "VARCHAR",
            "Identifies the row: account id, level and first day of the period, joined by `|`.",
            "5",
        ),
        Column(
            "CustomerId",
            "VARCHAR",
            "The account's id, as in your customer list. Its name is in Office_Customer.",
            "5",
            rules=(identifier(),),
        ),
        Column(
            "EngagementScore",
            "DOUBLE",
            "How engaged the account was in this period compared with your other accounts, from "
            "0 (hardly) to 100. An account that is typical in everything scores 50. "
            "Office_ScoreContribution shows what it is made of.",
            "5, 6",
            rules=(score_range(), one_decimal()),
        ),
        _count(
            "NoOfEmails_ToAccount",
            "E-mails that your organisation sent to people of the account.",
            "2, 5",
        ),
        _count(
            "NoOfEmails_FromAccount",
            "E-mails that people of the account sent to yours.",
            "2, 5",
        ),
        _count(
            "NoOfMeetings_FromAccount",
            "Meetings with the account that somebody of the account called. One that a third party "
            "called is in neither of the two numbers.",
            "3, 5",
        ),
        _count(
            "NoOfMeetings_ToAccount",
            "Meetings with the account that your organisation called.",
            "3, 5",
        ),
        _count(
            "NoOfContactsInvolved_Meetings",
            "How many different people of yours took part in meetings with the account.",
            "3, 5",
        ),
        _count(
            "NoOfContactsInvolved_Emails",
            "How many different people of yours took part in e-mails with the account.",
            "2, 5",
        ),
        _count(
            "NoOfAccountContactsInvolved_Meetings",
            "How many different people of the account took part in meetings with yours.",
            "3, 5",
        ),
        _count(
            "NoOfAccountContactsInvolved_Emails",
            "How many different people of the account took part in e-mails with yours.",
            "2, 5",
        ),
        Column(
            "EngagementStartDate",
            "DATE",
            "Day of the first e-mail or meeting with the account in the whole year looked at; the "
            "same in all rows of the account.",
            "5",
        ),
        Column(
            "DaysSinceLastEmail",
            "BIGINT",
            "Days from the last e-mail with the account to the end of the period (to the day of "
            "the run, when the period is not over). Empty when there was none yet.",
            "5",
            nullable=True,
            rules=(not_negative(),),
        ),
        Column(
            "DaysSinceLastMeeting",
            "BIGINT",
            "Days from the last meeting with the account to the end of the period (to the day of "
            "the run, when the period is not over). Empty when there was none yet.",
            "5",
            nullable=True,
            rules=(not_negative(),),
        ),
        Column(
            "AverageDuration_Of_Meetings",
            "DOUBLE",
            "How long meetings with the account last on average, in minutes, all-day meetings left "
            "out. Empty without meetings.",
            "3, 5",
            nullable=True,
            rules=(finite_not_negative(),),
        ),
        Column(
            "AverageDuration_Of_AccountEmailReplies",
            "DOUBLE",
            "How long the account takes on average to answer your e-mails, in minutes. Empty when "
            "it answered none in the period.",
            "2, 5",
            nullable=True,
            rules=(finite_not_negative(),),
        ),
        Column(
            "AggregationStartDate",
            "DATE",
            "First day of the period: the first day of the year looked at, the first of the "
            "month, or the Monday of the week.",
            "4, 5",
        ),
        Column(
            "AggregationLevel",
            "VARCHAR",
            "Which kind of period the row is about.",
            "4, 5",
            rules=(one_of(*LEVELS),),
        ),
    ),
    rules=(
        Rule("PrimaryKey is CustomerId|AggregationLevel|AggregationStartDate", _is_key),
        Rule("weeks start on a Monday", _weeks_start_on_monday),
        Rule("months start on the first", _months_start_on_the_first),
        Rule("the period has an e-mail or a meeting", _is_active),
        Rule("people on both sides when there are e-mails, and only then", _emails_have_people),
        Rule("people on both sides when there are meetings", _meetings_have_people),
        Rule("DaysSinceLastEmail is known when there are e-mails", _last_email_is_known),
        Rule("DaysSinceLastMeeting is known when there are meetings", _last_meeting_is_known),
        Rule("a meeting duration only with meetings", _duration_needs_meetings),
        Rule("a reply duration only with e-mails from the account", _replies_need_emails),
    ),
)
