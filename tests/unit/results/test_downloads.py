"""Files that are downloaded: what a spreadsheet and a program make of them."""

import csv
import io
from collections.abc import Iterator
from functools import partial
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from fastapi.responses import Response, StreamingResponse
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement_assets.results import downloads
from engagement_assets.results.coverage import Coverage
from engagement_assets.results.downloads import Format, file_name
from engagement_assets.results.language import Language
from engagement_assets.results.snapshot import TooSlowError
from tests.support.awaiting import result_of

COMPLETE = Coverage(
    mailboxes=2, unread=0, failed=0, denied=0, pending=0, partly=0, came=0, gone=0, changed=0
)
download = partial(downloads.download, coverage=COMPLETE)

ENGLISH, DUTCH = Language("en", "UTC"), Language("nl", "UTC")
FORMULAS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def content(answer: Response) -> bytes:
    """What a browser receives."""
    assert isinstance(answer, StreamingResponse)
    body = answer.body_iterator

    async def collect() -> bytes:
        return b"".join([bytes(chunk) async for chunk in body])  # type: ignore[arg-type] # ours are bytes

    data = result_of(collect())
    assert len(data) == int(answer.headers["content-length"])
    return data


def cells(
    database: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: dict[str, Any] | None = None,
    language: Language = ENGLISH,
) -> list[list[str]]:
    answer = download(database, sql, parameters or {}, name="x", kind=Format.CSV, language=language)
    text = content(answer).decode("utf-8-sig")
    delimiter = ";" if language is DUTCH else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_spreadsheet_knows_the_file_for_utf_8(database: duckdb.DuckDBPyConnection) -> None:
    answer = download(
        database, "select 'Zoë' as Name", {}, name="x", kind=Format.CSV, language=ENGLISH
    )

    assert content(answer) == b"\xef\xbb\xbfName\r\nZo\xc3\xab\r\n"
    assert answer.media_type == "text/csv; charset=utf-8"


def test_values_are_written_as_their_types_ask(database: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "select 'a' as text, null as nothing, -3 as whole, -1.5::double as part, "
        "2::double as even, true as yes, date '2026-01-31' as day, "
        "timestamptz '2026-01-31 23:30:00+01' as moment"
    )

    _, row = cells(database, sql)
    _, dutch = cells(database, sql, language=DUTCH)

    assert row == ["a", "", "-3", "-1.5", "2.0", "true", "2026-01-31", "2026-01-31 22:30:00"]
    assert dutch == [{"-1.5": "-1,5", "2.0": "2,0"}.get(each, each) for each in row]


@pytest.mark.parametrize("first", FORMULAS)
def test_no_text_is_computed(database: duckdb.DuckDBPyConnection, first: str) -> None:
    for text in (f"{first}1+1", f" {first}HYPERLINK", first):
        rows = cells(database, f'select $text as "{first}x"', {"text": text})
        assert rows == [[f"'{first}x"], [f"'{text}"]]


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(
        st.text(st.sampled_from([*FORMULAS, *'",; \x1bé名\N{GRINNING FACE}ab1']), max_size=6),
        min_size=1,
        max_size=5,
    ),
    language=st.sampled_from([ENGLISH, DUTCH]),
)
def test_every_text_comes_back(
    database: duckdb.DuckDBPyConnection, texts: list[str], language: Language
) -> None:
    columns = ", ".join(f"$t{at} as c{at}" for at in range(len(texts)))
    parameters = {f"t{at}": text for at, text in enumerate(texts)}

    _, row = cells(database, f"select {columns}", parameters, language)

    assert [cell.removeprefix("'") for cell in row] == texts
    assert not any(cell.startswith(tuple(FORMULAS)) for cell in row)


def test_parquet_keeps_types_and_texts_as_they_are(database: duckdb.DuckDBPyConnection) -> None:
    answer = download(
        database,
        "select '=1' as a, $n::bigint as n, date '2026-01-31' as d, null::double as x",
        {"n": -7},
        name="x",
        kind=Format.PARQUET,
        language=DUTCH,
    )

    table = pq.read_table(io.BytesIO(content(answer)))

    assert [str(kind) for kind in table.schema.types] == [
        "string",
        "int64",
        "date32[day]",
        "double",
    ]
    assert table.to_pylist()[0]["a"] == "=1"
    assert table.to_pylist()[0]["n"] == -7


@pytest.mark.parametrize("kind", list(Format))
def test_more_rows_than_are_fetched_at_once_arrive_in_order(
    database: duckdb.DuckDBPyConnection, kind: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_ROWS", 7)
    monkeypatch.setattr(downloads, "_CHUNK", 5)
    answer = download(
        database,
        "select 99 - n as n from range(100) as r(n) order by n",
        {},
        name="x",
        kind=kind,
        language=ENGLISH,
    )
    data = content(answer)

    if kind is Format.CSV:
        assert data.decode("utf-8-sig").split() == ["n", *map(str, range(100))]
    else:
        assert pq.read_table(io.BytesIO(data))["n"].to_pylist() == list(range(100))


@pytest.mark.parametrize("kind", list(Format))
def test_nothing_found_is_a_file_with_a_header(
    database: duckdb.DuckDBPyConnection, kind: Format
) -> None:
    answer = download(
        database, "select 1 as n where false", {}, name="x", kind=kind, language=ENGLISH
    )
    data = content(answer)

    if kind is Format.CSV:
        assert data == b"\xef\xbb\xbfn\r\n"
    else:
        assert pq.read_table(io.BytesIO(data)).column_names == ["n"]


@pytest.mark.parametrize("kind", list(Format))
def test_what_takes_too_long_fails_before_the_first_byte(kind: Format) -> None:
    with duckdb.connect() as connection:
        connection.execute("set max_execution_time = 1")
        with pytest.raises(TooSlowError):
            download(
                connection,
                "select count(*) from range(10000000) as a, range(10000000) as b",
                {},
                name="x",
                kind=kind,
                language=ENGLISH,
            )


def test_a_slow_reader_gets_everything(database: duckdb.DuckDBPyConnection) -> None:
    with duckdb.connect() as connection:
        answer = download(
            connection,
            "from range(1000)",
            {},
            name="x",
            kind=Format.CSV,
            language=ENGLISH,
        )
    # the snapshot is closed by now, and the file is still there
    assert len(content(answer).splitlines()) == 1001


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("stale_accounts-2026-11-23", "stale_accounts-2026-11-23.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        ('a"; filename="b.exe', "a-filename-b-exe.csv"),
        ("\r\nSet-Cookie: x", "Set-Cookie-x.csv"),
        ("名", "download.csv"),
        ("x" * 300, "x" * 100 + ".csv"),
    ],
)
def test_file_names_are_safe(name: str, file: str) -> None:
    assert file_name(name, "csv") == file
