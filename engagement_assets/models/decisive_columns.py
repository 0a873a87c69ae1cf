"""Which columns have a part in which rows a SELECT gives."""

from collections.abc import Iterator

from sqlglot import exp


def decisive(query: exp.Query) -> tuple[str, ...]:
    """Return the names, in lower case and sorted, of what decides, and of what that is made."""
    made_of = _made_of(query)
    waiting = {column.name.lower() for column in query.find_all(exp.Column) if _decides(column)}
    found: set[str] = set()
    while waiting:
        found |= waiting
        waiting = set[str]().union(*(made_of.get(each, set()) for each in waiting)) - found
    return tuple(sorted(found))


def mentioned(query: exp.Query) -> tuple[str, ...]:
    """Return the names, in lower case and sorted, of all columns that occur."""
    return tuple(sorted({column.name.lower() for column in query.find_all(exp.Column)}))


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
    for name, inside in _projections(query):
        made.setdefault(name, set()).update(inside)
    return made


def _projections(query: exp.Query) -> Iterator[tuple[str, set[str]]]:
    for select in query.find_all(exp.Select):
        for projection in select.expressions:
            inside = {column.name.lower() for column in projection.find_all(exp.Column)}
            yield projection.alias_or_name.lower(), inside
