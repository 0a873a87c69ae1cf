"""Reading mailboxes: only what is new, each mailbox whole or not at all (numbers 8)."""

import gzip
import json
import os
import random
from pathlib import Path

import duckdb
import pytest
import yaml
from backports import zstd

from engagement_assets.schemas import TABLES
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_store import BATCH_BYTES, ActivityStore
from tests.organisations import write_organisation
from tests.support import pipeline
from tests.support.folder_reading import (
    USERS,
    WINDOW,
    Connection,
    kill_at,
    on_disk,
    read,
    write,
)
from tests.support.landing import ITEM_ID
from tests.support.repetition import OF_SEVERAL_RUNS

PRIVATE = "ann.secret@customer.example"


EVERYTHING = [
    f"{user}/{name}"
    for user in USERS
    for name in ("events-2.ndjson", "events.ndjson", "messages.ndjson")
]
ALL_EVENTS = ["ada1", "ada2", "bob1", "bob2", "cy1", "cy2"]
ALL_PROCESSED = dict.fromkeys(USERS, "processed")


def test_what_is_unchanged_is_not_read_again(connection: Connection, folder: Path) -> None:
    assert read(connection, folder) == (EVERYTHING, ALL_PROCESSED, ALL_EVENTS)
    assert read(connection, folder) == ([], ALL_PROCESSED, ALL_EVENTS)


def test_changed_added_and_removed_files(connection: Connection, folder: Path) -> None:
    read(connection, folder)
    write(folder, "ada/events.ndjson", {"id": "changed"}, {"id": "more"})
    write(folder, "bob/events-3.ndjson", {"id": "added"})
    (folder / "mailboxes" / "cy" / "events.ndjson").unlink()
    opened, _, events = read(connection, folder)
    assert opened == ["ada/events.ndjson", "bob/events-3.ndjson"]
    assert events == ["ada2", "added", "bob1", "bob2", "changed", "cy2", "more"]
    assert read(connection, folder) == ([], ALL_PROCESSED, events)


def test_a_file_of_the_same_size_that_was_written_again(
    connection: Connection, folder: Path
) -> None:
    read(connection, folder)
    file = write(folder, "ada/events.ndjson", {"id": "adaX"})
    write(folder, "ada/events.ndjson", {"id": "ada9"})
    later = file.stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(later, later))
    opened, _, events = read(connection, folder)
    assert opened == ["ada/events.ndjson"]
    assert events == ["ada2", "ada9", "bob1", "bob2", "cy1", "cy2"]


def test_many_changes_over_many_runs(connection: Connection, folder: Path) -> None:
    """Whatever came and went, what counts is what lies there now."""
    rng = random.Random(7)
    changes = items = 0
    for _ in range(25):
        for user in USERS:
            name = f"{user}/events-{rng.randrange(4)}.ndjson"
            if rng.random() < 0.4:
                (folder / "mailboxes" / name).unlink(missing_ok=True)
            else:
                changes += 1
                first, items = items, items + rng.randrange(1, 9)
                file = write(folder, name, *({"id": f"x{n}"} for n in range(first, items)))
                os.utime(file, ns=(changes, changes))  # never the time that it had before
        expected = sorted(
            json.loads(line)["id"]
            for file in folder.glob("mailboxes/*/events*")
            for line in file.read_bytes().splitlines()
        )
        assert read(connection, folder)[2] == expected


@pytest.mark.parametrize("batch_bytes", [1, 50, 100, 10_000])
def test_batches(connection: Connection, folder: Path, batch_bytes: int) -> None:
    assert read(connection, folder, batch_bytes) == (EVERYTHING, ALL_PROCESSED, ALL_EVENTS)
    batches = len(list((folder.parent / "store").glob("events-*.parquet")))
    assert batches == {1: 3, 50: 3, 100: 2, 10_000: 1}[batch_bytes]
    assert read(connection, folder, batch_bytes) == ([], ALL_PROCESSED, ALL_EVENTS)


BROKEN = {
    "line": ("events-2.ndjson", b'{"id": "x"}\n{"to": "ann.secret@customer.example",}\n'),
    "last line": ("messages.ndjson", b'{"id": "x"}\n[]'),
    "UTF-8": ("events.ndjson", b'{"id": "\xff"}\n'),
    "gzip": ("events.ndjson.gz", gzip.compress(b'{"id": "x"}\n' * 99)[:-9]),
    "zstd": ("messages.ndjson.zst", zstd.compress(b'{"id": "x"}\n' * 99)[:-1]),
    "folders": ("excluded_folders.json", b'{"ann.secret@customer.example": 1}'),
}


@pytest.mark.parametrize("batch_bytes", [1, BATCH_BYTES], ids=["own batch", "one batch"])
@pytest.mark.parametrize(("name", "content"), BROKEN.values(), ids=BROKEN)
def test_a_broken_mailbox_fails_alone(
    connection: Connection,
    folder: Path,
    name: str,
    content: bytes,
    batch_bytes: int,
) -> None:
    write(folder, f"bob/{name}", raw=content)
    _, statuses, events = read(connection, folder, batch_bytes)
    assert statuses == {"ada": "processed", "bob": "failed", "cy": "processed"}
    assert events == ["ada1", "ada2", "cy1", "cy2"]
    for kind, number in (("event", 4), ("message", 2)):
        pattern = str(folder.parent / "store" / f"{kind}s-*.parquet")
        found = connection.execute("select count(*) from read_parquet(?)", [pattern]).fetchall()
        assert found == [(number,)], "of the two other users only"
    rows = connection.execute("from mailbox order by person_no").fetchall()
    (number, status, reason, covered_from, covered_to) = rows[1]
    assert (number, status, covered_from, covered_to) == (2, "failed", None, None)
    assert reason.startswith(f"mailboxes/bob/{name}, line ")
    assert reason.endswith(". Nothing of it counts: it was never read whole.")
    assert PRIVATE not in reason
    assert rows[0] == (1, "processed", None, WINDOW.start, WINDOW.as_of)


ODD_LINES = [
    b'{"id": "a", "id": "b"}\n',
    b'{"id": "a", "from": {"emailAddress": 5, "emailAddress": {}}, "isDraft": [1e308]}\n',
    b'{"f": 1, "l": 2, "r": {"id": "x"}}\n',
    b'{"id": "\\u0000"}\n',
    b'{"id": "x", "from": '
    + b"[" * 500
    + b"]" * 500
    + b', "start": {"a": '
    + b"[" * 500
    + b"]" * 500
    + b"}}",
]


@pytest.mark.parametrize("name", ["events.ndjson", "messages.ndjson"])
@pytest.mark.parametrize(
    "line", ODD_LINES, ids=["key twice", "inner key twice", "ours", "NUL", "deep"]
)
def test_one_odd_line_does_not_stop_the_run(
    connection: Connection, folder: Path, name: str, line: bytes
) -> None:
    """The mailbox may fail for it; the others may not."""
    write(folder, f"bob/{name}", raw=line)
    _, statuses, events = read(connection, folder)
    assert (statuses["ada"], statuses["cy"]) == ("processed", "processed")
    assert set(events) >= {"ada1", "ada2", "cy1", "cy2"}


def test_a_person_without_a_mailbox(connection: Connection, folder: Path) -> None:
    read(connection, folder)
    for file in (folder / "mailboxes" / "bob").iterdir():
        file.unlink()
    _, statuses, _ = read(connection, folder)
    assert statuses == ALL_PROCESSED, "an empty mailbox is one"
    (folder / "mailboxes" / "bob").rmdir()
    _, statuses, events = read(connection, folder)
    assert statuses == {"ada": "processed", "bob": "no_mailbox", "cy": "processed"}
    assert events == ["ada1", "ada2", "cy1", "cy2"]
    assert len(ActivityStore(folder.parent / "store")) == 6
    assert on_disk(connection, folder) == ["ada1", "ada2", "ada3", "cy1", "cy2", "cy3"]
    (row,) = connection.execute("from mailbox where person_no = 2").fetchall()
    assert row[1] == "no_mailbox"
    assert row[2]
    assert row[3:] == (None, None)


def test_what_the_models_are_given(connection: Connection, folder: Path) -> None:
    write(folder, "ada/excluded_folders.json", raw=b'["d", "j"]')
    read(connection, folder)
    folders = connection.execute(
        "select person_no, folder_key in (key_of('d'), key_of('j')) from excluded_folder"
    ).fetchall()
    assert folders == [(1, True), (1, True)]
    rows = connection.execute(
        f"select person_no, file_no, line, {ITEM_ID} from landed_event order by all"
    )
    assert rows.fetchall()[:4] == [
        *((1, 1, 1, "ada2"), (1, 2, 1, "ada1"), (2, 1, 1, "bob2"), (2, 2, 1, "bob1"))
    ], "files are numbered in the order of their names"


def test_what_was_landed_before_a_kill_is_kept(
    connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        kill_at(patch, "cy")
        with pytest.raises(KeyboardInterrupt):
            read(connection, folder, batch_bytes=1)
    assert not list((folder.parent / "store").glob("incoming-*"))
    opened, statuses, events = read(connection, folder, batch_bytes=1)
    assert opened == [name for name in EVERYTHING if name.startswith("cy/")]
    assert (statuses, events) == (ALL_PROCESSED, ALL_EVENTS)


# The whole path


def hashes(published: Path) -> dict[str, bytes]:
    """Return the bytes of every table that tells of one run only."""
    return {
        file.name: file.read_bytes()
        for file in published.glob("parquet/*.parquet")
        if file.stem not in OF_SEVERAL_RUNS
    }


@pytest.mark.parametrize("seed", [3, 11])
def test_small_batches_publish_the_same(tmp_path: Path, seed: int) -> None:
    results = []
    for name, batch_bytes in (("one", BATCH_BYTES), ("many", 2_000)):
        config_file = write_organisation(tmp_path / name, random.Random(seed))
        results.append(hashes(pipeline.run(config_file, batch_bytes=batch_bytes)))
    stores = [list((tmp_path / name).glob("data/activity/*.parquet")) for name in ("one", "many")]
    assert len(stores[1]) > len(stores[0])
    assert results[0] == results[1]


def test_opting_out_erases_over_the_whole_path(folder: Path) -> None:
    (folder / "organization.json").write_text('{"verifiedDomains": [{"name": "contoso.com"}]}')
    contacts = folder.parent / "contacts.csv"
    contacts.write_text("CustomerId,Email\nC1,ann@customer.example\n", encoding="utf-8")
    content = {
        "source": {"kind": "folder", "path": "activity"},
        "mailboxes": {"addresses": [f"{name}@contoso.com" for name in USERS], "opted_out": []},
        "customers": {"contacts": "contacts.csv"},
        "privacy_terms": {"accepted_by": "x", "accepted_at": "2024-01-01T00:00:00Z"},
        "as_of": "2024-06-14T12:00:00Z",
    }
    config_file = folder.parent / "engagement.yaml"
    for number, opted_out in enumerate(([], ["bob@contoso.com"])):
        content["mailboxes"] = {
            "addresses": [f"{n}@contoso.com" for n in USERS],
            "opted_out": opted_out,
        }
        config_file.write_text(yaml.safe_dump(content), encoding="utf-8")
        published = pipeline.published(pipeline.run(config_file, f"r{number}"))
        expected = [name for name in USERS if not (name == "bob" and opted_out)]
        assert [row["UserId"] for row in published["Office_Mailbox"]] == expected
        with duckdb.connect() as connection:
            pattern = str(folder.parent / "data" / "activity" / "events-*.parquet")
            database.prepare(connection, folder.parent / "spill")
            rows = connection.execute(
                f"select {ITEM_ID} from read_parquet(?) order by 1", [pattern]
            )
            assert [item[:-1] for (item,) in rows.fetchall()] == [n for n in expected for _ in "12"]
    manifest = (folder.parent / "data" / "activity" / "manifest.json").read_bytes()
    assert b"bob" not in manifest


@pytest.mark.parametrize("seed", [2, 5])
def test_the_same_data_are_the_same_bytes(tmp_path: Path, seed: int) -> None:
    """In the next run, in another folder, on another number of threads."""
    here = write_organisation(tmp_path / "here", random.Random(seed))
    there = write_organisation(tmp_path / "there", random.Random(seed))
    first = hashes(pipeline.run(here, "r1"))
    assert len(first) == len(TABLES) - len(OF_SEVERAL_RUNS)
    assert hashes(pipeline.run(here, "r2")) == first
    assert hashes(pipeline.run(there, "r1", threads=4)) == first


def test_runs_and_scores_are_kept_over_runs(tmp_path: Path) -> None:
    config_file = write_organisation(tmp_path / "o", random.Random(4))
    first = pipeline.published(pipeline.run(config_file, "r1"))
    second = pipeline.published(pipeline.run(config_file, "r2"))
    assert [row["RunId"] for row in second["Office_Run"]] == ["r1", "r2"]
    assert second["Office_Run"][0] == first["Office_Run"][0]
    for run_id in ("r1", "r2"):
        scores = [row for row in second["Office_ScoreHistory"] if row["RunId"] == run_id]
        assert [row | {"RunId": "r1"} for row in scores] == first["Office_ScoreHistory"]
