"""The engine that the models see: every class that is one can all of it, and says it alike."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from engagement_assets.models.engine import Engine, EngineError
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine

METHODS = [name for name, of in vars(Engine).items() if inspect.isfunction(of) and name[0] != "_"]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("kind", [DuckDbEngine])
def test_an_engine_has_every_method(kind: type, name: str) -> None:
    def arguments(method: Callable[..., Any]) -> list[tuple[str, object]]:
        found = inspect.signature(method, eval_str=True).parameters.values()
        return [(each.name, each.annotation) for each in found if each.name != "self"]

    assert arguments(getattr(kind, name)) == arguments(getattr(Engine, name))


@pytest.mark.parametrize("kind", [DuckDbEngine])
def test_an_engine_has_no_more_than_that(kind: type) -> None:
    public = {name for name in vars(kind) if not name.startswith("_")}

    assert public == set(METHODS)


def test_an_error_has_its_parts() -> None:
    error = EngineError("It stumbled", remedy="Mend it.")

    assert (error.what, error.remedy) == ("It stumbled", "Mend it.")
    assert str(error) == "It stumbled. Mend it."
