"""Segments: what a file of `segments/` gives, checked, and gathered.

A segment is a model like any other; its table has a column `CustomerId` and whatever it shows of a
member. The rules over the runs (who joined, who left, since when) are SQL, in `history/`.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

import duckdb
from sqlglot import exp

from engagement_assets import schemas
from engagement_assets.models.loading import Model, columns
from engagement_assets.models.model_sql import fault, parse_select
from engagement_assets.schemas.input_tables import INPUT_TABLES

SOURCE_TABLES = ("segment_listed", "segment_row", "segment_cause", "profile_change")

_PROFILE = "Customer_Profile"
_CUSTOMER = "customerid"
# what an account is called says nothing about how it behaves
_NO_FIGURES = frozenset({_CUSTOMER, "name"})

# of all others nobody asks what changed
_MOVED = """
    select coalesce(row.customer_id, earlier.CustomerId)
    from segment_row as row
    full outer join previous_segment_member as earlier
        on row.segment = earlier.Segment and row.customer_id = earlier.CustomerId
    where (row.customer_id is null or earlier.CustomerId is null)
        and exists (select 1 from previous_profile)
"""


def check(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """See that the table of a segment lists accounts, each once.

    Raises:
        ModelError: It does not. The text names the file, and no value.
    """
    found = columns(connection, model.name)
    if customer_column(found) is None:
        raise fault(model.path, "it gives no column CustomerId", "Select CustomerId first.")
    check_customers(connection, model, [])
    check_finite(connection, model, found)


def check_customers(
    connection: duckdb.DuckDBPyConnection, model: Model, dimensions: Sequence[str]
) -> None:
    """See that every CustomerId is an account, and none is there twice with the same dimensions.

    Raises:
        ModelError: It is not so.
    """
    table = name(model.name)
    missing, unknown = connection.execute(
        f"select count(*) filter (where t.CustomerId is null), "
        "count(*) filter (where t.CustomerId is not null and account.account_id is null) "
        f"from {table} as t left join account on cast(t.CustomerId as varchar) = account_id"
    ).fetchall()[0]
    if missing:
        raise fault(
            model.path, f"{missing:,} of its rows have no CustomerId", "Leave such rows out."
        )
    if unknown:
        raise fault(
            model.path,
            f"in {unknown:,} of its rows CustomerId is no account of the customer list",
            f"Take CustomerId from {_PROFILE}.",
        )
    check_unique(connection, model, ["CustomerId", *dimensions])


def check_unique(connection: duckdb.DuckDBPyConnection, model: Model, key: Sequence[str]) -> None:
    """See that no two rows have the same key.

    Raises:
        ModelError: Two have.
    """
    listed = ", ".join(map(name, key)) or "1"
    ((twice,),) = connection.execute(
        f"select count(*) from (select 1 from {name(model.name)} group by {listed} "
        "having count(*) > 1)"
    ).fetchall()
    if twice:
        raise fault(
            model.path,
            f"it gives more than one row for the same {' and '.join(key)}, {twice:,} time(s)"
            if key
            else "it gives more than one row for the whole business",
            "Group by it, or use select distinct.",
        )


def check_finite(
    connection: duckdb.DuckDBPyConnection, model: Model, found: Mapping[str, str]
) -> None:
    """See that no number is infinite or undefined: JSON has no such numbers.

    Raises:
        ModelError: One is.
    """
    for column, kind in found.items():
        if kind in {"DOUBLE", "FLOAT"}:
            ((odd,),) = connection.execute(
                f"select count(*) from {name(model.name)} where not isfinite({name(column)})"
            ).fetchall()
            if odd:
                raise fault(
                    model.path,
                    f"{column} is infinite or undefined in {odd:,} row(s)",
                    "Guard divisions with nullif.",
                )


def customer_column(found: Collection[str]) -> str | None:
    """Return the column of account ids as it is spelt, or None."""
    return next((column for column in found if column.lower() == _CUSTOMER), None)


def collect(connection: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Gather the rows of all segments, and what they are, in the tables that `history/` reads.

    Args:
        connection: the warehouse, with the tables of all segments.
        models: all models; those of other layers are passed over.
    """
    for table in SOURCE_TABLES:
        INPUT_TABLES[table].create(connection)
    for model in models:
        if model.layer == "segments":
            _collect(connection, model)
    _collect_changes(connection)


def _collect(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    shown = [column for column in columns(connection, model.name) if column.lower() != _CUSTOMER]
    connection.execute(
        "insert into segment_listed values (?, ?, ?, ?, ?)",
        [model.name, model.title, model.purpose, model.sql.strip(), json.dumps(shown)],
    )
    connection.execute(
        f"insert into segment_row select ?, cast(CustomerId as varchar), {json_of(shown)} "
        f"from {name(model.name)}",
        [model.name],
    )
    for column in causes(model):
        connection.execute("insert into segment_cause values (?, ?)", [model.name, column])


def _collect_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """Compare the columns that decide about any segment with those of the run before."""
    decisive = connection.execute(
        "select distinct column_name from segment_cause order by column_name"
    ).fetchall()
    for (column,) in decisive:
        connection.execute(
            f"""
            insert into profile_change
            select
                coalesce(now.CustomerId, before.CustomerId), ?,
                cast(to_json(before.{name(column)}) as varchar),
                cast(to_json(now.{name(column)}) as varchar)
            from {_PROFILE} as now
            full outer join previous_profile as before on now.CustomerId = before.CustomerId
            where
                now.{name(column)} is distinct from before.{name(column)}
                and coalesce(now.CustomerId, before.CustomerId) in ({_MOVED})
            """,
            [column],
        )


def json_of(shown: Sequence[str], cast: str = "{}") -> str:
    """Return the SQL of a JSON object of columns, with an expression around each."""
    if not shown:
        return "'{}'"
    packed = ", ".join(f"{name(column)} := {cast.format(name(column))}" for column in shown)
    return f"cast(to_json(struct_pack({packed})) as varchar)"


def name(identifier: str) -> str:
    """Return an identifier as SQL."""
    return '"' + identifier.replace('"', '""') + '"'


# --- what decides about a segment ---------------------------------------------------------------


def causes(model: Model) -> list[str]:
    """Return the columns of Customer_Profile that decide who is in a segment.

    Columns that it merely shows are none, unless there are no others.
    """
    if _PROFILE not in model.references:
        return []
    query = parse_select(model.path, model.sql)
    made_of = _made_of(query)
    waiting = {column.name.lower() for column in query.find_all(exp.Column) if _decides(column)}
    found: set[str] = set()
    while waiting:
        found |= waiting
        waiting = set[str]().union(*(made_of.get(each, set()) for each in waiting)) - found
    figures = [
        column.name
        for column in schemas.TABLES[_PROFILE].columns
        if column.name.lower() not in _NO_FIGURES
    ]
    shown = {column.name.lower() for column in query.find_all(exp.Column)}
    return [each for each in figures if each.lower() in found] or [
        each for each in figures if each.lower() in shown
    ]


def _decides(column: exp.Column) -> bool:
    """Whether a column has a part in which rows the SELECT that it belongs to gives.

    One that is merely shown has none, nor has the order of rows, unless only some are taken.
    """
    node: exp.Expr = column
    while node.parent is not None and not isinstance(node.parent, exp.Select | exp.SetOperation):
        node = node.parent
    if node.arg_key == "order" and node.parent is not None:
        return bool(node.parent.args.get("limit") or node.parent.args.get("offset"))
    return node.arg_key != "expressions"


def _made_of(query: exp.Query) -> dict[str, set[str]]:
    """Return what the columns of each SELECT are made of, by name."""
    made: dict[str, set[str]] = {}
    for name_, inside in _projections(query):
        made.setdefault(name_, set()).update(inside)
    return made


def _projections(query: exp.Query) -> Iterator[tuple[str, set[str]]]:
    for select in query.find_all(exp.Select):
        for projection in select.expressions:
            inside = {column.name.lower() for column in projection.find_all(exp.Column)}
            yield projection.alias_or_name.lower(), inside
