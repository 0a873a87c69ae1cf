"""Reading the customers' files, CSV or Parquet (section 8)."""

import csv
import io
import math
from pathlib import Path

import pyarrow.parquet

from .values import Json

SEPARATORS = (",", ";", "\t")
HINT = "sep="
MOST_IN_A_FIELD = 2**31 - 1


class CustomerFileError(Exception):
    """A file of customers that must be mended: the run stops as for a wrong configuration."""


def places(header: list[str], columns: list[str]) -> dict[str, int] | None:
    """Return where the columns stand, None when one is missing; none may be there twice."""
    for column in columns:
        if header.count(column) > 1:
            raise CustomerFileError(column)
    if not all(column in header for column in columns):
        return None
    return {column: header.index(column) for column in columns}


def split(content: str, separator: str) -> list[list[str]]:
    """Split CSV into rows, without blank lines; a field may be of any length."""
    # The bound is the process's own: whoever else reads there must not find it lifted.
    bound = csv.field_size_limit(MOST_IN_A_FIELD)
    try:
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    finally:
        csv.field_size_limit(bound)
    return [row for row in rows if row]


def read_csv(path: Path, columns: list[str]) -> list[Json]:
    """Read a CSV file, separated by what its first line names, else by what shows the columns.

    A field that a short row lacks is empty, empty ones too many do not matter; blank lines are
    skipped.
    """
    content = path.read_bytes().decode("utf-8-sig")
    separators: tuple[str, ...] = SEPARATORS
    first, _, rest = content.partition("\n")
    first = first.removesuffix("\r")
    if first.startswith(HINT) and len(first) == len(HINT) + 1:
        separators, content = (first[-1],), rest
    for separator in separators:
        rows = split(content, separator)
        found = places(rows[0], columns) if rows else None
        if found is None:
            continue
        if any(any(row[len(rows[0]) :]) for row in rows):
            raise CustomerFileError(path)
        return [
            {column: row[place] if place < len(row) else "" for column, place in found.items()}
            for row in rows[1:]
        ]
    raise CustomerFileError(path)


def as_text(value: object) -> str:
    """Write a value of a Parquet file as text; none is empty, a whole number has no point."""
    if value is None:
        return ""
    if isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict):
        raise CustomerFileError(value)
    return str(value)


def read_parquet(path: Path, columns: list[str]) -> list[Json]:
    """Read a Parquet file."""
    table = pyarrow.parquet.ParquetFile(path).read()
    found = places(list(table.column_names), columns)
    if found is None:
        raise CustomerFileError(path)
    values = {name: table.column(place).to_pylist() for name, place in found.items()}
    return [
        {name: as_text(values[name][number]) for name in found} for number in range(table.num_rows)
    ]


def read_table(path: Path, columns: list[str]) -> list[Json]:
    """Read the mapped columns of a file, as text."""
    read = read_parquet if path.name.lower().endswith(".parquet") else read_csv
    return read(path, list(dict.fromkeys(columns)))
