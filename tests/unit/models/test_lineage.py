"""Where columns come from: read off the SQL alone, and held against the tables that it makes."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from engagement_assets import schemas
from engagement_assets.models.building import build
from engagement_assets.models.column_lineage import column_lineage
from engagement_assets.models.lineage import Lineage
from engagement_assets.models.loading import load_models
from engagement_assets.models.sql_cache import SqlCache
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.support import pipeline


@pytest.fixture(scope="module")
def built() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table of the warehouse, empty but for the lineage."""
    with duckdb.connect() as connection:
        for source in INPUT_TABLES.values():
            source.create(connection)
        pipeline.LINEAGE.write(DuckDbEngine(connection))
        for model in pipeline.MODELS:
            build(DuckDbEngine(connection), model)
        yield connection


def test_it_names_the_columns_that_the_tables_have(built: duckdb.DuckDBPyConnection) -> None:
    for model in pipeline.MODELS:
        assert list(pipeline.LINEAGE.of(model.name)) == list(
            DuckDbEngine(built).columns(model.name)
        )


def test_tables_that_are_built_add_nothing(built: duckdb.DuckDBPyConnection) -> None:
    for model in pipeline.MODELS:
        read = {name: DuckDbEngine(built).columns(name) for name in model.references}
        assert pipeline.LINEAGE.of(model.name) == column_lineage(model, read)


def test_columns_lead_to_what_was_read(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        "select TableName, ColumnName, SourceTable, SourceColumn from Column_Lineage"
    ).fetchall()
    steps: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for table, column, source, of in rows:
        steps.setdefault((table, column), []).append((source, of))

    def ends(step: tuple[str, str]) -> set[str]:
        return (
            {step[0]} if step[0] in INPUT_TABLES else set().union(*map(ends, steps.get(step, [])))
        )

    without = {
        f"{table.name}.{column.name}"
        for table in schemas.TABLES.values()
        for column in table.columns
        if not ends((table.name, column.name))
    }
    # what counts rows, or is written in the SQL, is made of no column
    assert {column for column in without if column.startswith("Office")} == {
        "Office.NoOfEmails_ToAccount",
        "Office.NoOfEmails_FromAccount",
        "Office.NoOfContactsInvolved_Meetings",
        "Office.NoOfContactsInvolved_Emails",
        "Office.NoOfAccountContactsInvolved_Meetings",
        "Office.NoOfAccountContactsInvolved_Emails",
        "Office.AggregationLevel",
        "Office_Ledger.Item",
        "Office_Ledger.Outcome",
    }


def test_what_the_source_says_of_its_column_comes_along(built: duckdb.DuckDBPyConnection) -> None:
    said = dict(
        built.execute(
            "select SourceTable || '.' || SourceColumn, any_value(SourceDescription) "
            "from Column_Lineage where SourceDescription is not null group by all"
        ).fetchall()
    )
    assert said["landed_message.is_draft"] == "isDraft"  # of a table that Python fills
    assert said["account.account_id"].startswith("account id")  # of a model
    assert said["Office_ScoreContribution.Points"].startswith("The points")  # published


def test_models_in_any_folder(tmp_path: Path) -> None:
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "Mine.sql").write_text(
        "-- purpose: p\n-- grain: g\n-- source: s\n"
        "select name as n, count(*) as c from account_row group by name"
    )
    lineage = Lineage(load_models(tmp_path, INPUT_TABLES))
    assert lineage.of("Mine") == {"n": [("account_row", "name")], "c": []}


def test_what_is_remembered_is_what_would_be_read(tmp_path: Path) -> None:
    once = Lineage(pipeline.MODELS, SqlCache(tmp_path / "cache"))
    names = [model.name for model in pipeline.MODELS]
    assert all(once.of(name) == pipeline.LINEAGE.of(name) for name in names)

    again = Lineage(pipeline.MODELS, SqlCache(tmp_path / "cache"))

    assert all(again.of(name) == pipeline.LINEAGE.of(name) for name in names)


def test_what_is_remembered_depends_on_the_columns_that_are_read(tmp_path: Path) -> None:
    """`select *` means other columns when a model below has others, whatever its own text."""
    folder = tmp_path / "sql"
    (folder / "marts").mkdir(parents=True)
    header = "-- purpose: p\n-- grain: g\n-- source: s\n"
    (folder / "marts" / "Upper.sql").write_text(f"{header}select * from Lower")
    for column in ("name", "account_id"):
        (folder / "marts" / "Lower.sql").write_text(f"{header}select {column} from account_row")
        models = load_models(folder, INPUT_TABLES)

        lineage = Lineage(models, SqlCache(tmp_path / "cache"))

        assert lineage.of("Upper") == {column: [("Lower", column)]}
