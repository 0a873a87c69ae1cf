"""The rows of a Parquet file, as text. Slow to import, and most files are CSV: see `files.py`."""

import math
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from engagement_assets.customers.faults import require_once, unreadable
from engagement_assets.errors import ConfigurationError


def names(file: Path, key: str) -> list[str]:
    """Return the names of the columns."""
    try:
        return list(pq.read_schema(file).names)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(file, key, error) from error


def rows(file: Path, columns: Sequence[str], key: str) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of every row."""
    mapped = list(dict.fromkeys(columns))
    try:
        with pq.ParquetFile(file) as parquet:
            require_once(columns, parquet.schema_arrow.names, file, key)
            for column in mapped:
                kind = parquet.schema_arrow.field(column).type
                if pa.types.is_nested(kind):
                    raise _no_text(column, kind, file, key)
            ids = _uuids(parquet)
            for batch in parquet.iter_batches(columns=mapped):
                texts = {}
                for column in mapped:
                    values = batch.column(column)
                    try:
                        texts[column] = _texts(values, is_uuid=column in ids)
                    except (pa.ArrowException, UnicodeDecodeError) as error:
                        raise _no_text(column, values.type, file, key) from error
                for row in zip(*(texts[column] for column in columns), strict=True):
                    yield tuple("" if text is None else text for text in row)
    except (OSError, pa.ArrowException) as error:
        raise ConfigurationError(
            "it cannot be read as Parquet", where=f"{key}: {file}", remedy="Write it again."
        ) from error


def _no_text(column: str, kind: object, file: Path, key: str) -> ConfigurationError:
    return ConfigurationError(
        f"its column {column!r} ({kind}) does not hold one text or number a row",
        where=f"{key}: {file}",
        remedy="Map a column that does, or write it as text.",
    )


def _uuids(parquet: pq.ParquetFile) -> frozenset[str]:
    """Return the columns of UUIDs, which are bytes in the file."""
    described = (parquet.schema.column(place) for place in range(len(parquet.schema)))
    return frozenset(each.path for each in described if each.logical_type.type == "UUID")


def _texts(values: Any, *, is_uuid: bool) -> list[str | None]:
    """Return values as text, None where there is none.

    Raises:
        pyarrow.ArrowException, UnicodeDecodeError: when they cannot be text.
    """
    if is_uuid:
        stored = values.storage if isinstance(values, pa.ExtensionArray) else values
        return [value and str(uuid.UUID(bytes=value)) for value in stored.to_pylist()]
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    texts: list[str | None] = values.cast(pa.string()).to_pylist()
    if not pa.types.is_floating(values.type):
        return texts
    # Arrow's own text of a double is short, 1.2345678901e+10; of a smaller type it must be, as a
    # double has digits that the value never had
    is_double = pa.types.is_float64(values.type)
    return [
        text if value is None else _number(value, repr(value) if is_double else text)
        for value, text in zip(values.to_pylist(), texts, strict=True)
    ]


def _number(value: float, text: str | None) -> str | None:
    """Return a number as text: a whole one without a point or exponent, none when it is not one."""
    if math.isnan(value):
        return None
    return str(int(value)) if value.is_integer() else text
