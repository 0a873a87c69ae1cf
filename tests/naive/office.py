"""The rows of the Office entity (section 5), before the score."""

from dataclasses import dataclass
from datetime import date, datetime

from .emails import AccountEmail, Reply
from .meetings import AccountMeeting
from .periods import LEVELS, Window
from .values import Row


@dataclass(frozen=True)
class Activity:
    """Everything of one account in the window."""

    account: str
    emails: list[AccountEmail]
    replies: list[Reply]
    meetings: list[AccountMeeting]


@dataclass(frozen=True)
class OfficeRow:
    """A row of the Office entity, and the values of the score's components."""

    key: str
    cohort: tuple[str, date]
    """Level and period: the rows that the score compares."""
    columns: Row
    values: dict[str, float]


def mean(numbers: list[float]) -> float | None:
    """Return the mean, None of nothing."""
    if not numbers:
        return None
    return sum(numbers) / len(numbers)


def days_since(times: list[datetime], day: date, window: Window) -> int | None:
    """Return the days from the last of some times to a day, None if there is none up to it."""
    days = [window.day(time) for time in times if window.day(time) <= day]
    if not days:
        return None
    return (day - max(days)).days


def union(sets: list[set[str]]) -> set[str]:
    """Return all members of some sets."""
    return set().union(*sets)


def make_row(activity: Activity, level: str, start: date, window: Window) -> OfficeRow:
    """Return an account's row for one period."""

    def inside(time: datetime) -> bool:
        return window.period_start(level, window.day(time)) == start

    emails = [email for email in activity.emails if inside(email.time)]
    meetings = [meeting for meeting in activity.meetings if inside(meeting.time)]
    replies = [reply for reply in activity.replies if inside(reply.time)]

    email_times = [email.time for email in activity.emails]
    meeting_times = [meeting.time for meeting in activity.meetings]
    last_day = window.period_end(level, start)
    since_email = days_since(email_times, last_day, window)
    since_meeting = days_since(meeting_times, last_day, window)
    since_either = days_since(email_times + meeting_times, last_day, window)
    assert since_either is not None

    to_account = len([email for email in emails if not email.from_account])
    from_account = len([email for email in emails if email.from_account])
    persons_by_mail = union([email.persons for email in emails])
    persons_met = union([meeting.persons for meeting in meetings])
    contacts_by_mail = union([email.contacts for email in emails])
    contacts_met = union([meeting.contacts for meeting in meetings])

    key = f"{activity.account}|{level}|{start.isoformat()}"
    columns: Row = {
        "PrimaryKey": key,
        "CustomerId": activity.account,
        "NoOfEmails_ToAccount": to_account,
        "NoOfEmails_FromAccount": from_account,
        "NoOfMeetings_FromAccount": len([m for m in meetings if m.direction == "from"]),
        "NoOfMeetings_ToAccount": len([m for m in meetings if m.direction == "to"]),
        "NoOfContactsInvolved_Meetings": len(persons_met),
        "NoOfContactsInvolved_Emails": len(persons_by_mail),
        "NoOfAccountContactsInvolved_Meetings": len(contacts_met),
        "NoOfAccountContactsInvolved_Emails": len(contacts_by_mail),
        "EngagementStartDate": window.day(min(email_times + meeting_times)),
        "DaysSinceLastEmail": since_email,
        "DaysSinceLastMeeting": since_meeting,
        "AverageDuration_Of_Meetings": mean(
            [meeting.minutes for meeting in meetings if meeting.minutes is not None]
        ),
        "AverageDuration_Of_AccountEmailReplies": mean([reply.minutes for reply in replies]),
        "AggregationStartDate": start,
        "AggregationLevel": level,
    }
    values: dict[str, float] = {
        "EmailsFromAccount": from_account,
        "TwoWayEmails": min(to_account, from_account),
        "Replies": len(replies),
        "Meetings": len(meetings),
        "AccountPeople": len(contacts_by_mail | contacts_met),
        "OwnPeople": len(persons_by_mail | persons_met),
        "Recency": 1 / (1 + since_either),
    }
    return OfficeRow(key, (level, start), columns, values)


def make_rows(activities: list[Activity], window: Window) -> list[OfficeRow]:
    """Return a row per account, level and period that has an e-mail or a meeting (4.4)."""
    rows: list[OfficeRow] = []
    for activity in activities:
        times = [email.time for email in activity.emails]
        times.extend(meeting.time for meeting in activity.meetings)
        for level in LEVELS:
            starts = {window.period_start(level, window.day(time)) for time in times}
            rows.extend(make_row(activity, level, start, window) for start in starts)
    return rows
