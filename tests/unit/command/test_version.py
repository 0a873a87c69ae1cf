"""`engagement --version`: what is installed says so itself."""

import platform
import tomllib
from importlib import metadata
from pathlib import Path

from typer.testing import CliRunner

from engagement_assets.command import version
from engagement_assets.command.cli import app

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_the_distribution_and_what_computes_are_named() -> None:
    answer = CliRunner().invoke(app, ["--version"])
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        f"engagement-assets {metadata.version('engagement-assets')}",
        f"Python {platform.python_version()}",
        f"DuckDB {metadata.version('duckdb')}",
        f"Dagster {metadata.version('dagster')}",
        f"Documents {PYPROJECT.parent / 'docs'}",
    ]


def test_the_documents_lie_beside_the_package_or_within_it(tmp_path: Path) -> None:
    package = tmp_path / "engagement_assets"
    assert version.documents(package) == tmp_path / "docs"
    (package / "docs").mkdir(parents=True)
    assert version.documents(package) == package / "docs"


def test_the_distribution_is_this_project() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    assert project["name"] == version.DISTRIBUTION
