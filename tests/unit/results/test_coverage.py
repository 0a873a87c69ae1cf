"""How complete the results are, read from a snapshot."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from engagement_assets.results.coverage import Coverage
from engagement_assets.results.snapshot import Snapshots

ALL = Coverage(
    mailboxes=4, unread=0, failed=0, denied=0, pending=0, partly=0, came=0, gone=0, changed=0
)
COVERED = "'2026-11-01 00:00Z'::timestamptz"


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Path]:
    """A snapshot with a mailbox of every kind, two runs, and what changed in each."""
    folder = tmp_path / "000001"
    folder.mkdir()
    with duckdb.connect(folder / "engagement.duckdb") as connection:
        connection.execute(f"""
            create table Office_Mailbox as from (values
                ('processed', {COVERED}), ('partly', {COVERED}), ('failed', {COVERED}),
                ('failed', null), ('denied', null), ('pending', null), ('no_mailbox', null)
            ) as t (Status, CoveredFrom);
            create table Office_Run as from (values ('a', 1), ('b', 2)) as t (RunId, StartedAt);
            create table Coverage_History as from (values
                ('b', 2, 1, 5), ('a', null, null, null)
            ) as t (RunId, Came, Gone, Changed)
        """)
    yield folder
    shutil.rmtree(folder)


def read(published: Path) -> Coverage:
    snapshots = Snapshots(published)
    try:
        with snapshots.reading() as snapshot:
            return Coverage.of(snapshot)
    finally:
        snapshots.close()


def change(published: Path, statement: str) -> None:
    with duckdb.connect(published / "engagement.duckdb") as connection:
        connection.execute(statement)


def test_every_mailbox_is_counted_by_what_became_of_it(published: Path) -> None:
    found = read(published)

    assert found == Coverage(
        mailboxes=6, unread=3, failed=2, denied=1, pending=1, partly=1, came=2, gone=1, changed=5
    )
    assert found.others == 2
    assert found.header == (
        "mailboxes=6, not-read=3, failed=2, denied=1, pending=1, partly=1, newly-counted=2, "
        "no-longer-counted=1"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "delete from Office_Run where RunId = 'b'",  # the first run had none before it
        "drop table Coverage_History",  # an older version had no such table
    ],
)
def test_what_is_not_known_has_not_changed(published: Path, statement: str) -> None:
    change(published, statement)
    found = read(published)
    assert (found.came, found.gone, found.changed) == (0, 0, 0)


@pytest.mark.parametrize("status", ["failed", "denied", "pending", "partly"])
def test_one_mailbox_that_was_not_read_makes_results_incomplete(status: str) -> None:
    assert not ALL.is_incomplete
    assert replace(ALL, **{status: 1}).is_incomplete
