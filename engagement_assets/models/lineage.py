"""Where the columns of the tables come from: read off the SQL, never off the data."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Final

from pydantic import TypeAdapter

from engagement_assets import schemas
from engagement_assets.models.building import create_sources
from engagement_assets.models.engine import Engine
from engagement_assets.models.loading import Model
from engagement_assets.models.sql_cache import SqlCache
from engagement_assets.schemas.input_tables import INPUT_TABLES

Origins = dict[str, list[tuple[str, str]]]
"""Columns to the (table, column) pairs that they are made of."""

_KIND: Final = TypeAdapter(Origins)


class Lineage:
    """The lineage of all models, read off their SQL once, when it is first asked for."""

    def __init__(self, models: Sequence[Model], cache: SqlCache | None = None) -> None:
        """Make it of models, each behind those that it reads; none needs to be built.

        Args:
            models: The models.
            cache: What was read off their SQL before.
        """
        self._models = models
        self._cache = cache or SqlCache()

    def of(self, name: str) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return what the columns of a model are made of, as `column_lineage` does."""
        return self._steps[name]

    def write(self, engine: Engine) -> None:
        """Fill `column_source`."""
        create_sources(engine, ["column_source"])
        engine.insert(
            "column_source",
            [
                (name, column, *origin, self.meaning(*origin))
                for name, made in self._steps.items()
                for column, origins in made.items()
                for origin in origins
            ],
        )

    @cached_property
    def _steps(self) -> Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]:
        columns: dict[str, Iterable[str]] = {s.name: s.columns for s in INPUT_TABLES.values()}
        steps = {}
        for model in self._models:
            read = {table: list(columns[table]) for table in model.references if table in columns}
            steps[model.name] = self._cache.answer(
                _KIND,
                f"lineage\n{json.dumps(read)}\n{model.sql}",
                partial(_read_anew, model, read),
            )
            columns[model.name] = steps[model.name]
        self._cache.save()
        return steps

    @cached_property
    def _commented(self) -> Mapping[str, Mapping[str, str]]:
        return {model.name: model.column_descriptions for model in self._models}

    def meaning(self, table: str, column: str) -> str | None:
        """Return what a column of a source or model says; None where nobody wrote it down."""
        if table in INPUT_TABLES:
            return INPUT_TABLES[table].columns[column][1]
        if table in schemas.TABLES:
            described = {c.name: c.description for c in schemas.TABLES[table].columns}
            return described.get(column)
        return self._commented[table].get(column)


def _read_anew(model: Model, tables: Mapping[str, Iterable[str]]) -> Origins:
    # sqlglot's optimizer costs as much as the whole rest of a command that loads definitions
    from engagement_assets.models.column_lineage import column_lineage  # noqa: PLC0415 - slow, and few need it

    return column_lineage(model, tables)
