"""Questions about an activity folder."""

from pathlib import Path

from engagement_assets.activity.folder import FolderSource
from engagement_assets.configure import answers, document, prompts
from engagement_assets.configure.setup import Setup
from engagement_assets.errors import EngagementError
from engagement_assets.sources import FOLDER


def ask(setup: Setup, known: document.Content) -> None:
    """Ask for the folder, and read who is in it.

    Args:
        setup: the set-up under way.
        known: what `source` held before, if it was a folder.
    """
    answer = prompts.path(
        "The activity folder:",
        answers.shown(known.get("path"), setup.folder),
        answers.existing(folder=True, more=_unreadable),
    )
    path = answers.stored(answer, setup.folder)
    setup.content["source"] = {**known, "kind": FOLDER.name, "path": path}
    setup.reader = FolderSource(setup.folder / path)
    setup.domains = setup.reader.organisation_domains()


def _unreadable(folder: Path) -> str | None:
    try:
        FolderSource(folder).organisation_domains()
    except EngagementError as error:
        return str(error)
    return None
