"""A mailbox that cannot be read this time counts as it was when it was last read whole."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.field.cases import FROM
from tests.field.made import ADA, BERT, BERT_ID, Made
from tests.field.reading import Expected, Tables, differs
from tests.naive.compare import differences
from tests.naive.compute import results
from tests.naive.tables import Results, all_tables
from tests.support import pipeline

FIRST_AS_OF, LATER_AS_OF = "2026-06-30T12:00:00Z", "2026-07-14T12:00:00Z"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Jane wrote to Ada, and to Bert before, within and after the first window."""
    made = Made(tmp_path)
    made.contact("A", "jane@kunde.example")
    made.email("jane@kunde.example", ADA)
    for day in ("2025-06-01", "2025-07-05", "2026-06-01", "2026-07-10"):
        made.email("jane@kunde.example", BERT, owner=BERT_ID, sentDateTime=f"{day}T10:00:00Z")
    return made


def run(config_file: Path, before: Results | None) -> tuple[Results, Tables]:
    """Run both, compare them, and return what each has."""
    computed = results(config_file, before=before)
    # What earlier runs said stands in what they published.
    tables = pipeline.published(pipeline.run(config_file))
    assert differences(all_tables(computed), dict(tables)) == []
    return computed, tables


def broken(mailbox: Path) -> None:
    """Break one line of it."""
    with (mailbox / "messages.ndjson").open("a", encoding="utf-8") as file:
        file.write('{"id": "cut')


def replaced_by_a_page(mailbox: Path) -> None:
    """Write another export there, which is no such file."""
    (mailbox / "messages.ndjson").write_text('{"value": []}', encoding="utf-8")


def half_exported(mailbox: Path) -> None:
    """Leave only some lines of it, before one that is broken."""
    lines = (mailbox / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    (mailbox / "messages.ndjson").write_text(f"{lines[0]}\n{lines[1][:40]}", encoding="utf-8")


def only_its_calendar(mailbox: Path) -> None:
    """Break what is not its mail: a mailbox counts as a whole."""
    (mailbox / "messages.ndjson").write_text("", encoding="utf-8")
    (mailbox / "events.csv").write_text("x", encoding="utf-8")


@pytest.mark.parametrize("change", [broken, replaced_by_a_page, half_exported, only_its_calendar])
def test_a_mailbox_that_fails(change: Callable[[Path], None], made: Made) -> None:
    first, tables = run(made.write(), None)
    read = {"email read": 5, "email outside_window": 2, "email counted": 3}
    assert differs(Expected({"A": {FROM: 3}}, read), tables) == []

    made.as_of = LATER_AS_OF
    config_file = made.write_settings()
    change(made.mailbox(BERT_ID))
    second, tables = run(config_file, first)
    # One has left the window, and one that the first export held lies in it now.
    expected = Expected({"A": {FROM: 3}}, read, {ADA: "processed", BERT: "failed"})
    assert differs(expected, tables) == []
    assert _run(tables, LATER_AS_OF)["Status"] == "succeeded_with_warnings"
    assert _run(tables, LATER_AS_OF)["ProcessedAddresses"] == 1
    (bert,) = (row for row in tables["Office_Mailbox"] if row["UserId"] == BERT_ID)
    assert bert["CoveredFrom"] == datetime(2025, 7, 14, tzinfo=UTC)
    assert bert["CoveredTo"] == datetime.fromisoformat(FIRST_AS_OF)

    # Read again, it counts as it is now.
    made.as_of = "2026-07-15T12:00:00Z"
    made.messages[BERT_ID] = made.messages[BERT_ID][-1:]
    config_file = made.write()
    (made.mailbox(BERT_ID) / "events.csv").unlink(missing_ok=True)
    _, tables = run(config_file, second)
    assert differs(Expected({"A": {FROM: 2}}, {}, {BERT: "processed"}), tables) == []


def test_a_mailbox_that_was_never_read_whole(made: Made) -> None:
    """Nothing of it counts."""
    made.write()
    broken(made.mailbox(BERT_ID))
    first, tables = run(made.folder / "engagement.yaml", None)
    assert differs(Expected({"A": {FROM: 1}}, {"email read": 1}, {BERT: "failed"}), tables) == []
    made.as_of = LATER_AS_OF
    _, tables = run(made.write_settings(), first)
    (bert,) = (row for row in tables["Office_Mailbox"] if row["UserId"] == BERT_ID)
    assert (bert["CoveredFrom"], bert["CoveredTo"]) == (None, None)


def test_a_mailbox_that_is_gone(made: Made) -> None:
    """What was kept of it is erased, also for a run in which it fails."""
    first, _ = run(made.write(), None)
    made.as_of = LATER_AS_OF
    config_file = made.write_settings()
    shutil.rmtree(made.mailbox(BERT_ID))
    second, tables = run(config_file, first)
    assert differs(Expected({"A": {FROM: 1}}, {}, {BERT: "no_mailbox"}), tables) == []
    made.as_of = "2026-07-15T12:00:00Z"
    config_file = made.write()
    broken(made.mailbox(BERT_ID))
    _, tables = run(config_file, second)
    assert differs(Expected({"A": {FROM: 1}}, {}, {BERT: "failed"}), tables) == []


def _run(tables: Tables, as_of: str) -> dict[str, object]:
    """Return Office_Run's row of one moment."""
    moment = datetime.fromisoformat(as_of)
    (row,) = (row for row in tables["Office_Run"] if row["AsOfTime"] == moment)
    return row
