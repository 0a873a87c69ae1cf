"""Contacts and accounts from CSV or Parquet, as text (docs/configuration.md)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from engagement_assets.customers import csv_file
from engagement_assets.errors import ConfigurationError


class _Kind(Protocol):
    """A kind of file: each is a module of its own."""

    def names(self, file: Path, key: str) -> list[str]:
        """Return the names of the columns."""

    def rows(self, file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
        """Yield the named columns of every row."""


def rows(file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of every row, as text; an empty value is an empty text.

    Args:
        file: a .csv (UTF-8; comma, semicolon or tab) or .parquet file.
        columns: names as they are written in the file.
        key: the configuration key that names the file, for messages.

    Raises:
        ConfigurationError: when the file cannot be read or a column is missing.
    """
    yield from _kind(file).rows(file, columns, key)


def columns(file: Path, key: str) -> tuple[str, ...]:
    """Return the names of the file's columns, as they are written there.

    Args:
        file: a .csv or .parquet file.
        key: the configuration key that names the file, for messages.

    Raises:
        ConfigurationError: when the file cannot be read, or begins with a contact instead of a
            header.
    """
    names = _kind(file).names(file, key)
    if not names or any("@" in name for name in names):
        raise ConfigurationError(
            "it has no header",
            where=f"{key}: {file}",
            remedy="Its first row must name the columns.",
        )
    return tuple(names)


def _kind(file: Path) -> _Kind:
    if file.suffix.lower() != ".parquet":
        return csv_file
    from engagement_assets.customers import parquet_file  # noqa: PLC0415 - slow; most files are CSV

    return parquet_file
