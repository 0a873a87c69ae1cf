"""One finished organisation for all workers: it is made once, whoever asks, and whole."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.sharing import WORKER, made_once, shared_folder


@dataclass(frozen=True)
class Worker:
    """The temporary folder of one worker of a session."""

    folder: Path

    def getbasetemp(self) -> Path:
        self.folder.mkdir(exist_ok=True)
        return self.folder


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    monkeypatch.setenv(WORKER, "gw0")
    return [Worker(tmp_path / f"popen-gw{number}") for number in range(4)]


def test_workers_share_the_folder_above_their_own(workers: list[Worker], tmp_path: Path) -> None:
    assert {shared_folder(worker) for worker in workers} == {tmp_path}


def test_without_workers_it_is_the_sessions_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(WORKER, raising=False)
    assert shared_folder(Worker(tmp_path)) == tmp_path


def test_all_workers_get_what_the_first_one_made(workers: list[Worker]) -> None:
    made: list[Path] = []
    together = threading.Barrier(len(workers))

    def make(folder: Path) -> tuple[Path, int]:
        made.append(folder)
        (folder / "content").write_text("whole")
        return folder / "content", len(made)

    def ask(worker: Worker) -> tuple[Path, int]:
        together.wait()
        return made_once(worker, "thing", make)

    with ThreadPoolExecutor(len(workers)) as pool:
        found = set(pool.map(ask, workers))
    assert len(made) == 1
    assert found == {(made[0] / "content", 1)}
    assert (made[0] / "content").read_text() == "whole"


def test_what_another_worker_made_is_not_made_again(workers: list[Worker]) -> None:
    first, second, *_ = workers
    assert made_once(first, "thing", lambda _: 1) == 1
    assert made_once(second, "thing", lambda _: 2) == 1
    assert made_once(second, "another thing", lambda _: 2) == 2


def test_what_failed_is_made_anew_from_nothing(workers: list[Worker]) -> None:
    first, second, *_ = workers

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        made_once(first, "thing", fail)
    assert made_once(second, "thing", lambda folder: [*folder.iterdir()]) == []
