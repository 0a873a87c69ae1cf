"""What holds between the published tables, or between the rows of one, and what is worth a warning.

Each rule is a file of its own, `dbt_like_sql/checks/<table>/<rule>.sql`: a header and one SELECT
of what is wrong. How many rows it has is all that leaves this module, and of a warning what it
shows beside (see `warned_of`). It reads no session setting, and presupposes what the schema of
each table says (`validate`): keys are unique, values are allowed.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engagement_assets.sql_files import sql_folder

from .model import CrossTableRule, Failure

if TYPE_CHECKING:
    import duckdb

_KEYS = ("title", "severity", "purpose", "source")
_SEVERITIES = ("stop", "warn")

# In which order failures are told: a table after those that it is compared with. Within a table
# it is that of the files' names.
_TABLES = (
    "Office",
    "Office_ScoreContribution",
    "Office_UserEntity",
    "Office_Mailbox",
    "Office_Ledger",
    "Office_Run",
    "Office_ScoreHistory",
    "Customer_Profile",
    "Segment_Member",
    "Segment_History",
    "Segment_Change",
    "Coverage_History",
    "Measure_Value",
    "Measure_History",
)


def load_rules(folder: Path) -> tuple[CrossTableRule, ...]:
    """Read all rules, in the order in which what they find is told.

    Args:
        folder: the one with a folder for each table.

    Raises:
        ValueError: a header lacks something, or says something that is not known.
    """
    rules = [_read(path) for path in folder.glob("*/*.sql")]
    return tuple(sorted(rules, key=_place))


def _place(rule: CrossTableRule) -> tuple[int, str, str]:
    known = rule.table in _TABLES
    return _TABLES.index(rule.table) if known else len(_TABLES), rule.table, rule.file


def _read(path: Path) -> CrossTableRule:
    header: dict[str, str] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    while lines and (found := re.fullmatch(r"-- (\w+): (.+)", lines[0])):
        header[found[1]] = found[2]
        lines.pop(0)
    if tuple(header) != _KEYS or header["severity"] not in _SEVERITIES:
        raise ValueError(
            f"{path}: the header must say {', '.join(_KEYS)}, in this order, one line for each; "
            f"severity is {' or '.join(_SEVERITIES)}."
        )
    return CrossTableRule(
        name=header["title"],
        table=path.parent.name,
        description=header["purpose"],
        numbers=header["source"].removeprefix("numbers "),
        sql="\n".join(lines),
        file=path.stem,
        stops=header["severity"] == "stop",
    )


_RULES = load_rules(sql_folder() / "checks")
CROSS_TABLE = tuple(rule for rule in _RULES if rule.stops)
WARNINGS = tuple(rule for rule in _RULES if not rule.stops)


def validate_cross_table(connection: "duckdb.DuckDBPyConnection") -> list[Failure]:
    """Check what holds between the published tables in the connection's current schema.

    Args:
        connection: any DuckDB connection, also inside a transaction; it is only read from. As
            everywhere in DuckDB, a query that fails inside a transaction spoils the transaction.

    Returns:
        What does not hold; nothing when all is well. A rule that cannot be checked (a table is
        missing, say) is a failure that names the exception's class.
    """
    failures = []
    for rule in CROSS_TABLE:
        check, count = rule.name, 1
        try:
            ((count,),) = connection.execute(
                f"SELECT count(*) FROM (\n{rule.sql}\n) AS wrong"
            ).fetchall()
        except Exception as error:  # noqa: BLE001 (its message can hold values; it fails the check)
            check = f"{rule.name}: {type(error).__name__}"
        if count:
            failures.append(Failure(rule.table, None, check, int(count)))
    return failures


def warned_of(
    connection: "duckdb.DuckDBPyConnection", rule: CrossTableRule
) -> Mapping[str, int | str]:
    """Return what a rule that warns has found: nothing when all is well.

    The first column of its SELECT is a word of ours (a status, a column's name), the others are
    numbers; it must give no value from the data.

    Args:
        connection: the warehouse.
        rule: one of `WARNINGS`.

    Returns:
        The word to its number; where there are several, to a text such as "7 before, 3 now".

    Raises:
        TypeError: it gives something else than a word and whole numbers.
        duckdb.Error: a table that it reads is missing.
    """
    answer = connection.execute(rule.sql)
    _, *names = (column[0] for column in answer.description or ())
    return dict(_told(rule, names, answer.fetchall()))


def _told(
    rule: CrossTableRule, names: list[str], rows: list[tuple[object, ...]]
) -> Iterator[tuple[str, int | str]]:
    for word, *numbers in rows:
        counts = [number for number in numbers if isinstance(number, int)]
        if len(counts) < len(numbers):
            raise TypeError(f"{rule.file}.sql: all columns but the first must be whole numbers.")
        said = ", ".join(f"{count:,} {name}" for count, name in zip(counts, names, strict=True))
        yield str(word), counts[0] if len(counts) == 1 else said
