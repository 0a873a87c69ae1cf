"""The organisation's own segments and measures."""

from pathlib import Path

from engagement_assets.models import own_sql
from engagement_assets.models.loading import Model, load_models
from engagement_assets.preflight.check import Check, attempt, ok, warning
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.sql_files import sql_folder
from engagement_assets.warehouse import duckdb_engine

SUBJECT = "Own SQL"


def inspect(folder: Path) -> Check:
    """Read the files below `sql_folder`, as a run does before it begins, and try them on no data.

    What would not mean the same on Spark is a warning: it runs today, and a file that somebody
    else wrote must not stop running with an upgrade.
    """
    if not folder.is_dir():
        return ok(SUBJECT, f"{folder} is not there yet, so there is none.")
    found = attempt(SUBJECT, lambda: _tried(folder))
    if isinstance(found, Check):
        return found
    own, elsewhere = found
    if elsewhere:
        return warning(
            SUBJECT,
            f"{len(own)} segment(s) and measure(s) of {folder} can be read, but not all of their "
            f"SQL means the same on Spark. {' '.join(elsewhere)}",
            "It works here. Change it when you edit the file: docs/add-a-table.md has all rules.",
        )
    return ok(SUBJECT, f"{len(own)} segment(s) and measure(s) of {folder} can be read.")


def _tried(folder: Path) -> tuple[list[Model], list[str]]:
    models = load_models(sql_folder(), INPUT_TABLES, folder)
    own_sql.check(models)
    with duckdb_engine.sandbox() as engine:
        elsewhere = own_sql.not_portable(engine, models)
    return [model for model in models if model.is_own], elsewhere
