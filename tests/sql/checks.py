"""Rules between tables and warnings as models, so that golden cases can be about them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import sqlglot
from sqlglot import exp

from engagement_assets.models.loading import CHECKS, Model, load_models
from engagement_assets.schemas.cross_table import load_rules
from engagement_assets.schemas.model import CrossTableRule


def models_and_checks(folder: Path, sources: Collection[str]) -> dict[str, Model]:
    """Return all models by name, in the order in which they are built, and behind them the checks.

    A check is a table of what is wrong.

    Args:
        folder: The folder that holds the layer folders.
        sources: The tables that exist before any model is built.

    Raises:
        ModelError: A model breaks a rule.
    """
    models = {model.name: model for model in load_models(folder, sources)}
    known = {*models, *sources}
    checks = (_as_model(rule, folder, known, models) for rule in load_rules(folder / CHECKS))
    return models | {check.name: check for check in checks}


def _as_model(
    rule: CrossTableRule, folder: Path, known: Collection[str], models: Mapping[str, Model]
) -> Model:
    query = sqlglot.parse_one(rule.sql, read="duckdb")
    reads = {table.name for table in query.find_all(exp.Table)}
    return replace(
        next(iter(models.values())),
        name=rule.file,
        layer=CHECKS,
        path=folder / CHECKS / rule.table / f"{rule.file}.sql",
        sql=rule.sql,
        purpose=rule.description,
        source=rule.numbers,
        materialized="table",
        references=tuple(sorted(reads.intersection(known))),
        column_descriptions={},
    )
