"""The customer dataset: every value is text and stays as it is; errors name key and file."""

import csv as stdlib_csv
import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from engagement_assets import config, customers
from engagement_assets.customers import csv_file
from engagement_assets.errors import ConfigurationError
from engagement_assets.warehouse import database, inputs

Rows = list[tuple[str, ...]]
KEY = "customers.contacts"
COLUMNS = ("CustomerId", "Email")
PRIVATE = "ann.secret@customer.example"


def read(file: Path, columns: tuple[str, ...] = COLUMNS) -> Rows:
    return list(customers.rows(file, columns, KEY))


def refusal(file: Path, columns: tuple[str, ...] = COLUMNS) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(file, columns)
    message = str(caught.value)
    assert message.startswith(f"{KEY}: {file}")
    assert PRIVATE not in message, "no message holds the address of a contact"
    return message


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "contacts.csv"


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    return tmp_path / "contacts.parquet"


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


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("names", "columns", "wrong"),
    [
        (("CustomerId", "Email", "Email"), COLUMNS, "'Email'"),
        (("CustomerId", "Email", "x", "CustomerId"), COLUMNS, "'CustomerId'"),
        (("Email", "Email"), ("Email", "Email"), "'Email'"),
    ],
)
def test_a_mapped_column_that_occurs_twice(
    csv: Path,
    parquet: Path,
    separator: str,
    names: tuple[str, ...],
    columns: tuple[str, ...],
    wrong: str,
) -> None:
    csv.write_text(f"{separator.join(names)}\n{separator.join('a' for _ in names)}\n", "utf-8")
    pq.write_table(pa.table([pa.array(["a"])] * len(names), names=list(names)), parquet)
    for file in (csv, parquet):
        assert f"it has more than one column {wrong}. Its columns: " in refusal(file, columns)


ODD_IDS = (
    *("NA", "NULL", "null", "None", "nan", "007", "0", "1e5", "1.0", "TRUE", "2024-01-01", "-"),
    *("12345678901234567890", "0x1F", "#N/A", "株式会社", "=1+1"),
)


def test_ids_that_look_like_something_else(csv: Path, parquet: Path) -> None:
    expected = [(odd, "a@b") for odd in ODD_IDS]
    csv.write_text("CustomerId,Email\n" + "".join(f"{odd},a@b\n" for odd in ODD_IDS), "utf-8")
    pq.write_table(
        pa.table({"CustomerId": list(ODD_IDS), "Email": ["a@b"] * len(ODD_IDS)}), parquet
    )
    assert read(csv) == expected
    assert read(parquet) == expected


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


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.parquet"])
def test_contacts_in_place_of_a_header_are_not_shown(tmp_path: Path, name: str) -> None:
    """A list without a header line is the likeliest mistake, and its first row is a contact."""
    file = tmp_path / name
    if name.endswith(".csv"):
        file.write_text(f"C1,{PRIVATE}\nC2,bob@customer.example\n", encoding="utf-8")
    else:
        pq.write_table(pa.table({"C1": ["C2"], PRIVATE: ["bob@customer.example"]}), file)
    assert "has no column 'CustomerId', 'Email'" in refusal(file)


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


def test_a_column_may_serve_twice(csv: Path, parquet: Path) -> None:
    csv.write_text("Email,x\na@b,1\n", encoding="utf-8")
    pq.write_table(pa.table({"Email": ["a@b"]}), parquet)
    assert read(csv, ("Email", "Email")) == read(parquet, ("Email", "Email")) == [("a@b", "a@b")]


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


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.parquet"])
def test_a_file_that_is_gone(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in refusal(tmp_path / name)


# In the warehouse


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(tmp_path / "warehouse.duckdb") as opened:
        yield opened


def settings_of(folder: Path, **section: object) -> config.Customers:
    content = {
        "source": {"kind": "folder", "path": "."},
        "mailboxes": {"addresses": ["ada@contoso.com"]},
        "customers": {"contacts": "contacts.csv", **section},
    }
    file = folder / "engagement.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return config.load(file).customers


def test_write_customers(tmp_path: Path, csv: Path, connection: duckdb.DuckDBPyConnection) -> None:
    csv.write_text(
        "CustomerId,Email\n 007\u00a0, SMTP:Ann@X.example \n\t,b@y\nC\x001,no address\nNA,\n",
        "utf-8",
    )
    (tmp_path / "accounts.csv").write_text("CustomerId;Name\n007; Müller \nNA;\n;x\n", "utf-8")
    settings = settings_of(
        tmp_path, accounts="accounts.csv", excluded=["Bot@x.example", "Z.example"]
    )
    for _ in range(2):  # every run replaces the tables
        inputs.write_customers(connection, settings)
    rows = connection.execute("from contact_row order by line").fetchall()
    (key, domain) = connection.execute(
        "select key_of('ann@x.example'), key_of('x.example')"
    ).fetchall()[0]
    assert rows[0] == (1, "007", key, domain)
    assert rows[1][:2] == (2, None)
    assert rows[1][2] is not None
    assert rows[2:] == [(3, "C\x001", None, None), (4, "NA", None, None)]
    accounts = connection.execute("from account_row order by line").fetchall()
    assert accounts == [(1, "007", "Müller", None), (2, "NA", None, None), (3, None, "x", None)]
    excluded = connection.execute(
        "select address_key = key_of('bot@x.example'), domain_key = key_of('z.example') "
        "from exclusion"
    ).fetchall()
    assert excluded == [(True, None), (None, True)]


def test_parents(tmp_path: Path, csv: Path, connection: duckdb.DuckDBPyConnection) -> None:
    csv.write_text("CustomerId,Email\n", encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("Up,CustomerId,Name\n A\u00a0,B,b\n  ,A,\n", "utf-8")
    inputs.write_customers(connection, settings_of(tmp_path, accounts="accounts.csv", parent="Up"))
    accounts = connection.execute("from account_row order by line").fetchall()
    assert accounts == [(1, "B", "b", "A"), (2, "A", None, None)]
    with pytest.raises(ConfigurationError, match=r"customers\.accounts: .*no column 'Above'"):
        inputs.write_customers(
            connection, settings_of(tmp_path, accounts="accounts.csv", parent="Above")
        )


@pytest.mark.parametrize("rows", [0, 1, 50_000, 50_001], ids=str)
def test_rows_are_numbered_over_chunks(
    tmp_path: Path, csv: Path, connection: duckdb.DuckDBPyConnection, rows: int
) -> None:
    csv.write_text("CustomerId,Email\n" + "".join(f"{n},a@b\n" for n in range(rows)), "utf-8")
    inputs.write_customers(connection, settings_of(tmp_path))
    found = connection.execute(
        "select count(*), count(distinct line), coalesce(max(line), 0), "
        "count(*) filter (account_id <> line - 1) from contact_row"
    ).fetchall()
    assert found == [(rows, rows, rows, 0)]


def test_an_error_names_the_key_of_the_accounts(
    tmp_path: Path, csv: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    csv.write_text("CustomerId,Email\n", encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("CustomerId,Title\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"customers\.accounts: .*accounts\.csv: .*'Name'"):
        inputs.write_customers(connection, settings_of(tmp_path, accounts="accounts.csv"))
