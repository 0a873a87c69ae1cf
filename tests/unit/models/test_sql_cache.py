"""What was read off SQL before, in a file that may be anything."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import orjson
import pytest
from pydantic import TypeAdapter

from engagement_assets.models import sql_cache
from engagement_assets.models.sql_cache import FILE, SqlCache

NUMBERS = TypeAdapter(list[int])


class Question:
    """A question that counts how often it had to be answered anew."""

    def __init__(self, answer: list[int]) -> None:
        self.answer = answer
        self.asked = 0

    def __call__(self) -> list[int]:
        self.asked += 1
        return self.answer


def _length(text: str) -> list[int]:
    return [len(text)]


def saved(folder: Path, *texts: str) -> SqlCache:
    made = SqlCache(folder)
    for text in texts:
        made.answer(NUMBERS, text, partial(_length, text))
    made.save()
    return made


def test_an_answer_outlives_the_command(tmp_path: Path) -> None:
    saved(tmp_path / "cache", "select 1")
    question = Question([0])

    assert SqlCache(tmp_path / "cache").answer(NUMBERS, "select 1", question) == [8]
    assert question.asked == 0
    assert SqlCache(tmp_path / "cache").answer(NUMBERS, "select  1", question) == [0]
    assert question.asked == 1


def test_without_a_folder_it_remembers_within_one_command() -> None:
    here, question = SqlCache(), Question([3])

    for _ in range(2):
        assert here.answer(NUMBERS, "a", question) == [3]
    here.save()

    assert question.asked == 1


def test_what_fails_is_not_remembered(tmp_path: Path) -> None:
    made = SqlCache(tmp_path / "cache")

    def fail() -> list[int]:
        raise LookupError

    with pytest.raises(LookupError):
        made.answer(NUMBERS, "a", fail)
    assert made.answer(NUMBERS, "a", Question([1])) == [1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\x00",
        b"[]",
        b"{}",
        b'{"of": "sqlglot 1, models 2", "answers": {}}',
        b'{"of": 3, "answers": []}',
    ],
)
def test_a_damaged_file_is_as_none(tmp_path: Path, content: bytes) -> None:
    saved(tmp_path / "cache", "a")
    (tmp_path / "cache" / FILE).write_bytes(content)
    question = Question([5])

    again = SqlCache(tmp_path / "cache")
    assert again.answer(NUMBERS, "a", question) == [5]
    again.save()

    assert question.asked == 1
    assert SqlCache(tmp_path / "cache").answer(NUMBERS, "a", question) == [5]
    assert question.asked == 1


def test_a_file_cut_anywhere_is_as_none(tmp_path: Path) -> None:
    saved(tmp_path / "cache", "a", "b")
    content = (tmp_path / "cache" / FILE).read_bytes()
    for length in range(len(content)):
        (tmp_path / "cache" / FILE).write_bytes(content[:length])
        assert SqlCache(tmp_path / "cache").answer(NUMBERS, "a", Question([7])) == [7]


@pytest.mark.parametrize("answer", ["x", {"a": 1}, ["x"], None])
def test_an_answer_of_another_type_is_made_anew(tmp_path: Path, answer: object) -> None:
    saved(tmp_path / "cache", "a")
    file = tmp_path / "cache" / FILE
    content = orjson.loads(file.read_bytes())
    content["answers"] = dict.fromkeys(content["answers"], answer)
    file.write_bytes(orjson.dumps(content))

    assert SqlCache(tmp_path / "cache").answer(NUMBERS, "a", Question([7])) == [7]


def test_another_version_reads_everything_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(tmp_path / "cache", "a")
    of = orjson.loads((tmp_path / "cache" / FILE).read_bytes())["of"]
    monkeypatch.setattr(sql_cache, "version", lambda name: f"{name} of tomorrow")

    assert SqlCache(tmp_path / "cache").answer(NUMBERS, "a", Question([7])) == [7]
    assert of.startswith("sqlglot ")


def test_other_code_reads_everything_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path / "cache", "a")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "sql_cache.py").write_text("# other code")
    monkeypatch.setattr(sql_cache, "__file__", str(tmp_path / "models" / "sql_cache.py"))

    assert SqlCache(tmp_path / "cache").answer(NUMBERS, "a", Question([7])) == [7]


def test_no_folder_is_made_where_there_is_none_above_it(tmp_path: Path) -> None:
    saved(tmp_path / "data" / "cache", "a")

    assert list(tmp_path.iterdir()) == []


def in_place_of_the_folder(folder: Path) -> None:
    folder.write_text("a file")


def in_place_of_the_file(folder: Path) -> None:
    (folder / FILE / "inside").mkdir(parents=True)


@pytest.mark.parametrize("obstacle", [in_place_of_the_folder, in_place_of_the_file])
def test_where_nothing_can_be_written_nothing_fails(
    tmp_path: Path, obstacle: Callable[[Path], None]
) -> None:
    obstacle(tmp_path / "cache")

    made = saved(tmp_path / "cache", "a")

    assert made.answer(NUMBERS, "a", Question([9])) == [1]
    assert SqlCache(tmp_path / "cache").answer(NUMBERS, "a", Question([9])) == [9]


def test_nothing_is_written_when_nothing_is_new(tmp_path: Path) -> None:
    saved(tmp_path / "cache", "a")
    before = (tmp_path / "cache" / FILE).stat()

    saved(tmp_path / "cache", "a")

    after = (tmp_path / "cache" / FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_nobody_asks_any_more_is_forgotten_in_the_end(tmp_path: Path) -> None:
    saved(tmp_path / "cache", *map(str, range(1_000)))
    assert len(orjson.loads((tmp_path / "cache" / FILE).read_bytes())["answers"]) == 1_000

    saved(tmp_path / "cache", "0", "new")

    assert len(orjson.loads((tmp_path / "cache" / FILE).read_bytes())["answers"]) == 2
