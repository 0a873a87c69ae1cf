"""The rows of a Parquet file, as text. Slow to import, and most files are CSV: see `files.py`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engagement_assets.customers.faults import missing, unreadable
from engagement_assets.errors import ConfigurationError


def names(file: Path, key: str) -> list[str]:
    """Return the names of the columns."""
    try:
        return list(pq.read_schema(file).names)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(file, key, error) from error


def rows(file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of every row."""
    try:
        with pq.ParquetFile(file) as parquet:
            found = parquet.schema_arrow.names
            if not all(found.count(column) == 1 for column in columns):
                raise missing(columns, found, file, key)
            for batch in parquet.iter_batches(columns=list(dict.fromkeys(columns))):
                texts = [batch.column(column).cast(pa.string()).to_pylist() for column in columns]
                for row in zip(*texts, strict=True):
                    yield tuple("" if text is None else text for text in row)
    except (OSError, pa.ArrowException) as error:
        raise ConfigurationError(
            "it cannot be read as Parquet", where=f"{key}: {file}", remedy="Write it again."
        ) from error
