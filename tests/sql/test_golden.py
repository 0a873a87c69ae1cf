"""The harness of the golden cases, on a small project of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import duckdb
import pytest

from engagement_assets.models.engine import Engine, Kind
from engagement_assets.models.loading import ModelError
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine

from .golden import ENGINES, CaseError, GoldenMismatch, Project, read_case

HERE = Path(__file__).parent
HEADER = "-- purpose: For a test.\n-- grain: row\n-- source: numbers 1\n"

MODELS = {
    "staging/mail": "select id, sent_at, cast(sent_at as date) as day, keys from message",
    "staging/other": "select label, size / 3 as third from thing",
    "marts/per_day": "select day, count(*) as n, cast(min(id) as varchar) as first_id "
    "from mail group by day",
    "marts/both": "select per_day.n, other.label from per_day cross join other",
    "marts/nested": "select keys, {'n': id, 'x': [id / 3]} as both from message",
    "marts/broken": "select cast(label as bigint) as x from thing",
}

RIGHT = """
    why: Days are counted.
    given:
      message:
        - {id: 1, sent_at: 2026-03-02T09:00:00Z}
        - {id: 2, sent_at: 2026-03-02T23:30:00-01:00}
        - {id: 3, sent_at: 2026-03-03T10:00:00Z, keys: [4, 18446744073709551615]}
        - {id: 4}
    expect:
      - {day: 2026-03-03, n: 2}
      - {day: null, n: 1}
      - {day: 2026-03-02, n: 1}
"""


class Table:
    def __init__(self, **types: str) -> None:
        self.columns = {name: (kind, "for a test") for name, kind in types.items()}


TABLES = {
    "message": Table(id="bigint", sent_at="timestamptz", keys="ubigint[]"),
    "thing": Table(label="varchar", size="double", ok="boolean", local_time="timestamp"),
}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for name, sql in MODELS.items():
        path = tmp_path / "models" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + sql)
    return tmp_path / "models"


@pytest.fixture
def small(models: Path) -> Project:
    return Project(models, TABLES)


def check(project: Project, folder: Path, model: str, text: str) -> str:
    path = folder / model / "case.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return project.check(read_case(path))


def test_models_are_built_on_given_sources(small: Project, tmp_path: Path) -> None:
    check(small, tmp_path, "per_day", RIGHT)


def test_models_can_be_given(small: Project, tmp_path: Path) -> None:
    case = """
        why: What a model reads may be given, with the types that it would have.
        given:
          per_day: [{day: 2026-03-02, n: 5}]
          other: [{label: "1", third: 0.5}, {}]
        expect: [{n: 5, label: null}, {n: 5, label: "1"}]
    """
    check(small, tmp_path, "both", case)


def test_nested_values(small: Project, tmp_path: Path) -> None:
    case = """
        why: Lists keep their order, structs are maps.
        given: {message: [{id: 1, keys: [2, 1]}]}
        expect: [{keys: [2, 1], both: {n: 1, x: [0.333333333]}}]
    """
    check(small, tmp_path, "nested", case)
    with pytest.raises(GoldenMismatch, match=r"\[1, 2\]"):
        check(small, tmp_path, "nested", case.replace("{keys: [2, 1]", "{keys: [1, 2]"))


def test_nothing_given_is_nothing(small: Project, tmp_path: Path) -> None:
    check(small, tmp_path, "both", "{why: Empty sources., expect: []}")
    check(small, tmp_path, "both", "{why: An empty table., given: {message: }, expect: []}")


@pytest.mark.parametrize(("third", "equal"), [("0.6666666667", True), ("0.66666667", False)])
def test_floats_are_equal_to_nine_digits(
    small: Project, tmp_path: Path, third: str, equal: bool
) -> None:
    case = f"""
        why: Thirds, and a number that equals no other.
        given: {{thing: [{{label: a, size: 2}}, {{label: b, size: .nan}}]}}
        expect: [{{label: a, third: {third}}}, {{label: b, third: .nan}}]
    """
    if equal:
        check(small, tmp_path, "other", case)
        return
    with pytest.raises(GoldenMismatch, match=r"(?s)1 missing.*differs in third$"):
        check(small, tmp_path, "other", case)


def test_rows_are_counted(small: Project, tmp_path: Path) -> None:
    case = "{why: Twice., given: {thing: [{label: a}, {label: a}]}, expect: [{label: a}]}"

    with pytest.raises(GoldenMismatch, match="1 rows expected, 2 found: 0 missing, 1 unexpected"):
        check(small, tmp_path, "other", case)


def test_differences_are_laid_out(small: Project, tmp_path: Path) -> None:
    case = RIGHT.replace("03, n: 2}", "03, n: 3}").replace("- {day: null, n: 1}", "")

    with pytest.raises(GoldenMismatch) as raised:
        check(small, tmp_path, "per_day", case)

    assert str(raised.value).splitlines() == [
        "Days are counted.",
        "",
        "2 rows expected, 3 found: 1 missing, 2 unexpected",
        "",
        "            day         n",
        "missing     2026-03-03  3",
        "unexpected  2026-03-03  2  <- differs in n",
        "unexpected  null        1",
    ]


def test_long_differences_are_cut(small: Project, tmp_path: Path) -> None:
    rows = ", ".join(f"{{label: l{number}}}" for number in range(100))

    with pytest.raises(GoldenMismatch, match="100 unexpected") as raised:
        check(small, tmp_path, "other", f"{{why: Many., given: {{thing: [{rows}]}}, expect: []}}")

    assert str(raised.value).splitlines()[-1] == "... and 70 more"


@pytest.mark.parametrize(
    ("model", "case", "text"),
    [
        (
            "per_dya",
            "expect: []",
            "the folder's name, per_dya, is not a model. Did you mean per_day",
        ),
        ("per_day", "given: {mesage: []}\nexpect: []", "no table mesage. Did you mean message"),
        ("per_day", "given: {thing: []}\nexpect: []", "thing is given, but per_day does not read"),
        ("per_day", "given: {mail: [], message: []}\nexpect: []", "message is given, but"),
        ("per_day", "given: {per_day: []}\nexpect: []", "per_day is given, but"),
        ("per_day", "given: {message: [{idd: 1}]}\nexpect: []", "row 1: no column idd. Did you"),
        ("per_day", "expect: [{m: 1}]", "per_day has no column m. "),
        ("per_day", "expect: [{n: 1}, {n: 1, day: null}]", "expect, row 2: list the same columns"),
        ("per_day", "expect: [{}]", "expect, row 1: list the same columns"),
        ("per_day", "expect: [{n: 1, n: 2}]", "the key n is there 2 times (from line 2)"),
        ("per_day", "expect: {n: 1}", "expect: write a list of rows"),
        ("per_day", "expect: [1]", "expect: write a list of rows"),
        ("per_day", "given: [1]\nexpect: []", "given must map tables to rows"),
        ("per_day", "given: {}", "a case has the keys why, given, expect and eng"),
        ("per_day", "expect: []\nengines: duckdb", "engines must map engines to the reason why"),
        ("per_day", "expect: []\nengines: {duckdb: }", "engines must map engines to the reason"),
        ("per_day", "expects: []\nexpect: []", "a case has the keys why, given, expect and eng"),
        ("per_day", "expect: [", "this is not YAML"),
        ("per_day", "expect: [{first_id: 1}]", "first_id: 1 is not text: quote it"),
        ("per_day", 'expect: [{n: "1"}]', 'n: "1" is not a whole number'),
        ("per_day", "expect: [{n: 1.5}]", "n: 1.5 is not a whole number"),
        ("per_day", "expect: [{n: true}]", "n: true is not a whole number"),
        ("per_day", "expect: [{day: 2026-03-02T00:00:00Z}]", "2026-03-02T00:00:00Z is not a date"),
        ("mail", "expect: [{sent_at: 2026-03-02 09:00:00}]", "is not an instant: write 2026-"),
        ("mail", "expect: [{keys: 1}]", "keys: 1 is not a list"),
        ("mail", "expect: [{keys: [a]}]", 'keys: ["a"] is not a whole number'),
        ("mail", "expect: [{keys: [-1]}]", "expect, row 1: "),
        (
            "other",
            "given: {thing: [{label: no}]}\nexpect: []",
            "label: false is not text: quote it",
        ),
        ("other", "given: {thing: [{ok: 'no'}]}\nexpect: []", 'ok: "no" is neither true nor'),
        (
            "other",
            "given: {thing: [{local_time: 2026-03-02T09:00:00Z}]}\nexpect: []",
            "not a local",
        ),
    ],
)
def test_wrong_cases(small: Project, tmp_path: Path, model: str, case: str, text: str) -> None:
    with pytest.raises(CaseError) as raised:
        check(small, tmp_path, model, f"why: Wrong.\n{case}")

    assert text in str(raised.value)


def test_a_case_says_why(small: Project, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="why must say in words"):
        check(small, tmp_path, "per_day", "{why: '', expect: []}")


def test_a_broken_model_fails_only_what_needs_it(small: Project, tmp_path: Path) -> None:
    case = "{why: Broken., given: {thing: [{label: a}]}, expect: []}"

    with pytest.raises(ModelError, match=r"broken\.sql"):
        check(small, tmp_path, "broken", case)
    check(small, tmp_path, "per_day", RIGHT)


def test_types_are_those_of_a_build(small: Project) -> None:
    assert small.types("per_day") == {"day": "DATE", "n": "BIGINT", "first_id": "VARCHAR"}
    assert small.types("message")["keys"] == "UBIGINT[]"


# --- engines ------------------------------------------------------------------------------------


class Halves(DuckDbEngine):
    """A second engine, which divides as DuckDB does not."""

    def replace(self, name: str, select: str, kind: Kind) -> None:
        super().replace(name, select.replace("size / 3", "floor(size / 3)"), kind)


@contextmanager
def halves() -> Iterator[Engine]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield Halves(connection)


BOTH = {**ENGINES, "halves": halves}
THIRDS = """
    why: A third of two.
    given: {thing: [{label: a, size: 2}]}
    expect: [{label: a, third: 0.666666667}]
"""


def test_a_case_runs_on_the_engine_that_is_named(models: Path, tmp_path: Path) -> None:
    assert check(Project(models, TABLES, "duckdb", BOTH), tmp_path, "other", THIRDS) == ""
    second = Project(models, TABLES, "halves", BOTH)
    assert check(second, tmp_path, "per_day", RIGHT) == ""
    with pytest.raises(GoldenMismatch, match="differs in third"):
        check(second, tmp_path, "other", THIRDS)


def test_an_exception_holds_for_its_engine_alone(models: Path, tmp_path: Path) -> None:
    case = f"{dedent(THIRDS)}engines: {{halves: It gives whole numbers.}}"

    assert check(Project(models, TABLES, "duckdb", BOTH), tmp_path, "other", case) == ""
    reason = check(Project(models, TABLES, "halves", BOTH), tmp_path, "other", case)
    assert reason == "It gives whole numbers."
    wrong = case.replace("0.666666667", "0.6")
    with pytest.raises(GoldenMismatch, match="differs in third"):
        check(Project(models, TABLES, "duckdb", BOTH), tmp_path, "other", wrong)


def test_an_exception_that_became_false_fails(models: Path, tmp_path: Path) -> None:
    case = f"{dedent(RIGHT)}engines: {{halves: It cannot count.}}"

    with pytest.raises(CaseError, match="it holds on halves: take halves out of engines"):
        check(Project(models, TABLES, "halves", BOTH), tmp_path, "per_day", case)


def test_a_wrong_case_is_not_excused_by_an_exception(models: Path, tmp_path: Path) -> None:
    case = "{why: Wrong., expect: [{nope: 1}], engines: {halves: It cannot count.}}"

    with pytest.raises(CaseError, match="per_day has no column nope"):
        check(Project(models, TABLES, "halves", BOTH), tmp_path, "per_day", case)


def test_a_model_that_an_engine_refuses_is_an_exception_too(models: Path, tmp_path: Path) -> None:
    case = "{why: x, given: {thing: [{label: a}]}, expect: [], engines: {duckdb: It cannot cast.}}"

    assert check(Project(models, TABLES), tmp_path, "broken", case) == "It cannot cast."


def test_unknown_engines_are_told_from_known_ones(models: Path, tmp_path: Path) -> None:
    case = f"{dedent(RIGHT)}engines: {{spark: It cannot count.}}"

    with pytest.raises(CaseError, match=r"there is no engine spark\. The engines are duckdb$"):
        check(Project(models, TABLES), tmp_path, "per_day", case)
    with pytest.raises(CaseError, match=r"no engine spark\. The engines are duckdb, halves"):
        Project(models, TABLES, "spark", BOTH)


# --- the whole way ------------------------------------------------------------------------------


def test_cases_are_found_and_run(tmp_path: Path) -> None:
    """The whole way: a file is a test, and its failure reads well."""
    cases = tmp_path / "tests" / "sql"
    (cases / "per_day").mkdir(parents=True)
    for name in ("conftest.py", "golden.py", "checks.py", "differences.py"):
        shutil.copy(HERE / name, cases / name)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (tmp_path / "conftest.py").write_text(
        "import sys\nfrom types import ModuleType\n\n"
        "class Message:\n    columns = {'id': ('bigint', ''), 'sent_at': ('timestamptz', '')}\n\n"
        "stub = ModuleType('engagement_assets.schemas.input_tables')\n"
        "stub.INPUT_TABLES = {'message': Message()}\nsys.modules[stub.__name__] = stub\n"
    )
    model = tmp_path / "dbt_like_sql" / "marts" / "per_day.sql"
    model.parent.mkdir(parents=True)
    model.write_text(f"{HEADER}select cast(sent_at as date) as day, 1 as n from message")
    case = "{why: A day., given: {message: [{sent_at: 2026-03-02T09:00:00Z}]}, expect: [{n: %d}]}"
    (cases / "per_day" / "right.yaml").write_text(case % 1)
    (cases / "per_day" / "wrong.yaml").write_text(case % 2)
    (cases / "per_day" / "ignored.yml").write_text(case % 1)
    (cases / "stray.yaml").write_text(case % 1)
    excused = "{why: x, expect: [{n: %d}], engines: {duckdb: It cannot count.}}"
    (cases / "per_day" / "excused.yaml").write_text(excused % 1)
    (cases / "per_day" / "needs_no_excuse.yaml").write_text(excused.replace("[{n: %d}]", "[]"))

    # with CI set, pytest prints a failure's text in the summary once more
    environment = {name: value for name, value in os.environ.items() if name != "CI"}

    def pytest_prints(*more: str) -> str:
        command = [sys.executable, "-m", "pytest", "-rx", "--import-mode=importlib", *more]
        run = subprocess.run(
            [*command, "-p", "no:cacheprovider"],
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(HERE.parents[1])},
            capture_output=True,
            text=True,
            check=False,
        )
        return run.stdout + run.stderr

    printed = pytest_prints("tests/sql", "--engine", "duckdb")
    assert "4 failed, 1 passed, 1 xfailed" in printed, printed
    assert "it holds on duckdb: take duckdb out of engines" in printed
    assert "It cannot count." in printed
    assert "per_day: wrong" in printed
    assert "missing     2" in printed
    assert printed.count("a case is called sql/<model>/<case>.yaml") == 2
    assert "Traceback" not in printed
    assert "4 failed, 1 passed, 1 xfailed" in pytest_prints()  # the option is not there then
    printed = pytest_prints("tests/sql", "--engine", "spark")
    assert "ERROR: there is no engine spark. The engines are duckdb" in printed
