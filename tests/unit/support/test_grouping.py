"""Which tests stay together, which come first, and which are fast."""

from pathlib import Path, PurePath

import pytest

from tests.support import grouping

ROOT = Path(__file__).parents[3]
KILL = PurePath("tests/integration/test_kill.py")
UNIT = PurePath("tests/unit/test_window.py")


@pytest.mark.parametrize(
    ("path", "fixtures", "expected"),
    [
        # shared by all workers: whoever is free takes the next test
        (KILL, {"finished_sample": "session", "tmp_path": "function"}, None),
        # made by the module, for its own tests
        (KILL, {"runs": "module"}, str(KILL)),
        # one browser for all of them, and nothing in between
        (PurePath("tests/browser/test_x.py"), {"runs": "module"}, "tests/browser"),
        # too short to be sent one by one
        (UNIT, {}, str(UNIT)),
        (PurePath("tests/unit_of_something/test_x.py"), {}, None),
    ],
)
def test_groups(path: PurePath, fixtures: dict[str, str], expected: str | None) -> None:
    assert grouping.group(path, fixtures) == expected


def test_the_longest_come_first() -> None:
    paths = [UNIT, PurePath("tests/integration/test_x.py"), PurePath("tests/sql/a/b.yaml"), KILL]
    assert sorted(paths, key=grouping.rank) == [KILL, paths[1], UNIT, paths[2]]


@pytest.mark.parametrize(
    ("path", "test", "fixtures", "expected"),
    [
        (UNIT, "test_x", set(), True),
        (PurePath("tests/sql/Office/case.yaml"), "case", set(), True),
        (UNIT, "test_x", {"results_sample"}, False),
        (PurePath("tests/properties/test_x.py"), "test_x", set(), False),
        (KILL, "test_x", set(), False),
    ],
)
def test_what_is_fast(path: PurePath, test: str, fixtures: set[str], *, expected: bool) -> None:
    assert grouping.is_fast(path, test, fixtures) is expected


@pytest.mark.parametrize(
    "name", [*grouping.LONG_FIRST, *grouping.TOGETHER, *grouping.BY_FILE, *grouping.FAST]
)
def test_every_place_exists(name: str) -> None:
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", grouping.SLOW)
def test_every_slow_test_exists(name: str) -> None:
    file, _, test = name.partition(".py/")
    path = ROOT / (f"{file}.py" if test else name)
    assert f"def {test}" in path.read_text(encoding="utf-8") if test else path.exists()


def test_this_session_is_grouped(request: pytest.FixtureRequest) -> None:
    """The hooks of `tests/conftest.py` are at work, also in workers."""
    (group,) = (mark.args[0] for mark in request.node.iter_markers("xdist_group"))
    assert group == "tests/unit/support/test_grouping.py"
    assert request.node.get_closest_marker("fast")
    ranks = [grouping.rank(item.path.relative_to(ROOT)) for item in request.session.items]
    assert ranks == sorted(ranks)
