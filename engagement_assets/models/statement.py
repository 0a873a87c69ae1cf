"""What the SELECT of a model says, whatever tables there are, without parsing it twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from engagement_assets.models.sql_cache import SqlCache


@dataclass(frozen=True)
class Statement:
    """What was read off the text of one SELECT.

    Attributes:
        length: How much of the text it is: all but semicolons and white space at the end.
        reads: The names of the tables that it reads, as it spells them, sorted.
        columns: The names of its columns, as far as it names them.
        descriptions: Column to the comment behind it; only columns that have one.
        refused: What it calls that `rules.py` refuses to somebody: name of the rule, and function.
        decisive: Names, in lower case, of columns that decide which rows it gives.
        mentioned: Names, in lower case, of all columns that occur.
    """

    length: int
    reads: tuple[str, ...]
    columns: tuple[str, ...]
    descriptions: Mapping[str, str]
    refused: tuple[tuple[str, str], ...]
    decisive: tuple[str, ...]
    mentioned: tuple[str, ...]


_KIND: Final = TypeAdapter(Statement)


def read(path: Path, text: str, cache: SqlCache) -> Statement:
    """Return what the one SELECT of a text says.

    Args:
        path: The file, for errors.
        text: Its text.
        cache: Has it, when it was asked for before.

    Raises:
        ModelError: The SQL cannot be read, is not exactly one SELECT, or reads from elsewhere than
            from tables.
    """
    return cache.answer(_KIND, f"statement\n{text}", lambda: _read_anew(path, text))


def _read_anew(path: Path, text: str) -> Statement:
    # sqlglot costs as much as the whole rest of loading, and is not needed for what is remembered
    from engagement_assets.models import decisive_columns, findings, model_sql  # noqa: PLC0415 - slow, and few need it

    query = model_sql.parse_select(path, text)
    sql = model_sql.without_semicolon(text)
    select = model_sql.outer_select(query)
    return Statement(
        length=len(sql),
        reads=model_sql.tables_read(path, query),
        columns=tuple(select.named_selects) if select else (),
        descriptions=model_sql.column_descriptions(sql, query),
        refused=tuple((each.rule.name, each.code) for each in findings.refusals(query)),
        decisive=decisive_columns.decisive(query),
        mentioned=decisive_columns.mentioned(query),
    )
