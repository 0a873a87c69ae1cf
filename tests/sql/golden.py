"""Golden cases: what a model makes of given rows, as data.

A case is a file ``<model>/<case>.yaml``::

    why: A reply counts once, to the newest message before it.
    given:                                # sources and models; any other is empty, or built
      email_account:
        - {account_no: 1, email_key: 10, sent_at: 2026-03-02T09:00:00Z}
    expect:                               # every row of the model, in any order
      - {account_no: 1, email_key: 11}    # columns that are not listed are not compared

    engines:                              # only where an engine of `ENGINES` cannot do it
      spark: It has no lists of keys.     # why not; there the case must fail

A column that a given row leaves out is null. Values have the type of their column: text is text
(quote what YAML takes for a number, a date or a yes), an instant has a time zone. Floats are
equal when nine digits are.
"""

import datetime as dt
import weakref
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import yaml

from engagement_assets.models.building import build
from engagement_assets.models.engine import Engine, EngineError
from engagement_assets.models.faults import ModelError, closest
from engagement_assets.models.loading import Model, upstream
from engagement_assets.sql_text import identifier
from engagement_assets.warehouse import duckdb_engine

from .checks import models_and_checks
from .differences import Values, comparable, difference, show

Rows = Sequence[Mapping[str, object]]
Open = Callable[[], AbstractContextManager[Engine]]

# What `--engine` can name, and `engines` in a case: each opens an empty database.
ENGINES: Mapping[str, Open] = {"duckdb": duckdb_engine.sandbox}

_EXPECTED = "golden expected"

_WHOLE = {
    f"{unsigned}{size}INT" for unsigned in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")
}
_WHOLE |= {"INTEGER", "UINTEGER"}
_NUMBER = ({"int", "float"}, "is not a number")
# How YAML writes a value of a DuckDB type: the Python types that it becomes, and what to say of
# others. Types that are not here take whatever DuckDB can cast.
_WRITTEN: Mapping[str, tuple[set[str], str]] = {
    "VARCHAR": ({"str"}, "is not text: quote it"),
    "BOOLEAN": ({"bool"}, "is neither true nor false"),
    "WHOLE": ({"int"}, "is not a whole number"),
    "DOUBLE": _NUMBER,
    "FLOAT": _NUMBER,
    "DECIMAL": _NUMBER,
    "DATE": ({"date"}, "is not a date: write 2026-03-02"),
    "TIMESTAMP WITH TIME ZONE": ({"instant"}, "is not an instant: write 2026-03-02T09:00:00Z"),
    "TIMESTAMP": ({"datetime"}, "is not a local time: write 2026-03-02T09:00:00"),
}


class CaseError(Exception):
    """The case itself is wrong, not the model."""


class GoldenMismatch(AssertionError):  # noqa: N818 - it is a failed assertion
    """The model makes other rows than the case expects."""


class SourceTable(Protocol):
    """What the harness needs of a source."""

    @property
    def columns(self) -> Mapping[str, tuple[str, str]]:
        """Its columns, each with its type and what it means."""


@dataclass(frozen=True)
class Case:
    """One file: the model's name is that of its folder."""

    path: Path
    model: str
    why: str
    given: Mapping[str, Rows]
    expect: Rows
    engines: Mapping[str, str] = field(default_factory=dict)


# --- reading a case -----------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """YAML in which a key that is there twice is an error instead of a lost value."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        for key, count in Counter(keys).items():
            if count > 1:
                line = node.start_mark.line + 1
                raise CaseError(f"the key {key} is there {count} times (from line {line})")
        return super().construct_mapping(node, deep=deep)


def read_case(path: Path) -> Case:
    """Read one case.

    Raises:
        CaseError: It is not of the form that this module describes.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise CaseError(f"this is not YAML: {error}") from None
    keys = {"why", "given", "expect", "engines"}
    if not isinstance(content, dict) or not {"why", "expect"} <= content.keys() <= keys:
        raise CaseError("a case has the keys why, given, expect and engines, and no others")
    if not isinstance(content["why"], str) or not content["why"].strip():
        raise CaseError("why must say in words what the case is about")
    given = content.get("given") or {}
    if not isinstance(given, dict):
        raise CaseError("given must map tables to rows")
    return Case(
        path=path,
        model=path.parent.name,
        why=content["why"].strip(),
        given={str(table): _rows(f"given {table}", rows or []) for table, rows in given.items()},
        expect=_rows("expect", content["expect"]),
        engines=_engines(content.get("engines") or {}),
    )


def _rows(where: str, rows: object) -> Rows:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CaseError(
            f"{where}: write a list of rows, each a map of column to value ([] if none)"
        )
    return rows


def _engines(reasons: object) -> Mapping[str, str]:
    if not isinstance(reasons, dict) or not all(
        isinstance(why, str) and why.strip() for why in reasons.values()
    ):
        raise CaseError("engines must map engines to the reason why the case fails there")
    return {str(engine): why.strip() for engine, why in reasons.items()}


# --- running a case -----------------------------------------------------------------------------


class Project:
    """A folder of models and the sources that they stand on."""

    def __init__(
        self,
        folder: Path,
        sources: Mapping[str, SourceTable],
        engine: str = "duckdb",
        engines: Mapping[str, Open] = ENGINES,
    ) -> None:
        """Take the models of a folder and the sources below them.

        Args:
            folder: The folder that holds the layer folders.
            sources: The tables that exist before any model is built.
            engine: The one that runs the cases.
            engines: All that there are.

        Raises:
            CaseError: There is no such engine.
        """
        _require_engine(engine, engines)
        self._folder = folder
        self._sources = sources
        self._engine = engine
        self._engines = engines

    def check(self, case: Case) -> str:
        """Run one case.

        Returns:
            Why the case failed as it says that it does on this engine; empty when it holds.

        Raises:
            CaseError: The case names tables, columns or engines that are not there, or wrong
                types; or it holds on an engine although it says why not.
            GoldenMismatch: The rows differ; the text shows how.
            ModelError: A model that the case needs cannot be loaded or built.
        """
        for engine in case.engines:
            _require_engine(engine, self._engines)
        reason = case.engines.get(self._engine)
        if reason is None:
            self._run(case)
            return ""
        try:
            self._run(case)
        except (GoldenMismatch, ModelError, EngineError):
            return reason
        raise CaseError(f"it holds on {self._engine}: take {self._engine} out of engines")

    def _run(self, case: Case) -> None:
        needed = self._needed(case)
        read = {table for model in needed for table in model.references}
        with self._engines[self._engine]() as engine:
            for table in sorted(read - {model.name for model in needed}):
                self._create(engine, table)
                _insert(engine, table, case.given.get(table, []), f"given {table}")
            for model in needed:
                build(engine, model)
            _compare(engine, case)

    @cached_property
    def models(self) -> dict[str, Model]:
        """All models by name, in the order in which they are built; behind them the checks."""
        return models_and_checks(self._folder, self._sources)

    def types(self, table: str) -> dict[str, str]:
        """The columns and types of a source or model, learned by building it on empty sources.

        Raises:
            ModelError: It cannot be built.
        """
        # Only what is upstream: a broken model fails the cases that need it, not all.
        for model in upstream(self._all, table) if table in self.models else ():
            if model.name not in self._types:
                build(self._empty, model)
                self._types[model.name] = self._empty.columns(model.name)
        return self._types.get(table) or self._empty.columns(table)

    def _needed(self, case: Case) -> tuple[Model, ...]:
        if case.model not in self.models:
            raise CaseError(
                f"the folder's name, {case.model}, is not a model. "
                f"{closest(case.model, self.models)}"
            )
        known = [*self._sources, *self.models]
        for table in case.given:
            if table not in known:
                raise CaseError(f"there is no table {table}. {closest(table, known)}")
        needed = upstream(self._all, case.model, given=case.given)
        read = {table for model in needed for table in model.references}
        for table in case.given:
            if table not in read:
                raise CaseError(
                    f"{table} is given, but {case.model} does not read it, or only by way of a "
                    "table that is given too"
                )
        return needed

    @cached_property
    def _empty(self) -> Engine:
        """A database in which models are built on empty sources, to learn their types."""
        opened = ExitStack()
        engine = opened.enter_context(self._engines[self._engine]())
        weakref.finalize(self, opened.close)
        for name in self._sources:
            self._create(engine, name)
        return engine

    @cached_property
    def _types(self) -> dict[str, dict[str, str]]:
        return {}

    @property
    def _all(self) -> tuple[Model, ...]:
        return tuple(self.models.values())

    def _create(self, engine: Engine, table: str) -> None:
        if table in self._sources:
            declared = self._sources[table].columns
            engine.create(table, {name: kind for name, (kind, _) in declared.items()})
        else:
            engine.create(table, self.types(table))


def _require_engine(engine: str, engines: Mapping[str, Open]) -> None:
    if engine not in engines:
        raise CaseError(f"there is no engine {engine}. The engines are {', '.join(engines)}")


def _insert(engine: Engine, table: str, rows: Rows, where: str) -> None:
    kinds = engine.columns(table)
    for number, row in enumerate(rows, start=1):
        for name, value in row.items():
            if name not in kinds:
                raise CaseError(
                    f"{where}, row {number}: no column {name}. {closest(str(name), kinds)}"
                )
            if wrong := _wrong_type(value, kinds[name]):
                raise CaseError(f"{where}, row {number}, {name}: {show(value)} {wrong}")
        try:
            engine.insert(table, [[row.get(name) for name in kinds]])
        except EngineError as error:
            raise CaseError(f"{where}, row {number}: {error}") from None


def _wrong_type(value: object, kind: str) -> str:
    """What is wrong with a value, as YAML reads it, for a column of a type; empty if nothing."""
    if value is None:
        return ""
    if kind.endswith("]"):
        if not isinstance(value, list):
            return "is not a list"
        element = kind[: kind.rindex("[")]
        return next((wrong for each in value if (wrong := _wrong_type(each, element))), "")
    kind = kind.partition("(")[0]
    found = "instant" if isinstance(value, dt.datetime) and value.tzinfo else type(value).__name__
    right, remedy = _WRITTEN.get("WHOLE" if kind in _WHOLE else kind, ({found}, ""))
    return "" if found in right else remedy


# --- comparing ----------------------------------------------------------------------------------


def _compare(engine: Engine, case: Case) -> None:
    kinds = engine.columns(case.model)
    names = list(case.expect[0]) if case.expect else list(kinds)
    for number, row in enumerate(case.expect, start=1):
        if not row or set(row) != set(names):
            raise CaseError(f"expect, row {number}: list the same columns in every row")
        if unknown := [name for name in names if name not in kinds]:
            raise CaseError(
                f"expect: {case.model} has no column {unknown[0]}. {closest(unknown[0], kinds)}"
            )
    # Through a table of the same types, so that both sides come back as the same Python values.
    engine.create(_EXPECTED, {name: kinds[name] for name in names})
    _insert(engine, _EXPECTED, case.expect, "expect")
    found = _fetch(engine, case.model, names)
    expected = _fetch(engine, _EXPECTED, names)
    if found != expected:
        raise GoldenMismatch(f"{case.why}\n\n{difference(names, expected, found)}")


def _fetch(engine: Engine, table: str, names: Sequence[str]) -> Counter[Values]:
    listed = ", ".join(map(identifier, names))
    rows = engine.rows(f"select {listed} from {identifier(table)}")
    return Counter(tuple(comparable(value) for value in row) for row in rows)
