"""The read path from a source in memory: people, mailboxes, who opted out, what counts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from engagement_assets import reading
from engagement_assets.activity.source import User
from engagement_assets.config import Configuration
from engagement_assets.errors import ConfigurationError
from engagement_assets.reading import MailboxOutcome
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_store import ActivityStore
from tests.support.landing import ITEM_ID
from tests.support.memory_source import MemorySource

NOON = datetime(2024, 6, 14, 12, tzinfo=UTC)
NAMES = ("ada", "bob", "cy")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(tmp_path / "data" / "warehouse" / "warehouse.duckdb") as opened:
        opened.execute("set threads = 1")
        yield opened


def settings(folder: Path, *opted_out: str) -> Configuration:
    (folder / "contacts.csv").write_text("CustomerId,Email\n1,ann@customer.example\n")
    return Configuration.model_validate(
        {
            "source": {"kind": "folder", "path": folder},
            "mailboxes": {
                "addresses": ["team@contoso.com"],
                "opted_out": [f"{name}@contoso.com" for name in opted_out],
                "organisation_domains": ["contoso.example"],
            },
            "customers": {"contacts": folder / "contacts.csv"},
            "time_zone": "Europe/Amsterdam",
            "data_dir": folder / "data",
        }
    )


def source() -> MemorySource:
    return MemorySource(
        [User(name, (f"{name}@contoso.com",)) for name in NAMES],
        {name: {"event": [{"id": f"{name}1"}, {"id": f"{name}2"}]} for name in NAMES[:2]},
        groups={"team@contoso.com": NAMES},
        domains=["contoso.com"],
    )


def read(
    connection: duckdb.DuckDBPyConnection, configuration: Configuration, memory: MemorySource
) -> list[MailboxOutcome]:
    return reading.read_everything(connection, configuration, memory, "run", NOON)


def items(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(f"select {ITEM_ID} from landed_event order by 1").fetchall()
    return [item for (item,) in rows]


def test_everything_is_filled(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    outcomes = read(connection, settings(tmp_path), source())
    assert [(o.user_id, o.status) for o in outcomes] == [
        ("ada", "processed"),
        ("bob", "processed"),
        ("cy", "no_mailbox"),
    ]
    assert items(connection) == ["ada1", "ada2", "bob1", "bob2"]
    for table, rows in {
        "run": 1,
        "score_weight": 7,
        "person": 3,
        "colleague_address": 3,
        "organisation_domain": 2,  # the tenant's, and the configured one
        "contact_row": 1,
        "mailbox": 3,
    }.items():
        assert connection.execute(f"select count(*) from {table}").fetchall() == [(rows,)], table
    ((time_zone, as_of),) = connection.execute("select time_zone, as_of from run").fetchall()
    assert (time_zone, as_of) == ("Europe/Amsterdam", NOON)


def test_who_opts_out_is_erased_here_and_at_the_source(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    memory = source()
    read(connection, settings(tmp_path), memory)
    outcomes = read(connection, settings(tmp_path, "bob"), memory)
    assert [outcome.user_id for outcome in outcomes] == ["ada", "cy"]
    assert items(connection) == ["ada1", "ada2"]
    assert len(ActivityStore(tmp_path / "data" / "activity")) == 1
    assert memory.mailbox("bob") is None
    pattern = str(tmp_path / "data" / "activity" / "*.parquet")
    kept = connection.execute(f"select {ITEM_ID} from read_parquet(?) order by 1", [pattern])
    assert kept.fetchall() == [("ada1",), ("ada2",)], "not on the disk either"


def test_whom_to_read_stands_in_the_warehouse(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """The steps of a run share nothing else; each can be started by itself."""
    configuration, memory = settings(tmp_path), source()
    window = reading.begin_run(connection, configuration, "run", NOON)
    selected = reading.read_people(connection, memory, configuration.mailboxes)
    assert [person.id for person in selected.persons] == list(NAMES)
    seen: list[tuple[int, int]] = []
    store = ActivityStore(configuration.data_dir / "activity")
    reading.read_activity(connection, store, memory, lambda *step: seen.append(step))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    rows = connection.execute(
        "select covered_from, covered_to from mailbox where status = 'processed'"
    ).fetchall()
    assert set(rows) == {(window.start, window.as_of)}


def test_as_of_is_what_a_run_is_about(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    earlier = datetime(2024, 1, 5, 6, tzinfo=UTC)
    configuration = settings(tmp_path).model_copy(update={"as_of": earlier})
    assert reading.begin_run(connection, configuration, "run", NOON).as_of == earlier


def test_too_few_persons_stop_before_any_mailbox(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"selects 1 person\(s\)"):
        read(connection, settings(tmp_path, "ada", "bob"), source())
    assert not (tmp_path / "data" / "activity").exists()
