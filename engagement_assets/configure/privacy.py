"""Step: the privacy terms."""

from datetime import UTC, datetime

from engagement_assets.config.values import Text
from engagement_assets.configure import answers, document, prompts
from engagement_assets.configure.setup import Setup

TITLE = "Privacy terms"

AGREEMENT = "I agree"

TERMS = """\
- Of the listed people's mailboxes and calendars, metadata is read: who, to whom, when. No subject,
  no text, no attachment.
- The results are about customer accounts. No row tells about one person's e-mails or meetings.
- Contacts' addresses are never published, logged or shown.
- What is read is kept on this machine, in data_dir, as keys in place of most addresses. It is
  pseudonymous, not anonymous: protect it.
- People can opt out; what was read of them is erased in the next run.
The whole text is in docs/privacy.md. Who accepts it speaks for the organisation."""


def ask(setup: Setup) -> None:
    """Ask for `privacy_terms`. Nobody has to accept them now; until then nothing is read."""
    before = document.section(setup.content, "privacy_terms")
    setup.say(TERMS)
    if before.get("accepted_by") and before.get("accepted_at"):
        accepted = f"{before['accepted_by']} accepted them at {before['accepted_at']}."
        if prompts.confirm(f"{accepted} Does that still hold?"):
            return
        before = {"accepted_by": before["accepted_by"]}
    answer = prompts.text(
        f"Type '{AGREEMENT}' to accept them (empty: decide later):", problem=_problem
    )
    if not answer:
        setup.content.pop("privacy_terms", None)
        setup.say("Not accepted. No mailbox is read until they are.", "yellow")
        return
    setup.content["privacy_terms"] = {
        "accepted_by": prompts.text(
            "Who accepts them? Your address:",
            document.written(before, "accepted_by"),
            answers.one(Text),
        ),
        "accepted_at": datetime.now(UTC).replace(microsecond=0),
    }


def _problem(answer: str) -> str | None:
    if not answer or answer.casefold() == AGREEMENT.casefold():
        return None
    return f"Type '{AGREEMENT}', or nothing."
