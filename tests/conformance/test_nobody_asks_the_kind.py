"""What kind of source it is, is asked in one place: the records. Everybody else asks the record."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engagement_assets import sources
from tests.support import imports

ROOT = Path(__file__).parents[2]

# a kind's own: its settings, its record, its questions and checks, and what reads it
OWN = (
    "engagement_assets.config.sources",
    "engagement_assets.sources",
    "engagement_assets.configure.sources",
    "engagement_assets.preflight.sources",
    "engagement_assets.microsoft365",
    "engagement_assets.activity.folder",
)
# the classes and records of one kind; whoever names one knows which kind it has
NAMES = frozenset({"GraphSource", "FolderSource", "GRAPH", "FOLDER"})
KINDS = frozenset(kind.name for kind in sources.KINDS)

ASKING = {
    "a comparison": "if settings.kind == 'graph': pass",
    "the other way round": "x = 'folder' != settings.kind",
    "one of several": "x = settings.kind in {'graph', 'other'}",
    "a match": "match settings.kind:\n    case 'folder': pass",
    "a choice": "x = 'folder' if tenant is None else 'graph'",
    "a class": "from engagement_assets.config import GraphSource as Settings",
    "a class by its module": "x = isinstance(source, folder.FolderSource)",
    "a record": "x = sources.GRAPH",
}


def _asks(tree: ast.AST) -> Iterator[int]:
    """Yield the lines in which code asks for the kind of a source, or knows it."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(names=names):
                known = any(alias.name in NAMES for alias in names)
            case ast.Attribute(attr=name) | ast.Name(id=name):
                known = name in NAMES
            case ast.Compare() | ast.MatchValue():
                known = any(map(_is_kind, ast.walk(node)))
            case ast.IfExp(body=first, orelse=second):
                known = _is_kind(first) or _is_kind(second)
            case _:
                known = False
        if known:
            yield node.lineno  # type: ignore[attr-defined] # each of these nodes has one


def _is_kind(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in KINDS


def _is_own(module: str) -> bool:
    return any(module == own or module.startswith(f"{own}.") for own in OWN)


def test_nobody_asks_which_kind_it_is() -> None:
    found = [
        f"{module}, line {line}"
        for module, path in imports.modules(ROOT).items()
        if not _is_own(module)
        # which hands the settings' classes on, for those who have a kind of their own
        and module != "engagement_assets.config"
        for line in _asks(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], "Ask its record instead: sources.of(configuration.source)."


@pytest.mark.parametrize("code", ASKING.values(), ids=ASKING)
def test_who_asks_is_found(code: str) -> None:
    assert list(_asks(ast.parse(code)))


def test_who_shows_it_does_not_ask() -> None:
    assert not list(_asks(ast.parse("shown = {'folder': path, 'source': settings.source.kind}")))
