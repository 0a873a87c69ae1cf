"""State files: a number, steps from older formats, and newer ones refused."""

from pathlib import Path

import orjson
import pytest

from engagement_assets import state_files
from engagement_assets.errors import DataFolderError
from engagement_assets.state_files import Content, Steps


def _numbered(content: Content) -> Content:
    return {**content, "steps": ["numbered"]}


def _renamed(content: Content) -> Content:
    return {**content, "steps": [*content["steps"], "renamed"]}


STEPS: Steps = {0: _numbered, 1: _renamed}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def test_what_is_written_is_read(file: Path) -> None:
    state_files.write(file, 2, {"files": [1]})
    assert orjson.loads(file.read_bytes()) == {"format": 2, "files": [1]}
    assert state_files.read(file, 2, STEPS) == {"files": [1]}


def test_every_step_from_the_oldest_format_on_is_taken_in_order(file: Path) -> None:
    file.write_bytes(b'{"files": [1]}')
    assert state_files.read(file, 2, STEPS) == {"files": [1], "steps": ["numbered", "renamed"]}


def test_steps_that_were_taken_are_not_taken_again(file: Path) -> None:
    file.write_bytes(b'{"format": 1, "steps": []}')
    assert state_files.read(file, 2, STEPS) == {"steps": ["renamed"]}


def test_a_newer_one_is_refused_in_words(file: Path) -> None:
    file.write_bytes(b'{"format": 3}')
    with pytest.raises(DataFolderError) as caught:
        state_files.read(file, 2, STEPS)
    assert caught.value.where == str(file)
    assert "a newer version wrote it (format 3" in caught.value.what
    assert caught.value.remedy == "Install that version again."


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b'{"format": "1"}', b'{"format": -1}'])
def test_a_damaged_one_is_said_to_be(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter to callers
        state_files.read(file, 2, STEPS)


def test_no_step_leads_on_from_a_format_that_never_was(file: Path) -> None:
    file.write_bytes(b"{}")
    with pytest.raises(ValueError, match="not known"):
        state_files.read(file, 1, {})


def test_no_file(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        state_files.read(file, 2, STEPS)
