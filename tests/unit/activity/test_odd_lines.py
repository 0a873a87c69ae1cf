"""What Graph and ordinary tools write that is not quite a line with a resource: read, or named."""

import json
from pathlib import Path

import pytest

from engagement_assets.activity.ndjson import json_lines
from engagement_assets.activity.source import BrokenFileError

PRIVATE = "ann.secret@customer.example"


def read(folder: Path, *lines: bytes) -> list[tuple[int, dict[str, object]]]:
    file = folder / "messages.ndjson"
    file.write_bytes(b"\n".join(lines))
    return list(json_lines(file, "messages.ndjson"))


def problem(folder: Path, *lines: bytes) -> str:
    with pytest.raises(BrokenFileError) as caught:
        read(folder, *lines)
    assert PRIVATE not in str(caught.value)
    return str(caught.value).removeprefix("messages.ndjson, ")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"see you \ud83d", "see you \ufffd"),
        (r"\uDE00", "\ufffd"),
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\uD83D\uDe00\ude00", "\U0001f600\ufffd"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\ude00\ud83d", "\ufffd\ufffd"),
        (r"\ud83d\u0041", "\ufffdA"),
        (r"\ud83d\n\ud7ff\ue000", "\ufffd\n\ud7ff\ue000"),
        (r"\\ud83d \ud83d", "\\ud83d \ufffd"),
        (r"\\\ud83d \\\\ud83d", "\\\ufffd \\\\ud83d"),
        (r"\" \ud83d", '" \ufffd'),
    ],
)
def test_half_a_surrogate_pair(tmp_path: Path, written: str, meant: str) -> None:
    """JSON allows it, and whoever shortens a text to so many characters writes it."""
    text = f'{{"id": "{written}", "{written}": ["{written}"]}}'.encode()
    expected = [(1, {"id": meant, meant: [meant]})]
    assert read(tmp_path, text) == expected


HALF = b'"half": "\\ud83d"'


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (b'"a": 1, "a": 2', {"a": 2}),
        (b'"a": 18446744073709551616, "b": -1.5e-3', {"a": 2.0**64, "b": -0.0015}),
        (b'"\\ud83d": 1, "\\ude00": 2', {"\ufffd": 2}),
    ],
    ids=["twice", "numbers", "keys that become one"],
)
def test_a_line_with_half_a_pair_is_read_like_any_other(
    tmp_path: Path, rest: bytes, expected: dict[str, object]
) -> None:
    line = b"{" + rest + b", " + HALF + b"}"
    assert read(tmp_path, line) == [(1, {**expected, "half": "\ufffd"})]


@pytest.mark.parametrize(
    "rest",
    [b'"id": NaN', b'"id": 1e999', b'"id": "a\tb"', b'"id": 01', b'"id": ' + b"[" * 100_000],
    ids=["NaN", "beyond a double", "control character", "leading zero", "too deep"],
)
def test_half_a_pair_excuses_nothing_else(tmp_path: Path, rest: bytes) -> None:
    line = b"{" + HALF + b", " + rest + b"}"
    assert problem(tmp_path, line) == "line 1: not a JSON object"


@pytest.mark.parametrize(
    "page",
    [
        {"@odata.context": "c", "value": [{"id": PRIVATE}], "@odata.nextLink": "n"},
        {"value": []},
        {"value": [{"id": "a"}], "Count": 1},
        {"Value": [{"Id": "a"}], "Id": "a"},
        {"value": [{"id": "a"}], "id": None},
    ],
    ids=["Graph", "empty", "Windows PowerShell", "another case", "no id"],
)
def test_a_page_is_not_a_resource(tmp_path: Path, page: dict[str, object]) -> None:
    """It would count as one item; how many are in it, and on pages that follow, nobody knows."""
    found = problem(tmp_path, b'{"id": "a"}', json.dumps(page).encode())
    assert found.startswith("line 2: a page of Graph, not a resource. ")
    assert "nextLink" in found


@pytest.mark.parametrize("resource", [{"id": "a", "value": []}, {"value": "a"}, {"values": []}])
def test_what_is_not_a_page(tmp_path: Path, resource: dict[str, object]) -> None:
    assert read(tmp_path, json.dumps(resource).encode()) == [(1, resource)]
