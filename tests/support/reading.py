"""What pages and files of the results app say, and what the snapshot says."""

import csv
import html
import io
import re
from pathlib import Path
from typing import Any

import duckdb


def ask(config_file: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the published snapshot."""
    file = config_file.parent / "data" / "published" / "engagement.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def words(page: str) -> str:
    """Return what a page says, without its tags."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text))


def section(page: str, name: str) -> str:
    """Return the section of a page that has an id."""
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


def customers(page: str) -> list[str]:
    """Return the customers that a page links to, in its order."""
    return re.findall(r'href="/customers/([^"?]+)"', page)


def lines(text: str) -> list[dict[str, str]]:
    """Return the lines of a CSV file."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    return list(csv.DictReader(io.StringIO(text, newline="")))
