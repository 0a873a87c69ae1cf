"""The page of figures: one section of it is replaced, the others stay."""

import re
from pathlib import Path

from bench.measuring import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"

# measured by itself: `python -m bench.graph`
MICROSOFT_365 = "Microsoft 365"
# and: `python -m bench.results`
RESULTS_APP = "Results app"


def put(page: Path, heading: str, text: str) -> None:
    """Put a section in place of the one with the same heading, or at the end."""
    old = page.read_text(encoding="utf-8")
    new = f"## {heading}\n\n{text.strip()}\n"
    before, after = _split(old, heading)
    page.write_text(f"{before.rstrip()}\n\n{new}{after}", encoding="utf-8")


def section(page: Path, heading: str) -> str:
    """Return a section with its heading; nothing when the page has none."""
    if not page.exists():
        return ""
    old = page.read_text(encoding="utf-8")
    before, after = _split(old, heading)
    return old[len(before) : len(old) - len(after)]


def _split(text: str, heading: str) -> tuple[str, str]:
    """Return what stands before a section, and what stands behind it."""
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")
