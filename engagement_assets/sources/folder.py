"""A folder with activity that was exported: the privacy terms are consent enough."""

from collections.abc import Callable
from pathlib import Path

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.ndjson import PACKINGS
from engagement_assets.activity.source import BrokenFileError
from engagement_assets.config import FolderSource as FolderSettings
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.sources.kind import COPIES_PER_SECOND, Estimate, Reach, SourceKind

# the sample organisation's lines, as they are and compressed
BYTES_PER_LINE, BYTES_PER_COMPRESSED_LINE = 750, 80


def _open(
    settings: FolderSettings,
    data_dir: Path,  # noqa: ARG001 - a folder is read in place: nothing is downloaded
    budget: Callable[[], RunBudget] = RunBudget,  # noqa: ARG001 - files are never busy
) -> FolderSource:
    return FolderSource(settings.path)


def estimate(source: FolderSource, reach: Reach) -> Estimate:
    """Estimate a first run by the sizes of the files."""
    lines, mailboxes = 0.0, 0
    for person in reach.persons:
        try:
            mailbox = source.mailbox(person.id)
        except BrokenFileError:
            continue  # it fails alone, and is named among the mailboxes
        mailboxes += mailbox is not None
        for file in mailbox.files if mailbox else ():
            is_packed = file.path.suffix.lower() in PACKINGS
            lines += file.size / (BYTES_PER_COMPRESSED_LINE if is_packed else BYTES_PER_LINE)
    return Estimate(mailboxes, round(lines), 0, lines / COPIES_PER_SECOND)


FOLDER = SourceKind(
    settings=FolderSettings,
    title="A folder with activity that was exported",
    open=_open,
    consent=None,
    estimate=estimate,
)
