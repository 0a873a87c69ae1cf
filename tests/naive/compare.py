"""Comparing what the oracle says with what was published, to the last row."""

import math
from collections import Counter
from collections.abc import Collection
from datetime import date, datetime

from .tables import KEYS
from .values import Row, Tables

RELATIVE_TOLERANCE = 1e-9
TIE_TOLERANCE = 1e-6
"""How near to a rounding tie a score may lie for either side of it to be right."""

NOT_COMPUTED = frozenset(
    {
        "Office_Run.RunId",
        "Office_Run.StartedAt",
        "Office_Run.FinishedAt",
        "Office_Mailbox.Reason",
        "Office_ScoreHistory.RunId",
    }
)
"""What a run makes up or words freely: the oracle does not have these columns."""

Key = tuple[object, ...]


def is_tie(score: float) -> bool:
    """Return whether a score lies so near a rounding tie that 0.1 more or less is not an error."""
    tenths = score * 10
    return abs(tenths - math.floor(tenths) - 0.5) <= TIE_TOLERANCE * 10


def equal(expected: object, actual: object) -> bool:
    """Return whether two values are the same, floats nearly so."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, int | float) and isinstance(actual, int | float):
        return math.isclose(expected, actual, rel_tol=RELATIVE_TOLERANCE)
    # A datetime is a date too, but they are never the same thing.
    if isinstance(expected, date) and isinstance(expected, datetime) != isinstance(
        actual, datetime
    ):
        return False
    return expected == actual


def key_columns(table: str, ignore: Collection[str]) -> list[str]:
    """Return the key of a table, without what is ignored."""
    return [column for column in KEYS[table] if f"{table}.{column}" not in ignore]


def scores_by_key(expected: Tables) -> dict[tuple[str, object], float]:
    """Return the unrounded score of every row that shows one, by table and first key."""
    unrounded: dict[object, float] = {}
    for row in expected.get("unrounded", []):
        score = row["Score"]
        assert isinstance(score, float | int)
        unrounded[row["PrimaryKey"]] = score
    found: dict[tuple[str, object], float] = {}
    for row in expected.get("Office", []):
        score = unrounded.get(row["PrimaryKey"])
        if score is None:
            continue
        found[("Office", row["PrimaryKey"])] = score
        if row["AggregationLevel"] == "year":
            found[("Office_ScoreHistory", row["CustomerId"])] = score
    return found


def same_score(expected: object, actual: object, unrounded: float | None) -> bool:
    """Return whether a score is right: exactly so, but for rounding ties."""
    if expected == actual:
        return True
    if not isinstance(expected, float | int) or not isinstance(actual, float | int):
        return False
    return unrounded is not None and is_tie(unrounded) and abs(expected - actual) < 0.1 + 1e-9


def compare_rows(
    table: str, key: Key, rows: tuple[Row, Row], unrounded: float | None, ignore: Collection[str]
) -> list[str]:
    """Compare two rows that have the same key."""
    expected, actual = rows
    found = []
    for column in sorted(expected.keys() | actual.keys()):
        if f"{table}.{column}" in ignore:
            continue
        place = f"{table} {key} {column}"
        if column not in actual:
            found.append(f"{place}: expected {expected[column]!r}, got no such column")
        elif column not in expected:
            found.append(f"{place}: expected no such column, got {actual[column]!r}")
        elif column == "EngagementScore":
            if not same_score(expected[column], actual[column], unrounded):
                found.append(
                    f"{place}: expected {expected[column]!r} (before rounding {unrounded!r}), "
                    f"got {actual[column]!r}"
                )
        elif not equal(expected[column], actual[column]):
            found.append(f"{place}: expected {expected[column]!r}, got {actual[column]!r}")
    return found


def compare_table(
    table: str,
    tables: tuple[list[Row], list[Row]],
    scores: dict[tuple[str, object], float],
    ignore: Collection[str],
) -> list[str]:
    """Compare one table, row by row."""
    found: list[str] = []
    columns = key_columns(table, ignore)
    expected, actual = (
        [(tuple(row.get(column) for column in columns), row) for row in rows] for rows in tables
    )
    counted = Counter(key for key, _ in actual)
    found.extend(
        f"{table} {key}: expected one row, got {count}"
        for key, count in counted.items()
        if count > 1
    )
    expected_rows, actual_rows = dict(expected), dict(actual)
    found.extend(
        f"{table} {key}: expected a row, got none"
        for key in expected_rows
        if key not in actual_rows
    )
    found.extend(
        f"{table} {key}: expected no row, got {row}"
        for key, row in actual_rows.items()
        if key not in expected_rows
    )
    for key, row in expected_rows.items():
        if key in actual_rows:
            named = row.get("PrimaryKey", row.get("CustomerId"))
            found.extend(
                compare_rows(
                    table, key, (row, actual_rows[key]), scores.get((table, named)), ignore
                )
            )
    return found


def differences(
    expected: Tables, actual: Tables, ignore: Collection[str] = NOT_COMPUTED
) -> list[str]:
    """Return what differs, a line each (table, key, column, expected, got); empty if equal.

    ``expected`` is what ``compute`` returned; ``actual`` has the same shape, other tables in it
    do not matter. ``ignore`` names tables (``Office_Run``) and columns (``Office_Run.RunId``).
    """
    scores = scores_by_key(expected)
    found = []
    for table in KEYS:
        if table in ignore or table not in expected:
            continue
        if table not in actual:
            found.append(f"{table}: expected the table, got none")
            continue
        found.extend(compare_table(table, (expected[table], actual[table]), scores, ignore))
    return found
