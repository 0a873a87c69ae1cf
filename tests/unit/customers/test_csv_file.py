"""CSV files: separators, the line that names one, surplus values, and what is wrong in words."""

import csv as stdlib_csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from engagement_assets import customers
from engagement_assets.customers import csv_file
from engagement_assets.errors import ConfigurationError
from tests.support.customer_files import COLUMNS, KEY, PRIVATE, Rows, read, refusal

CSV: dict[str, tuple[str, Rows]] = {
    "comma": ("CustomerId,Email\nC1,a@b\n", [("C1", "a@b")]),
    "semicolon": ("CustomerId;Email\nC1,x;a@b\n", [("C1,x", "a@b")]),
    "tab": ("CustomerId\tEmail\nC1,x;y\ta@b\n", [("C1,x;y", "a@b")]),
    "byte-order mark": ("\ufeffCustomerId,Email\nC1,a@b\n", [("C1", "a@b")]),
    "mark and quotes": ('\ufeff"CustomerId";"Email"\n"C1";"a@b"\n', [("C1", "a@b")]),
    "CRLF": ("CustomerId,Email\r\nC1,a@b\r\nC2,c@d\r\n", [("C1", "a@b"), ("C2", "c@d")]),
    "CR": ("CustomerId,Email\rC1,a@b\r", [("C1", "a@b")]),
    "no end of line": ("CustomerId,Email\nC1,a@b", [("C1", "a@b")]),
    "other columns": ("x,Email,y,CustomerId\n1,a@b,2,C1\n", [("C1", "a@b")]),
    "other separators in names": ('"a;b;c",CustomerId,Email\n1,C1,a@b\n', [("C1", "a@b")]),
    "quotes": ('CustomerId,Email\n"C ""1"", x",a@b\n', [('C "1", x', "a@b")]),
    "newline in quotes": (
        'CustomerId,Email\n"C\n1\r\n",a@b\nC2,c@d',
        [("C\n1\r\n", "a@b"), ("C2", "c@d")],
    ),
    "a quote inside": ('CustomerId,Email\n5" pipe,a@b\n', [('5" pipe', "a@b")]),
    "short row": ("CustomerId,Email,x\nC1\nC2,c@d\n", [("C1", ""), ("C2", "c@d")]),
    "blank lines": ("CustomerId,Email\n\nC1,a@b\n\r\n\n", [("C1", "a@b")]),
    "only a header": ("CustomerId,Email\n", []),
    "empty values": ("CustomerId,Email\n,\n", [("", "")]),
    "white space stays": ("CustomerId,Email\n C1 ,\ta@b\n", [(" C1 ", "\ta@b")]),
    "NUL": ("CustomerId,Email\nC\x001,a@b\n", [("C\x001", "a@b")]),
    "header over two lines": ('"Notes\nmore",CustomerId,Email\nx,C1,a@b\n', [("C1", "a@b")]),
    "last header over two lines": ('CustomerId,Email,"No\ntes",x\nC1,a@b,,\n', [("C1", "a@b")]),
    "a name twice that is not mapped": ("x,CustomerId,Email,x\n1,C1,a@b,2\n", [("C1", "a@b")]),
    "columns without a name": ("CustomerId,Email,,\nC1,a@b,1,2\n", [("C1", "a@b")]),
    "empty values behind": (
        "CustomerId,Email\nC1,a@b,,\nC2,c@d, ,\u00a0\n",
        [("C1", "a@b"), ("C2", "c@d")],
    ),
    "blank lines in front": ("\n\r\nCustomerId,Email\nC1,a@b\n", [("C1", "a@b")]),
    "a long value that is not mapped": (
        f"CustomerId,Notes,Email\nC1,{'n' * 131_073},a@b\n",
        [("C1", "a@b")],
    ),
    "a long name that is not mapped": (
        f"CustomerId,{'n' * 131_073},Email\nC1,,a@b\n",
        [("C1", "a@b")],
    ),
    "a long value that is mapped": (
        f"CustomerId,Email\n{'C' * 200_000},a@b\n",
        [("C" * 200_000, "a@b")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CSV.values(), ids=CSV)
def test_csv(csv: Path, text: str, expected: Rows) -> None:
    csv.write_bytes(text.encode())
    assert read(csv) == expected


# the first line, and what it says stands between values
HINTS = {
    "semicolon": ("sep=;\n", ";"),
    "comma": ("sep=,\n", ","),
    "pipe": ("sep=|\n", "|"),
    "a letter": ("sep=\u00a7\n", "\u00a7"),
    "blank": ("sep= \n", " "),
    "tab": ("sep=\t\n", "\t"),
    "tab in letters": ("sep=\\t\n", "\t"),
    "capitals": ("SEP=;\n", ";"),
    "mark": ("\ufeffsep=;\n", ";"),
    "CRLF": ("sep=;\r\n", ";"),
    "CR": ("sep=;\r", ";"),
    "quotes": ('"sep=;"\n', ";"),
    "separators behind": ("sep=;;;\n", ";"),
    "quotes and separators": ('"sep=,",,\n', ","),
    "blanks behind": ("sep=;  \n", ";"),
}


@pytest.mark.parametrize(("hint", "separator"), HINTS.values(), ids=HINTS)
def test_the_first_line_may_name_the_separator(csv: Path, hint: str, separator: str) -> None:
    rows = [("CustomerId", "x", "Email"), ("C1", "1,2;3", "a@b"), ("C2", "", "c@d")]
    end = "\r" if hint.endswith("\r") else "\n"
    text = "".join(separator.join(f'"{value}"' for value in row) + end for row in rows)
    csv.write_bytes((hint + text).encode())
    assert read(csv) == [("C1", "a@b"), ("C2", "c@d")]
    assert customers.columns(csv, KEY) == ("CustomerId", "x", "Email")


def test_the_line_that_names_the_separator_is_counted(csv: Path) -> None:
    csv.write_text("sep=;\nCustomerId;Email\nC1;a@b\nC2;c@d;x\n", encoding="utf-8")
    assert "line 4: 3 values for 2 columns" in refusal(csv)
    csv.write_text('sep=;\nCustomerId;Email\nC1;"a@b', encoding="utf-8")
    assert "line 3: unexpected end" in refusal(csv)


@pytest.mark.parametrize("line", ["sep=", "sep=ab", "sep=;Id;Mail", "x;sep=;"])
def test_a_first_line_that_names_no_separator_is_the_header(csv: Path, line: str) -> None:
    csv.write_text(f"{line}\nCustomerId;Email\nC1;a@b\n", encoding="utf-8")
    assert "has no column 'CustomerId'" in refusal(csv)


def test_a_separator_that_does_not_bring_out_the_columns(csv: Path) -> None:
    csv.write_text("sep=;\nCustomerId,Email\nC1,a@b\n", encoding="utf-8")
    assert "Its columns: 'CustomerId,Email'" in refusal(csv)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"C1,{PRIVATE},x", "line 3: 3 values for 2 columns"),
        (f'C1,"{PRIVATE}', "line 3: unexpected end"),
        (f'"C1"x,{PRIVATE}', "line 3: ',' expected"),
        (f"C1,{PRIVATE},,x", "line 3: 4 values for 2 columns"),
    ],
    ids=["more values", "open quote", "text behind a quote", "a value behind empty ones"],
)
def test_a_broken_row(csv: Path, row: str, expected: str) -> None:
    csv.write_text(f"CustomerId,Email\nC0,x@y\n{row}\n", encoding="utf-8")
    assert expected in refusal(csv)


@pytest.fixture
def limit() -> Iterator[int]:
    """Give the process Python's own limit, whatever was read before."""
    before = stdlib_csv.field_size_limit(131_072)
    yield 131_072
    stdlib_csv.field_size_limit(before)


def test_a_value_may_be_as_long_as_memory_allows(
    csv: Path, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "LONGEST_VALUE", 2 * limit)
    csv.write_text(f"CustomerId,Email\n{'x' * 2 * limit},a@b\n", encoding="utf-8")
    assert len(read(csv)[0][0]) == 2 * limit
    csv.write_text(f"CustomerId,Email\n{'x' * (2 * limit + 1)},{PRIVATE}\n", encoding="utf-8")
    assert "line 2: field larger than" in refusal(csv)
    monkeypatch.setattr(csv_file, "LONGEST_VALUE", limit // 2)
    assert customers.columns(csv, KEY) == COLUMNS
    assert stdlib_csv.field_size_limit() == 2 * limit, "somebody else's higher limit stays"


def test_lines_are_counted_as_an_editor_does(csv: Path) -> None:
    csv.write_text('CustomerId,Email\n"C\n1",a@b\nC2,c@d,x\n', encoding="utf-8")
    assert "line 4: 3 values" in refusal(csv)


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("Id,Email", "'CustomerId'. Its columns: 'Id', 'Email'"),
        (
            "customerid;EMAIL;x",
            "'CustomerId', 'Email'. Its columns: 'customerid', 'EMAIL', 'x'",
        ),
        (
            "CustomerId , Email",
            "'CustomerId', 'Email'. Its columns: 'CustomerId ', ' Email'",
        ),
        (
            "CustomerId|Email",
            "'CustomerId', 'Email'. Its columns: 'CustomerId|Email'",
        ),
        ("", "'CustomerId', 'Email'. Its columns: none"),
    ],
)
def test_a_missing_column(csv: Path, header: str, missing: str) -> None:
    csv.write_text(f"{header}\nC1,{PRIVATE}\n", encoding="utf-8")
    assert f"has no column {missing}" in refusal(csv)


@pytest.mark.parametrize(
    "content",
    [
        "CustomerId,Email\nMüller,a@b\n".encode("latin-1"),
        "CustomerId,Email,Müller\n".encode("latin-1"),
        "CustomerId,Email\n".encode("utf-16"),
        b"CustomerId,Email\n" + 100_000 * b"C1,a@b\n" + b"\xff",
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\x9d\xff",
    ],
    ids=["row", "header", "UTF-16", "far behind", "Excel"],
)
def test_not_utf_8(csv: Path, content: bytes) -> None:
    csv.write_bytes(content)
    assert "is not UTF-8 text" in refusal(csv)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_named(csv: Path, encoding: str) -> None:
    csv.write_bytes(f"CustomerId;Email\nC1;{PRIVATE}\n".encode(encoding))
    assert "it is not UTF-8 text but UTF-16" in refusal(csv)
    with pytest.raises(ConfigurationError, match="not UTF-8 text but UTF-16"):
        customers.columns(csv, KEY)


def test_what_is_not_csv_at_all(csv: Path) -> None:
    csv.write_text('{"contacts": "' + "x" * 200_000 + '"}', encoding="utf-8")
    assert refusal(csv)
