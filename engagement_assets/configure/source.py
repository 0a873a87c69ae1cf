"""Step: where activity comes from, and whether it can be reached."""

from engagement_assets import sources
from engagement_assets.configure import document, prompts
from engagement_assets.configure.setup import Setup
from engagement_assets.configure.sources import QUESTIONS

TITLE = "Source"


def ask(setup: Setup) -> None:
    """Ask for `source`, and try it."""
    before = document.section(setup.content, "source")
    kind = prompts.choose(
        "Where does activity come from?",
        {each.title: each.name for each in sources.KINDS},
        before.get("kind", sources.KINDS[0].name),
    )
    known = before if before.get("kind") == kind else {}
    setup.reader = setup.people = setup.domains = None
    QUESTIONS[kind](setup, known)
