"""The activity store: whole batches or nothing, and nothing of what must not stay."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engagement_assets.activity.source import (
    FIELDS,
    ActivityFile,
    BrokenFileError,
    Kind,
    Mailbox,
    Resource,
)
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.activity_batch import Batch
from engagement_assets.warehouse.activity_store import ActivityStore
from tests.support.landing import (
    COVERED,
    ITEM_ID,
    Connection,
    exposed,
    file,
    land,
    numbered,
    of_an_earlier_version,
    parquet,
    stored,
)

Lines = Iterator[tuple[int, Resource]]
WEEK = timedelta(days=7)


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
    assert exposed(connection, store, "bob", "nobody", "cy") == [(1, 1, 1, "4"), (3, 1, 1, "5")]
    assert exposed(connection, store, "ada") == [
        *((1, 1, 1, "1"), (1, 1, 2, "2"), (1, 2, 1, "3")),
    ]
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
        land(connection, store, {"ada": content})
        store.expose(connection, {"ada": 1})
        described = connection.execute(f"describe landed_{kind}").fetchall()
        assert [(row[0], row[1]) for row in described] == expected
        counted = connection.execute(f"select count(*) from landed_{kind}").fetchall()
        assert counted == [(len(content),)]


def test_a_changed_file_replaces_what_it_was(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["old", "kept"], file("b"): ["other"]}})
    changed = {file("a", size=10): ["new", "kept"], file("b"): ["read already"]}
    land(connection, store, {"ada": changed})
    expected = [(1, 1, 1, "new"), (1, 1, 2, "kept"), (1, 2, 1, "other")]
    assert exposed(connection, store, "ada") == expected
    again = ActivityStore(folder)
    assert not again.is_landed("ada", file("a"))
    assert exposed(connection, again, "ada") == expected
    again.tidy(connection)
    assert stored(connection, folder) == ["kept", "new", "other"]


def test_a_removed_file_never_comes_back_as_another(connection: Connection, folder: Path) -> None:
    """Rows of forgotten files stay in their batch for a while: their number is not free."""
    land(
        connection,
        ActivityStore(folder),
        {"ada": {file("a"): ["1", "2", "3"], file("b"): ["gone"]}},
    )
    second = ActivityStore(folder)
    land(connection, second, {"ada": {file("a"): []}})
    second.tidy(connection)
    third = ActivityStore(folder)
    land(connection, third, {"bob": {file("c"): ["new"]}})
    assert exposed(connection, third, "ada", "bob") == [
        *((1, 1, 1, "1"), (1, 1, 2, "2"), (1, 1, 3, "3"), (2, 1, 1, "new"))
    ]


# A mailbox that fails


@pytest.mark.parametrize("broken", [["x", "!"], ["!"]], ids=["late", "at once"])
def test_nothing_of_a_broken_mailbox_stays(
    connection: Connection, folder: Path, broken: list[str]
) -> None:
    store = ActivityStore(folder)

    def add(batch: Batch, user_id: str, files: dict[ActivityFile, Lines]) -> None:
        batch.add_mailbox(Mailbox(user_id, tuple(files)), COVERED, files)

    with store.batch() as batch:
        add(batch, "ada", {file("a"): numbered(["1"]), file("m", "message"): numbered(["2"])})
        before = batch.size
        files = {
            file("m", "message"): numbered(["x"] * 999),
            file("a"): numbered(["x"] * 999),
            file("b"): numbered(broken),
        }
        with pytest.raises(BrokenFileError):
            add(batch, "bob", files)
        assert batch.size == before
        add(batch, "cy", {file("a"): numbered(["3", "4"])})
        store.commit(connection, batch)
    assert stored(connection, folder) == ["1", "3", "4"]
    landed = [user for user in ("ada", "bob", "cy") if store.is_landed(user, file("a"))]
    assert landed == ["ada", "cy"]
    assert store.last_read("bob", "event") is None
    assert exposed(connection, store, "ada", "bob", "cy") == [
        *((1, 1, 1, "1"), (3, 1, 1, "3"), (3, 1, 2, "4"))
    ]
    assert connection.execute("select count(*) from landed_message").fetchall() == [(1,)]


def test_an_empty_batch_writes_nothing(connection: Connection, folder: Path) -> None:
    land(connection, ActivityStore(folder), {})
    assert list(folder.iterdir()) == []


def test_an_empty_mailbox_was_read(connection: Connection, folder: Path) -> None:
    """Whatever comes later: that there was nothing in it is known, and up to when."""
    land(connection, ActivityStore(folder), {"ada": {}})
    again = ActivityStore(folder)
    read = again.last_read("ada", "message")
    assert read is not None
    assert (read.files, read.covered) == ((), COVERED)
    assert exposed(connection, again, "ada") == []


def test_kinds_are_kept_apart(connection: Connection, folder: Path) -> None:
    """Of a kind that was not read this time stays what was read before, its window included."""
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["1"], file("m", "message"): ["2"]}})
    later = (COVERED[0] + WEEK, COVERED[1] + WEEK)
    new = {file("m2", "message"): numbered(["3"])}
    with store.batch() as batch:
        mailbox = Mailbox("ada", tuple(new), ("drafts", "junk"), read=frozenset({"message"}))
        batch.add_mailbox(mailbox, later, new)
        store.commit(connection, batch)
    store.tidy(connection)
    again = ActivityStore(folder)
    assert exposed(connection, again, "ada") == [(1, 1, 1, "1")]
    found = connection.execute(f"select file_no, {ITEM_ID} from landed_message").fetchall()
    assert found == [(2, "3")]
    assert not again.is_landed("ada", file("m", "message"))
    mail, events = again.last_read("ada", "message"), again.last_read("ada", "event")
    assert mail is not None
    assert events is not None
    assert (mail.covered, events.covered) == (later, COVERED)
    keys = connection.execute("select key_of('drafts'), key_of('junk')").fetchall()
    assert (mail.excluded_folders, events.excluded_folders) == (keys[0], ())


def test_what_comes_in_is_removed_whatever_happens(connection: Connection, folder: Path) -> None:
    """It is Graph's text as it came: subjects and addresses, if somebody exported them."""
    store = ActivityStore(folder)

    def kill() -> None:
        with store.batch() as batch:
            a = file("a")
            batch.add_mailbox(Mailbox("ada", (a,)), COVERED, {a: numbered(["1"])})
            assert list(folder.glob("incoming-*"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kill()
    assert list(folder.iterdir()) == []


def test_a_batch_whose_file_is_gone_is_read_anew(connection: Connection, folder: Path) -> None:
    store = ActivityStore(folder)
    land(connection, store, {"ada": {file("a"): ["1"], file("m", "message"): ["2"]}})
    (folder / "events-000001.parquet").unlink()
    again = ActivityStore(folder)
    assert not again.is_landed("ada", file("a"))
    assert again.is_landed("ada", file("m", "message"))
    assert exposed(connection, again, "ada") == [], "half a read counts for nothing"
    land(connection, again, {"ada": {file("a"): ["1"], file("m", "message"): []}})
    assert exposed(connection, again, "ada") == [(1, 1, 1, "1")]


def test_only_the_fields_that_are_asked_for_are_written(folder: Path) -> None:
    """Subjects and bodies do not even reach the temporary file (docs/privacy.md)."""
    secret = {"subject": "hush", "bodyPreview": "hush", "body": {"content": "hush"}, "id": "x"}
    with ActivityStore(folder).batch() as batch:
        files = {file("m", "message"): iter([(1, secret)]), file("e"): iter([(1, secret)])}
        batch.add_mailbox(Mailbox("ada", tuple(files)), COVERED, files)
        for kind in FIELDS:
            text = batch.close(kind).read_bytes()
            assert b'"id":"x"' in text
            assert b"hush" not in text


# Rows of earlier versions


@pytest.mark.parametrize("kind", ["message", "event"])
def test_batches_of_an_earlier_version_are_read_beside_those_of_this_one(
    connection: Connection, folder: Path, kind: Kind
) -> None:
    """What they lack is nothing: an empty list, or null."""
    land(connection, ActivityStore(folder), {"ada": {file("a", kind): ["1"]}})
    of_an_earlier_version(connection, folder)
    store = ActivityStore(folder)
    source = INPUT_TABLES[f"landed_{kind}"]
    types = [(name, type_) for name, (type_, _) in source.columns.items()]
    lists = [name for name, type_ in types if type_.endswith("[]")]
    nothing = " and ".join([f"{name} = []" for name in lists] + ["modified_at is null"])
    query = f"select person_no, {ITEM_ID}, {nothing} from {source.name} order by 1"
    for user_id, expected in (("ada", [(1, "1", True)]), ("bob", [(1, "1", True), (2, "2", True)])):
        if user_id == "bob":
            land(connection, store, {"bob": {file("a", kind): ["2"]}})
        store.expose(connection, {"ada": 1, "bob": 2})
        assert connection.execute(query).fetchall() == expected
        described = connection.execute(f"describe {source.name}").fetchall()
        assert [(row[0], row[1]) for row in described] == types


def test_rows_of_an_earlier_rule_stay_until_they_are_read_again(
    connection: Connection, folder: Path
) -> None:
    """Nothing is landed any more in the sense of what need not be read; everything still counts."""
    land(
        connection,
        ActivityStore(folder),
        {"Ada": {file("a"): ["1"]}, "bob": {file("a"): ["2"]}, "cy": {file("a"): ["3"]}},
    )
    of_an_earlier_version(connection, folder)
    store = ActivityStore(folder)
    everybody = ("ada", "bob", "cy")
    assert not any(store.is_landed(user_id, file("a")) for user_id in everybody)
    land(connection, store, {"bob": {file("a"): ["B"]}})
    store.forget("cy")
    store.tidy(connection)
    assert stored(connection, folder) == ["1", "B"]
    again = ActivityStore(folder)
    assert [row[-1] for row in exposed(connection, again, *everybody)] == ["1", "B"]
    of_rule = {}
    for user_id in ("ada", "bob"):
        read = again.last_read(user_id, "event")
        assert read is not None
        of_rule[user_id] = read.is_of_an_earlier_rule
    assert of_rule == {"ada": True, "bob": False}
    assert again.is_landed("bob", file("a"))
    land(connection, again, {"ada": {file("a"): ["A"]}})
    again.tidy(connection)
    assert stored(connection, folder) == ["A", "B"]
