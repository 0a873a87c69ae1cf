"""Rules between tables and warnings as models, so that golden cases can be about them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import sqlglot
from sqlglot import exp

from engagement_assets.models.loading import CHECKS, Model
from engagement_assets.schemas.cross_table import load_rules


def as_models(
    folder: Path, models: Mapping[str, Model], sources: Collection[str]
) -> Iterator[tuple[str, Model]]:
    """Yield the name and the model of each rule: a table of what is wrong.

    Args:
        folder: The folder that holds the layer folders.
        models: The models that the rules are about.
        sources: The tables that exist before any model is built.
    """
    known = {*models, *sources}
    for rule in load_rules(folder / CHECKS):
        query = sqlglot.parse_one(rule.sql, read="duckdb")
        some_model = next(iter(models.values()))
        yield (
            rule.file,
            replace(
                some_model,
                name=rule.file,
                layer=CHECKS,
                path=folder / CHECKS / rule.table / f"{rule.file}.sql",
                sql=rule.sql,
                purpose=rule.description,
                source=rule.contract,
                materialized="table",
                references=tuple(
                    sorted({table.name for table in query.find_all(exp.Table)} & known)
                ),
                column_descriptions={},
            ),
        )
