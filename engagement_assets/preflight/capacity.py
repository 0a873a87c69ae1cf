"""How long the first run takes, and how much disk it needs. Estimates, from stated assumptions."""

import math
import os
import shutil
from pathlib import Path

from engagement_assets.errors import ConfigurationError, EngagementError
from engagement_assets.preflight.check import Check, error, ok, warning
from engagement_assets.sources import Estimate

# docs/operations.md, Disk: the demo's 47,000 copies take 43 MB, two snapshots, the warehouse and
# Dagster's history included
BYTES_PER_COPY = 1_000


def first_run(estimate: Estimate) -> Check:
    """Say how long the first run takes, and what that is reckoned from."""
    text = f"About {estimate.copies:,} messages and meetings in {estimate.mailboxes:,} mailbox(es)"
    if estimate.requests:
        text += f", {estimate.requests:,} requests"
    text += f", {duration(estimate.seconds)}. {estimate.basis}"
    return ok("First run", text.rstrip())


def disk(data_dir: Path, estimate: Estimate | None) -> Check:
    """Compare the free space with what the first run needs, and check that it may write there."""
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
