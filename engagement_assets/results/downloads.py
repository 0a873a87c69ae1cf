"""Results as files: CSV for spreadsheets, Parquet for programs.

A download is written to an unnamed file on disk first and then sent: whoever loads it slowly
keeps neither a snapshot nor memory busy, and what fails does so before the first byte.

How complete the results are goes with every file: in a header of the answer, in the metadata of a
Parquet file, and in the name of a file that is incomplete. A CSV file is a table and nothing else.
"""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import IO, Any, Final

import duckdb
from fastapi.responses import Response, StreamingResponse

from engagement_assets.results.coverage import HEADER, Coverage
from engagement_assets.results.language import Language
from engagement_assets.results.snapshot import TooSlowError

__all__ = ["Format", "attachment", "download", "file_name"]

_ROWS: Final = 5_000  # fetched at once: some megabytes of Python objects at most
_CHUNK: Final = 256 * 1024
# What a spreadsheet takes for the beginning of a formula; full-width ones are read alike.
_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_INTEGERS: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_-]+")


class Format(StrEnum):
    """The kinds of files."""

    CSV = "csv"
    PARQUET = "parquet"


_MEDIA: Final[Mapping[Format, str]] = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.PARQUET: "application/vnd.apache.parquet",
}


def download(
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Mapping[str, Any],
    *,
    name: str,
    kind: Format,
    language: Language,
    coverage: Coverage,
) -> Response:
    """Answer with the rows of a SELECT as a file.

    Args:
        cursor: reads the snapshot.
        sql: the SELECT.
        parameters: its parameters.
        name: what the file is called, without its ending.
        kind: the kind of file.
        language: the reader's: it decides about commas in a CSV file.
        coverage: how complete the results are.

    Raises:
        TooSlowError: when the SELECT took too long and was stopped.
    """
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        try:
            if kind is Format.CSV:
                _write_csv(file, cursor, sql, parameters, language)
            else:
                _write_parquet(file, cursor, sql, parameters, coverage)
        except duckdb.InterruptException:
            raise TooSlowError(
                "The download took too long and was stopped.", remedy="Ask for less."
            ) from None
        size = file.tell()
        file.seek(0)
        opened.pop_all()  # from here on, whoever sends the file closes it
    answer = StreamingResponse(_sent(file), media_type=_MEDIA[kind])
    said = f"{name}-incomplete" if coverage.is_incomplete else name
    answer.headers.update(attachment(file_name(said, kind.value)))
    answer.headers[HEADER] = coverage.header
    answer.headers["Content-Length"] = str(size)
    return answer


def file_name(name: str, ending: str) -> str:
    """Return a file name that every system accepts."""
    safe = _NOT_IN_NAMES.sub("-", name).strip("-_")[:100]
    return f"{safe or 'download'}.{ending}"


def attachment(file: str) -> dict[str, str]:
    """Return the header that makes a browser save an answer under a name."""
    return {"Content-Disposition": f'attachment; filename="{file}"'}


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


# --- CSV ----------------------------------------------------------------------------------------


def _write_csv(
    file: IO[bytes],
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Mapping[str, Any],
    language: Language,
) -> None:
    # Excel takes a file without the mark for one in its old code page
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    comma = "," in language.number(0.5, 1)
    writer = csv.writer(text, delimiter=";" if comma else ",", lineterminator="\r\n")
    cursor.execute(sql, dict(parameters) if parameters else None)
    columns = cursor.description or ()
    writer.writerow([_safe(column[0]) for column in columns])
    write = [_writer(str(column[1]), comma=comma) for column in columns]
    while rows := cursor.fetchmany(_ROWS):
        # column by column: most are written as they are, which is several times as fast
        by_column = zip(write, zip(*rows, strict=True), strict=True)
        cells = [map(how, values) if how else values for how, values in by_column]
        writer.writerows(zip(*cells, strict=True))
    text.detach()  # flushes it too; closing it would close the file


def _writer(kind: str, *, comma: bool) -> Callable[[Any], str] | None:
    """Return how the values of a type are written; None when `csv` itself writes them."""
    if kind in _INTEGERS or (kind == "DOUBLE" and not comma):
        return None
    return _with_comma if kind == "DOUBLE" else _cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _safe(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else _safe(str(value))


def _with_comma(value: float | None) -> str:
    return "" if value is None else str(value).replace(".", ",")


def _safe(text: str) -> str:
    """Return a text that no spreadsheet computes: a quote in front says that it is one."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


# --- Parquet ------------------------------------------------------------------------------------


def _write_parquet(
    file: IO[bytes],
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Mapping[str, Any],
    coverage: Coverage,
) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import, and few need it

    relation = cursor.sql(sql, params=dict(parameters) if parameters else None)
    with relation.to_arrow_reader(_ROWS) as batches, pq.ParquetWriter(file, batches.schema) as out:
        for batch in batches:
            out.write_batch(batch)
        out.add_key_value_metadata({HEADER: coverage.header})
