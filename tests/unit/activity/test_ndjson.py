"""JSON lines from plain, gzip and zstd files: all of a file is read, or it is said why not."""

import gzip
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement_assets.activity import ndjson
from engagement_assets.activity.ndjson import json_lines
from engagement_assets.activity.source import BrokenFileError

Pack = Callable[[bytes], bytes]


def pack_gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def pack_checked_zstd(content: bytes) -> bytes:
    return zstd.compress(content, options={zstd.CompressionParameter.checksum_flag: 1})


PACKS: dict[str, Pack] = {".ndjson": bytes, ".ndjson.gz": pack_gzip, ".ndjson.zst": zstd.compress}
COMPRESSED: dict[str, Pack] = {name: PACKS[name] for name in (".ndjson.gz", ".ndjson.zst")}
MARK = b"\xef\xbb\xbf"
EVERY_ENDING = pytest.mark.parametrize("ending", PACKS)
PRIVATE = "ann.secret@customer.example"
GOOD = b'{"id": "a"}'


def read(file: Path) -> list[tuple[int, dict[str, object]]]:
    return list(json_lines(file, "mailboxes/u/messages.ndjson"))


def write(folder: Path, ending: str, *parts: bytes) -> Path:
    """Write a file of several parts, each compressed on its own."""
    file = folder / f"messages{ending}"
    file.write_bytes(b"".join(PACKS[ending](part) for part in parts))
    return file


def problem(file: Path) -> str:
    with pytest.raises(BrokenFileError) as caught:
        read(file)
    message = str(caught.value)
    assert PRIVATE not in message
    assert message.startswith("mailboxes/u/messages.ndjson, line ")
    return message.removeprefix("mailboxes/u/messages.ndjson, ")


def test_every_ending_is_known() -> None:
    other = {ending.replace(".ndjson", ".jsonl") for ending in PACKS}
    assert set(ndjson.ENDINGS) == {*PACKS, *other}


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *[("messages.ndjson", True), ("Users.NDJSON.gz", True), ("EVENTS.JsonL.ZST", True)],
        *[("messages.json", False), ("messages.ndjson.bz2", False), ("messages.jsonl.", False)],
        *[("ndjson", False), ("messages.gz", False)],
    ],
)
def test_names_in_any_case(name: str, is_one: bool) -> None:
    assert ndjson.is_named_so(name) is is_one


@pytest.mark.parametrize(
    ("ending", "pack"),
    [(".JSONL", bytes), (".jsonl.GZ", pack_gzip), (".NDJSON.Zst", zstd.compress)],
)
def test_how_a_file_is_packed_its_ending_says_in_any_case(
    tmp_path: Path, ending: str, pack: Pack
) -> None:
    file = tmp_path / f"messages{ending}"
    file.write_bytes(pack(GOOD))
    assert read(file) == [(1, {"id": "a"})]


@EVERY_ENDING
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n\r\n \t \n", []),
        (b'{"a":1}', [(1, {"a": 1})]),
        (b'{"a":1}\n', [(1, {"a": 1})]),
        (b'{"a":1}\r\n{"a":2}\r\n', [(1, {"a": 1}), (2, {"a": 2})]),
        (b'\n  {"a":1} \t\n\n \r\n{"a":2}', [(2, {"a": 1}), (5, {"a": 2})]),
        (b'{"a":\r1}\n{}', [(1, {"a": 1}), (2, {})]),
        ('{"a":"é\u2028\x85日"}\n{}'.encode(), [(1, {"a": "é\u2028\x85日"}), (2, {})]),
        (MARK + b'{"a":1}\r\n{"a":2}', [(1, {"a": 1}), (2, {"a": 2})]),
        (MARK + b"\n" + MARK + b'{"a":1}\n' + MARK, [(2, {"a": 1})]),
        (b" " + MARK + MARK + b' {"a":"\xef\xbb\xbf"} ', [(1, {"a": "\ufeff"})]),
    ],
    ids=[
        *("empty", "blank", "no end of line", "one", "CRLF", "blank between", "CR"),
        *("Unicode lines", "mark", "a mark for each file that was put in", "marks"),
    ],
)
def test_lines_and_their_numbers(
    tmp_path: Path, ending: str, content: bytes, expected: list[tuple[int, dict[str, object]]]
) -> None:
    assert read(write(tmp_path, ending, content)) == expected


@pytest.mark.parametrize("ending", COMPRESSED)
def test_members_are_put_together(tmp_path: Path, ending: str) -> None:
    """`cat a.gz b.gz` is a gzip file, and a line may begin in one member and end in the next."""
    file = write(tmp_path, ending, b'{"a":1}\n{"a"', b":2}", b"", b'\n\n{"a":3}\n')
    assert read(file) == [(1, {"a": 1}), (2, {"a": 2}), (4, {"a": 3})]


NO_OBJECTS = {
    "array": b"[]",
    "text": json.dumps(PRIVATE).encode(),
    "number": b"5",
    "null": b"null",
    "true": b"true",
    "broken": b'{"id": "ann.secret@customer.example"',
    "trailing comma": b'{"id": "ann.secret@customer.example",}',
    "single quotes": b"{'id': 'ann.secret@customer.example'}",
    "NaN": b'{"to": "ann.secret@customer.example", "id": NaN}',
    "Infinity": b'{"id": -Infinity}',
    "beyond a double": b'{"id": 1e999}',
    "two objects": b'{"id": "x"} {"id": "y"}',
    "leading zero": b'{"id": 01}',
    "control character": b'{"id": "a\tb"}',
    "half a surrogate pair, and broken": b'{"id": "\\ud800",}',
    "half an escape": b'{"id": "\\ud8"}',
    "an escape outside": b'{"id": \\ud800}',
    "comment": b"// ann.secret@customer.example",
    "byte-order mark within": b'{"id": \xef\xbb\xbf1}',
    "NUL": b"\0",
    "too deep": b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@EVERY_ENDING
@pytest.mark.parametrize("line", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_what_is_not_an_object(tmp_path: Path, ending: str, line: bytes) -> None:
    file = write(tmp_path, ending, GOOD + b"\r\n\n" + line + b"\n" + GOOD)
    assert problem(file) == "line 3: not a JSON object"


@EVERY_ENDING
@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "caf\xe9"}',
        b'{"id": "\xed\xa0\x80"}',
        b'{"id": "\xff"}',
        b'{"id": "\xed\xa0\x80 \\ud83d"}',
    ],
    ids=["Latin-1", "surrogate", "0xFF", "both kinds of surrogates"],
)
def test_what_is_not_utf_8(tmp_path: Path, ending: str, line: bytes) -> None:
    assert problem(write(tmp_path, ending, GOOD + b"\n" + line + b"\n")) == "line 2: not UTF-8"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@EVERY_ENDING
def test_utf_16_is_named(tmp_path: Path, ending: str, encoding: str) -> None:
    """So does Windows PowerShell write with >: nobody sees it in an editor."""
    content = f'{{"id": "{PRIVATE}"}}\r\n{{"id": "b"}}\r\n'.encode(encoding)
    assert problem(write(tmp_path, ending, content)).startswith("line 1: not UTF-8 but UTF-16")
    shortest = "5".encode(encoding)
    assert problem(write(tmp_path, ending, shortest)).startswith("line 1: not UTF-8 but UTF-16")


def test_a_whole_file_of_json(tmp_path: Path) -> None:
    file = tmp_path / "organization.json"
    file.write_bytes(MARK + b'\r\n{"a":\n"\\ud83d"}\n')
    assert ndjson.json_file(file, "organization.json", "broken") == {"a": "\ufffd"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "line 1: no list"),
        (b'["a",\n"b"\n"c"]', "line 3: no list"),
        (b'["a",\n"\xff"]', "line 1: not UTF-8"),
        ('["a"]'.encode("utf-16"), "line 1: not UTF-8 but UTF-16"),
        (None, "line 1: cannot be read (No such file or directory)"),
    ],
    ids=["empty", "broken", "not UTF-8", "UTF-16", "missing"],
)
def test_a_whole_file_that_is_not_json(
    tmp_path: Path, content: bytes | None, expected: str
) -> None:
    file = tmp_path / "folders.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BrokenFileError) as caught:
        ndjson.json_file(file, "mailboxes/u/folders.json", "no list")
    assert str(caught.value).startswith(f"mailboxes/u/folders.json, {expected}")


def test_lines_before_the_broken_one_are_yielded(tmp_path: Path) -> None:
    """Lines stream: whoever wrote the first ones has to take them back."""
    lines = json_lines(write(tmp_path, ".ndjson", GOOD + b"\n[]\n"), "x")
    assert next(lines) == (1, {"id": "a"})
    with pytest.raises(BrokenFileError):
        next(lines)


@EVERY_ENDING
def test_the_longest_line(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson, "LONGEST_LINE", 40)
    longest = b'{"id":"' + b"x" * 30 + b'"}'
    assert len(longest) == 39
    both = write(tmp_path, ending, longest + b"\n" + longest + b"\n")
    assert read(both) == [(number, {"id": "x" * 30}) for number in (1, 2)]
    too_long = longest.replace(b"x", PRIVATE.encode() + b"x", 1)
    assert "line 2: longer than" in problem(write(tmp_path, ending, GOOD + b"\n" + too_long))


@pytest.mark.parametrize("ending", COMPRESSED)
def test_a_bomb_does_not_fill_the_memory(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson, "LONGEST_LINE", 100_000)
    file = write(tmp_path, ending, b" " * 60_000_000)
    assert peak(lambda: problem(file)) < 6_000_000


@pytest.mark.parametrize("ending", PACKS)
def test_memory_stays_flat(tmp_path: Path, ending: str) -> None:
    line = b'{"id": "%d", "text": "' + b"x" * 150 + b'"}\n'
    content = b"".join(line % number for number in range(100_000))
    assert len(content) > 17_000_000
    file = write(tmp_path, ending, content)
    del content

    def count() -> None:
        assert sum(1 for _ in json_lines(file, "x")) == 100_000

    assert peak(count) < 3_000_000


def peak(action: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


PARTS = st.lists(
    st.lists(st.sampled_from([GOOD, b"", b'{"text": "' + b"ab" * 40 + b'"}']), max_size=6).map(
        lambda lines: b"".join(line + b"\n" for line in lines)
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize("pack", [pack_gzip, zstd.compress, pack_checked_zstd])
@settings(max_examples=12)
@given(parts=PARTS)
def test_a_file_that_ends_too_early_is_noticed(
    tmp_path: Path, pack: Pack, parts: list[bytes]
) -> None:
    """At every single byte: an export that is still being copied must not count as a whole one."""
    ending = ".gz" if pack is pack_gzip else ".zst"
    file = tmp_path / f"messages.ndjson{ending}"
    packed = [pack(part) for part in parts]
    whole = b"".join(packed)
    boundaries = {
        sum(map(len, packed[:number])): b"".join(parts[:number])
        for number in range(len(packed) + 1)
    }
    for length in range(1, len(whole) + 1):
        file.write_bytes(whole[:length])
        if length in boundaries:
            expected = [json.loads(line) for line in boundaries[length].split(b"\n") if line]
            assert [content for _, content in read(file)] == expected
        else:
            assert "the compression is broken" in problem(file)


@pytest.mark.parametrize("ending", COMPRESSED)
def test_a_compressed_file_without_a_byte_is_not_a_whole_one(tmp_path: Path, ending: str) -> None:
    """A plain one may be empty; of these, not even the beginning has arrived."""
    file = tmp_path / f"messages{ending}"
    file.touch()
    assert problem(file) == "line 1: the compression is broken"


@pytest.mark.parametrize("place", [-1, -5, -9], ids=["length", "checksum", "data"])
def test_gzip_that_was_damaged(tmp_path: Path, place: int) -> None:
    packed = bytearray(pack_gzip(b"".join(b'{"id": "%d"}\n' % number for number in range(99))))
    packed[place] ^= 0xFF
    file = tmp_path / "messages.ndjson.gz"
    file.write_bytes(packed)
    assert problem(file)


@pytest.mark.parametrize("ending", COMPRESSED)
@pytest.mark.parametrize("content", [GOOD, b"\0" * 20, b"hello"], ids=["plain", "NUL", "text"])
def test_what_is_not_compressed_at_all(tmp_path: Path, ending: str, content: bytes) -> None:
    file = tmp_path / f"messages{ending}"
    file.write_bytes(content)
    assert problem(file) == "line 1: the compression is broken"


@pytest.mark.parametrize("ending", COMPRESSED)
def test_rubbish_behind_the_data(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"messages{ending}"
    file.write_bytes(COMPRESSED[ending](GOOD + b"\n") + b"hello")
    assert problem(file) == "line 2: the compression is broken"


@EVERY_ENDING
def test_what_cannot_be_opened(tmp_path: Path, ending: str) -> None:
    assert problem(tmp_path / f"missing{ending}").startswith("line 1: cannot be read (No such")
    folder = tmp_path / f"folder{ending}"
    folder.mkdir()
    assert problem(folder).startswith("line 1: cannot be read (Is a directory")
