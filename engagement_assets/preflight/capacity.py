"""How long the first run takes, and how much disk it needs. Estimates, from stated assumptions."""

import math
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import BrokenFileError, User
from engagement_assets.errors import ConfigurationError, EngagementError
from engagement_assets.microsoft365 import slices
from engagement_assets.microsoft365.paging import LARGEST_PAGE
from engagement_assets.microsoft365.source import WORKERS
from engagement_assets.preflight.check import Check, error, ok, warning
from engagement_assets.window import Window

# a year of a mailbox, where nothing could be counted: between a quiet one and a busy one (20,000)
ASSUMED_MESSAGES = 10_000

# meetings per message; in the sample organisation it is a tenth, in busy calendars too
MEETINGS_PER_MESSAGE = 0.1

# to find the users and groups behind one address, and the members of one group
REQUESTS_PER_ADDRESS = 3

# Drafts, Junk Email, the tree's top, and the folders below these
REQUESTS_FOR_FOLDERS = 12

# How fast Microsoft answers was measured by nobody here. A small request takes a few tenths of a
# second; a page of 999 messages with all recipients is about a megabyte that Exchange collects
# from its store. Both are guesses on the slow side.
SECONDS_PER_REQUEST = 0.5
SECONDS_PER_PAGE = 5.0

# docs/benchmarks.md: 24,000 to 34,000 copies landed per second on two cores; half of it
COPIES_PER_SECOND = 12_000

# docs/operations.md, Disk: the demo's 47,000 copies take 43 MB, two snapshots, the warehouse and
# Dagster's history included
BYTES_PER_COPY = 1_000

# the sample organisation's lines, as they are and compressed
BYTES_PER_LINE, BYTES_PER_COMPRESSED_LINE = 750, 80


@dataclass(frozen=True)
class Estimate:
    """What the first run takes.

    Attributes:
        mailboxes: how many are read.
        copies: messages and meetings in them.
        requests: sent to Microsoft Graph; 0 for a folder.
        seconds: from its start to its end.
    """

    mailboxes: int
    copies: int
    requests: int
    seconds: float


def of_graph(mailboxes: int, addresses: int, messages: float | None, window: Window) -> Estimate:
    """Estimate a run from Microsoft 365.

    Args:
        mailboxes: how many persons are read.
        addresses: how many are listed.
        messages: in one mailbox; None when nothing was counted.
        window: what is read.
    """
    messages = ASSUMED_MESSAGES if messages is None else messages
    months = len(slices.of_mail(window, window.as_of))
    quarters = len(slices.of_calendar(window))
    mail_pages = months * max(1, math.ceil(messages / months / LARGEST_PAGE))
    meetings = messages * MEETINGS_PER_MESSAGE
    calendar_pages = quarters * max(1, math.ceil(meetings / quarters / LARGEST_PAGE))
    full_pages = (messages + meetings) / LARGEST_PAGE
    requests = REQUESTS_FOR_FOLDERS + mail_pages + calendar_pages
    # a page that is not full takes less; a request takes its own time however little it brings
    seconds = requests * SECONDS_PER_REQUEST + full_pages * SECONDS_PER_PAGE
    copies = round(mailboxes * (messages + meetings))
    directory = addresses * REQUESTS_PER_ADDRESS
    return Estimate(
        mailboxes,
        copies,
        mailboxes * requests + directory,
        directory * SECONDS_PER_REQUEST
        + mailboxes * seconds / min(WORKERS, max(mailboxes, 1))
        + copies / COPIES_PER_SECOND,
    )


def of_folder(source: FolderSource, persons: Iterable[User]) -> Estimate:
    """Estimate a run from an activity folder, by the sizes of its files."""
    lines, mailboxes = 0.0, 0
    for person in persons:
        try:
            mailbox = source.mailbox(person.id)
        except BrokenFileError:
            continue  # it fails alone, and is named among the mailboxes
        mailboxes += mailbox is not None
        for file in mailbox.files if mailbox else ():
            is_plain = file.path.suffix == ".ndjson"
            lines += file.size / (BYTES_PER_LINE if is_plain else BYTES_PER_COMPRESSED_LINE)
    return Estimate(mailboxes, round(lines), 0, lines / COPIES_PER_SECOND)


def first_run(estimate: Estimate, counted: int) -> Check:
    """Say how long the first run takes.

    Args:
        estimate: for what.
        counted: mailboxes whose messages were counted; 0 when an assumption stands in.
    """
    text = f"About {estimate.copies:,} messages and meetings in {estimate.mailboxes:,} mailbox(es)"
    if estimate.requests:
        text += f", {estimate.requests:,} requests"
    text += f", {duration(estimate.seconds)}."
    if estimate.requests:
        text += (
            f" From {counted} mailbox(es) counted"
            if counted
            else f" Assumed: {ASSUMED_MESSAGES:,} messages a mailbox"
        )
        text += (
            f", {SECONDS_PER_REQUEST:g} s a request, {SECONDS_PER_PAGE:g} s a full page more, "
            f"{WORKERS} mailboxes at once. Throttling makes it longer; later runs are shorter."
        )
    return ok("First run", text)


def disk(data_dir: Path, estimate: Estimate | None) -> Check:
    """Compare the free space with what the first run needs, and see that it may write there."""
    subject = "Disk"
    place = data_dir.absolute()
    while not place.exists():
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return error(
            subject,
            f"Nothing can be written to {place}.",
            "Name another data_dir, or change who may write there.",
            ConfigurationError,
        )
    free = shutil.disk_usage(place).free
    if estimate is None:
        return ok(subject, f"{size(free)} free at {place}. What is needed is not known yet.")
    needed = estimate.copies * BYTES_PER_COPY
    found = f"About {size(needed)} needed, {size(free)} free at {place}."
    advice = "Name a data_dir on a larger disk, or list fewer people first."
    if free < needed:
        return error(subject, found, advice, EngagementError)
    if free < 2 * needed:
        return warning(subject, found, advice)
    return ok(subject, found)


def duration(seconds: float) -> str:
    """Return a duration as people say it; never less than a minute."""
    minutes = max(1, math.ceil(seconds / 60))
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes >= 600 else f"{minutes / 60:.1f} h"


def size(number: float) -> str:
    """Return a number of bytes as people say it."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1_000:
            return f"{number:.0f} {unit}"
        number /= 1_000
    return f"{number:.1f} TB"
