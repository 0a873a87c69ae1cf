"""The customer dataset in the warehouse: cells with several addresses, and idle exclusions."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from engagement_assets import addresses, config
from engagement_assets.config import Customers
from engagement_assets.errors import ConfigurationError, named
from engagement_assets.warehouse import database, inputs

ADA = "ada@kunde.example"
BOB = "bob@kunde.example"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        database.prepare(opened, Path("spill"))
        yield opened


def written(
    connection: duckdb.DuckDBPyConnection, folder: Path, *cells: str, excluded: tuple[str, ...] = ()
) -> Customers:
    """Write one row for account C and each cell into the warehouse."""
    lines = ['"{}";C'.format(cell.replace('"', '""')) for cell in cells]
    text = "\n".join(["Email;CustomerId", *lines, ""])
    (folder / "contacts.csv").write_text(text, encoding="utf-8", newline="")
    settings = Customers(contacts=folder / "contacts.csv", excluded=excluded)
    inputs.write_customers(connection, settings)
    return settings


def found(connection: duckdb.DuckDBPyConnection, *known: str) -> list[str | None]:
    """Return the address of each row, by the keys of addresses that may be there."""
    words = {
        connection.execute("select key_of(?)", [address]).fetchall()[0][0]: address
        for address in known
    }
    rows = connection.execute("select address_key from contact_row order by line").fetchall()
    return [None if key is None else words[key] for (key,) in rows]


# cell, the addresses of its rows; none is one row without an address
CELLS: dict[str, tuple[str, list[str | None]]] = {
    "one": (ADA, [ADA]),
    "capitals": ("ADA@Kunde.example", [ADA]),
    "a name": ("Ada Lovelace <ada@kunde.example>", [ADA]),
    "a name with a comma": ('"Lovelace, Ada" <ada@kunde.example>', [ADA]),
    "semicolon": (f"{ADA}; {BOB}", [ADA, BOB]),
    "comma": (f"{ADA},{BOB}", [ADA, BOB]),
    "pipe": (f"{ADA}|{BOB}", [ADA, BOB]),
    "colons": (f"{ADA} ::: {BOB}", [ADA, BOB]),
    "line end": (f"{ADA}\r\n{BOB}", [ADA, BOB]),
    "names": (f"Ada <{ADA}>; Bob <{BOB}>", [ADA, BOB]),
    "one twice": (f"{ADA};{ADA}", [ADA, ADA]),
    "one beside a text": (f"n/a; {ADA}", [ADA]),
    "one behind a separator": (f";{ADA};", [ADA]),
    "an X.500 name": ("/o=ExchangeLabs/cn=ada", [None]),
    "an X.500 name in a mail address": ("IMCEAEX-_o=ExchangeLabs_cn=ada@kunde.example", [None]),
    "an X.500 name beside an address": (f"/o=ExchangeLabs/cn=ada; {ADA}", [ADA]),
    "two texts": ("n/a; none", [None]),
    "nothing": ("", [None]),
}


@pytest.mark.parametrize(("cell", "expected"), CELLS.values(), ids=CELLS)
def test_a_cell_is_as_many_rows_as_it_holds_addresses(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, cell: str, expected: list[str | None]
) -> None:
    written(connection, tmp_path, "before@x.example", cell, "after@x.example")
    assert found(connection, "before@x.example", ADA, BOB, "after@x.example") == [
        "before@x.example",
        *expected,
        "after@x.example",
    ]
    lines = connection.execute("select line, account_id from contact_row order by line").fetchall()
    assert lines == [(number, "C") for number in range(1, len(expected) + 3)]


def test_the_domain_is_that_of_the_address_as_it_is_compared(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    written(connection, tmp_path, "ada@München.example", "Bob <bob@xn--mnchen-3ya.example>")
    domains = connection.execute(
        "select distinct domain_key = key_of('xn--mnchen-3ya.example') from contact_row"
    ).fetchall()
    assert domains == [(True,)]


@pytest.mark.parametrize(
    "text", ["ada@x.example", "A+b_c.-@X", "...@-", "a@xn--mnchen-3ya.example"]
)
def test_what_is_taken_as_plain_is_what_the_rule_says(text: str) -> None:
    assert re.fullmatch(addresses.PLAIN, text)
    assert addresses.mail_addresses_in(text) == (text.lower(),)


def test_exclusions_that_no_row_carries(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    excluded = ("idle.example", ADA, "nobody@kunde.example", "kunde.example", "x.kunde.example")
    settings = written(connection, tmp_path, f"Ada <{ADA}>; x@y.example", excluded=excluded)
    assert inputs.unmatched_exclusions(connection, settings) == (
        *("entry 1 (idle.example)", "entry 3", "entry 5 (x.kunde.example)"),
    )


def test_an_exclusion_is_carried_by_a_row_whatever_becomes_of_it(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    settings = written(connection, tmp_path, ADA, excluded=(ADA,))
    connection.execute("update contact_row set account_id = null")
    assert inputs.unmatched_exclusions(connection, settings) == ()


def test_without_exclusions_none_is_idle(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    settings = written(connection, tmp_path, ADA, "no address")
    assert inputs.unmatched_exclusions(connection, settings) == ()
    settings = written(connection, tmp_path, excluded=(ADA, "kunde.example"))
    assert inputs.unmatched_exclusions(connection, settings) == (
        *("entry 1", "entry 2 (kunde.example)"),
    )


def test_a_long_list_is_cut_in_a_message() -> None:
    entries = [f"entry {place}" for place in range(1, 52)]
    assert named(entries[:2], inputs.NAMED) == "entry 1, entry 2"
    assert named(entries[:50], inputs.NAMED).endswith("entry 50")
    assert named(entries, inputs.NAMED).endswith(", entry 50 and 1 more")


# --- rows and tables ---------------------------------------------------------------------------


def settings_of(folder: Path, **section: object) -> config.Customers:
    content = {
        "source": {"kind": "folder", "path": "."},
        "mailboxes": {"addresses": ["ada@contoso.com"]},
        "customers": {"contacts": "contacts.csv", **section},
    }
    file = folder / "engagement.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return config.load(file).customers


def test_write_customers(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    (tmp_path / "contacts.csv").write_text(
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


def test_parents(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    (tmp_path / "contacts.csv").write_text("CustomerId,Email\n", encoding="utf-8")
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
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, rows: int
) -> None:
    (tmp_path / "contacts.csv").write_text(
        "CustomerId,Email\n" + "".join(f"{n},a@b\n" for n in range(rows)), "utf-8"
    )
    inputs.write_customers(connection, settings_of(tmp_path))
    found = connection.execute(
        "select count(*), count(distinct line), coalesce(max(line), 0), "
        "count(*) filter (account_id <> line - 1) from contact_row"
    ).fetchall()
    assert found == [(rows, rows, rows, 0)]


def test_an_error_names_the_key_of_the_accounts(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    (tmp_path / "contacts.csv").write_text("CustomerId,Email\n", encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("CustomerId,Title\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"customers\.accounts: .*accounts\.csv: .*'Name'"):
        inputs.write_customers(connection, settings_of(tmp_path, accounts="accounts.csv"))
