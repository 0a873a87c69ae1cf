"""Changes conditions one at a time and sees whether a test fails: `make mutation`.

A test that cannot fail protects nothing. Every comparison, `and`, `or` and number of the SQL models
and of the landing, and every condition on rows, is changed in turn; each change is a mutant. The
golden cases of a model must notice its mutants, the unit tests of the landing the others. What
they let live is printed, with the score. All runs in this process: a thousand take minutes.

`python -m scripts.mutation` tries all, with the names of files behind it only those.
"""

import ast
import contextlib
import dataclasses
import io
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import duckdb
import pytest
import sqlglot
from rich.console import Console
from sqlglot import Token, TokenType, exp

import tests.conftest  # noqa: F401 - its settings: the same examples every time
from engagement_assets.activity import ndjson
from engagement_assets.models.faults import ModelError
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.sql_files import sql_folder
from engagement_assets.warehouse import database
from tests.sql.golden import Case, GoldenMismatch, Project, read_case

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "sql"
LANDING_TESTS = (
    "tests/unit/warehouse/test_landing.py",
    "tests/unit/warehouse/test_landing_rules.py",
    "tests/unit/warehouse/test_database.py",
    "tests/unit/test_addresses.py",
    "tests/unit/test_window.py",
)
NDJSON_TESTS = tuple(
    f"tests/unit/activity/test_{name}.py" for name in ("ndjson", "odd_lines", "long_lines")
)

# a mutant whose cases take longer has been noticed, as nobody would wait for it
MOST_SECONDS = 10
# whole files of tests take seconds as they are
MOST_SECONDS_OF_TESTS = 300

_FLIPPED: Mapping[TokenType, str] = {
    TokenType.LT: "<=",
    TokenType.LTE: "<",
    TokenType.GT: ">=",
    TokenType.GTE: ">",
    TokenType.EQ: "<>",
    TokenType.NEQ: "=",
    TokenType.AND: "or",
    TokenType.OR: "and",
}

# What no test can notice, because it means the same: the file, and the change as it is printed.
_ONE_VERSION = "an item of one version has no older one: to leave it out is only quicker"
_NO_KEY = "a missing key equals no other"
_NO_CUSTOMER = "the sum over no customer is missing, whatever it is divided by"
EQUIVALENT: Mapping[tuple[str, str], str] = {
    **{
        (model, change): reason
        for model in ("event_superseded", "message_superseded")
        for change, reason in {
            "> -> >= in: having count(*) > 1": _ONE_VERSION,
            "1 -> 0 in: having count(*) > 1": _ONE_VERSION,
            "without: COUNT(*) > 1": _ONE_VERSION,
            "without: NOT item_key IS NULL": _NO_KEY,
        }.items()
    },
    **{
        (
            model,
            f"0 -> -1 in: select cast(sum({value}) as double) / nullif(count(*), 0) as Value",
        ): (_NO_CUSTOMER)
        for model, value in {
            "average_score": "cast(EngagementScore as decimal(38, 1))",
            "emails_per_engaged_customer": "emails",
            "meetings_per_engaged_customer": "Meetings",
        }.items()
    },
}


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        name: of the file, without its ending.
        change: what was changed, with the line that it is in.
        text: the whole file with the change.
    """

    name: str
    change: str
    text: str


# --- making mutants -----------------------------------------------------------------------------


def of_sql(name: str, text: str) -> Iterator[Mutant]:
    """Yield the mutants of an SQL text: comparisons, logic and numbers."""
    tokens = sqlglot.tokenize(text, read="duckdb")
    for place, token in enumerate(tokens):
        for new in _changes(token, tokens[:place], tokens[place + 1 :]):
            changed = text[: token.start] + new + text[token.end + 1 :]
            yield Mutant(name, _described(text, token, new), changed)


def _changes(token: Token, before: list[Token], behind: list[Token]) -> Iterator[str]:
    if token.token_type in _FLIPPED:
        if token.token_type is not TokenType.AND or not _is_between(before):
            yield _FLIPPED[token.token_type]
    elif token.token_type is TokenType.NUMBER and token.text.isdigit() and not _is_of_type(before):
        number, previous = int(token.text), before[-1].token_type if before else None
        if previous in {TokenType.THEN, TokenType.ELSE} and number in {0, 1}:
            # one of two: further away it would mean the same
            if behind and (previous, behind[0].token_type) != (TokenType.THEN, TokenType.END):
                yield str(1 - number)
            return  # `then 1 end` is counted, whatever it is
        yield str(number + 1)
        yield str(number - 1)


def _is_between(earlier: list[Token]) -> bool:
    """Tell whether the next `and` belongs to a `between`."""
    for token in reversed(earlier):
        if token.token_type is TokenType.BETWEEN:
            return True
        if token.token_type in {TokenType.AND, TokenType.OR, TokenType.WHERE, TokenType.SELECT}:
            return False
    return False


def _is_of_type(before: list[Token]) -> bool:
    """Tell whether a number says how long a type is, as in `decimal(38, 10)`: no condition."""
    types = {TokenType.DECIMAL, TokenType.VARCHAR}
    return any(token.token_type in types for token in (*before[-2:-1], *before[-4:-3]))


def _described(text: str, token: Token, new: str) -> str:
    begin = text.rfind("\n", 0, token.start) + 1
    line = text[begin:].partition("\n")[0].strip()
    return f"{token.text.lower()} -> {new} in: {line}"


def without_conditions(name: str, text: str) -> Iterator[Mutant]:
    """Yield the mutants of a SELECT in which one condition on rows is missing."""
    tree = sqlglot.parse_one(text, read="duckdb")
    for place, condition in enumerate(_conditions(tree)):
        dropped = tree.copy()
        node = list(_conditions(dropped))[place]
        node.replace(exp.true())
        yield Mutant(name, f"without: {condition.sql('duckdb')}", dropped.sql("duckdb"))


def _conditions(tree: exp.Expr) -> list[exp.Expr]:
    """Return the parts that `and` joins of every WHERE, HAVING and QUALIFY."""
    found: list[exp.Expr] = []
    for clause in tree.find_all(exp.Where, exp.Having, exp.Qualify):
        waiting = [clause.this]
        while waiting:
            node = waiting.pop()
            if isinstance(node, exp.And):
                waiting += [node.left, node.right]
            else:
                found.append(node)
    return found


def of_python(name: str, text: str) -> Iterator[Mutant]:
    """Yield the mutants of a Python module: comparisons, logic and numbers."""
    for place, node in enumerate(ast.walk(ast.parse(text))):
        for new in _python_changes(node):
            tree = ast.parse(text)
            _put(list(ast.walk(tree))[place], new)
            line = text.splitlines()[getattr(node, "lineno", 1) - 1].strip()
            yield Mutant(name, f"{type(new).__name__} in: {line}", ast.unparse(tree))


def _python_changes(node: ast.AST) -> Iterator[ast.AST]:
    pairs = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq)
    match node:
        case ast.Compare(ops=[operator]):
            for one, other in pairs:
                if isinstance(operator, one):
                    yield other()
                elif isinstance(operator, other):
                    yield one()
        case ast.BoolOp(op=ast.And()):
            yield ast.Or()
        case ast.BoolOp(op=ast.Or()):
            yield ast.And()
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            yield ast.Constant(value + 1)


def _put(node: ast.AST, new: ast.AST) -> None:
    match node, new:
        case ast.Compare(), ast.cmpop():
            node.ops = [new]
        case ast.BoolOp(), ast.boolop():
            node.op = new
        case ast.Constant(), ast.Constant():
            node.value = new.value


# --- trying mutants -----------------------------------------------------------------------------


def models(names: set[str]) -> Iterator[tuple[Mutant, bool]]:
    """Yield the mutants of the models, each with whether a golden case of the model notices it."""
    project = Project(sql_folder(), INPUT_TABLES)
    for name, model in [*project.models.items()]:
        if names and name not in names:
            continue
        cases = [read_case(file) for file in sorted((CASES / name).glob("*.yaml"))]
        if not cases:  # a rule between tables: `tests/unit/schemas` breaks each of them
            continue
        for case in cases:  # they pass, and the types of all tables are learned from what is right
            project.check(case)
        for mutant in (*of_sql(name, model.sql), *without_conditions(name, model.sql)):
            project.models[name] = dataclasses.replace(model, sql=mutant.text)
            noticed = _within_time(partial(_is_noticed, project, cases))
            if noticed is not None:
                yield mutant, noticed
        project.models[name] = model


def _is_noticed(project: Project, cases: Iterable[Case]) -> bool | None:
    """Tell whether a case notices a mutant; None when it is not SQL that can be built."""
    for case in cases:
        try:
            project.check(case)
        except GoldenMismatch:
            return True
        except ModelError:
            return None
    return False


def landing(names: set[str]) -> Iterator[tuple[Mutant, bool]]:
    """Yield the mutants of the landing, each with whether its unit tests notice it."""
    _require_success(LANDING_TESTS)
    original = database.LANDING
    texts = {file.stem: file.read_text(encoding="utf-8") for file in original.glob("*.sql")}
    with tempfile.TemporaryDirectory() as folder:
        try:
            database.LANDING = Path(folder)
            for name, text in sorted(texts.items()):
                if names and name not in names:
                    continue
                for mutant in of_sql(name, text):
                    for stem, content in (texts | {name: mutant.text}).items():
                        Path(folder, f"{stem}.sql").write_text(content, encoding="utf-8")
                    yield (
                        mutant,
                        bool(_within_time(partial(_fails, LANDING_TESTS), MOST_SECONDS_OF_TESTS)),
                    )
        finally:
            database.LANDING = original


def lines(names: set[str]) -> Iterator[tuple[Mutant, bool]]:
    """Yield the mutants of reading lines of JSON, each with whether its unit tests notice it."""
    if names and "ndjson" not in names:
        return
    _require_success(NDJSON_TESTS)
    file = Path(str(ndjson.__file__))
    text = file.read_text(encoding="utf-8")
    for mutant in of_python("ndjson", text):
        _load(ndjson, mutant.text)
        yield mutant, bool(_within_time(partial(_fails, NDJSON_TESTS), MOST_SECONDS_OF_TESTS))
    _load(ndjson, text)


def _load(module: ModuleType, text: str) -> None:
    exec(compile(text, str(module.__file__), "exec"), module.__dict__)  # noqa: S102 - our own file


def _fails(tests: tuple[str, ...]) -> bool:
    """Tell whether a test of some files fails."""
    for file in tests:  # imported anew: it holds functions of the module that was changed
        sys.modules.pop(file.removesuffix(".py").replace("/", "."), None)
    # fixtures of a room, and not what the whole suite does when it begins and ends
    options = ["-x", "-q", "--confcutdir", str(ROOT / "tests" / "unit")]
    options += ["-p", "no:cacheprovider", "--rootdir", str(ROOT)]
    options += ["-o", "filterwarnings="]  # pytest warns of what is imported before it starts
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return pytest.main([*options, *(str(ROOT / file) for file in tests)]) != pytest.ExitCode.OK


def _require_success(tests: tuple[str, ...]) -> None:
    """See that tests pass where nothing was changed, so that it is a change that fails them."""
    if _fails(tests):
        raise SystemExit(f"{', '.join(tests)}: a test fails without any change. Mend it first.")


def _within_time(ask: Callable[[], bool | None], seconds: float = MOST_SECONDS) -> bool | None:
    """Return the answer; that it is noticed when there is none in time."""
    opened: list[duckdb.DuckDBPyConnection] = []
    connect = duckdb.connect
    late = threading.Event()

    def remember(*arguments: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        opened.append(connect(*arguments, **options))
        return opened[-1]

    def stop() -> None:
        late.set()
        for connection in opened:
            with contextlib.suppress(duckdb.Error):  # it is closed
                connection.interrupt()

    timer = threading.Timer(seconds, stop)
    timer.start()
    with mock.patch.object(duckdb, "connect", remember):
        try:
            answer = ask()
        finally:
            timer.cancel()
            timer.join()
    return True if late.is_set() else answer


def main(names: set[str]) -> None:
    """Try all mutants, or those of some files, and print what lives and the score."""
    console = Console(highlight=False, soft_wrap=True)
    for title, found in (
        ("SQL models, by their golden cases", models(names)),
        ("landing, by its unit tests", landing(names)),
        ("lines of JSON, by their unit tests", lines(names)),
    ):
        tried = noticed = excused = 0
        for mutant, is_noticed in found:
            if (mutant.name, mutant.change) in EQUIVALENT:
                excused += 1
                continue
            tried += 1
            noticed += is_noticed
            if not is_noticed:
                console.print(f"  lives: {mutant.name}: {mutant.change}", markup=False)
        if tried:
            share = 100 * noticed / tried
            console.print(
                f"{title}: {noticed} of {tried} noticed, {share:.1f} %; {excused} mean the same"
            )


if __name__ == "__main__":
    main(set(sys.argv[1:]))
