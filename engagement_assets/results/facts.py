"""What a segment shows of its members: columns out of a JSON object, typed so that they sort."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from engagement_assets.results.fields import FIELDS, Kind
from engagement_assets.results.queries import query
from engagement_assets.results.snapshot import Snapshot

__all__ = ["Fact", "Order", "facts_of", "members", "reading_order"]

# What every member has anyway, whatever its segment shows.
_OF_EVERY_MEMBER: Final = frozenset({"customerid", "name", "label", "since"})
_TYPES: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "VARCHAR",
    Kind.COUNT: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.CHANGE: "DOUBLE",
    Kind.MINUTES: "DOUBLE",
    Kind.FIGURE: "DOUBLE",
    Kind.DAY: "DATE",
    Kind.YES_NO: "BOOLEAN",
}
_NUMBERS: Final = frozenset({"UBIGINT", "BIGINT", "HUGEINT", "UHUGEINT", "DOUBLE"})


@dataclass(frozen=True)
class Fact:
    """A column that a segment shows.

    Attributes:
        column: its name.
        kind: what its values are.
    """

    column: str
    kind: Kind

    @property
    def is_number(self) -> bool:
        """Whether it stands on the right of its column."""
        return _TYPES[self.kind] in {"BIGINT", "DOUBLE"}

    @property
    def is_of_activity(self) -> bool:
        """Whether it says something of e-mails and meetings, and not of something of its own."""
        return self.column in FIELDS and self.kind is not Kind.TEXT


@dataclass(frozen=True)
class Order:
    """What to sort by when nobody asked for anything."""

    column: str
    descending: bool


def facts_of(snapshot: Snapshot, definition: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return what a segment shows, in its order.

    Args:
        snapshot: the snapshot.
        definition: the segment's row of Segment_Definition.
    """
    listed: list[str] = json.loads(definition["Columns"])
    columns = [column for column in listed if column.lower() not in _OF_EVERY_MEMBER]
    found: dict[str, str] = {}
    if any(column not in FIELDS for column in columns):
        row = snapshot.row(query("segment_structure"), {"segment": definition["Segment"]})
        structure = json.loads((row or {}).get("Structure") or "{}")
        found = {column: str(kind) for column, kind in structure.items()}
    return tuple(Fact(column, _kind(column, found)) for column in columns)


def _kind(column: str, found: Mapping[str, str]) -> Kind:
    if column in FIELDS:
        return FIELDS[column].kind
    if found.get(column) in _NUMBERS:
        return Kind.FIGURE
    return Kind.YES_NO if found.get(column) == "BOOLEAN" else Kind.TEXT


def members(facts: Sequence[Fact]) -> tuple[str, dict[str, str]]:
    """Return the SELECT of a segment's members with its facts as columns, and parameters for it.

    It has two more parameters: `segment`, and `search`, which is empty for everybody.
    """
    base = query("segment_members").rstrip().rstrip(";")
    if not facts:
        return f"select * exclude (Facts) from ({base})", {}
    structure = json.dumps({fact.column: _TYPES[fact.kind] for fact in facts})
    sql = f"select * exclude (Facts), unnest(from_json(Facts, $structure)) from ({base})"
    return sql, {"structure": structure}


def reading_order(definition: Mapping[str, Any], facts: Sequence[Fact]) -> Order:
    """Return the order that the segment's own SQL asks for, as far as it can be shown.

    Args:
        definition: the segment's row of Segment_Definition.
        facts: what it shows.
    """
    known = {fact.column.lower(): fact.column for fact in facts} | {"name": "Label"}
    wanted = _order_by(definition["Sql"])
    if wanted is not None and wanted.column.lower() in known:
        return Order(known[wanted.column.lower()], wanted.descending)
    if any(fact.column == "EngagementScore" for fact in facts):
        return Order("EngagementScore", descending=True)
    return Order("Label", descending=False)


@functools.lru_cache(maxsize=256)
def _order_by(sql: str) -> Order | None:
    """Return what the outermost ORDER BY of a SELECT sorts by first; None when it has none."""
    try:
        statement = sqlglot.parse_one(sql, read="duckdb")
    except SqlglotError:
        return None  # DuckDB read it; an order that cannot be read is only a default that is lost
    order = statement.args.get("order")
    first = order.expressions[0] if order and order.expressions else None
    if not isinstance(first, exp.Ordered) or not isinstance(first.this, exp.Column):
        return None
    return Order(first.this.name, bool(first.args.get("desc")))
