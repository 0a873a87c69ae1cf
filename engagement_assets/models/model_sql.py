"""What the SELECT of one model file says: the tables that it reads, its columns.

Pure text and syntax, no database. `statement.py` puts the answers together.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import sqlglot
from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError, SqlglotError

from engagement_assets.models.faults import ModelError, fault

_COMMENT: Final = re.compile(r"--([^\n]*)|/\*(.*?)\*/", re.DOTALL)

_OPENING: Final = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSING: Final = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})
_AFTER_COLUMNS: Final = frozenset(
    {
        TokenType.FROM,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.HAVING,
        TokenType.QUALIFY,
        TokenType.WINDOW,
        TokenType.ORDER_BY,
        TokenType.LIMIT,
        TokenType.UNION,
        TokenType.EXCEPT,
        TokenType.INTERSECT,
    }
)


# --- the statement ------------------------------------------------------------------------------


def parse_select(path: Path, text: str) -> exp.Query:
    """Return the one SELECT of a file.

    Raises:
        ModelError: The SQL cannot be read, or is not exactly one SELECT.
    """
    try:
        parsed = sqlglot.parse(text, read="duckdb")
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        where = f" in line {first['line']}" if first.get("line") else ""
        reason = str(first.get("description") or error).splitlines()[0].rstrip(".")
        raise fault(path, f"the SQL cannot be read{where}: {reason}", "Correct it.") from None
    except SqlglotError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise fault(path, f"the SQL cannot be read: {reason}", "Correct it.") from None
    # A comment behind the last semicolon is a statement of its own to sqlglot.
    statements = [each for each in parsed if each and not isinstance(each, exp.Semicolon)]
    if len(statements) != 1:
        raise fault(path, f"it holds {len(statements)} statements", "Write one SELECT in a file.")
    query = statements[0]
    if not isinstance(query, exp.Query) or query.find(exp.Into, exp.DML):
        raise fault(path, "its statement is not a SELECT", "Write one SELECT in a file.")
    return query


def without_semicolon(text: str) -> str:
    """Return the text of a statement without the semicolons at its end."""
    tokens = sqlglot.tokenize(text, read="duckdb")
    end = len(text)
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        end = tokens.pop().start
    return text[:end].rstrip()


def outer_select(query: exp.Expr) -> exp.Select | None:
    """Return the SELECT that names the columns: of a union, the first."""
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.args["this"]
    return query if isinstance(query, exp.Select) else None


# --- the tables that it reads -------------------------------------------------------------------


def tables_read(path: Path, query: exp.Query) -> tuple[str, ...]:
    """Return the names of the tables that a query reads, as it spells them, sorted.

    Args:
        path: The file, for errors.
        query: The SELECT.

    Raises:
        ModelError: It reads a table in another schema, or one that is made by a function.
    """
    found: set[str] = set()
    for lateral in query.find_all(exp.Lateral):
        if not isinstance(lateral.this, exp.Subquery | exp.Unnest):
            raise _table_function(path)
    for table in query.find_all(exp.Table):
        # range() and generate_series() make rows out of nothing.
        if isinstance(table.this, exp.GenerateSeries) or _is_cte(table):
            continue
        if not isinstance(table.this, exp.Identifier):
            raise _table_function(path)
        if table.db or table.catalog:
            schema = table.catalog or table.db
            raise fault(
                path, f"it reads {table.name} by way of {schema}", f"Write {table.name} alone."
            )
        found.add(table.name)
    return tuple(sorted(found))


def _table_function(path: Path) -> ModelError:
    return fault(path, "it reads a table function", "Read models and sources by name.")


def _is_cte(table: exp.Table) -> bool:
    """Whether the name is that of a CTE which can be seen where it stands.

    Not by sqlglot's scopes: they tell CTEs apart by case, which DuckDB does not, and skip PIVOT.
    """
    if table.db:
        return False
    passed: set[int] = set()
    inside: exp.Expr | None = None
    node: exp.Expr | None = table
    while node is not None:
        passed.add(id(node))
        if isinstance(node, exp.CTE):
            inside = node
        elif isinstance(clause := node.args.get("with_"), exp.With):
            if table.name.lower() in _visible(clause, inside, passed):
                return True
            inside = None
        node = node.parent
    return False


def _visible(clause: exp.With, inside: exp.Expr | None, passed: Collection[int]) -> set[str]:
    """The CTEs of a WITH that its query sees or, when `inside` is one of them, that this one sees.

    A CTE sees those before it. Itself it sees only in the second half of a recursive union;
    anywhere else, its name is that of the real table.
    """
    visible: set[str] = set()
    cte: exp.Expr
    for cte in clause.expressions:
        if cte is inside:
            body = cte.args["this"].unnest()
            recursive = clause.recursive and isinstance(body, exp.SetOperation)
            if recursive and id(body.args["expression"]) in passed:
                visible.add(cte.alias.lower())
            break
        visible.add(cte.alias.lower())
    return visible


# --- the columns' descriptions ------------------------------------------------------------------


def column_descriptions(text: str, query: exp.Query) -> dict[str, str]:
    """Return the comments behind the columns of the outermost SELECT.

    The comment of a column stands on the line on which the column (or the comma behind it) ends;
    lines below that hold nothing but a comment, starting no further left, continue it.

    sqlglot's own comments do not do: it adds those above a column to those behind it, loses
    which of two columns on a line a comment follows, and moves some into expressions.
    """
    select = outer_select(query)
    tokens = sqlglot.tokenize(text, read="duckdb")
    ends = list(_column_ends(tokens))
    if select is None or select.is_star or len(ends) != len(select.expressions):
        return {}
    found = {
        column.alias_or_name: _comment_behind(text, tokens, end)
        for column, end in zip(select.expressions, ends, strict=True)
    }
    return {name: comment for name, comment in found.items() if name and comment}


def _column_ends(tokens: Sequence[Token]) -> Iterator[int]:
    """The index of the last token of each column of the first SELECT outside of parentheses."""
    depth = 0
    begun = False
    previous = TokenType.SELECT
    for index, token in enumerate(tokens):
        kind = token.token_type
        depth += (kind in _OPENING) - (kind in _CLOSING)
        if depth == 0 and begun:
            # `is distinct from` holds the only FROM that can stand in a column at this depth.
            ended = kind in _AFTER_COLUMNS and previous is not TokenType.DISTINCT
            if (kind is TokenType.COMMA or ended) and previous is not TokenType.COMMA:
                yield index - 1
            if ended:
                return
        begun = begun or (depth == 0 and kind is TokenType.SELECT)
        previous = kind
    if begun:
        yield len(tokens) - 1


def _comment_behind(text: str, tokens: Sequence[Token], last: int) -> str:
    gap = _gap(text, tokens, last)
    comments = _trailing_comments(text, *gap)
    follows = tokens[last + 1] if last + 1 < len(tokens) else None
    if follows and follows.token_type is TokenType.COMMA and "\n" not in text[slice(*gap)]:
        comments += _trailing_comments(text, *_gap(text, tokens, last + 1))
    return " ".join(comments)


def _gap(text: str, tokens: Sequence[Token], index: int) -> tuple[int, int]:
    """Where the white space and the comments behind a token begin and end."""
    end = tokens[index + 1].start if index + 1 < len(tokens) else len(text)
    return tokens[index].end + 1, end


def _trailing_comments(text: str, start: int, end: int) -> list[str]:
    found: list[str] = []
    first_column = 0
    position = start
    for comment in _COMMENT.finditer(text, start, end):
        column = comment.start() - text.rfind("\n", 0, comment.start())
        if "\n" in text[position : comment.start()] and (not found or column < first_column):
            break  # a comment above what comes next
        found.append(" ".join((comment[1] or comment[2] or "").split()))
        first_column = first_column or column
        position = comment.end()
    return [each for each in found if each]
