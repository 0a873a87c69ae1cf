"""Measures: what a file of `measures/` gives, checked, and gathered.

A measure is a model like any other; its table has a column `Value`, a `CustomerId` when there is a
value for each account, and dimensions: all other columns, as text.
"""

from collections.abc import Mapping, Sequence

from engagement_assets.models import tracked
from engagement_assets.models.engine import Engine
from engagement_assets.models.faults import fault
from engagement_assets.models.loading import Model
from engagement_assets.sql_text import identifier, literal

SOURCE_TABLES = ("measure_listed", "measure_row")

_VALUE = "value"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


def check(engine: Engine, model: Model) -> None:
    """Require that a measure has one number for each account, or for the whole business.

    Raises:
        ModelError: It has not. The text names the file, and no value.
    """
    with tracked.stumbling_named(model):
        found = engine.columns(model.name)
        kinds = [kind for column, kind in found.items() if column.lower() == _VALUE]
        if not kinds:
            raise fault(model.path, "it gives no column Value", "Name the figure: … as Value.")
        if not kinds[0].removeprefix("U").startswith(_NUMBERS) or kinds[0].endswith("]"):
            raise fault(
                model.path,
                f"its Value is not a number but {kinds[0]}",
                "Cast it, or measure a number.",
            )
        if tracked.customer_column(found) is None:
            tracked.check_unique(engine, model, _dimensions(found))
        else:
            tracked.check_customers(engine, model, _dimensions(found))
        tracked.check_finite(engine, model, found)


def collect(engine: Engine, models: Sequence[Model]) -> None:
    """Gather the rows of all measures, and what they are, in the tables that `history/` reads.

    Args:
        engine: the warehouse, with the tables of all measures.
        models: all models; those of other layers are passed over.
    """
    tracked.collect(engine, models, "measures", SOURCE_TABLES, _gather)


def _gather(engine: Engine, model: Model) -> None:
    found = engine.columns(model.name)
    customer = tracked.customer_column(found)
    dimensions = _dimensions(found)
    grain = "customer" if customer else "business"
    engine.insert(
        "measure_listed",
        [(model.name, model.title, model.purpose, model.unit, grain, model.sql.strip())],
    )
    account = "cast(CustomerId as varchar)" if customer else "null"
    listed = tracked.json_of(dimensions, "cast({} as varchar)") if dimensions else "null"
    engine.append(
        "measure_row",
        f"select {literal(model.name)}, {account}, {listed}, cast(Value as double) "
        f"from {identifier(model.name)}",
    )


def _dimensions(found: Mapping[str, str]) -> list[str]:
    customer = tracked.customer_column(found)
    return [column for column in found if column.lower() != _VALUE and column != customer]
