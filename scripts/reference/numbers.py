"""References to sections of docs/the-numbers.md: `numbers 2.3` in code, links in pages."""

import re
from functools import cache

from scripts.reference import DOCS
from scripts.reference.markdown import anchor

PAGE = DOCS / "the-numbers.md"

_SECTION = r"\d(?:\.\d+)?"
_HEADING = re.compile(rf"^#+ (({_SECTION})\.? .*)$", re.MULTILINE)

# as it stands in docstrings, comments, SQL headers and pages: `numbers 2.4, 2.5`, `numbers 5 to 7`,
# `numbers 2.2-2.4`, `numbers 1 (contact), 7 (Office_Ledger)`
_PLACE = rf"{_SECTION}\b(?: \([\w, ]+\))?"
_REFERENCE = re.compile(rf"\b[Nn]umbers ({_PLACE}(?:(?:, |-| to | and ){_PLACE})*)")


@cache
def sections() -> dict[str, str]:
    """Return the heading of each section of the page, by its number."""
    found = _HEADING.findall(PAGE.read_text(encoding="utf-8"))
    return {number: heading for heading, number in found}


def referred(text: str) -> list[str]:
    """Return the numbers of all sections that a text refers to, in order."""
    return [
        number
        for reference in _REFERENCE.findall(text)
        for number in re.findall(_SECTION, re.sub(r"\([^)]*\)", "", reference))
    ]


def links(listed: str) -> str:
    """Return links to what defines something, from a page in docs/.

    Args:
        listed: sections, such as `2.3, 7 (Office_Ledger)`, or another page, such as
            `docs/segments-and-measures.md`.

    Raises:
        KeyError: the page has no such section.
    """
    if listed.startswith("docs/"):
        page = listed.removeprefix("docs/")
        return f"[{page.removesuffix('.md')}]({page})"
    return ", ".join(
        f"[{number}](the-numbers.md#{anchor(sections()[number])})"
        for number in referred(f"numbers {listed}")
    )
