"""From a configuration file to the tables of section 7, for a first run or one after others."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from .customers import read_customers
from .emails import find_replies, read_emails
from .files import BrokenFileError, named, read_mailbox
from .meetings import read_meetings
from .office import Activity, make_rows
from .people import People, read_people
from .periods import Window, make_window
from .score import DEFAULT_WEIGHTS, contributions
from .tables import Kept, Results, all_tables
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


def read_mailboxes(
    activity: Path, people: People, window: Window, kept: Mapping[str, Kept]
) -> tuple[dict[str, Kept], dict[str, str]]:
    """Read every person's mailbox, and say how that went (section 8).

    One that cannot be read counts as it was when it was last read whole, if it ever was: the
    rules then say what of it lies in today's window, as of any other mailbox.
    """
    found: dict[str, Kept] = {}
    statuses: dict[str, str] = {}
    mailboxes = named(activity, "mailboxes") or activity
    for user_id in sorted(people.email_addresses):
        folder = named(mailboxes, user_id)
        if folder is None or not folder.is_dir():
            statuses[user_id] = "no_mailbox"
            continue
        try:
            found[user_id] = Kept(read_mailbox(folder, user_id), window)
        except BrokenFileError:
            statuses[user_id] = "failed"
            if user_id in kept:
                found[user_id] = kept[user_id]
        else:
            statuses[user_id] = "processed"
    return found, statuses


def section(settings: Json, name: str) -> Json:
    """Return a section of the configuration."""
    value = settings[name]
    assert isinstance(value, dict)
    return value


def compute(
    config_file: Path, now: datetime | None = None, before: Results | None = None
) -> Tables:
    """Return the tables of section 7 (and ``unrounded``: scores before rounding).

    Left out is what a run makes up or words freely: RunId, StartedAt, FinishedAt, Reason.
    ``before`` is what the run before this one had; without it this one is the first.
    """
    return all_tables(results(config_file, now, before))


def results(
    config_file: Path, now: datetime | None = None, before: Results | None = None
) -> Results:
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
    kept, statuses = read_mailboxes(activity, people, window, before.kept if before else {})
    mailboxes = [each.mailbox for each in kept.values()]
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
        kept,
        customers,
        emails,
        meetings,
        replies,
        rows,
        contributions(rows, read_weights(settings)),
        before,
    )
