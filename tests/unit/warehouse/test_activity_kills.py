"""The activity store when a run is killed, and what it takes off the disk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engagement_assets.warehouse.activity_store import ActivityStore
from tests.support.failing import fail_at
from tests.support.landing import Connection, exposed, file, land, parquet, stored


def kill_at(target: object, name: str, number: int = 1) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what makes the nth call of a function end the run."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        fail_at(patch, target, name, number, KeyboardInterrupt())

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
    assert exposed(connection, again, "ada") == [(1, 1, 1, "1")]

    land(connection, again, {"ada": changed})
    again.tidy(connection)
    assert exposed(connection, again, "ada") == [(1, 1, 1, "2")]
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
    land(connection, store, {"ada": {file("alive"): []}})
    store.tidy(connection)
    assert stored(connection, folder) == [*ids[dead:], "other"]
    assert "events-000001.parquet" not in parquet(folder)
    assert before["events-000002.parquet"] in parquet(folder).values(), "untouched"
    again = ActivityStore(folder)
    assert [row[-1] for row in exposed(connection, again, "ada", "bob")] == [*ids[dead:], "other"]
    before = parquet(folder)
    again.tidy(connection)
    assert parquet(folder) == before, "once is enough"


def test_a_batch_that_is_all_dead_is_removed(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["1"], file("m", "message"): ["2"]}})
    store.forget("ada")
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
    land(connection, store, {user_id: {file("b"): []} for user_id in ("ada", "bob")})
    with monkeypatch.context() as patch:
        kill_at(Path, "replace", number)(patch)
        with pytest.raises(KeyboardInterrupt):
            store.tidy(connection)
    for _ in range(2):
        again = ActivityStore(folder)
        assert exposed(connection, again, "ada", "bob") == [(1, 1, 1, "3"), (2, 1, 1, "6")]
        again.tidy(connection)
    assert stored(connection, folder) == ["3", "6"]


def test_who_opted_out_is_erased(connection: Connection, folder: Path) -> None:
    """However few the rows are: from every batch, from the manifest, at once."""
    store = ActivityStore(folder)
    many = [f"x{number}" for number in range(50)]
    land(connection, store, {"ada": {file("a"): many}, "bob": {file("a"): ["1"]}})
    more = {file("a"): [], file("b"): ["2"], file("m", "message"): ["3"]}
    land(connection, store, {"bob": more})
    again = ActivityStore(folder)
    for user_id in ("bob", "nobody"):
        again.forget(user_id)
    again.tidy(connection)
    assert stored(connection, folder) == sorted(many)
    assert not list(folder.glob("messages-*.parquet"))
    assert b"bob" not in (folder / "manifest.json").read_bytes()
    assert len(exposed(connection, ActivityStore(folder), "ada", "bob")) == 50
