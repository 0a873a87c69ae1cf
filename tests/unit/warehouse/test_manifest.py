"""The manifest of the activity store: damaged, older and newer ones."""

from pathlib import Path

import orjson
import pytest

from engagement_assets.errors import DataFolderError, SourceError
from engagement_assets.warehouse.activity_store import MANIFEST, MANIFEST_FORMAT, ActivityStore
from tests.support.landing import Connection, file, land


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"files": [[1]]}', b"5"])
def test_a_manifest_that_is_damaged(connection: Connection, folder: Path, content: bytes) -> None:
    land(connection, ActivityStore(folder), {"ada": {file("a"): ["1"]}})
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(SourceError, match=r"manifest\.json: it is damaged\. Remove the folder"):
        ActivityStore(folder)


OLD_MANIFEST = b'{"last_id":7,"last_batch":1,"files":[[7,"ada","event","a",%(size)d,%(ns)d,1,1]]}'


def test_a_manifest_without_a_format_is_brought_up_to_date(
    connection: Connection, folder: Path
) -> None:
    land(connection, ActivityStore(folder), {"ada": {file("a"): ["1"]}})
    a = file("a")
    old = OLD_MANIFEST % {b"size": a.size, b"ns": a.modified_ns}
    (folder / MANIFEST).write_bytes(old)

    store = ActivityStore(folder)

    assert store.is_landed("ada", a)
    land(connection, store, {"bob": {file("b"): ["2"]}})
    written = orjson.loads((folder / MANIFEST).read_bytes())
    assert (written["format"], written["last_id"], written["last_batch"]) == (MANIFEST_FORMAT, 8, 2)
    assert [row[1] for row in written["files"]] == ["ada", "bob"]


def test_a_manifest_of_a_newer_version_is_refused_and_stays(
    connection: Connection, folder: Path
) -> None:
    land(connection, ActivityStore(folder), {"ada": {file("a"): ["1"]}})
    (folder / MANIFEST).write_bytes(b'{"format": 2}')
    with pytest.raises(DataFolderError, match=r"manifest\.json: a newer version wrote it"):
        ActivityStore(folder)
    assert (folder / MANIFEST).read_bytes() == b'{"format": 2}'
    assert list(folder.glob("*.parquet"))
