"""Segments: what a file of `segments/` gives, checked, and gathered.

A segment is a model like any other; its table has a column `CustomerId` and whatever it shows of a
member. The rules over the runs (who joined, who left, since when) are SQL, in `history/`.
"""

import json
from collections.abc import Sequence

from engagement_assets import schemas
from engagement_assets.models import tracked
from engagement_assets.models.engine import Engine
from engagement_assets.models.faults import fault
from engagement_assets.models.loading import Model
from engagement_assets.sql_text import identifier, literal

SOURCE_TABLES = ("segment_listed", "segment_row", "segment_cause", "profile_change")

_PROFILE = "Customer_Profile"
# what an account is called says nothing about how it behaves
_NO_FIGURES = frozenset({tracked.CUSTOMER, "name"})

# of all others nobody asks what changed
_MOVED = """
    select coalesce(row.customer_id, earlier.CustomerId)
    from segment_row as row
    full outer join previous_segment_member as earlier
        on row.segment = earlier.Segment and row.customer_id = earlier.CustomerId
    where (row.customer_id is null or earlier.CustomerId is null)
        and exists (select 1 from previous_profile)
"""


def check(engine: Engine, model: Model) -> None:
    """Require that the table of a segment lists accounts, each once.

    Raises:
        ModelError: It does not. The text names the file, and no value.
    """
    with tracked.stumbling_named(model):
        found = engine.columns(model.name)
        if tracked.customer_column(found) is None:
            raise fault(model.path, "it gives no column CustomerId", "Select CustomerId first.")
        tracked.check_customers(engine, model, [])
        tracked.check_finite(engine, model, found)


def collect(engine: Engine, models: Sequence[Model]) -> None:
    """Gather the rows of all segments, and what they are, in the tables that `history/` reads.

    Args:
        engine: the warehouse, with the tables of all segments.
        models: all models; those of other layers are passed over.
    """
    tracked.collect(engine, models, "segments", SOURCE_TABLES, _gather)
    _collect_changes(engine)


def _gather(engine: Engine, model: Model) -> None:
    found = engine.columns(model.name)
    shown = [column for column in found if column.lower() != tracked.CUSTOMER]
    engine.insert(
        "segment_listed",
        [(model.name, model.title, model.purpose, model.sql.strip(), json.dumps(shown))],
    )
    engine.append(
        "segment_row",
        f"select {literal(model.name)}, cast(CustomerId as varchar), {tracked.json_of(shown)} "
        f"from {identifier(model.name)}",
    )
    engine.insert("segment_cause", [(model.name, column) for column in causes(model)])


def _collect_changes(engine: Engine) -> None:
    """Compare the columns that decide about any segment with those of the run before."""
    decisive = engine.rows("select distinct column_name from segment_cause order by column_name")
    for (column,) in decisive:
        figure = identifier(column)
        engine.append(
            "profile_change",
            f"""
            select
                coalesce(now.CustomerId, before.CustomerId), {literal(column)},
                cast(to_json(before.{figure}) as varchar),
                cast(to_json(now.{figure}) as varchar)
            from {_PROFILE} as now
            full outer join previous_profile as before on now.CustomerId = before.CustomerId
            where
                now.{figure} is distinct from before.{figure}
                and coalesce(now.CustomerId, before.CustomerId) in ({_MOVED})
            """,
        )


def causes(model: Model) -> list[str]:
    """Return the columns of Customer_Profile that decide who is in a segment.

    Columns that it merely shows are not among them, unless there are no others.
    """
    if _PROFILE not in model.references:
        return []
    figures = [
        column.name
        for column in schemas.TABLES[_PROFILE].columns
        if column.name.lower() not in _NO_FIGURES
    ]
    return [each for each in figures if each.lower() in model.decisive] or [
        each for each in figures if each.lower() in model.mentioned
    ]
