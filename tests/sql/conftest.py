"""Makes every ``tests/sql/<model>/<case>.yaml`` a test; `golden.py` describes the cases."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engagement_assets.models.engine import EngineError
from engagement_assets.models.faults import ModelError

from .golden import ENGINES, CaseError, GoldenMismatch, Project, read_case

_HERE = Path(__file__).parent
_DEFAULT = "duckdb"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", default=_DEFAULT, help="the engine that runs the golden cases")


def pytest_configure(config: pytest.Config) -> None:
    engine = _engine(config)
    if engine not in ENGINES:
        raise pytest.UsageError(
            f"there is no engine {engine}. The engines are {', '.join(ENGINES)}"
        )


def _engine(config: pytest.Config) -> str:
    # the option is there when this folder is named: `pytest tests/sql --engine duckdb`
    return str(config.getoption("engine", _DEFAULT))


@cache
def _project(engine: str) -> Project:
    """The real models and sources, when the first case runs: collecting needs neither."""
    from engagement_assets.schemas.input_tables import INPUT_TABLES  # noqa: PLC0415 - only when the fixture is asked for

    return Project(_HERE.parents[1] / "dbt_like_sql", INPUT_TABLES, engine)


@pytest.fixture(scope="session")
def project(pytestconfig: pytest.Config) -> Project:
    return _project(_engine(pytestconfig))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix in {".yaml", ".yml"}:
        collector: pytest.Collector = GoldenFile.from_parent(parent, path=file_path)
        return collector
    return None


class GoldenFile(pytest.File):
    """A file of one case."""

    def collect(self) -> Iterator[pytest.Item]:
        item: pytest.Item = GoldenItem.from_parent(self, name=self.path.stem)
        yield item


class GoldenItem(pytest.Item):
    """A case."""

    def runtest(self) -> None:
        if self.path.parent.parent != _HERE or self.path.suffix != ".yaml":
            raise CaseError(f"a case is called {_HERE.name}/<model>/<case>.yaml")
        if reason := _project(_engine(self.config)).check(read_case(self.path)):
            pytest.xfail(reason)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseError | GoldenMismatch | ModelError | EngineError):
            return f"{self.path}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.path.parent.name}: {self.path.stem}"
