"""The activity store: whole batches or nothing, and nothing of what must not stay."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from engagement_assets.activity.source import (
    FIELDS,
    BrokenFileError,
    Kind,
)
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.activity_store import ActivityStore
from tests.support.landing import ITEM_ID, file, land, numbered

Connection = duckdb.DuckDBPyConnection


def exposed(
    connection: Connection, store: ActivityStore, *live: tuple[int, str, int, str]
) -> list[tuple[object, ...]]:
    store.expose(connection, live)
    return connection.execute(
        f"select person_no, file_no, line, {ITEM_ID} from landed_event order by all"
    ).fetchall()


def stored(connection: Connection, folder: Path) -> list[str]:
    """Return the ids of all events on disk, whether they count or not."""
    found: list[str] = []
    for path in folder.glob("events-*.parquet"):
        rows = connection.execute(f"select {ITEM_ID} from read_parquet(?)", [str(path)]).fetchall()
        found += [item for (item,) in rows]
    return sorted(found)


def parquet(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_what_is_landed_is_known_to_the_next_run(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["1", "2"], file("m", "message"): ["3"]}})
    land(connection, store, {"bob": {file("a"): []}})
    again = ActivityStore(folder)
    assert len(again) == 3
    for user_id, known in (("ada", True), ("bob", True), ("cy", False)):
        assert again.is_landed(user_id, file("a")) is known
    assert not again.is_landed("ada", file("b"))
    assert not again.is_landed("ada", file("a", size=10))
    assert not again.is_landed("ada", file("a", modified_ns=6))
    assert set(parquet(folder)) == {
        *("events-000001.parquet", "messages-000001.parquet", "events-000002.parquet")
    }


def test_only_what_counts_is_exposed(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(
        connection,
        store,
        {"ada": {file("a"): ["1", "2"], file("b"): ["3"]}, "bob": {file("a"): ["4"]}},
    )
    land(connection, store, {"cy": {file("a"): ["5"]}})
    assert exposed(connection, store, (1, "ada", 2, "b"), (7, "cy", 1, "a")) == [
        (1, 2, 1, "3"),
        (7, 1, 1, "5"),
    ]
    assert len(exposed(connection, store, (1, "ada", 1, "a"), (2, "bob", 1, "a"))) == 3
    assert exposed(connection, store) == []


@pytest.mark.parametrize("kind", ["message", "event"])
def test_the_tables_have_their_columns_with_and_without_rows(
    connection: Connection, folder: Path, kind: Kind
) -> None:
    """A view and an empty table take turns, whatever was there before."""
    store = ActivityStore(folder)
    expected = [
        (name, type_) for name, (type_, _) in INPUT_TABLES[f"landed_{kind}"].columns.items()
    ]
    for content in ({}, {file("a", kind): ["1"]}, {}):
        store.keep_only("ada", ())
        land(connection, store, {"ada": content})
        store.expose(connection, [(1, "ada", 1, f.name) for f in content])
        described = connection.execute(f"describe landed_{kind}").fetchall()
        assert [(row[0], row[1]) for row in described] == expected
        counted = connection.execute(f"select count(*) from landed_{kind}").fetchall()
        assert counted == [(len(content),)]


def test_a_changed_file_replaces_what_it_was(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["old", "kept"], file("b"): ["other"]}})
    land(connection, store, {"ada": {file("a", size=10): ["new", "kept"]}})
    live = ((1, "ada", 1, "a"), (1, "ada", 2, "b"))
    expected = [(1, 1, 1, "new"), (1, 1, 2, "kept"), (1, 2, 1, "other")]
    assert exposed(connection, store, *live) == expected
    again = ActivityStore(folder)
    assert not again.is_landed("ada", file("a"))
    assert exposed(connection, again, *live) == expected


def test_a_removed_file_never_comes_back_as_another(connection: Connection, folder: Path) -> None:
    """Rows of forgotten files stay in their batch for a while: their number is not free."""
    land(
        connection,
        ActivityStore(folder),
        {"ada": {file("a"): ["1", "2", "3"], file("b"): ["gone"]}},
    )
    second = ActivityStore(folder)
    second.keep_only("ada", ["a"])
    second.tidy(connection)
    third = ActivityStore(folder)
    land(connection, third, {"bob": {file("c"): ["new"]}})
    assert exposed(connection, third, (1, "ada", 1, "a"), (2, "bob", 1, "c")) == [
        *((1, 1, 1, "1"), (1, 1, 2, "2"), (1, 1, 3, "3"), (2, 1, 1, "new"))
    ]


# A mailbox that fails


@pytest.mark.parametrize("broken", [["x", "!"], ["!"]], ids=["late", "at once"])
def test_nothing_of_a_broken_mailbox_stays(
    connection: Connection, folder: Path, broken: list[str]
) -> None:
    store = ActivityStore(folder)
    with store.batch() as batch:
        batch.add_mailbox(
            "ada", {file("a"): numbered(["1"]), file("m", "message"): numbered(["2"])}
        )
        before = batch.size
        files = {
            file("m", "message"): numbered(["x"] * 999),
            file("a"): numbered(["x"] * 999),
            file("b"): numbered(broken),
        }
        with pytest.raises(BrokenFileError):
            batch.add_mailbox("bob", files)
        assert batch.size == before
        batch.add_mailbox("cy", {file("a"): numbered(["3", "4"])})
        store.commit(connection, batch)
    assert stored(connection, folder) == ["1", "3", "4"]
    landed = [user for user in ("ada", "bob", "cy") if store.is_landed(user, file("a"))]
    assert landed == ["ada", "cy"]
    live = ((1, "ada", 1, "a"), (3, "cy", 1, "a"))
    assert exposed(connection, store, *live) == [(1, 1, 1, "1"), (3, 1, 1, "3"), (3, 1, 2, "4")]
    assert connection.execute("select count(*) from landed_message").fetchall() == [(0,)]


def test_an_empty_batch_writes_nothing(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {}})
    assert list(folder.iterdir()) == []


def test_what_comes_in_is_removed_whatever_happens(connection: Connection, folder: Path) -> None:
    """It is Graph's text as it came: subjects and addresses, if somebody exported them."""
    store = ActivityStore(folder)

    def kill() -> None:
        with store.batch() as batch:
            batch.add_mailbox("ada", {file("a"): numbered(["1"])})
            assert list(folder.glob("incoming-*"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kill()
    assert list(folder.iterdir()) == []


# A run that is killed


def kill_at(target: object, name: str, number: int = 1) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what makes the nth call of a function end the run."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        original = getattr(target, name)
        calls = []

        def killed(*args: object, **options: object) -> object:
            calls.append(name)
            if len(calls) == number:
                raise KeyboardInterrupt
            return original(*args, **options)

        patch.setattr(target, name, killed)

    return apply


KILLS = {
    "before the first COPY": kill_at(ActivityStore, "_write", 1),
    "between the two COPYs": kill_at(ActivityStore, "_write", 2),
    "before Parquet is renamed": kill_at(Path, "replace", 1),
    "before the manifest": kill_at(ActivityStore, "_save"),
    "while the manifest is flushed": kill_at(os, "fsync"),
    "before the manifest is renamed": kill_at(Path, "replace", 3),
}


@pytest.mark.parametrize("kill", KILLS.values(), ids=KILLS)
def test_a_kill_leaves_the_store_as_it_was(
    connection: Connection,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    kill: Callable[[pytest.MonkeyPatch], None],
) -> None:
    land(connection, ActivityStore(folder), {"ada": {file("a"): ["1"]}})
    manifest = (folder / "manifest.json").read_bytes()
    changed = {file("a", size=10): ["2"], file("m", "message"): ["3"]}
    with monkeypatch.context() as patch:
        kill(patch)
        with pytest.raises(KeyboardInterrupt):
            land(connection, ActivityStore(folder), {"ada": changed})
    assert (folder / "manifest.json").read_bytes() == manifest
    again = ActivityStore(folder)
    assert again.is_landed("ada", file("a"))
    assert not any(again.is_landed("ada", f) for f in changed)
    assert exposed(connection, again, (1, "ada", 1, "a")) == [(1, 1, 1, "1")]

    land(connection, again, {"ada": changed})
    again.tidy(connection)
    assert exposed(connection, again, (1, "ada", 1, "a")) == [(1, 1, 1, "2")]
    assert stored(connection, folder) == ["2"]
    assert not list(folder.glob("*.building"))


def test_leftovers_are_removed(connection: Connection, folder: Path) -> None:
    """Also a batch that no manifest names and that a power cut left without its bytes."""
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["1"]}})
    kept = set(folder.iterdir())
    for name in (
        *("incoming-messages.ndjson", "incoming-events.ndjson", "messages-000002.building"),
        *("manifest.building", "messages-000009.parquet", "events-000009.parquet"),
    ):
        (folder / name).write_bytes(b"" if "message" in name else b"ann@customer.example")
    ActivityStore(folder).tidy(connection)
    assert set(folder.iterdir()) == kept


def test_a_batch_is_on_disk_before_the_manifest_names_it(
    connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut leaves a manifest that names an empty file, and no run works any more."""
    flushed: list[str] = []
    flush = os.fsync

    def record(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").resolve().name)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    land(connection, ActivityStore(folder), {"ada": {file("a"): ["1"]}})
    batch = [name for name in flushed if name.startswith("events-000001")]
    assert batch
    assert flushed.index(batch[0]) < flushed.index("manifest.building")


# Tidying


@pytest.mark.parametrize("dead", [1, 5, 9])
def test_what_does_not_count_is_not_kept(connection: Connection, folder: Path, dead: int) -> None:
    store = ActivityStore(folder)
    ids = [str(number) for number in range(10)]
    land(connection, store, {"ada": {file("dead"): ids[:dead], file("alive"): ids[dead:]}})
    land(connection, store, {"bob": {file("x"): ["other"]}})
    before = parquet(folder)
    store.keep_only("ada", ["alive"])
    store.tidy(connection)
    assert stored(connection, folder) == [*ids[dead:], "other"]
    assert "events-000001.parquet" not in parquet(folder)
    assert before["events-000002.parquet"] in parquet(folder).values(), "untouched"
    again = ActivityStore(folder)
    live = ((1, "ada", 1, "alive"), (2, "bob", 1, "x"))
    assert [row[-1] for row in exposed(connection, again, *live)] == [*ids[dead:], "other"]
    before = parquet(folder)
    again.tidy(connection)
    assert parquet(folder) == before, "once is enough"


def test_a_batch_that_is_all_dead_is_removed(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["1"], file("m", "message"): ["2"]}})
    store.keep_only("ada", ())
    store.tidy(connection)
    assert parquet(folder) == {}
    assert len(ActivityStore(folder)) == 0


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_kill_while_tidying(
    connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["1", "2"], file("b"): ["3"]}})
    land(connection, store, {"bob": {file("a"): ["4", "5"], file("b"): ["6"]}})
    for user_id in ("ada", "bob"):
        store.keep_only(user_id, ["b"])
    with monkeypatch.context() as patch:
        kill_at(Path, "replace", number)(patch)
        with pytest.raises(KeyboardInterrupt):
            store.tidy(connection)
    live = ((1, "ada", 1, "b"), (2, "bob", 1, "b"))
    for _ in range(2):
        again = ActivityStore(folder)
        assert exposed(connection, again, *live) == [(1, 1, 1, "3"), (2, 1, 1, "6")]
        for user_id in ("ada", "bob"):
            again.keep_only(user_id, ["b"])
        again.tidy(connection)
    assert stored(connection, folder) == ["3", "6"]


def test_who_opted_out_is_erased(connection: Connection, folder: Path) -> None:
    """However few the rows are: from every batch, from the manifest, at once."""
    store = ActivityStore(folder)
    many = [f"x{number}" for number in range(50)]
    land(connection, store, {"ada": {file("a"): many}, "bob": {file("a"): ["b1"]}})
    land(connection, store, {"bob": {file("b"): ["b2"], file("m", "message"): ["b3"]}})
    again = ActivityStore(folder)
    for user_id in ("bob", "nobody"):
        again.keep_only(user_id, ())
    again.tidy(connection)
    assert stored(connection, folder) == sorted(many)
    assert not list(folder.glob("messages-*.parquet"))
    assert b"bob" not in (folder / "manifest.json").read_bytes()
    assert len(exposed(connection, ActivityStore(folder), (1, "ada", 1, "a"))) == 50


def test_a_batch_whose_file_is_gone_is_read_anew(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["1"], file("m", "message"): ["2"]}})
    (folder / "events-000001.parquet").unlink()
    again = ActivityStore(folder)
    assert not again.is_landed("ada", file("a"))
    assert again.is_landed("ada", file("m", "message"))
    land(connection, again, {"ada": {file("a"): ["1"]}})
    assert exposed(connection, again, (1, "ada", 1, "a")) == [(1, 1, 1, "1")]


def test_only_the_fields_that_are_asked_for_are_written(folder: Path) -> None:
    """Subjects and bodies do not even reach the temporary file (docs/privacy.md)."""
    secret = {"subject": "hush", "bodyPreview": "hush", "body": {"content": "hush"}, "id": "x"}
    with ActivityStore(folder).batch() as batch:
        files = {file("m", "message"): iter([(1, secret)]), file("e"): iter([(1, secret)])}
        batch.add_mailbox("ada", files)
        for kind in FIELDS:
            text = batch.close(kind).read_bytes()
            assert b'"id":"x"' in text
            assert b"hush" not in text
