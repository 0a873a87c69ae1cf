"""Which room of the package may import which (docs: the rooms), and which ones do."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "engagement_assets"

# The lower rooms first. A room may import those named behind it, its own modules, and any library
# (Dagster only where `DAGSTER` says so). A new room gets its line here.
ALLOWED: Mapping[str, frozenset[str]] = {
    room: frozenset(below.split())
    for room, below in {
        "errors": "",
        "addresses": "",
        "vocabulary": "",
        "sql_files": "",
        "whole_file": "",
        "state_files": "errors whole_file",
        "time_zones": "",
        "sql_text": "",
        "window": "time_zones",
        "config": "addresses errors time_zones vocabulary",
        "schemas": "sql_files vocabulary",
        "models": "errors schemas sql_text vocabulary whole_file",
        "customers": "errors",
        "activity": "addresses errors vocabulary window",
        "microsoft365": "activity addresses config errors state_files vocabulary whole_file window",
        "warehouse": "activity addresses config customers errors models schemas sql_text"
        " state_files time_zones vocabulary whole_file window",
        "sources": "activity config errors microsoft365 window",
        "reading": "activity config schemas vocabulary warehouse window",
        "consent": "activity config errors microsoft365 sources state_files time_zones",
        # the published snapshot, no insides
        "results": "addresses config errors schemas sql_text vocabulary window",
        "preflight": "activity config consent customers errors microsoft365 models schemas"
        " sources sql_files warehouse window",
        "configure": "activity config consent customers errors microsoft365 preflight sources"
        " vocabulary",
        "pipeline": "activity config consent errors microsoft365 models reading schemas time_zones"
        " vocabulary warehouse",
        "definitions": "config errors models pipeline schemas sql_files",
        "command": "config configure consent definitions errors pipeline preflight results"
        " vocabulary",
    }.items()
}

# Everything else must be usable, and tested, without Dagster.
DAGSTER = frozenset({"pipeline", "definitions", "command"})


@dataclass(frozen=True)
class Import:
    """One import: the module with the statement, its line, and what it names."""

    module: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.module}, line {self.line}: {self.name}"


def room(module: str) -> str:
    """Return the part of a module's name behind the package's; empty for the package itself."""
    return module.split(".")[1] if "." in module else ""


def modules(root: Path) -> dict[str, Path]:
    """Return every module of the package and its file."""
    found = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(module: str, path: Path, known: Mapping[str, Path]) -> Iterator[Import]:
    """Yield what a module imports, also inside functions and under TYPE_CHECKING."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield Import(module, node.lineno, whole if whole in known else base)


def module_of(name: str, known: Mapping[str, Path]) -> str | None:
    """Return the module of the package that a dotted name lies in; None for a library's."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


def circles(edges: Mapping[str, frozenset[str]]) -> list[str]:
    """Return what imports itself in the end: every node that can be reached from itself."""
    found = []
    for start in edges:
        seen: set[str] = set()
        waiting = list(edges[start])
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(edges.get(node, ()))
        if start in seen:
            found.append(start)
    return found
