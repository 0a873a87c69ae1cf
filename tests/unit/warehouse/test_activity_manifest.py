"""The manifest of the activity store: damaged, older and newer ones."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path

import orjson
import pytest

from engagement_assets.errors import DataFolderError, SourceError
from engagement_assets.warehouse.activity_manifest import FILE, FORMAT
from engagement_assets.warehouse.activity_store import ActivityStore
from tests.support.landing import COVERED, Connection, file, land


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"files": [[1]]}', b"5"])
def test_a_manifest_that_is_damaged(connection: Connection, folder: Path, content: bytes) -> None:
    land(connection, ActivityStore(folder), {"ada": {file("a"): ["1"]}})
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(SourceError, match=r"manifest\.json: it is damaged\. Remove the folder"):
        ActivityStore(folder)


# file 7 is the one whose rows are there; the other has none
OLD_MANIFEST = b"""{%(format)s"last_id":7,"last_batch":1,"files":[
[7,"ADA-1","event","b",%(size)d,%(ns)d,0,1],[1,"ADA-1","event","a",%(size)d,%(ns)d,1,1]]}"""


@pytest.mark.parametrize("number", [b"", b'"format":1,'], ids=["none", "1"])
def test_an_older_manifest_is_brought_up_to_date(
    connection: Connection, folder: Path, number: bytes
) -> None:
    """Its files are what was last read whole, under the first rule; ids are in lower case now."""
    land(connection, ActivityStore(folder), {"ada-1": {file("a"): ["1"]}})
    a = file("a")
    old = OLD_MANIFEST % {b"format": number, b"size": a.size, b"ns": a.modified_ns}
    (folder / FILE).write_bytes(old)

    store = ActivityStore(folder)

    assert len(store) == 2
    assert not store.is_landed("ada-1", a), "it is read again, under the present rule"
    events, mail = store.last_read("ada-1", "event"), store.last_read("ada-1", "message")
    assert events is not None
    assert mail is not None
    assert [(f.file_id, f.name, f.rule) for f in events.files] == [(1, "a", 1), (7, "b", 1)]
    assert (mail.excluded_folders, events.excluded_folders) == (None, ())
    assert mail.files == (), "a mailbox without messages files was read, too"
    assert store.carried_over() == [mail, events]
    store.complete([replace(read, covered=COVERED) for read in (mail, events)])
    assert ActivityStore(folder).carried_over() == []
    land(connection, store, {"bob": {file("b"): ["2"]}})
    written = orjson.loads((folder / FILE).read_bytes())
    assert (written["format"], written["last_id"], written["last_batch"]) == (FORMAT, 8, 2)
    assert {row[0] for row in written["reads"]} == {"ada-1", "bob"}


def test_what_is_written_is_read(connection: Connection, folder: Path) -> None:
    land(connection, ActivityStore(folder), {"ada": {file("a"): ["1"], file("b"): []}})
    read = ActivityStore(folder).last_read("ada", "event")
    assert read is not None
    assert [f.name for f in read.files] == ["a", "b"]
    assert read.covered == COVERED
    assert [moment.tzinfo for moment in read.covered] == [UTC, UTC]


def test_a_manifest_of_a_newer_version_is_refused_and_stays(
    connection: Connection, folder: Path
) -> None:
    land(connection, ActivityStore(folder), {"ada": {file("a"): ["1"]}})
    (folder / FILE).write_bytes(b'{"format": 3}')
    with pytest.raises(DataFolderError, match=r"manifest\.json: a newer version wrote it"):
        ActivityStore(folder)
    assert (folder / FILE).read_bytes() == b'{"format": 3}'
    assert list(folder.glob("*.parquet"))
