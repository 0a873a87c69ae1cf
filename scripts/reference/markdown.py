"""Markdown: tables, links, anchors, and the generated parts of a page that is written by hand."""

import re
from collections.abc import Iterable, Mapping, Sequence

_PART = re.compile(
    r"(?P<begin><!-- generated: (?P<name>[\w.-]+) -->\n).*?(?P<end><!-- /generated -->)", re.DOTALL
)


class PartError(Exception):
    """The markers of a page and the parts that are generated for it do not fit together."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table.

    Args:
        head: the names of the columns.
        rows: the cells of each row, as many as there are columns; Markdown is left as it is.

    Returns:
        The lines of the table, with a line end behind each.
    """
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(cell, line))} |\n" for line in lines)


def cell(text: str) -> str:
    """Return a text as it may stand in a table: a bar ends a cell there, even inside code."""
    return text.replace("|", "\\|").replace("\n", " ")


def prose(text: str) -> str:
    """Return a text that knows nothing of Markdown: what looks like a tag is shown."""
    return text.replace("<", "&lt;")


def code(text: object) -> str:
    """Return a text as code."""
    return f"`{text}`"


def sentence(text: str) -> str:
    """Return the first paragraph of a docstring in one line."""
    return " ".join(text.strip().split("\n\n", 1)[0].split())


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets where Markdown is shown as a page."""
    shown = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading)
    return re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")


def fill(page: str, parts: Mapping[str, str]) -> str:
    """Return a page with its generated parts made anew.

    Args:
        page: the page's text. A part stands between `<!-- generated: NAME -->` and
            `<!-- /generated -->`, each in a line of its own.
        parts: the text of each part, by name.

    Returns:
        The page; what stands outside the markers is left as it is.

    Raises:
        PartError: the page has a part that is not generated, or lacks one that is, or has one
            twice.
    """
    there = [found["name"] for found in _PART.finditer(page)]
    if sorted(there) != sorted(parts):
        raise PartError(f"the page has the parts {sorted(there)}; generated are {sorted(parts)}")
    return _PART.sub(
        lambda found: f"{found['begin']}\n{parts[found['name']]}\n{found['end']}", page
    )
