"""Where the columns of the published tables come from."""

from .model import Column, Table, column_beside
from .rules import identifier


def _name(name: str, description: str) -> Column:
    return column_beside(name, "VARCHAR", description, identifier())


COLUMN_LINEAGE = Table(
    name="Column_Lineage",
    description=(
        "Where every column comes from, one step back: follow the steps and you arrive at what "
        "was read. Read off the SQL, so it is never out of date."
    ),
    grain="one column of a table and one column that it is made of",
    key=("TableName", "ColumnName", "SourceTable", "SourceColumn"),
    numbers="7.4",
    columns=(
        _name("TableName", "A table, published or on the way there."),
        _name("ColumnName", "A column of it."),
        _name("SourceTable", "A table that it is made from."),
        _name("SourceColumn", "The column of that table."),
        column_beside(
            "SourceDescription",
            "VARCHAR",
            "What the column of that table says; empty where nobody wrote it down.",
            nullable=True,
        ),
    ),
)
