"""The rows of a CSV file in UTF-8, separated by comma, semicolon or tab."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from engagement_assets.customers.faults import missing, unreadable
from engagement_assets.errors import ConfigurationError

DELIMITERS = (",", ";", "\t")


def names(file: Path, key: str) -> list[str]:
    """Return the names of the columns; none in an empty file."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return _widest_header(stream)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(file, key, error) from error


def rows(file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of every row that is not blank."""
    reader = None
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            delimiter, header = _header(stream, columns, file, key)
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            next(reader)
            places = [header.index(column) for column in columns]
            for row in reader:
                if not row:
                    continue
                if len(row) > len(header):
                    raise ConfigurationError(
                        f"{len(row)} values for {len(header)} columns",
                        where=f"{key}: {file}, line {reader.line_num}",
                        remedy="Put values that hold the separator in quotes.",
                    )
                yield tuple(row[place] if place < len(row) else "" for place in places)
    except OSError as error:
        raise ConfigurationError(
            f"it cannot be read: {error.strerror}", where=f"{key}: {file}"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            "it is not UTF-8 text", where=f"{key}: {file}", remedy="Save it as UTF-8."
        ) from error
    except csv.Error as error:
        line = reader.line_num if reader else 1
        raise ConfigurationError(
            str(error), where=f"{key}: {file}, line {line}", remedy="Mend the line."
        ) from error


def _widest_header(stream: TextIO) -> list[str]:
    """Return the first row, cut by the separator that gives the most columns."""
    headers = []
    for delimiter in DELIMITERS:
        stream.seek(0)
        headers.append(next(csv.reader(stream, delimiter=delimiter), []))
    return max(headers, key=len)


def _header(stream: TextIO, columns: Sequence[str], file: Path, key: str) -> tuple[str, list[str]]:
    """Return the separator that brings out the columns, and the names of all columns."""
    found: list[str] = []
    for delimiter in DELIMITERS:
        stream.seek(0)
        names = next(csv.reader(stream, delimiter=delimiter), [])
        if all(column in names for column in columns):
            return delimiter, names
        found = max(found, names, key=len)
    raise missing(columns, found, file, key)
