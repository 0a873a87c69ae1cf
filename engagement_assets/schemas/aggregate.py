"""All rules of a table as one query, made of the rules themselves."""

from collections.abc import Iterator
from functools import cache

from .expression import Row, column
from .model import Table


@cache
def count_of_wrong(table: Table) -> str:
    """Return SQL that counts the rows that break a rule, and the keys that occur twice: 0 if none.

    It answers whether anything is wrong; what, and how often, pandera says (`naming.py`).

    Raises:
        AttributeError: a rule needs more of ibis than `expression.Value` has.
    """
    key = ", ".join(f'"{name}"' for name in table.key)
    broken = f" WHERE {' OR '.join(_broken(table))}"
    return (
        f'SELECT (SELECT count(*) FROM "{table.name}"{broken})'
        f' + (SELECT count(*) FROM (SELECT 1 FROM "{table.name}" GROUP BY {key}'
        " HAVING count(*) > 1) AS doubled)"
    )


def _broken(table: Table) -> Iterator[str]:
    """Yield the conditions under which a row is wrong."""
    for each in table.columns:
        if not each.nullable:
            yield f'"{each.name}" IS NULL'
            if each.type == "DOUBLE":
                yield f'isnan("{each.name}")'  # which is a null to pandera
        for rule in each.rules:
            # says nothing about nulls
            yield f"NOT coalesce({rule.holds(column(each.name, each.type)).sql}, true)"
    row = Row([(each.name, each.type) for each in table.columns])
    for rule in table.rules:
        yield f"NOT coalesce({rule.holds(row).sql}, false)"
