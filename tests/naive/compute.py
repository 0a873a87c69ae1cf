"""From a configuration file to the tables of section 7, for a single first run."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from .customers import read_customers
from .emails import find_replies, read_emails
from .files import BrokenFileError, Mailbox, read_mailbox
from .meetings import read_meetings
from .office import Activity, make_rows
from .people import People, read_people
from .periods import Window, make_window
from .score import DEFAULT_WEIGHTS, contributions
from .tables import Results, all_tables
from .values import Json, Tables, instant


def read_window(settings: Json, now: datetime | None) -> Window:
    """Return the window: up to the configured instant, else to the run's moment (section 4.1)."""
    zone = ZoneInfo(str(settings.get("time_zone") or "UTC"))
    as_of = settings.get("as_of")
    if isinstance(as_of, str):
        as_of = instant(as_of)
    if not isinstance(as_of, datetime):
        as_of = now or datetime.now(UTC)
    if as_of.tzinfo is None:
        as_of = as_of.replace(tzinfo=UTC)
    return make_window(as_of, zone)


def read_weights(settings: Json) -> dict[str, float]:
    """Return the score's weights, in the order of numbers 6."""
    overrides = settings.get("score_weights") or {}
    assert isinstance(overrides, dict)
    return {
        component: float(overrides.get(component, weight))
        for component, weight in DEFAULT_WEIGHTS.items()
    }


def read_mailboxes(activity: Path, people: People) -> tuple[list[Mailbox], dict[str, str]]:
    """Read every person's mailbox, and say how that went (section 8)."""
    mailboxes: list[Mailbox] = []
    statuses: dict[str, str] = {}
    for user_id in sorted(people.email_addresses):
        folder = activity / "mailboxes" / user_id
        if not folder.is_dir():
            statuses[user_id] = "no_mailbox"
            continue
        try:
            mailboxes.append(read_mailbox(folder, user_id))
        except BrokenFileError:
            statuses[user_id] = "failed"
        else:
            statuses[user_id] = "processed"
    return mailboxes, statuses


def section(settings: Json, name: str) -> Json:
    """Return a section of the configuration."""
    value = settings[name]
    assert isinstance(value, dict)
    return value


def compute(config_file: Path, now: datetime | None = None) -> Tables:
    """Return the tables of section 7 (and ``unrounded``: scores before rounding).

    Left out is what a run makes up or words freely: RunId, StartedAt, FinishedAt, Reason.
    """
    return all_tables(results(config_file, now))


def results(config_file: Path, now: datetime | None = None) -> Results:
    """Return everything that the tables are made of."""
    settings: Json = yaml.safe_load(config_file.read_text(encoding="utf-8"))
    source = section(settings, "source")
    if source["kind"] != "folder":
        message = "only source.kind: folder can be computed"
        raise ValueError(message)
    activity = config_file.parent / str(source["path"])
    window = read_window(settings, now)
    people = read_people(activity, section(settings, "mailboxes"))
    customers = read_customers(config_file.parent, section(settings, "customers"), people)
    mailboxes, statuses = read_mailboxes(activity, people)
    emails = read_emails(mailboxes, people, customers, window)
    meetings = read_meetings(mailboxes, people, customers, window)
    replies = find_replies(emails.with_accounts)
    activities = [
        Activity(
            account,
            [email for email in emails.with_accounts if email.account == account],
            [reply for reply in replies if reply.account == account],
            [meeting for meeting in meetings.with_accounts if meeting.account == account],
        )
        for account in customers.names
    ]
    rows = make_rows(activities, window)
    return Results(
        window,
        people,
        statuses,
        customers,
        emails,
        meetings,
        replies,
        rows,
        contributions(rows, read_weights(settings)),
    )
