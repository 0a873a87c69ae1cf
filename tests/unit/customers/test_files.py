"""The customer dataset: every value is text and stays as it is, whichever kind the file is of."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.customer_files import COLUMNS, PRIVATE, read, refusal


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


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.parquet"])
def test_contacts_in_place_of_a_header_are_not_shown(tmp_path: Path, name: str) -> None:
    """A list without a header line is the likeliest mistake, and its first row is a contact."""
    file = tmp_path / name
    if name.endswith(".csv"):
        file.write_text(f"C1,{PRIVATE}\nC2,bob@customer.example\n", encoding="utf-8")
    else:
        pq.write_table(pa.table({"C1": ["C2"], PRIVATE: ["bob@customer.example"]}), file)
    assert "has no column 'CustomerId', 'Email'" in refusal(file)


def test_a_column_may_serve_twice(csv: Path, parquet: Path) -> None:
    csv.write_text("Email,x\na@b,1\n", encoding="utf-8")
    pq.write_table(pa.table({"Email": ["a@b"]}), parquet)
    assert read(csv, ("Email", "Email")) == read(parquet, ("Email", "Email")) == [("a@b", "a@b")]


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.parquet"])
def test_a_file_that_is_gone(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in refusal(tmp_path / name)
