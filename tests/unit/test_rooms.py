"""Every module has its tests where one looks for them, and test folders keep their order."""

from pathlib import Path

import pytest

from tests.support import imports, mirror

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
MODULES = tuple(mirror.modules(ROOT))


def test_every_module_has_its_tests_or_a_reason() -> None:
    missing = [
        f"{module}: write tests/{mirror.own_tests(module)}, or say why not in mirror.ELSEWHERE"
        for module in MODULES
        if not (TESTS / mirror.own_tests(module)).exists() and not mirror.excused(module)
    ]
    assert missing == []


def test_no_reason_is_given_in_vain() -> None:
    needed = {
        mirror.excused(module)
        for module in MODULES
        if not (TESTS / mirror.own_tests(module)).exists()
    }
    assert mirror.ELSEWHERE.keys() - needed == set()


@pytest.mark.parametrize("name", mirror.ELSEWHERE)
def test_the_tests_elsewhere_exist(name: str) -> None:
    elsewhere = mirror.ELSEWHERE[name]
    assert elsewhere.reason
    assert [each for each in elsewhere.tests if not (TESTS / each).exists()] == []


def test_the_longest_name_decides() -> None:
    assert mirror.excused("a.b.c", ["a", "a.b", "x"]) == "a.b"
    assert mirror.excused("ab.c", ["a"]) is None


def test_folders_of_tests_import_in_one_direction() -> None:
    wrong = []
    for path in sorted(TESTS.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        wrong += [
            f"{found}: {problem}"
            for found in imports.imports(module, path, {})
            if (problem := mirror.wrong_import(module, found.name))
        ]
    assert wrong == []


@pytest.mark.parametrize(
    ("module", "name", "is_right"),
    [
        ("tests.unit.test_x", "tests.support.command", True),
        ("tests.unit.test_x", "tests.sql.golden", True),
        ("tests.unit.test_x", "tests.unit.test_y", False),
        ("tests.unit.test_x", "engagement_assets.config", True),
        ("tests.support.x", "tests.naive.case", True),
        ("tests.support.x", "tests.integration.conftest", False),
        ("tests.naive.x", "tests.naive.case", True),
        ("tests.naive.x", "tests.support.command", False),
    ],
)
def test_what_tests_may_import(module: str, name: str, *, is_right: bool) -> None:
    assert (mirror.wrong_import(module, name) == "") is is_right
