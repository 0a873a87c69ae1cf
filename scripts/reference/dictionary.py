"""The data dictionary: the published tables, each one hop from its SQL, cases, rule and sources."""

from collections.abc import Iterator, Sequence

from engagement_assets.schemas import CROSS_TABLE, TABLES, Column, Table
from scripts.reference import ROOT, SQL, model_files, numbers
from scripts.reference.markdown import code, table

_INTRODUCTION = """\
<!-- Generated from engagement_assets/schemas/ by `make docs`. Do not edit. -->

# Data dictionary

The tables that a run publishes, what is in them, and what is checked before they are published.
This page is generated from the same definitions as the checks: to change it, change
`engagement_assets/schemas/` and run `make docs`.

The tables lie in `published/engagement.duckdb` and, with the same rows, in
`published/parquet/<table>.parquet`, both in the configured `data_dir`. They are replaced together,
or not at all: a snapshot that breaks one of the rules below is not published, and the previous one
stays. Times are in UTC; days, weeks and months are those of the configured time zone. "May be
empty" is a null. "Numbers" are the sections of [the numbers](the-numbers.md) that define it.

Each table begins with where it comes from: the SQL that computes it, the cases that the SQL is
tested with, the rule in plain words, the tables that the SQL reads, and the checks that compare it
with others.
"""


def page() -> str:
    """Return the whole page."""
    parts = [_INTRODUCTION, _contents(), *map(_section, TABLES.values()), _between_tables()]
    return "\n".join(parts)


def _contents() -> str:
    rows = (
        (f"[{each.name}](#{each.name.lower()})", each.grain, numbers.links(each.numbers))
        for each in TABLES.values()
    )
    return table(("table", "one row is", "numbers"), rows)


def _section(published: Table) -> str:
    return "\n".join(
        [
            f"## {published.name}",
            "",
            published.description,
            "",
            *_where_from(published),
            "",
            f"- One row is {published.grain}.",
            f"- No two rows have the same {_names(published.key)}; rows are sorted by it.",
            "",
            table(
                ("column", "type", "what it says", "may be empty", "what holds", "numbers"),
                map(_column, published.columns),
            ),
            *_rules(published),
        ]
    )


def _where_from(published: Table) -> Iterator[str]:
    model = model_files.models()[published.name]
    yield f"- **SQL**: {model_files.link(model)}"
    yield f"- **Cases**: [tests/sql/{model.name}](../tests/sql/{model.name})"
    yield f"- **Rule**: {numbers.links(published.numbers)}"
    yield f"- **Reads**: {', '.join(map(_read, model.references))}"
    if checks := _checks(published):
        yield f"- **Checks**: {', '.join(checks)}"


def _read(name: str) -> str:
    """Return a link to what a model reads: a published table, another model, or a source."""
    if name in TABLES:
        return f"[{name}](#{name.lower()})"
    if name in model_files.models():
        return model_files.link(model_files.models()[name])
    return f"[{name}](how-it-works.md#tables)"


def _checks(published: Table) -> list[str]:
    """Return links to the checks between tables, which are SQL files."""
    folder = SQL / "checks" / published.name
    return [
        f"[{path.stem}](../{path.relative_to(ROOT).as_posix()})"
        for path in sorted(folder.glob("*.sql"))
    ]


def _column(column: Column) -> tuple[str, ...]:
    return (
        code(column.name),
        column.type,
        column.description,
        "yes" if column.nullable else "no",
        "; ".join(rule.name for rule in column.rules),
        numbers.links(column.numbers),
    )


def _rules(published: Table) -> Iterator[str]:
    if published.rules:
        yield from ("In every row:", "")
        yield from (f"- {rule.name}" for rule in published.rules)
        yield ""


def _between_tables() -> str:
    rows = (
        (each.table, each.description, each.name, numbers.links(each.numbers))
        for each in CROSS_TABLE
    )
    head = ("table", "what holds", "name of the check", "numbers")
    return f"## Between tables and rows\n\n{table(head, rows)}"


def _names(names: Sequence[str]) -> str:
    return " and ".join(map(code, names))
