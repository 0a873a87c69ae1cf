"""A mailbox in an activity folder: what is read of it, and what is said when that cannot be all."""

import gzip
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from backports import zstd

from engagement_assets.activity import folder_mailbox
from engagement_assets.activity.folder_mailbox import in_order
from engagement_assets.activity.ndjson import ENDINGS
from engagement_assets.activity.source import BrokenFileError, Mailbox

PRIVATE = "ann.secret@customer.example"
ITEM = {"id": "a"}
PASCAL_CASE = {"Id": "a", "SentDateTime": "2026-05-04T10:00:00Z", "Subject": PRIVATE}


def ndjson(*resources: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "mailboxes" / "ada"
    found.mkdir(parents=True)
    return found


def read(folder: Path) -> Mailbox:
    return folder_mailbox.read(folder.parent.parent, "ada", [folder])


def problem(folder: Path) -> str:
    """Return what is said, without the part of the path that all have."""
    with pytest.raises(BrokenFileError) as caught:
        read(folder)
    message = str(caught.value)
    assert PRIVATE not in message
    assert message.startswith("mailboxes/ada")
    return message.removeprefix("mailboxes/ada").removeprefix("/")


def test_the_order_of_names() -> None:
    """Which of two lines is the later one depends on it."""
    names = ["x/b", "x/A", "y/B", "x/a", "x/a-1", "x/B"]
    expected = ["x/A", "x/B", "y/B", "x/a", "x/a-1", "x/b"]
    assert [str(path) for path in in_order(map(Path, names))] == expected


def test_the_files_of_a_mailbox(folder: Path) -> None:
    line = ndjson(ITEM)
    names = {
        "messages.ndjson": line,
        "messages-2.ndjson.gz": gzip.compress(line),
        "Messages-10.NDJSON.zst": zstd.compress(line),
        "messages_old.jsonl": line,
        "EVENTS_b.JsonL.GZ": gzip.compress(line),
        "events.jsonl.zst": zstd.compress(line),
    }
    for name, content in names.items():
        (folder / name).write_bytes(content)
    for other in ("old-messages.ndjson", "notes.txt", ".messages.ndjson.swp", "calendar.ndjson"):
        (folder / other).write_bytes(b"x")
    (folder / "Excluded_Folders.JSON").write_text('["d", "j", "d"]', encoding="utf-8")
    found = read(folder)
    assert [(file.kind, file.path.name) for file in found.files] == [
        ("event", "EVENTS_b.JsonL.GZ"),
        ("message", "Messages-10.NDJSON.zst"),
        ("event", "events.jsonl.zst"),
        ("message", "messages-2.ndjson.gz"),
        ("message", "messages.ndjson"),
        ("message", "messages_old.jsonl"),
    ]
    for file in found.files:
        assert file.name == f"mailboxes/ada/{file.path.name}"
        assert file.size == len(names[file.path.name])
        assert file.modified_ns == file.path.stat().st_mtime_ns
    assert found.excluded_folders == ("d", "j")
    assert (found.user_id, found.status) == ("ada", "processed")


def test_an_empty_mailbox_is_one(folder: Path) -> None:
    assert (read(folder).files, read(folder).excluded_folders) == ((), ())


@pytest.mark.parametrize("name", ["messages{}", "Events-2{}"])
@pytest.mark.parametrize(
    "ending",
    [
        *(".json", ".csv", ".ndjson.bz2", ".jsonl.zip", ".ndjson.tmp", ".txt", "", ".gz", ".xml"),
        *(".ndjson~", "ndjson"),
    ],
)
def test_a_file_under_a_name_that_is_not_read(folder: Path, name: str, ending: str) -> None:
    """Passed over, it would be a mailbox in which nobody wrote anything."""
    (folder / "messages-1.ndjson").write_bytes(ndjson(ITEM))
    (folder / name.format(ending)).write_bytes(ndjson(ITEM))
    found = problem(folder)
    assert found.startswith(f"{name.format(ending)}, line 1: the name has none of the endings")
    for known in ENDINGS:
        assert known in found


@pytest.mark.parametrize("name", ["messages", "events", "Messages-2026", "events.d"])
def test_a_folder_of_files_is_not_read(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "1.ndjson").write_bytes(ndjson(ITEM))
    assert problem(folder).startswith(f"{name}, line 1: the name has none of the endings")


def test_a_folder_that_is_named_like_a_file(folder: Path) -> None:
    (folder / "events.ndjson").mkdir()
    assert problem(folder) == "events.ndjson, line 1: cannot be read (Is a directory)"


@pytest.mark.parametrize("kind", ["messages", "events"])
@pytest.mark.parametrize(
    "lines",
    [
        *([PASCAL_CASE], [PASCAL_CASE] * 3, [{}], [{"message": ITEM}]),
        *([{"id": None, "sentDateTime": None, "start": None}], [{"receivedDateTime": "x"}]),
    ],
    ids=["PascalCase", "several", "empty", "wrapped", "null", "another time"],
)
def test_files_without_an_item(folder: Path, kind: str, lines: list[Mapping[str, object]]) -> None:
    """They would count as items that nobody sent at no time."""
    (folder / f"{kind}-1.ndjson").write_bytes(b"\n\r\n")
    (folder / f"{kind}-2.ndjson").write_bytes(b"\n" + ndjson(*lines))
    (folder / f"{kind}-3.ndjson").write_bytes(ndjson(*lines))
    found = problem(folder)
    assert found.startswith(f"{kind}-2.ndjson, line 2: no line of the {kind} has an id or a time")
    assert ("start" if kind == "events" else "sentDateTime") in found


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        *[("messages", ITEM), ("messages", {"sentDateTime": "?"}), ("messages", {"id": 5})],
        *[("events", ITEM), ("events", {"start": {}})],
    ],
)
def test_one_item_in_any_file_is_enough(
    folder: Path, kind: str, item: Mapping[str, object]
) -> None:
    """Which of the other lines can be read is the numbers' business, and is counted there."""
    (folder / f"{kind}-1.ndjson").write_bytes(ndjson(PASCAL_CASE, {}))
    (folder / f"{kind}-2.jsonl").write_bytes(ndjson({}, item, {}))
    assert len(read(folder).files) == 2


def test_each_kind_has_items_of_its_own(folder: Path) -> None:
    (folder / "messages.ndjson").write_bytes(ndjson(ITEM))
    (folder / "events.ndjson").write_bytes(ndjson(PASCAL_CASE))
    assert problem(folder).startswith("events.ndjson, line 1: no line of the events has an id")


def test_no_more_is_read_than_it_takes(folder: Path) -> None:
    """The rest is read when it is landed, and not again as long as nothing changes."""
    (folder / "messages.ndjson").write_bytes(ndjson(ITEM) + b"broken\n")
    (folder / "messages_2.ndjson").write_bytes(b"broken\n")
    assert len(read(folder).files) == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[]\n", "messages.ndjson, line 1: not a JSON object"),
        (ndjson({}) + b"\xff\n", "messages.ndjson, line 2: not UTF-8"),
        (ndjson({"value": [ITEM]}), "messages.ndjson, line 1: a page of Graph"),
    ],
)
def test_what_is_broken_where_items_are_looked_for(
    folder: Path, content: bytes, expected: str
) -> None:
    (folder / "messages.ndjson").write_bytes(content)
    assert problem(folder).startswith(expected)


@pytest.mark.parametrize(
    ("ending", "content"), [(".gz", b""), (".zst", b""), (".gz", b'{"id": 1}')]
)
def test_compression_that_is_broken_or_empty(folder: Path, ending: str, content: bytes) -> None:
    (folder / f"events.jsonl{ending}").write_bytes(content)
    assert problem(folder) == f"events.jsonl{ending}, line 1: the compression is broken"


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{}", b'"d"', b"[5]", b'["d", null]', b"[", b'[{"id": "d"}]', b'{"value": ["d"]}'),
        b'["d"]\n["j"]\n',
    ],
)
def test_excluded_folders_that_are_not_a_list_of_ids(folder: Path, content: bytes) -> None:
    """Without them drafts and junk would count: the mailbox fails."""
    (folder / "excluded_folders.json").write_bytes(content)
    expected = r"not a JSON array of folder ids"
    assert problem(folder).startswith("excluded_folders.json, line ")
    assert problem(folder).endswith(expected)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'\xef\xbb\xbf["d"]', ("d",)),
        (b'[\r\n"d",\r\n"j \\ud83d"]\r\n', ("d", "j \ufffd")),
        (b"[]", ()),
    ],
    ids=["mark", "several lines", "none"],
)
def test_excluded_folders_as_they_are_exported(
    folder: Path, content: bytes, expected: tuple[str, ...]
) -> None:
    (folder / "excluded_folders.json").write_bytes(content)
    assert read(folder).excluded_folders == expected


@pytest.mark.parametrize("content", [b"\xff", b'["\xff"]', '["d"]'.encode("utf-16")])
def test_excluded_folders_that_are_not_utf_8(folder: Path, content: bytes) -> None:
    (folder / "excluded_folders.json").write_bytes(content)
    assert problem(folder).startswith("excluded_folders.json, line 1: not UTF-8")


@pytest.mark.parametrize(
    "name", ["excluded_folders", "excluded_folders.jsonl", "Excluded_Folders.txt"]
)
def test_excluded_folders_under_a_name_that_is_not_read(folder: Path, name: str) -> None:
    (folder / name).write_text('["d"]', encoding="utf-8")
    assert problem(folder).startswith(f"{name}, line 1: the name is not excluded_folders.json")


@pytest.mark.parametrize("name", ["messages.ndjson", "events.jsonl.gz", "excluded_folders.json"])
def test_a_link_to_nowhere_fails_the_mailbox(folder: Path, name: str) -> None:
    """A mailbox that cannot be read fails alone; a FileNotFoundError would end the run."""
    (folder / name).symlink_to("nowhere")
    assert problem(folder).startswith(f"{name}, line 1: cannot be read (No such file")


def test_a_folder_that_went_away_fails_the_mailbox(folder: Path) -> None:
    shutil.rmtree(folder)
    assert problem(folder).startswith(", line 1: cannot be read (No such file")
