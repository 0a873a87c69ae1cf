"""What becomes of an organisation between two runs: mailboxes change, break and disappear."""

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from .dice import Dice
from .storage import BROKEN_LINES, WRONG_NAMES


def move_on(config_file: Path, rng: random.Random) -> None:
    """Let time go by, and spoil some mailboxes; the configuration says the later moment."""
    dice = Dice(rng)
    settings = yaml.safe_load(config_file.read_text(encoding="utf-8"))
    as_of = settings["as_of"]
    moment = as_of if isinstance(as_of, datetime) else datetime.fromisoformat(as_of)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    settings["as_of"] = moment + timedelta(seconds=dice.between(1, 40 * 86_400))
    content = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    config_file.write_text(content, encoding="utf-8")
    mailboxes = config_file.parent / "activity" / "mailboxes"
    for mailbox in sorted(mailboxes.iterdir()):
        spoil_mailbox(dice, mailbox)


def spoil_mailbox(dice: Dice, mailbox: Path) -> None:
    """Break a mailbox in one of many ways, or mend it, or leave it as it is."""
    files = sorted(path for path in mailbox.iterdir() if path.is_file())
    plain = [path for path in files if path.name.lower().endswith((".ndjson", ".jsonl"))]
    kind = dice.rng.random()
    if kind < 0.2 and plain:
        with dice.pick(plain).open("ab") as file:
            file.write(b"\n" + dice.pick(BROKEN_LINES) + b"\n")
    elif kind < 0.25:
        (mailbox / dice.pick(WRONG_NAMES)).write_bytes(b"")
    elif kind < 0.3:
        shutil.rmtree(mailbox)
    elif kind < 0.4 and files:
        # A part of the export is not there: what is left counts, if it can be read.
        dice.pick(files).unlink()
