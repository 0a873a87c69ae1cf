"""Lines near the bound: what a source may hold, DuckDB can read; what grows beyond it is told."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.ndjson import LONGEST_LINE
from engagement_assets.reading import mailboxes
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_store import ActivityStore
from engagement_assets.window import Window

WINDOW = Window.until(datetime(2024, 6, 14, 12, tzinfo=UTC), "UTC")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(tmp_path / "warehouse.duckdb") as opened:
        yield opened


def read(
    connection: duckdb.DuckDBPyConnection, folder: Path, line: str
) -> tuple[mailboxes.MailboxOutcome, int]:
    """Read a mailbox of one line; return its outcome and the number of rows that count."""
    (folder / "activity" / "mailboxes" / "ada").mkdir(parents=True)
    (folder / "activity" / "organization.json").write_text('{"verifiedDomains": []}')
    (folder / "activity" / "users.ndjson").write_text('{"id": "ada", "mail": "ada@contoso.com"}\n')
    (folder / "activity" / "groups.ndjson").write_text("")
    (folder / "activity" / "mailboxes" / "ada" / "messages.ndjson").write_text(line + "\n")
    store = ActivityStore(folder / "store")
    source = FolderSource(folder / "activity")
    outcomes = mailboxes.read_mailboxes(
        connection, store, source, ["ada"], WINDOW, lambda done, total: None
    )
    mailboxes.expose_mailboxes(connection, store, outcomes)
    rows = connection.execute("select thread from landed_message").fetchall()
    return outcomes[0], len(rows)


def test_the_longest_line_lands(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    empty = json.dumps({"id": "m", "conversationId": ""})
    # with its line end it is as long as a line may be
    line = empty.replace('""', json.dumps("x" * (LONGEST_LINE - 1 - len(empty))))
    outcome, rows = read(connection, tmp_path, line)
    assert (outcome.status, rows) == ("processed", 1)


def test_a_line_that_grows_when_it_is_written_again(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    # written again, each number is 1000000000000000.0
    line = '{"id": "m", "isDraft": [' + "1e15," * 2_000_000 + "1]}"
    outcome, rows = read(connection, tmp_path, line)
    assert (outcome.status, rows) == ("failed", 0)
    reason = "mailboxes/ada/messages.ndjson, line 1: longer than 16 MiB. Nothing of it counts"
    assert str(outcome.reason).startswith(reason)


def test_the_longest_line_is_what_the_documents_say() -> None:
    """Exports are made to fit it: a smaller bound would fail mailboxes that were read before."""
    assert LONGEST_LINE == 16 * 2**20
