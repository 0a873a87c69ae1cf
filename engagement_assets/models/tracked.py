"""What segments and measures share: whose rows they are, what no row may be, how it is gathered.

Anybody may add a file, so no model of `history/` can name all their tables: what they give is
gathered in tables that it reads.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from engagement_assets.models.building import create_sources, of_the_file
from engagement_assets.models.engine import Engine, EngineError
from engagement_assets.models.faults import fault
from engagement_assets.models.loading import Model
from engagement_assets.sql_text import identifier

CUSTOMER = "customerid"


def customer_column(found: Collection[str]) -> str | None:
    """Return the column of account ids as it is spelt, or None."""
    return next((column for column in found if column.lower() == CUSTOMER), None)


def collect(
    engine: Engine,
    models: Sequence[Model],
    layer: str,
    tables: Sequence[str],
    gather: Callable[[Engine, Model], None],
) -> None:
    """Empty the tables of a layer, and gather the rows of its models in them.

    Args:
        engine: the warehouse, with the tables of the layer's models.
        models: all models; those of other layers are passed over.
        layer: segments or measures.
        tables: the tables that `history/` reads.
        gather: adds what one model gives.

    Raises:
        ModelError: the table of a model cannot be read; the text names its file.
    """
    create_sources(engine, tables)
    for model in models:
        if model.layer == layer:
            with stumbling_named(model):
                gather(engine, model)


@contextmanager
def stumbling_named(model: Model) -> Iterator[None]:
    """Name the file when the engine stumbles: a view is first read after it was built."""
    try:
        yield
    except EngineError as error:
        raise of_the_file(model, error) from error


def check_customers(engine: Engine, model: Model, dimensions: Sequence[str]) -> None:
    """Require that every CustomerId is an account, none twice with the same dimensions.

    Raises:
        ModelError: It is not so.
    """
    table = identifier(model.name)
    ((missing, unknown),) = engine.rows(
        "select count(*) filter (where t.CustomerId is null), "
        "count(*) filter (where t.CustomerId is not null and account.account_id is null) "
        f"from {table} as t left join account on cast(t.CustomerId as varchar) = account_id"
    )
    if missing:
        raise fault(
            model.path, f"{missing:,} of its rows have no CustomerId", "Leave such rows out."
        )
    if unknown:
        raise fault(
            model.path,
            f"in {unknown:,} of its rows CustomerId is not an account of the customer list",
            "Take CustomerId from Customer_Profile.",
        )
    check_unique(engine, model, ["CustomerId", *dimensions])


def check_unique(engine: Engine, model: Model, key: Sequence[str]) -> None:
    """Require that no two rows have the same key.

    Raises:
        ModelError: Two have.
    """
    listed = ", ".join(map(identifier, key)) or "1"
    ((twice,),) = engine.rows(
        f"select count(*) from (select 1 from {identifier(model.name)} group by {listed} "
        "having count(*) > 1)"
    )
    if twice:
        raise fault(
            model.path,
            f"it gives more than one row for the same {' and '.join(key)}, {twice:,} time(s)"
            if key
            else "it gives more than one row for the whole business",
            "Group by it, or use select distinct.",
        )


def check_finite(engine: Engine, model: Model, found: Mapping[str, str]) -> None:
    """Require that no number is infinite or undefined: JSON has no such numbers.

    Raises:
        ModelError: One is.
    """
    for column, kind in found.items():
        if kind in {"DOUBLE", "FLOAT"}:
            ((odd,),) = engine.rows(
                f"select count(*) from {identifier(model.name)} "
                f"where not isfinite({identifier(column)})"
            )
            if odd:
                raise fault(
                    model.path,
                    f"{column} is infinite or undefined in {odd:,} row(s)",
                    "Guard divisions with nullif.",
                )


def json_of(shown: Sequence[str], cast: str = "{}") -> str:
    """Return the SQL of a JSON object of columns, with an expression around each."""
    if not shown:
        return "'{}'"
    packed = ", ".join(
        f"{identifier(column)} := {cast.format(identifier(column))}" for column in shown
    )
    return f"cast(to_json(struct_pack({packed})) as varchar)"
