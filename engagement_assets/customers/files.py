"""Contacts and accounts from CSV or Parquet, as text (docs/configuration.md)."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from engagement_assets.errors import ConfigurationError

DELIMITERS = (",", ";", "\t")


def rows(file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of every row, as text; an empty value is an empty text.

    Args:
        file: a .csv (UTF-8; comma, semicolon or tab) or .parquet file.
        columns: names as they are written in the file.
        key: the configuration key that names the file, for messages.

    Raises:
        ConfigurationError: when the file cannot be read or a column is missing.
    """
    reader = _parquet_rows if _is_parquet(file) else _csv_rows
    yield from reader(file, columns, key)


def columns(file: Path, key: str) -> tuple[str, ...]:
    """Return the names of the file's columns, as they are written there.

    Args:
        file: a .csv or .parquet file.
        key: the configuration key that names the file, for messages.

    Raises:
        ConfigurationError: when the file cannot be read, or begins with a contact instead of a
            header.
    """
    names = _parquet_names(file, key) if _is_parquet(file) else _csv_names(file, key)
    if not names or any("@" in name for name in names):
        raise ConfigurationError(
            "it has no header",
            where=f"{key}: {file}",
            remedy="Its first row must name the columns.",
        )
    return tuple(names)


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() == ".parquet"


def _csv_names(file: Path, key: str) -> list[str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return _widest_header(stream)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(file, key, error) from error


def _parquet_names(file: Path, key: str) -> list[str]:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and most files are CSV
    import pyarrow.parquet as pq  # noqa: PLC0415 - the same

    try:
        return list(pq.read_schema(file).names)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(file, key, error) from error


def _unreadable(file: Path, key: str, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"it cannot be read ({type(error).__name__})",
        where=f"{key}: {file}",
        remedy="It must be a CSV file in UTF-8, or a Parquet file.",
    )


def _widest_header(stream: TextIO) -> list[str]:
    """Return the first row, cut by the separator that gives the most columns."""
    headers = []
    for delimiter in DELIMITERS:
        stream.seek(0)
        headers.append(next(csv.reader(stream, delimiter=delimiter), []))
    return max(headers, key=len)


def _csv_rows(file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
    reader = None
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            delimiter, names = _header(stream, columns, file, key)
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            next(reader)
            places = [names.index(column) for column in columns]
            for row in reader:
                if not row:
                    continue
                if len(row) > len(names):
                    raise ConfigurationError(
                        f"{len(row)} values for {len(names)} columns",
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


def _header(stream: TextIO, columns: Sequence[str], file: Path, key: str) -> tuple[str, list[str]]:
    """Return the separator that brings out the columns, and the names of all columns."""
    found: list[str] = []
    for delimiter in DELIMITERS:
        stream.seek(0)
        names = next(csv.reader(stream, delimiter=delimiter), [])
        if all(column in names for column in columns):
            return delimiter, names
        found = max(found, names, key=len)
    raise _missing(columns, found, file, key)


def _parquet_rows(file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and most files are CSV
    import pyarrow.parquet as pq  # noqa: PLC0415 - the same

    try:
        with pq.ParquetFile(file) as parquet:
            names = parquet.schema_arrow.names
            if not all(names.count(column) == 1 for column in columns):
                raise _missing(columns, names, file, key)
            for batch in parquet.iter_batches(columns=list(dict.fromkeys(columns))):
                texts = [batch.column(column).cast(pa.string()).to_pylist() for column in columns]
                for row in zip(*texts, strict=True):
                    yield tuple("" if text is None else text for text in row)
    except (OSError, pa.ArrowException) as error:
        raise ConfigurationError(
            "it cannot be read as Parquet", where=f"{key}: {file}", remedy="Write it again."
        ) from error


def _missing(
    columns: Sequence[str], found: Sequence[str], file: Path, key: str
) -> ConfigurationError:
    missing = [column for column in columns if column not in found]
    repeated = [column for column in columns if found.count(column) > 1]
    problem = "it has no column" if missing else "it has more than one column"
    # without a header the first contact would stand here, and no message holds an address
    is_contact = any("@" in name for name in found)
    shown = "none, its first row is a contact" if is_contact else ", ".join(map(repr, found))
    return ConfigurationError(
        f"{problem} {', '.join(map(repr, missing or repeated))}",
        where=f"{key}: {file}",
        remedy=f"Its columns: {shown or 'none'}.",
    )
