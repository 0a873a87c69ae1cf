"""Where tests write."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support import scratch


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(scratch, "IN_MEMORY", tmp_path)
    # what this sets is taken back, too
    monkeypatch.setenv(scratch.VARIABLE, "")
    monkeypatch.delenv(scratch.VARIABLE)
    return tmp_path


@pytest.mark.parametrize(("free", "is_used"), [(scratch.PLENTY, True), (scratch.PLENTY - 1, False)])
def test_memory_is_used_where_there_is_plenty(
    memory: Path, monkeypatch: pytest.MonkeyPatch, free: int, is_used: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    scratch.prefer_memory()
    assert os.environ.get(scratch.VARIABLE) == (str(memory) if is_used else None)


def test_without_such_a_folder_the_disk_is_used(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "IN_MEMORY", memory / "none")
    scratch.prefer_memory()
    assert scratch.VARIABLE not in os.environ


def test_whoever_says_where_is_obeyed(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(scratch.VARIABLE, "elsewhere")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=scratch.PLENTY))
    scratch.prefer_memory()
    assert os.environ[scratch.VARIABLE] == "elsewhere"
