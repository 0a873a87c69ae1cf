"""Building the models: each in place of the table or view that has its name."""

from collections.abc import Iterable

from engagement_assets.models.engine import Engine, EngineError
from engagement_assets.models.faults import ModelError, fault
from engagement_assets.models.loading import Model
from engagement_assets.schemas.input_tables import INPUT_TABLES


def build(engine: Engine, model: Model) -> None:
    """Build one model: all of it or nothing.

    It is a transaction of its own, so the caller must not have begun one.

    Raises:
        ModelError: The engine refused the SQL or failed while it ran.
    """
    try:
        with engine.transaction():
            engine.replace(model.name, model.sql, model.materialized)
    except EngineError as error:
        raise of_the_file(model, error) from error


def of_the_file(model: Model, error: EngineError) -> ModelError:
    """Return what the engine says as an error of the file whose SQL it is."""
    return fault(model.path, error.what, error.remedy)


def create_sources(engine: Engine, names: Iterable[str]) -> None:
    """Create tables that Python fills, empty, in place of those that are there."""
    for name in names:
        columns = INPUT_TABLES[name].columns
        engine.create(name, {column: kind for column, (kind, _) in columns.items()})
