"""The published tables: names, types, descriptions and checks, once (numbers 5 to 7).

    for table in TABLES.values():
        failures += validate(connection, table.name)
    failures += validate_cross_table(connection)

`TABLES` is plain data and cheap to import; pandera and ibis, which take long, are imported by the
first `validate` that finds something to name. A `Failure` holds no value of any cell and may be
logged.

Files: `model.py` (the words), one file for each group of tables, `rules.py` (rules that they
share), `validation.py` (one table: the query of `aggregate.py` and `expression.py`, the names of
`naming.py`), `cross_table.py` (between tables, and warnings).
"""

from typing import TYPE_CHECKING

from engagement_assets.vocabulary import (
    COMPONENTS,
    LEDGER_OUTCOMES,
    LEVELS,
    MAILBOX_STATUSES,
    RUN_STATUSES,
)

from .coverage import COVERAGE_HISTORY
from .cross_table import CROSS_TABLE, WARNINGS, validate_cross_table, warned_of
from .lineage import COLUMN_LINEAGE
from .measures import MEASURE_DEFINITION, MEASURE_HISTORY, MEASURE_VALUE
from .model import Column, CrossTableRule, Failure, Rule, Table
from .office import OFFICE
from .people import CUSTOMER, MAILBOX, USER_ENTITY
from .profile import CUSTOMER_PROFILE
from .runs import LEDGER, RUN
from .score import SCORE_CONTRIBUTION, SCORE_HISTORY
from .segments import SEGMENT_CHANGE, SEGMENT_DEFINITION, SEGMENT_HISTORY, SEGMENT_MEMBER

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "COMPONENTS",
    "CROSS_TABLE",
    "LEDGER_OUTCOMES",
    "LEVELS",
    "MAILBOX_STATUSES",
    "RUN_STATUSES",
    "TABLES",
    "WARNINGS",
    "Column",
    "CrossTableRule",
    "Failure",
    "Rule",
    "Table",
    "validate",
    "validate_cross_table",
    "warned_of",
]

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        OFFICE,
        SCORE_CONTRIBUTION,
        CUSTOMER,
        USER_ENTITY,
        MAILBOX,
        RUN,
        LEDGER,
        SCORE_HISTORY,
        CUSTOMER_PROFILE,
        SEGMENT_DEFINITION,
        SEGMENT_MEMBER,
        SEGMENT_HISTORY,
        SEGMENT_CHANGE,
        COVERAGE_HISTORY,
        MEASURE_DEFINITION,
        MEASURE_VALUE,
        MEASURE_HISTORY,
        COLUMN_LINEAGE,
    )
}


def validate(connection: "duckdb.DuckDBPyConnection", table: str) -> list[Failure]:
    """Check a published table in the connection's current schema against its definition.

    A table of the wrong shape (columns, types, order) is not looked into any further.

    Args:
        connection: any DuckDB connection, also inside a transaction (what the transaction wrote
            is seen), read-only or with a locked configuration. It is only read from, and its
            settings stay as they are; rows not yet fetched from it are lost. As everywhere in
            DuckDB, a query that fails inside a transaction spoils the transaction.
        table: the name of one of `TABLES`.

    Returns:
        What does not hold; nothing when all is well. A check that cannot be made is a failure
        that names the exception's class.

    Raises:
        KeyError: there is no published table of that name.
    """
    definition = TABLES[table]
    from .validation import validate as validate_table  # noqa: PLC0415 (slow, see above)

    return validate_table(connection, definition)
