"""The tree of errors: what can go wrong, and the exit code that it ends a command with."""

import importlib
import pkgutil
from collections.abc import Iterator

import engagement_assets
from engagement_assets.errors import EngagementError
from scripts.reference import ROOT
from scripts.reference.markdown import code, prose, sentence, table


def tree() -> str:
    """Return the table of all errors; what lies below another one is indented."""
    return table(("error", "exit code", "when", "defined in"), _rows(EngagementError, 0))


def classes() -> dict[str, type[EngagementError]]:
    """Return every error of the product, by module and name."""
    return {f"{each.__module__}.{each.__qualname__}": each for each in _walk(EngagementError)}


def _rows(error: type[EngagementError], depth: int) -> Iterator[tuple[str, str, str, str]]:
    path = error.__module__.replace(".", "/") + ".py"
    if not (ROOT / path).is_file():
        path = error.__module__.replace(".", "/") + "/__init__.py"
    indent = "&emsp;" * depth
    # only the class's own words: a docstring is inherited by nobody
    told = prose(sentence(error.__dict__["__doc__"]))
    name = path.removeprefix("engagement_assets/")
    yield f"{indent}{code(error.__name__)}", str(error.exit_code), told, f"[{name}](../{path})"
    for below in _below(error):
        yield from _rows(below, depth + 1)


def _walk(error: type[EngagementError]) -> Iterator[type[EngagementError]]:
    yield error
    for below in _below(error):
        yield from _walk(below)


def _below(error: type[EngagementError]) -> list[type[EngagementError]]:
    _import_all()
    ours = (
        each for each in error.__subclasses__() if each.__module__.startswith("engagement_assets")
    )
    return sorted(ours, key=lambda each: (each.exit_code, each.__name__, each.__module__))


def _import_all() -> None:
    """Import every module of the product: a class is known once its module is."""
    for module in pkgutil.walk_packages(engagement_assets.__path__, "engagement_assets."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
