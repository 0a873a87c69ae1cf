"""Tables as files: CSV in the ways that spreadsheets write it, and Parquet (section 8)."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .dice import Dice

LONG = 131_100
"""One value may be longer than what readers of CSV take by default."""


def csv_text(dice: Dice, rows: list[list[str]]) -> bytes:
    """Write rows as CSV: any separator, its hint, blank values behind, a byte-order mark."""
    stream = io.StringIO(newline="")
    separator = dice.pick((",", ",", ";", "\t"))
    hint = ""
    if dice.chance(0.1):
        separator = dice.pick((",", ";", "\t", "|", "^"))
        hint = f"sep={separator}" + dice.pick(("\n", "\r\n"))
    if dice.chance(0.1):
        # What Excel writes behind the last column; the header may be as wide.
        blanks = [""] * dice.between(1, 3)
        first = 0 if dice.chance(0.5) else 1
        rows = rows[:first] + [[*row, *blanks[: dice.between(0, 3)]] for row in rows[first:]]
    writer = csv.writer(
        stream,
        delimiter=separator,
        quoting=dice.pick((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
        lineterminator=dice.pick(("\n", "\r\n")),
    )
    writer.writerows(rows)
    text = hint + stream.getvalue()
    if dice.chance(0.15):
        text = text.rstrip("\r\n")
    return text.encode("utf-8-sig" if dice.chance(0.3) else "utf-8")


def with_columns(
    dice: Dice, names: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[list[str]]:
    """Return a header and rows, with further columns and in any order of columns."""
    header = list(names)
    table = [list(row) for row in rows]
    if dice.chance(0.5):
        header.append(dice.pick(("Region", "Notes", "created at")))
        for row in table:
            row.append(dice.pick(("", "North, East", "a;b", "line\nbreak", "1")))
        if table and dice.chance(0.3):
            table[0][-1] = "x" * LONG
    order = list(range(len(header)))
    dice.rng.shuffle(order)
    return [[row[place] for place in order] for row in [header, *table]]


def are_numbers(values: Iterable[str]) -> bool:
    """Return whether all values are whole numbers, or nothing."""
    return all(value == "" or (value.isascii() and value.isdecimal()) for value in values)


def parquet_column(dice: Dice, values: Sequence[str]) -> list[object]:
    """Return a column's values: text, or what pandas makes of whole numbers and gaps."""
    if are_numbers(values):
        found: list[object] = [float(value) if value else None for value in values]
        if dice.chance(0.7):
            return found
    return [value or dice.pick(("", None)) for value in values]


def write_table(dice: Dice, path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table beside ``path``, and return the name of the file."""
    if dice.chance(0.12) or (are_numbers(row[0] for row in rows) and dice.chance(0.6)):
        columns = {
            name: parquet_column(dice, [row[place] for row in rows])
            for place, name in enumerate(names)
        }
        table = pa.table(columns)
        pq.write_table(table, path.with_suffix(".parquet"))
        return f"{path.name}.parquet"
    path.with_suffix(".csv").write_bytes(csv_text(dice, with_columns(dice, names, rows)))
    return f"{path.name}.csv"
