"""Parquet files: every kind of value as text, and columns that hold none."""

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.customer_files import PRIVATE, read, refusal

UUID = uuid.UUID("5f1c1d1e-0000-4000-8000-0000000000aa")

PARQUET: dict[str, tuple[Any, list[str]]] = {
    "text": (pa.array(["C1", " x ", "", None]), ["C1", " x ", "", ""]),
    "integers and null": (pa.array([7, None, 2**62], pa.int64()), ["7", "", str(2**62)]),
    "dictionary": (pa.array(["C1", None]).dictionary_encode(), ["C1", ""]),
    "large text": (pa.array(["C1"], pa.large_string()), ["C1"]),
    "decimal": (pa.array([Decimal("7.00")]), ["7.00"]),
    "decimal without a point": (pa.array([Decimal(7), None]), ["7", ""]),
    "whole doubles": (
        pa.array(
            [7.0, 12345678901.0, -0.0, 2.0**53, -(2.0**53), None, float("nan")], from_pandas=False
        ),
        ["7", "12345678901", "0", str(2**53), str(-(2**53)), "", ""],
    ),
    "large doubles": (
        pa.array([1e16, 1e23, 1e300]),
        [str(int(value)) for value in (1e16, 1e23, 1e300)],
    ),
    "other doubles": (
        pa.array([7.5, 12345678901.5, 1e-7, float("inf"), float("-inf")]),
        ["7.5", "12345678901.5", "1e-07", "inf", "-inf"],
    ),
    "floats": (
        pa.array([7.0, 7.1, 16777216.0, 1e10, None], pa.float32()),
        ["7", "7.1", "16777216", "10000000000", ""],
    ),
    "doubles in a dictionary": (
        pa.array([12345678901.0, None]).dictionary_encode(),
        ["12345678901", ""],
    ),
    "truth": (pa.array([True, False, None]), ["true", "false", ""]),
    "UUIDs": (
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([UUID.bytes, None], pa.binary(16))),
        [str(UUID), ""],
    ),
    "16 bytes of text": (pa.array([b"0123456789abcdef"], pa.binary(16)), ["0123456789abcdef"]),
    "date": (pa.array([dt.date(2024, 1, 2)]), ["2024-01-02"]),
    "only nulls": (pa.nulls(2), ["", ""]),
    "nothing": (pa.array([], pa.string()), []),
    # as Impala and older Spark write text
    "bytes": (pa.array(["C1", "Müller".encode()], pa.binary()), ["C1", "Müller"]),
}


@pytest.mark.parametrize(("ids", "expected"), PARQUET.values(), ids=PARQUET)
def test_parquet(parquet: Path, ids: Any, expected: list[str]) -> None:
    table = pa.table({"Email": pa.array(["a@b"] * len(ids), pa.string()), "CustomerId": ids})
    pq.write_table(table, parquet)
    assert read(parquet) == [(value, "a@b") for value in expected]


@pytest.mark.parametrize("column", ["contact.email", "E-Mail Ä", "a[0]"])
def test_parquet_column_names_are_matched_as_written(parquet: Path, column: str) -> None:
    nested = pa.array([{"email": "wrong@x"}])
    pq.write_table(pa.table({"contact": nested, "CustomerId": ["C1"], column: ["a@b"]}), parquet)
    assert read(parquet, ("CustomerId", column)) == [("C1", "a@b")]


def test_parquet_row_groups_are_all_read(parquet: Path) -> None:
    ids = [str(number) for number in range(1_000)]
    pq.write_table(pa.table({"CustomerId": ids, "Email": ids}), parquet, row_group_size=7)
    assert read(parquet) == [(number, number) for number in ids]


def test_parquet_without_the_column(parquet: Path) -> None:
    pq.write_table(pa.table({"CustomerId": ["C1"], "email": ["a@b"]}), parquet)
    assert "has no column 'Email'. Its columns: 'CustomerId', 'email'" in refusal(parquet)


NO_TEXTS: dict[str, Any] = {
    "list": pa.array([[PRIVATE]]),
    "large list": pa.array([[PRIVATE]], pa.large_list(pa.string())),
    "struct": pa.array([{"email": PRIVATE}]),
    "map": pa.array([[("email", PRIVATE)]], pa.map_(pa.string(), pa.string())),
    "bytes that are not UTF-8": pa.array([b"\xff\xfe"]),
}


@pytest.mark.parametrize("values", NO_TEXTS.values(), ids=NO_TEXTS)
def test_a_parquet_column_that_holds_no_text_is_named(parquet: Path, values: Any) -> None:
    pq.write_table(pa.table({"CustomerId": ["C1"], "Email": values}), parquet)
    assert "its column 'Email' (" in refusal(parquet)
    assert read(parquet, ("CustomerId",)) == [("C1",)], "unmapped, it is nobody's business"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1xxxxPAR1", b"CustomerId,Email\nC1,a@b\n"])
def test_what_is_not_parquet(parquet: Path, content: bytes) -> None:
    parquet.write_bytes(content)
    assert "cannot be read as Parquet" in refusal(parquet)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_parquet_that_ends_too_early(parquet: Path, share: float) -> None:
    ids = [str(number) for number in range(1_000)]
    pq.write_table(pa.table({"CustomerId": ids, "Email": ids}), parquet)
    content = parquet.read_bytes()
    parquet.write_bytes(content[: int(len(content) * share)])
    assert "cannot be read as Parquet" in refusal(parquet)
