"""Writes `docs/data-dictionary.md` from the definitions in `engagement_assets.schemas`.

python -m scripts.data_dictionary           # write it
python -m scripts.data_dictionary --check   # exit 1 when it is not up to date
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from engagement_assets.schemas import CROSS_TABLE, TABLES, Column, Table

DICTIONARY = Path(__file__).parents[1] / "docs" / "data-dictionary.md"

_COMMAND = "python -m scripts.data_dictionary"

_INTRODUCTION = f"""\
<!-- Generated from engagement_assets/schemas/ by `{_COMMAND}`. Do not edit. -->

# Data dictionary

The tables that a run publishes, what is in them, and what is checked before they are published.
This page is generated from the same definitions as the checks: to change it, change
`engagement_assets/schemas/` and run `{_COMMAND}`.

The tables lie in `published/engagement.duckdb` and, with the same rows, in
`published/parquet/<table>.parquet`, both in the configured `data_dir`. They are replaced together,
or not at all: a snapshot that breaks one of the rules below is not published, and the previous one
stays. Times are in UTC; days, weeks and months are those of the configured time zone. "May be
empty" is a null. "Contract" names the sections of the contract that define the column.
"""


def render() -> str:
    """Return the data dictionary as Markdown."""
    parts = [_INTRODUCTION, "\n".join(_contents()), *map(_table, TABLES.values())]
    parts.append("\n".join(_together()))
    return "\n".join(parts)


def _contents() -> Iterator[str]:
    yield from ("| table | one row is | contract |", "| --- | --- | --- |")
    for table in TABLES.values():
        link = f"[{table.name}](#{table.name.lower()})"
        yield f"| {link} | {_cell(table.grain)} | {table.contract} |"
    yield ""


def _table(table: Table) -> str:
    return "\n".join(
        [
            f"## {table.name}",
            "",
            table.description,
            "",
            f"- One row is {table.grain}.",
            f"- No two rows have the same {_names(table.key)}; rows are sorted by it.",
            f"- Contract {table.contract}.",
            "",
            "| column | type | what it says | may be empty | what holds | contract |",
            "| --- | --- | --- | --- | --- | --- |",
            *map(_column, table.columns),
            "",
            *_rules(table),
        ]
    )


def _column(column: Column) -> str:
    cells = (
        f"`{column.name}`",
        column.type,
        column.description,
        "yes" if column.nullable else "no",
        "; ".join(rule.name for rule in column.rules),
        column.contract,
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _rules(table: Table) -> Iterator[str]:
    if table.rules:
        yield from ("In every row:", "")
        yield from (f"- {rule.name}" for rule in table.rules)
        yield ""


def _together() -> Iterator[str]:
    yield from ("## Between tables and rows", "")
    yield from (
        "| table | what holds | name of the check | contract |",
        "| --- | --- | --- | --- |",
    )
    for rule in CROSS_TABLE:
        cells = (rule.table, rule.description, rule.name, rule.contract)
        yield f"| {' | '.join(map(_cell, cells))} |"
    yield ""


def _names(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    # a bar ends a cell of a Markdown table, even inside code
    return text.replace("|", "\\|")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the data dictionary, or check that it is up to date.

    Args:
        arguments: the command line without the program's name; by default that of the process.

    Returns:
        The exit code: 1 when it was to be checked and is not up to date, else 0.

    Raises:
        OSError: the file cannot be written, since this is no checkout of the repository, say.
    """
    parser = argparse.ArgumentParser(prog=_COMMAND, description="Write docs/data-dictionary.md.")
    parser.add_argument("--check", action="store_true", help="only check that it is up to date")
    wanted = render()
    if not parser.parse_args(arguments).check:
        DICTIONARY.write_text(wanted, encoding="utf-8")
        return 0
    if DICTIONARY.is_file() and DICTIONARY.read_text(encoding="utf-8") == wanted:
        return 0
    sys.stderr.write(f"{DICTIONARY} is not up to date. Run: {_COMMAND}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
