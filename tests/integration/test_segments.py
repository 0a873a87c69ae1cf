"""Segments and measures of one's own, as `engagement run` and Dagster meet them."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from engagement_assets import definitions
from engagement_assets.errors import EngagementError
from tests.support import pipeline
from tests.support.command import (
    assert_published,
    published_tree,
    read_settings,
    run_here,
    write_settings,
)

ENGAGED = (
    "-- title: Met\n-- purpose: A meeting.\n"
    "select CustomerId, Meetings from Customer_Profile where Meetings > 0;\n"
)
MEETINGS = (
    "-- title: All meetings\n-- purpose: Meetings of all accounts.\n-- unit: count\n"
    "select sum(Meetings) as Value from Customer_Profile\n"
)


@pytest.fixture
def own(finished: Path) -> Path:
    """The folder of one's own SQL files, named in the configuration of a finished organisation."""
    folder = finished.parent / "our sql"
    for layer in ("segments", "measures"):
        (folder / layer).mkdir(parents=True)
    write_settings(finished, read_settings(finished) | {"sql_folder": "our sql"})
    return folder


def query(config_file: Path, sql: str) -> list[tuple[object, ...]]:
    published = config_file.parent / "data" / "published" / "engagement.duckdb"
    with duckdb.connect(published, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_dropping_a_file_is_all_it_takes(finished: Path, own: Path) -> None:
    (own / "segments" / "met.sql").write_text(ENGAGED)
    (own / "measures" / "all_meetings.sql").write_text(MEETINGS)
    assert_published(run_here(finished))

    members = "select CustomerId from Segment_Member where Segment = 'met' order by all"
    expected = "select CustomerId from Customer_Profile where Meetings > 0 order by all"
    assert query(finished, members) == query(finished, expected) != []
    values = "select Value from Measure_Value where Measure = 'all_meetings'"
    assert query(finished, values) == query(finished, "select sum(Meetings) from Customer_Profile")

    graph = definitions.build(finished).resolve_asset_graph()
    node = graph.get(dg.AssetKey("met"))
    assert node.group_name == "segments"
    assert {key.to_user_string() for key in node.parent_keys} == {"Customer_Profile"}
    assert {key.to_user_string() for key in node.child_keys} >= {"segment_row"}


@pytest.mark.parametrize(
    ("layer", "sql", "problem"),
    [
        ("segments", "select 'nobody' as CustomerId", "CustomerId is not an account"),
        ("measures", "select address_key as Value from contact", "single people or addresses"),
    ],
)
def test_a_broken_file_is_named_and_changes_nothing(
    finished: Path, own: Path, layer: str, sql: str, problem: str
) -> None:
    file = own / layer / "broken.sql"
    file.write_text(
        f"-- title: B\n-- purpose: B.\n{'-- unit: days' if layer[0] == 'm' else '--'}\n{sql}"
    )
    before = published_tree(finished)
    run = run_here(finished)
    assert run.returncode == 1
    assert str(file) in run.stderr
    assert problem in run.stderr
    assert published_tree(finished) == before


def test_a_run_that_was_planned_without_a_new_file_builds_it(finished: Path, own: Path) -> None:
    """As when the server has been up since before the file was saved: it plans what it knows."""
    (own / "segments" / "met.sql").write_text(ENGAGED)
    job = definitions.build(finished).resolve_job_def("engagement")
    planned = job.asset_layer.selected_asset_keys - {dg.AssetKey("met")}
    with dg.DagsterInstance.ephemeral() as opened:
        job.execute_in_process(instance=opened, asset_selection=sorted(planned))
    tables = pipeline.published(finished.parent / "data" / "published")
    assert any(row["Segment"] == "met" for row in tables["Segment_Member"])


def test_a_file_that_is_added_broken_while_the_server_is_up(finished: Path, own: Path) -> None:
    (own / "segments" / "met.sql").write_text(ENGAGED.replace("Meetings > 0", "Meeting > 0"))
    before = published_tree(finished)
    job = definitions.build(finished).resolve_job_def("engagement")
    planned = job.asset_layer.selected_asset_keys - {dg.AssetKey("met")}
    with (
        dg.DagsterInstance.ephemeral() as opened,
        pytest.raises(EngagementError, match=r"met\.sql: DuckDB refuses it"),
    ):
        job.execute_in_process(instance=opened, asset_selection=sorted(planned))
    assert published_tree(finished) == before


def test_parents_that_are_not_accounts_are_a_warning(finished: Path) -> None:
    accounts = finished.parent / "accounts.csv"
    header, first, second, third, *rest = accounts.read_text().splitlines()
    one, two = first.partition(",")[0], second.partition(",")[0]
    lines = [f"{header},Up", f"{first},{two}", f"{second},{one}", f"{third},nobody"]
    accounts.write_text("\n".join([*lines, *(f"{line}," for line in rest)]))
    settings = read_settings(finished)
    settings["customers"]["parent"] = "Up"
    write_settings(finished, settings)
    job = definitions.build(finished).resolve_job_def("engagement")
    with dg.DagsterInstance.ephemeral() as opened:
        result = job.execute_in_process(instance=opened)
    (check,) = [
        each
        for each in result.get_asset_check_evaluations()
        if each.check_name == "parents_are_accounts"
    ]
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert {name: value.value for name, value in check.metadata.items()} == {
        "unknown": 1,
        "circle": 2,
    }
