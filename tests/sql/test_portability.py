"""The models must mean the same on DuckDB and, written by sqlglot, on Spark.

The rules are `engagement_assets/models/rules.py`; here the models are held to them, with the types
of all columns. A division by zero (`x / 0` is an error on Spark) cannot be seen in the text: the
golden cases must hold one.
"""

from pathlib import Path

import pytest

from engagement_assets.models import findings
from engagement_assets.models.model_sql import parse_select

from .golden import Project

FOLDER = Path(__file__).parents[2] / "dbt_like_sql"
FILES = sorted(FOLDER.rglob("*.sql"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_model_is_portable(project: Project, path: Path) -> None:
    model = project.models[path.stem]

    found = findings.find(
        parse_select(path, model.sql), {table: project.types(table) for table in model.references}
    )

    assert not found, "\n".join([str(path), *map(str, found)])
