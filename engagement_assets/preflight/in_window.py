"""Whether there is any mail in the window: an old export, or a wrong `as_of`, leaves none."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from engagement_assets.activity.source import ActivitySource, BrokenFileError, User
from engagement_assets.preflight.check import Check, not_checked, ok, warning
from engagement_assets.window import Window

SUBJECT = "Window"

# a few seconds of reading; nearly always the first lines tell
MOST_LINES = 200_000


def of_counts(counts: Sequence[int], window: Window) -> Check:
    """Return what the numbers of messages say that some mailboxes have in the window."""
    if not counts:
        return not_checked(SUBJECT, "Not checked: no mailbox was counted.")
    if any(counts):
        return ok(SUBJECT, f"{_days(window)}; mail was found in it.")
    return _nothing(f"none in the {len(counts)} mailbox(es) that were counted", window)


def of_lines(source: ActivitySource, persons: Iterable[User], window: Window) -> Check:
    """Read messages, until one lies in the window.

    A mailbox that cannot be read is left out here: it is named among the mailboxes.
    """
    read = 0
    times = _times(source, persons)
    for time in itertools.islice(times, MOST_LINES):
        read += 1
        if time is not None and window.start <= time <= window.as_of:
            return ok(SUBJECT, f"{_days(window)}; mail was found in it.")
    if not read:
        return not_checked(SUBJECT, "Not checked: there are no messages.")
    if next(times, False) is not False:
        return not_checked(
            SUBJECT, f"No mail in it among the first {read:,} messages; more follow."
        )
    return _nothing(f"none among {read:,} messages", window)


def _times(source: ActivitySource, persons: Iterable[User]) -> Iterator[datetime | None]:
    """Yield when each message was sent; None where that cannot be read."""
    for person in persons:
        try:
            mailbox = source.mailbox(person.id)
            for file in mailbox.files if mailbox else ():
                if file.kind == "message":
                    for _, resource in source.lines(file):
                        yield _time(resource.get("sentDateTime"))
        except BrokenFileError:
            continue


def _time(value: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _nothing(found: str, window: Window) -> Check:
    return warning(
        SUBJECT,
        f"{_days(window)}; mail in it: {found}. The results would be empty.",
        "Export newer activity, or set as_of to a moment that the activity reaches.",
    )


def _days(window: Window) -> str:
    return f"{window.first_day} to {window.last_day}"
