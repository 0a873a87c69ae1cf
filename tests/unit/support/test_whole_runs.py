"""Whole runs are counted wherever they are started, and nothing else is."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import tenant, whole_runs
from tests.support.command import ENGAGEMENT


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([ENGAGEMENT, "run", "-c", "engagement.yaml"], True),
        ((Path(ENGAGEMENT), "run"), True),
        (tenant.command(Path("engagement.yaml")), True),
        ([sys.executable, "-c", "cli.main(lambda: cli.publish(file))", "file"], True),
        ([ENGAGEMENT, "configure", "-c", "run"], False),
        ([ENGAGEMENT], False),
        ([sys.executable, "-c", "print('run')", "run"], False),
        (["git", "run"], False),
        ([], False),
    ],
)
def test_what_is_a_run(arguments: list[object], *, expected: bool) -> None:
    assert whole_runs.is_run(arguments) is expected


def test_a_run_is_noted_with_its_test(tmp_path: Path) -> None:
    command = [ENGAGEMENT, "run", "-c", "engagement.yaml"]
    whole_runs.note(tmp_path, "subprocess.Popen", (ENGAGEMENT, command, None, None))
    whole_runs.note(tmp_path, "subprocess.Popen", (ENGAGEMENT, [ENGAGEMENT, "ui"], None, None))
    whole_runs.note(tmp_path, "os.listdir", (command,))
    (test,) = whole_runs.counted(tmp_path)
    assert test.endswith("::test_a_run_is_noted_with_its_test")


def test_a_process_that_starts_says_what_it_runs() -> None:
    """The event, its name and its arguments are Python's: they are what is counted by."""
    seen: list[tuple[str, object]] = []
    listening = True
    sys.addaudithook(
        lambda event, arguments: seen.append((event, arguments[1:2])) if listening else None
    )
    subprocess.run([sys.executable, "-c", ""], check=True)
    listening = False
    assert ("subprocess.Popen", ([sys.executable, "-c", ""],)) in seen


def test_as_many_as_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENGAGEMENT_KILLS", raising=False)
    assert whole_runs.most() == whole_runs.MOST
    monkeypatch.setenv("ENGAGEMENT_KILLS", "200")
    assert whole_runs.most() > 1_000
