"""What the pages of the results app ask of the published tables: one SQL file for each question."""

import re
from collections.abc import Iterator
from pathlib import Path

from engagement_assets.schemas import TABLES
from scripts.reference import ROOT
from scripts.reference.markdown import prose, table

FOLDER = ROOT / "engagement_assets" / "results" / "sql"


def overview() -> str:
    """Return the table of the questions: what each answers, and which tables it reads."""
    return table(("question", "what it answers", "reads"), map(_row, sorted(FOLDER.glob("*.sql"))))


def _row(path: Path) -> tuple[str, str, str]:
    text = path.read_text(encoding="utf-8")
    read = [name for name in TABLES if re.search(rf"\b(?:from|join) {name}\b", text)]
    links = (f"[{name}](data-dictionary.md#{name.lower()})" for name in read)
    question = f"[{path.stem}](../{path.relative_to(ROOT).as_posix()})"
    return question, prose(" ".join(_told(text))), ", ".join(links)


def _told(text: str) -> Iterator[str]:
    """Yield the lines of the comment at the top, up to what one row is."""
    for line in text.splitlines():
        if not line.startswith("--"):
            return
        told, grain, _ = line.removeprefix("-- ").partition("Grain:")
        if told.strip():
            yield told.strip()
        if grain:
            return
