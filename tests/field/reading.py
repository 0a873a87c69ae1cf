"""Running the product and the naive program over a folder, up to the tables of section 7."""

import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engagement_assets import config, consent, reading
from engagement_assets.warehouse import database
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.naive.compare import differences
from tests.naive.compute import compute
from tests.naive.tables import KEYS
from tests.support.pipeline import LINEAGE, Rows, build_all

HERE = Path(__file__).parent
# one more than a reader of CSV takes by default
LONG = 131_073

Tables = Mapping[str, Rows]


@dataclass(frozen=True)
class Expected:
    """What is right for one input.

    Attributes:
        accounts: every account with a year row, and what columns of that row hold.
        ledger: outcomes as `item outcome`, with their counts.
        statuses: of mailboxes, by the person's address; those not named may be anything.
        reasons: words in the reason of a mailbox, by the person's address.
        customers: the account ids of the dataset; None when it does not matter.
        persons: how many there are.
    """

    accounts: Mapping[str, Mapping[str, object]]
    ledger: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, Sequence[str]] = field(default_factory=dict)
    customers: Sequence[str] | None = None
    persons: int = 2


def copy_of(case: str, folder: Path) -> Path:
    """Copy an input, make what is too large or no text, and return its configuration."""
    shutil.copytree(HERE / case, folder, dirs_exist_ok=True)
    if case == "csv-long-field":
        row = f"A,{'x' * LONG},jane@kunde.example"
        (folder / "contacts.csv").write_text(f"CustomerId,Notes,Email\n{row}\n", encoding="utf-8")
    if case == "parquet-float-ids":
        write_parquet(
            folder / "contacts.parquet",
            CustomerId=[12_345_678_901.0, 7.0, None],
            Email=["jane@kunde.example", "joe@kunde.example", "jim@kunde.example"],
        )
    return folder / "engagement.yaml"


def write_parquet(file: Path, **columns: Sequence[object]) -> None:
    """Write columns into a Parquet file, of the types that their values have."""
    pq.write_table(pa.table(dict(columns)), file)


def by_the_product(config_file: Path) -> Tables:
    """Run everything but the publishing, and return the tables of section 7."""
    settings = config.load(config_file)
    file = settings.data_dir / "warehouse" / "warehouse.duckdb"
    with database.connect(file) as connection:
        reading.read_everything(
            connection,
            settings,
            consent.Gate(settings).source,
            uuid.uuid4().hex,
            datetime.now(UTC),
        )
        LINEAGE.write(DuckDbEngine(connection))
        build_all(connection)
        tables: dict[str, Rows] = {}
        for table in KEYS:
            answer = connection.execute(f'from "{table}"')
            names = [column[0] for column in answer.description or ()]
            tables[table] = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        return tables


def differs(expected: Expected, tables: Tables) -> list[str]:
    """Return what of the tables is not as it should be, a line each."""
    found = []
    years = {r["CustomerId"]: r for r in tables["Office"] if r["AggregationLevel"] == "year"}
    if years.keys() != expected.accounts.keys():
        found.append(f"rows of {sorted(map(str, years))}, not of {sorted(expected.accounts)}")
    found += [
        f"{account}: {column} is {years[account][column]!r}, not {value!r}"
        for account, columns in expected.accounts.items()
        for column, value in columns.items()
        if account in years and years[account][column] != value
    ]
    counts = {f"{row['Item']} {row['Outcome']}": row["Count"] for row in tables["Office_Ledger"]}
    found += [
        f"{outcome} is {counts[outcome]}, not {count}"
        for outcome, count in expected.ledger.items()
        if counts[outcome] != count
    ]
    statuses = {row["EmailAddress"]: row["Status"] for row in tables["Office_Mailbox"]}
    found += [
        f"mailbox of {address} is {statuses.get(address)}, not {status}"
        for address, status in expected.statuses.items()
        if statuses.get(address) != status
    ]
    customers = [str(row["CustomerId"]) for row in tables["Office_Customer"]]
    if expected.customers is not None and customers != list(expected.customers):
        found.append(f"customers {customers}, not {list(expected.customers)}")
    if len(statuses) != expected.persons:
        found.append(f"{len(statuses)} persons, not {expected.persons}")
    return found


def reasons_lack(expected: Expected, tables: Tables) -> list[str]:
    """Return what the reasons of mailboxes do not say, a line each."""
    reasons = {str(row["EmailAddress"]): str(row["Reason"]) for row in tables["Office_Mailbox"]}
    return [
        f"{address}: {reasons[address]!r} does not say {word!r}"
        for address, words in expected.reasons.items()
        for word in words
        if word not in reasons[address]
    ]


def assert_right(config_file: Path, expected: Expected) -> None:
    """Check what the naive program says, what the product says, and that they agree in all."""
    computed = compute(config_file)
    assert differs(expected, computed) == []
    tables = by_the_product(config_file)
    assert differs(expected, tables) == []
    assert reasons_lack(expected, tables) == []
    assert differences(computed, dict(tables)) == []
