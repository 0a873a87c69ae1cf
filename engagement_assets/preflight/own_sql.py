"""The organisation's own segments and measures."""

from pathlib import Path

from engagement_assets.models.loading import load_models
from engagement_assets.models.sql_files import sql_folder
from engagement_assets.preflight.check import Check, attempt, ok
from engagement_assets.schemas.input_tables import INPUT_TABLES

SUBJECT = "Own SQL"


def inspect(folder: Path) -> Check:
    """Read the files below `sql_folder`, as a run does before it begins."""
    if not folder.is_dir():
        return ok(SUBJECT, f"{folder} is not there yet, so there is none.")
    found = attempt(SUBJECT, lambda: load_models(sql_folder(), INPUT_TABLES, folder))
    if isinstance(found, Check):
        return found
    own = sum(model.path.is_relative_to(folder) for model in found)
    return ok(SUBJECT, f"{own} segment(s) and measure(s) of {folder} can be read.")
