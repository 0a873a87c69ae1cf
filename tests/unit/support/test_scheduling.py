"""Groups go to one worker each, in the order of the tests: seen in a session of its own."""

import re
import subprocess
import sys
from pathlib import Path

CONFTEST = """
import pathlib
import pytest
from tests.support import scheduling

FILE = pathlib.Path(__file__).with_name("groups.json")


def pytest_collection_modifyitems(items):
    groups = {item.nodeid: item.name.split("_")[1] for item in items if "alone" not in item.name}
    scheduling.write_groups(FILE, groups)


def pytest_xdist_make_scheduler(config, log):
    return scheduling.GroupScheduling(config, log, FILE)
"""
NAMES = ("red_1", "blue_1", "alone_1", "red_2", "blue_2", "alone_2", "red_3", "blue_3")


def test_a_group_is_run_by_one_worker(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_them.py").write_text(
        "".join(f"def test_{name}():\n    pass\n" for name in NAMES)
    )
    command = [sys.executable, "-m", "pytest", "-n", "2", "-v", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    ran = re.findall(r"\[(gw\d)\].* PASSED .*::test_(\w+)_(\d)", done.stdout)
    assert len(ran) == len(NAMES), done.stdout
    for group in ("red", "blue"):
        assert len({worker for worker, name, _ in ran if name == group}) == 1, done.stdout
        numbers = [number for _, name, number in ran if name == group]
        assert numbers == sorted(numbers)
