"""The customer dataset before the first run: real columns, and what would become of the rows."""

import random
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engagement_assets import config, customers
from engagement_assets.activity import people
from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.people import People
from engagement_assets.config import Customers
from engagement_assets.configure.customers import guess
from engagement_assets.errors import ConfigurationError
from engagement_assets.preflight import customer_files
from engagement_assets.preflight.check import Check
from tests.organisations import write_organisation
from tests.support import pipeline

PRIVATE = "ann.secret@customer.example"
PEOPLE = People((), frozenset({"ada@contoso.com"}), frozenset(), {})


def settings(folder: Path, contacts: str, accounts: str | None = None, **keys: object) -> Customers:
    content: dict[str, object] = {"contacts": "contacts.csv", **keys}
    (folder / "contacts.csv").write_text(contacts, encoding="utf-8")
    if accounts is not None:
        content["accounts"] = "accounts.csv"
        (folder / "accounts.csv").write_text(accounts, encoding="utf-8")
    return Customers.model_validate(content, context={"folder": folder, "must_exist": True})


def inspect(mapped: Customers, who: People | None = PEOPLE) -> list[Check]:
    found = list(customer_files.inspect(mapped, who, {"contoso.com"} if who else None))
    for check in found:
        assert PRIVATE not in check.found + check.advice
    return found


def test_every_outcome(tmp_path: Path) -> None:
    rows = [f"C1,{PRIVATE}", f"C1,{PRIVATE}", "C2,bob@b.example", "C3,b@b", ",eve@e.example"]
    rows += ["C1,nobody", "C1,x@contoso.com", "C4,cy@c.example"]
    (found,) = inspect(settings(tmp_path, "\n".join(["CustomerId,Email", *rows, ""])))
    assert found.level == "ok"
    assert "4 of 8 rows accepted, for 4 account(s)" in found.found
    assert (
        "rejected: 1 duplicate, 1 invalid_address, 1 no_account_id, 1 own_organisation"
        in found.found
    )
    assert "Columns: CustomerId, Email" in found.found


def test_a_cell_with_several_addresses_counts_as_so_many_rows(tmp_path: Path) -> None:
    (found,) = inspect(settings(tmp_path, f"CustomerId;Email;\nC1;'{PRIVATE}', a@x.example\n"))
    assert "2 of 2 rows accepted, for 1 account(s)" in found.found
    assert "Columns: CustomerId, Email; the account's" in found.found, "one has no name"


def test_exclusions_that_nobody_carries(tmp_path: Path) -> None:
    text = "CustomerId,Email\nC1,eve@e.example\nC2,x@contoso.com\n"
    excluded = [PRIVATE, "e.example", "x@contoso.com", "idle.example"]
    contacts, found = inspect(settings(tmp_path, text, excluded=excluded))
    assert "1 excluded" in contacts.found
    assert (found.subject, found.level, found.exit_code) == ("Exclusions", "warning", 0)
    assert "carries entry 1, entry 4 (idle.example) of customers.excluded" in found.found


def test_who_the_colleagues_are_is_not_known_yet(tmp_path: Path) -> None:
    (found,) = inspect(settings(tmp_path, "CustomerId,Email\nC1,ada@contoso.com\n"), None)
    assert "1 of 1 rows accepted" in found.found
    assert "not known yet" in found.found


def test_the_wrong_column(tmp_path: Path) -> None:
    text = f"CustomerId,Email,Phone\nC1,{PRIVATE},0\nC2,b@b.example,1\n"
    (found,) = inspect(settings(tmp_path, text, email="Phone"))
    assert (found.level, found.exit_code) == ("error", 2)
    assert "the address from Phone" in found.found


def test_a_column_that_is_missing(tmp_path: Path) -> None:
    (found,) = inspect(settings(tmp_path, f"Account;Mail\nC1;{PRIVATE}\n"))
    assert (found.level, found.exit_code) == ("error", 2)
    assert "'Account', 'Mail'" in found.advice


def test_a_file_without_a_header(tmp_path: Path) -> None:
    (found,) = inspect(settings(tmp_path, f"C1,{PRIVATE}\n"))
    assert (found.level, "no header" in found.found) == ("error", True)


def test_accounts_whose_ids_agree_with_none(tmp_path: Path) -> None:
    contacts = f"CustomerId,Email\nC1,{PRIVATE}\n"
    good = settings(tmp_path, contacts, "CustomerId,Name\nC1,One\nC2,Two\n")
    assert [check.level for check in inspect(good)] == ["ok", "ok"]
    other = settings(tmp_path, contacts, "CustomerId,Name\n0001,One\n")
    _, found = inspect(other)
    assert found.level == "warning"
    assert "1 account(s) with contacts are not among them" in found.found


@pytest.mark.parametrize("seed", [1, 6])
def test_a_run_says_the_same(tmp_path: Path, seed: int) -> None:
    """What preflight says of the contacts is what the published ledger says afterwards."""
    file = write_organisation(tmp_path / "organisation", random.Random(seed))
    loaded = config.load(file)
    assert loaded.source.kind == "folder"
    source = FolderSource(loaded.source.path)
    selected = people.select(source, loaded.mailboxes.addresses, loaded.mailboxes.opted_out)
    domains = source.organisation_domains() | set(loaded.mailboxes.organisation_domains)
    said = customer_files.preview(loaded.customers, selected, domains)
    ledger = Counter(
        {
            str(row["Outcome"]): int(str(row["Count"]))
            for row in pipeline.published(pipeline.run(file))["Office_Ledger"]
            if row["Item"] == "contact" and row["Outcome"] != "read" and row["Count"]
        }
    )
    assert said.outcomes == ledger


def test_columns_as_they_are_written(tmp_path: Path) -> None:
    parquet = tmp_path / "contacts.parquet"
    pq.write_table(pa.table({"Konto Nr": ["C1"], "E-Mail": [PRIVATE]}), parquet)
    assert customers.columns(parquet, "customers.contacts") == ("Konto Nr", "E-Mail")
    for separator in customers.DELIMITERS:
        file = tmp_path / "contacts.csv"
        file.write_text(f"\ufeffKonto Nr{separator}E-Mail\nC1{separator}{PRIVATE}\n")
        assert customers.columns(file, "customers.contacts") == ("Konto Nr", "E-Mail")
    parquet.write_bytes(b"no parquet")
    for broken in (parquet, tmp_path / "missing.csv"):
        with pytest.raises(ConfigurationError, match=r"customers\.contacts: .* cannot be read"):
            customers.columns(broken, "customers.contacts")


@pytest.mark.parametrize(
    ("key", "columns", "expected"),
    [
        ("account_id", ("Email", "Name", "Account ID"), "Account ID"),
        ("account_id", ("Mail", "Customer_Number", "Id"), "Customer_Number"),
        ("email", ("CustomerId", "E-mail address 1", "Phone"), "E-mail address 1"),
        ("account_name", ("CustomerId", "Parent", "Customer name"), "Customer name"),
        ("email", ("A", "B"), "A"),
    ],
)
def test_a_guess_that_saves_a_key_press(key: str, columns: tuple[str, ...], expected: str) -> None:
    assert guess(key, columns) == expected
