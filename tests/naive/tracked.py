"""The shipped segments and measures, worked out from their words (docs/segments-and-measures.md).

Scores are taken as they were published: the oracle has compared them before, and a score at a
rounding tie may be 0.1 off on either side.
"""

import math
import statistics
from collections import defaultdict
from datetime import date

from .office import OfficeRow
from .tables import Results

Scores = dict[object, float]
"""PrimaryKey of an Office row to its score."""

Value = float | int | None
Key = tuple[str, str | None, tuple[str, ...]]
"""Measure, account (None: the whole business), and the values of the dimensions."""

STALE_DAYS = 60
TREND_POINTS = 15
UNANSWERED = 3


def year_rows(results: Results) -> dict[str, OfficeRow]:
    """Return the year row of every engaged account."""
    return {str(row.columns["CustomerId"]): row for row in results.rows if row.cohort[0] == "year"}


def months_back(day: date, number: int) -> date:
    """Return the first day of the month that lies this many months before a day's month."""
    months = day.year * 12 + day.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)


def trend(results: Results, scores: Scores, account: str) -> float:
    """Return by how much the last three complete months are above the three before."""

    def average(first: int) -> float:
        days = [months_back(results.window.last_day, number) for number in range(first, first + 3)]
        keys = [f"{account}|month|{day.isoformat()}" for day in days]
        return round(sum(scores.get(key, 0.0) for key in keys) / 3, 1)

    return round(average(1) - average(4), 1)


def is_long_ago(days: object) -> bool:
    """Return whether a number of days is stale; never is."""
    return not isinstance(days, int) or days > STALE_DAYS


def members(results: Results, scores: Scores) -> dict[str, set[str]]:
    """Return the accounts of every segment."""
    years = year_rows(results)
    found: dict[str, set[str]] = {
        "never_engaged": set(results.customers.names) - years.keys(),
        "top_tenth": set(),
    }
    found["stale_accounts"] = found["never_engaged"] | {
        account
        for account, row in years.items()
        if is_long_ago(row.columns["DaysSinceLastEmail"])
        and is_long_ago(row.columns["DaysSinceLastMeeting"])
    }
    trends = {account: trend(results, scores, account) for account in years}
    found["rising"] = {account for account, points in trends.items() if points >= TREND_POINTS}
    found["cooling"] = {account for account, points in trends.items() if points <= -TREND_POINTS}
    emails = results.emails.with_accounts
    found["one_sided"] = {
        account
        for account in years
        if len([e for e in emails if e.account == account]) >= UNANSWERED
        and not any(e.from_account for e in emails if e.account == account)
    }
    found["single_threaded"] = {
        account
        for account, row in years.items()
        if row.values["OwnPeople"] == 1 or row.values["AccountPeople"] == 1
    }
    if years:
        by_score = sorted((scores[row.key] for row in years.values()), reverse=True)
        last = by_score[math.ceil(len(by_score) / 10) - 1]
        found["top_tenth"] = {a for a, row in years.items() if scores[row.key] >= last}
    return found


def parents(results: Results) -> dict[str, str]:
    """Return the account above every account that has one: no stranger, not itself, no circle."""
    stated = {
        account: parent
        for account, parent in results.customers.parents.items()
        if parent in results.customers.names and parent != account
    }

    def comes_back(account: str) -> bool:
        passed = [account]
        while (above := stated.get(passed[-1])) is not None:
            if above == account:
                return True
            if above in passed:
                return False
            passed.append(above)
        return False

    return {account: parent for account, parent in stated.items() if not comes_back(account)}


def groups(results: Results) -> dict[str, set[str]]:
    """Return every account that has others below it, with all of them and itself."""
    above = parents(results)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for account in above:
        top: str | None = account
        while (top := above.get(str(top))) is not None:
            found[top] |= {top, account}
    return dict(found)


def share(part: float, whole: float) -> Value:
    """Return a part of a whole, None of nothing."""
    return part / whole if whole else None


def measures(results: Results, scores: Scores) -> dict[Key, Value]:
    """Return every value of every measure."""
    years = year_rows(results)
    emails, meetings = results.emails.with_accounts, results.meetings.with_accounts
    replies = [reply.minutes for reply in results.replies]
    whole: dict[str, Value] = {
        "average_score": share(math.fsum(scores[row.key] for row in years.values()), len(years)),
        "engaged_share": share(len(years), len(results.customers.names)),
        "emails_per_engaged_customer": share(len(emails), len(years)),
        "meetings_per_engaged_customer": share(len(meetings), len(years)),
        "median_reply_minutes": statistics.median(replies) if replies else None,
    }
    found: dict[Key, Value] = {(name, None, ()): value for name, value in whole.items()}
    return found | by_month(results) | by_account(results) | by_group(results)


def by_month(results: Results) -> dict[Key, Value]:
    """Return the measures with a value for each month."""
    window = results.window
    emails: defaultdict[tuple[str, str], set[object]] = defaultdict(set)
    for email in results.emails.with_accounts:
        month = window.day(email.time).isoformat()[:7]
        emails[month, "from" if email.from_account else "to"].add(email.key)
    meetings: defaultdict[str, set[int]] = defaultdict(set)
    for meeting in results.meetings.with_accounts:
        meetings[window.day(meeting.time).isoformat()[:7]].add(meeting.number)
    engaged: defaultdict[str, set[object]] = defaultdict(set)
    for row in results.rows:
        if row.cohort[0] == "month":
            engaged[row.cohort[1].isoformat()[:7]].add(row.columns["CustomerId"])
    return {
        **{("emails_by_month", None, key): len(keys) for key, keys in emails.items()},
        **{("meetings_by_month", None, (m,)): len(numbers) for m, numbers in meetings.items()},
        **{("engaged_customers_by_month", None, (m,)): len(who) for m, who in engaged.items()},
    }


def by_account(results: Results) -> dict[Key, Value]:
    """Return the measures with a value for each account."""
    found: dict[Key, Value] = {}
    for account, row in year_rows(results).items():
        written = row.columns["NoOfEmails_ToAccount"]
        assert isinstance(written, int)
        if written:
            found["answered_share", account, ()] = row.values["Replies"] / written
    return found


def by_group(results: Results) -> dict[Key, Value]:
    """Return the measures with a value for each account that has others below it."""
    window, found = results.window, dict[Key, Value]()
    for top, accounts in groups(results).items():
        emails = [e for e in results.emails.with_accounts if e.account in accounts]
        meetings = [m for m in results.meetings.with_accounts if m.account in accounts]
        times = [e.time for e in emails] + [m.time for m in meetings]
        days = [window.day(time) for time in times]
        found["sub_accounts", top, ()] = len(accounts) - 1
        found["group_emails", top, ("to",)] = len({e.key for e in emails if not e.from_account})
        found["group_emails", top, ("from",)] = len({e.key for e in emails if e.from_account})
        found["group_meetings", top, ()] = len({m.number for m in meetings})
        found["group_days_since_last_contact", top, ()] = (
            (window.last_day - max(days)).days if days else None
        )
    return found
