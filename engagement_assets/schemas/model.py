"""What a published table is, in plain data: the words in which the other files define them.

Everything else about a table is derived from its `Table`: the pandera schema (`Table.schema`),
the column metadata that Dagster shows, the order of the rows, `docs/data-dictionary.md`.
Nothing here imports pandera or ibis before somebody asks for a schema: the two take two seconds,
and Dagster loads these definitions whenever it starts a process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import pandera.ibis as pa

ColumnType: TypeAlias = Literal[
    "VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP WITH TIME ZONE"
]

# The checks that every table gets, as a `Failure` names them; the others have a rule's name.
NOT_NULL = "not null"
TABLE_EXISTS = "the table exists"
COLUMN_EXISTS = "the column exists"
NO_OTHER_COLUMNS = "no other columns"
COLUMN_ORDER = "order of columns"
CAN_BE_CHECKED = "can be checked"

# Without a limit pandera fetches every failing value: minutes and gigabytes. We want none of them.
_FAILING_VALUES = 1


@dataclass(frozen=True)
class Failure:
    """A check that did not hold. It carries no value of any cell, so it may be logged.

    Attributes:
        table: the table's name.
        column: the column's name; None when the check is about rows or the whole table.
        check: what should hold; with the exception's class when that could not be found out.
        count: how many rows break it; 1 where rows do not apply.
    """

    table: str
    column: str | None
    check: str
    count: int

    def __str__(self) -> str:
        where = self.table if self.column is None else f"{self.table}.{self.column}"
        return f"{where}: {self.check} ({self.count:,})"


@dataclass(frozen=True)
class Rule:
    """Something that holds for every row.

    Attributes:
        name: what holds, in words; names the check in a `Failure` and in the data dictionary.
        holds: from an ibis column (a rule of a column) or an ibis table (a rule of a table) to
            an ibis boolean column. A column's rule says nothing about nulls. A table's rule that
            comes out as null is broken: forget a null there and the check fails, not the data.
    """

    name: str
    holds: Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A column of a published table.

    Attributes:
        name: its name, as published.
        type: its DuckDB type.
        description: what it says, for a reader who knows sales and no computer science.
        numbers: the sections of docs/the-numbers.md that define it.
        nullable: whether a value may be missing.
        rules: what holds for its values.
    """

    name: str
    type: ColumnType
    description: str
    numbers: str
    nullable: bool = False
    rules: tuple[Rule, ...] = ()


# the tables beside Office
BESIDE = "7"


def column_beside(
    name: str, kind: ColumnType, description: str, *rules: Rule, nullable: bool = False
) -> Column:
    """Return a column of a table that stands beside Office."""
    return Column(name, kind, description, BESIDE, nullable, rules)


@dataclass(frozen=True)
class Table:
    """A published table.

    Attributes:
        name: its name, as published.
        description: what it is for.
        grain: what one row is.
        key: the columns that tell rows apart, in the order in which rows are sorted and written.
        columns: the columns, exactly these, in this order.
        numbers: the sections of docs/the-numbers.md that define it.
        rules: what holds between the columns of a row.
    """

    name: str
    description: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    numbers: str
    rules: tuple[Rule, ...] = ()

    @property
    def schema(self) -> "pa.DataFrameSchema":
        """The pandera schema. Do not give it an empty table: see `validation.py`."""
        import pandera.ibis as pa  # noqa: PLC0415 (slow: see the top of the file)

        return pa.DataFrameSchema(
            name=self.name,
            description=self.description,
            columns={column.name: _pandera_column(column) for column in self.columns},
            checks=[_pandera_check(rule, _of_table) for rule in self.rules],
            strict=True,
            ordered=True,
            # Column(unique=True) would be silently ignored by the ibis backend.
            unique=list(self.key),
        )


@dataclass(frozen=True)
class CrossTableRule:
    """A rule that one row of one table cannot show.

    Attributes:
        name: names the check in a `Failure`.
        table: the table that is wrong, as a rule, when it does not hold.
        description: what holds.
        numbers: the sections of docs/the-numbers.md that say so, or the document.
        sql: a SELECT of what breaks it: as many rows as its count.
        file: the name of its file, without the ending.
        stops: whether nothing is published when it is broken; otherwise it is worth a warning.
    """

    name: str
    table: str
    description: str
    numbers: str
    sql: str
    file: str
    stops: bool


def type_check(column: Column) -> str:
    """Return the name of the check on a column's type."""
    return f"type {column.type}"


def unique_key(table: Table) -> str:
    """Return the name of the check that no key occurs twice."""
    return f"unique {', '.join(table.key)}"


def _pandera_column(column: Column) -> "pa.Column":
    import ibis.expr.datatypes as dt  # noqa: PLC0415 (slow: see the top of the file)
    import pandera.ibis as pa  # noqa: PLC0415 (slow: see the top of the file)

    types = {
        "VARCHAR": dt.string,
        "BIGINT": dt.int64,
        "DOUBLE": dt.float64,
        "BOOLEAN": dt.boolean,
        "DATE": dt.date,
        "TIMESTAMP WITH TIME ZONE": dt.Timestamp(timezone="UTC", scale=6),
    }
    return pa.Column(
        types[column.type],
        checks=[_pandera_check(rule, _of_column) for rule in column.rules],
        nullable=column.nullable,
        description=column.description,
    )


def _pandera_check(rule: Rule, apply: Callable[[Rule, Any], Any]) -> "pa.Check":
    """Return a check of our own making, not one of pandera's built-in ones.

    A check that answers with a column is one pass over that column. The built-in ones answer
    with a table, which pandera then joins to the data row by row.
    """
    import pandera.ibis as pa  # noqa: PLC0415 (slow: see the top of the file)

    return pa.Check(lambda data: apply(rule, data), name=rule.name, n_failure_cases=_FAILING_VALUES)


def _of_column(rule: Rule, data: Any) -> Any:
    return rule.holds(data.table[data.key])


def _of_table(rule: Rule, data: Any) -> Any:
    # pandera takes null for "holds", here as in the columns; between columns that hides mistakes
    return rule.holds(data.table).fill_null(False)  # noqa: FBT003 - ibis takes it by place
