"""Small folders of SQL files, for tests of what reads and builds them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from engagement_assets.models.loading import Model, load_models

HEADER = "-- purpose: For a test.\n-- grain: row\n-- source: numbers 1\n"
VIEW = "-- materialized: view\n"

Write = Callable[[Mapping[str, str]], Path]
"""Writes files (layer/name to SQL, without the header) and returns the folder."""


def writer(folder: Path) -> Write:
    """Return what writes files into a folder."""

    def write(files: Mapping[str, str]) -> Path:
        for name, sql in files.items():
            path = folder / f"{name}.sql"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEADER + sql, encoding="utf-8")
        return folder

    return write


def one(folder: Path, *sources: str) -> Model:
    """Load the only model of a folder."""
    (model,) = load_models(folder, sources or ("Person",))
    return model
