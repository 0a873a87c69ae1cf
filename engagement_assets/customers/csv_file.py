"""The rows of a CSV file in UTF-8, separated by comma, semicolon, tab, or what its first line says.

Spreadsheets write a first line `sep=;`, and separators behind the last column: neither is data.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from engagement_assets.customers.faults import require_once, unreadable
from engagement_assets.errors import ConfigurationError

DELIMITERS = (",", ";", "\t")

# Python refuses a value of more than 128 KiB unless told otherwise. A quote that is never closed
# makes a value of the rest of the file, at 4 bytes a character: this is what it may cost.
LONGEST_VALUE = 1 << 28

# of the line that names the separator; spreadsheets put quotes around it and separators behind it
_LONGEST_HINT = 4096
_HINT = re.compile(r'"?sep=(\\t|[^"\r\n])(?:\1|["\s])*', re.IGNORECASE)

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class _Layout:
    """How a file may be cut.

    Attributes:
        delimiter: what stands between values.
        header: the names of the columns that it brings out.
        skipped: lines in front of the header that are not part of the table.
    """

    delimiter: str
    header: list[str]
    skipped: int


def names(file: Path, key: str) -> list[str]:
    """Return the names of the columns; none in an empty file."""
    try:
        with _opened(file, key) as stream:
            return _widest(_layouts(stream)).header
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(file, key, error) from error


def rows(file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of every row that is not blank."""
    reader, skipped = None, 0
    try:
        with _opened(file, key) as stream:
            layout = _layout(stream, columns)
            require_once(columns, layout.header, file, key)
            places = [layout.header.index(column) for column in columns]
            width = len(layout.header)
            skipped = layout.skipped
            reader = _reader(stream, layout.delimiter, skipped, strict=True)
            _first(reader)
            for row in reader:
                if not row:
                    continue
                if len(row) > width and any(map(str.strip, row[width:])):
                    raise ConfigurationError(
                        f"{len(row)} values for {width} columns",
                        where=f"{key}: {file}, line {skipped + reader.line_num}",
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
        line = skipped + reader.line_num if reader else 1
        raise ConfigurationError(
            str(error), where=f"{key}: {file}, line {line}", remedy="Mend the line."
        ) from error


@contextmanager
def _opened(file: Path, key: str) -> Iterator[TextIO]:
    with file.open("rb") as raw:
        start = raw.read(4)
    # without a mark, what every column's name begins with still has a NUL beside each letter
    if start.startswith(_UTF_16) or b"\0" in start:
        raise ConfigurationError(
            "it is not UTF-8 text but UTF-16, by its first bytes",
            where=f"{key}: {file}",
            remedy="Save it as UTF-8; spreadsheets call that 'CSV UTF-8'.",
        )
    with file.open(encoding="utf-8-sig", newline="") as stream:
        yield stream


def _layouts(stream: TextIO) -> list[_Layout]:
    """Return how the file may be cut: by what its first line says, else by each separator."""
    hint = _HINT.fullmatch(stream.readline(_LONGEST_HINT))
    skipped = int(hint is not None)
    delimiters = (hint[1].replace(r"\t", "\t"),) if hint else DELIMITERS
    return [_Layout(each, _first(_reader(stream, each, skipped)), skipped) for each in delimiters]


def _layout(stream: TextIO, columns: Sequence[str]) -> _Layout:
    """Return the layout that brings out the columns, or else the most columns."""
    layouts = _layouts(stream)
    fitting = [each for each in layouts if all(column in each.header for column in columns)]
    return fitting[0] if fitting else _widest(layouts)


def _widest(layouts: Sequence[_Layout]) -> _Layout:
    return max(layouts, key=lambda layout: len(layout.header))


def _reader(stream: TextIO, delimiter: str, skipped: int, *, strict: bool = False) -> Any:
    """Begin to read the table anew."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_VALUE))
    stream.seek(0)
    for _ in range(skipped):
        stream.readline()
    return csv.reader(stream, delimiter=delimiter, strict=strict)


def _first(reader: Iterator[list[str]]) -> list[str]:
    """Return the first row that is not blank; an empty one where there is none."""
    return next(filter(None, reader), [])
