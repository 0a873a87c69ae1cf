"""More of the kind of csv-… and parquet-float-ids: what spreadsheets and pandas make of a file."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engagement_assets.errors import ConfigurationError
from tests.field.cases import A_IS_READ, ONE_FROM
from tests.field.made import ADA, Made
from tests.field.reading import LONG, Expected, assert_right, by_the_product, write_parquet
from tests.naive.compute import compute
from tests.naive.spreadsheets import CustomerFileError

JANE, JOE = "jane@kunde.example", "joe@kunde.example"
MANY_LINES = 'line, ""x""\n' * 20_000


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """An e-mail from Jane, whose account a file will say."""
    made = Made(tmp_path)
    made.email(JANE, ADA)
    made.write()
    return made


READ = {
    "hint and byte-order mark": f"\ufeffsep=,\r\nCustomerId,Email\r\nA,{JANE}\r\n",
    "hint of a bar": f"sep=|\nCustomerId|Email\nA|{JANE}\n",
    "hint of a tab": f"sep=\t\nCustomerId\tEmail\nA\t{JANE}\n",
    "hint that is not what the header looks like": f'sep=;\n"a,b";CustomerId;Email\n;A;{JANE}\n',
    "surplus in the header too": f"CustomerId;Email;;;\nA;{JANE};;;\n",
    "surplus tabs": f"CustomerId\tEmail\nA\t{JANE}\t\t\n",
    "missing values": f"Email,CustomerId,Notes,Owner\n{JANE},A\n",
    "a column twice that is not mapped": f"Phone,CustomerId,Email,Phone\n1,A,{JANE},2\n",
    "names that differ in case": f"CustomerId,email,Email\nA,,{JANE}\n",
    "long text of many lines": f'CustomerId,Notes,Email\nA,"{MANY_LINES}",{JANE}\n',
    "a long value behind": f"CustomerId,Email,Notes\nA,{JANE},{'x' * LONG}\n",
}


@pytest.mark.parametrize("case", READ)
def test_csv(case: str, made: Made) -> None:
    (made.folder / "contacts.csv").write_bytes(READ[case].encode())
    assert_right(made.write_settings(), A_IS_READ)


REFUSED = {
    "twice, in capitals of another separator": ("CustomerId;Email;Email\nA;;\n", ["Email"]),
    "the account id twice": (f"CustomerId,Email,CustomerId\nA,{JANE},B\n", ["CustomerId"]),
    "surplus that says something": (f"CustomerId,Email\nA,{JANE}\nB,{JOE},x\n", ["line 3"]),
    "surplus behind blanks": (f"CustomerId,Email\nA,{JANE},,,x\n", ["line 2"]),
    "names in other case": (f"customerid,email\nA,{JANE}\n", ["CustomerId", "Email"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_csv_that_must_be_mended(case: str, made: Made) -> None:
    text, words = REFUSED[case]
    (made.folder / "contacts.csv").write_text(text, encoding="utf-8")
    _assert_refused(made.write_settings(), words)


def test_the_accounts_file_is_read_by_the_same_rule(made: Made) -> None:
    (made.folder / "contacts.csv").write_text(f"CustomerId,Email\nA,{JANE}\n", encoding="utf-8")
    made.customers = {"accounts": "accounts.csv", "account_name": "Name"}
    accounts = made.folder / "accounts.csv"
    accounts.write_text("sep=;\nCustomerId;Name;;\nA;Kunde, GmbH;;\nB\n", encoding="utf-8")
    expected = Expected({"A": ONE_FROM}, customers=["A", "B"])
    assert_right(made.write_settings(), expected)
    accounts.write_text("CustomerId,Name,Name\nA,x,y\n", encoding="utf-8")
    _assert_refused(made.write_settings(), ["Name"])


PARQUET: dict[str, tuple[Sequence[object], Sequence[str]]] = {
    "floats": ([1e15, 0.0, 7.5], ["0", "1000000000000000", "7.5"]),
    "nothing": ([float("nan"), 12.0, None], ["12"]),
    "whole": ([2**62, 7, None], ["4611686018427387904", "7"]),
    "text": (["007", "7.0", " 12345678901.0 "], ["007", "12345678901.0", "7.0"]),
}


@pytest.mark.parametrize("case", PARQUET)
def test_parquet(case: str, made: Made) -> None:
    ids, customers = PARQUET[case]
    write_parquet(made.folder / "contacts.parquet", CustomerId=ids, Email=["x@y.example"] * 3)
    made.customers = {"contacts": "contacts.parquet"}
    assert_right(made.write_settings(), Expected({}, customers=customers))


def test_parquet_of_other_types(made: Made) -> None:
    """Smaller floats, as other tools write them, are the numbers that they hold."""
    ids = pa.array([7.0, 16_777_216.0, None], pa.float32())
    emails = pa.array([JANE, JOE, JOE], pa.large_string())
    pq.write_table(pa.table({"CustomerId": ids, "Email": emails}), made.folder / "c.parquet")
    made.customers = {"contacts": "c.parquet"}
    ledger = {"contact no_account_id": 1}
    expected = Expected({"7": ONE_FROM}, ledger, customers=["16777216", "7"])
    assert_right(made.write_settings(), expected)


@pytest.mark.parametrize("value", [["a@b.example"], {"address": "a@b.example"}])
def test_parquet_that_must_be_mended(value: object, made: Made) -> None:
    """A list or a struct has no text; the column is named."""
    write_parquet(made.folder / "contacts.parquet", CustomerId=["A"], Email=[value])
    made.customers = {"contacts": "contacts.parquet"}
    _assert_refused(made.write_settings(), ["Email"])


def test_a_parquet_column_that_occurs_twice(made: Made) -> None:
    columns = [pa.array(["A"]), pa.array([""]), pa.array([JANE])]
    table = pa.Table.from_arrays(columns, names=["CustomerId", "Email", "Email"])
    pq.write_table(table, made.folder / "contacts.parquet")
    made.customers = {"contacts": "contacts.parquet"}
    _assert_refused(made.write_settings(), ["Email"])


def test_decimals_are_numbers(made: Made) -> None:
    """Databases write their whole numbers so."""
    write_parquet(
        made.folder / "contacts.parquet",
        CustomerId=[Decimal(12_345_678_901), Decimal(7)],
        Email=[JANE, JOE],
    )
    made.customers = {"contacts": "contacts.parquet"}
    expected = Expected({"12345678901": ONE_FROM}, customers=["12345678901", "7"])
    assert_right(made.write_settings(), expected)


def _assert_refused(config_file: Path, words: Sequence[str]) -> None:
    with pytest.raises(CustomerFileError):
        compute(config_file)
    with pytest.raises(ConfigurationError) as refused:
        by_the_product(config_file)
    assert [word for word in words if word not in str(refused.value)] == []
    assert "kunde.example" not in str(refused.value), "no value of the data in a message"
    assert refused.value.exit_code == 2
