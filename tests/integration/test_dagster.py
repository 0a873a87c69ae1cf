"""The pipeline as Dagster runs it, in this process, with the instance of a data folder."""

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from engagement_assets import definitions, schemas
from engagement_assets.errors import BusyError, ConfigurationError, PublishingError
from engagement_assets.pipeline import check_results, instance
from engagement_assets.schemas.input_tables import INPUT_TABLES
from tests.support import pipeline
from tests.support.command import (
    SAME_ID,
    TIMEOUT,
    models_with,
    published_tree,
    read_settings,
    start,
    write_sample,
    write_settings,
)

from .conftest import Finished


def _run(
    config_file: Path, *assets: str, raise_on_error: bool = True, models: Path | None = None
) -> dg.ExecuteInProcessResult:
    """Run the job, or only some of its assets, as `engagement run` does."""
    built = definitions.build(config_file, models_folder=models)
    job = built.resolve_job_def("engagement")
    with instance.opened(config_file.parent / "data") as opened:
        return job.execute_in_process(
            instance=opened,
            raise_on_error=raise_on_error,
            asset_selection=[dg.AssetKey(name) for name in assets] or None,
        )


def _causes(error: BaseException | None) -> list[type[BaseException]]:
    found = []
    while error is not None:
        found.append(type(error))
        error = error.__cause__
    return found


def _checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {
        f"{check.asset_key.to_user_string()}:{check.check_name}": check
        for check in result.get_asset_check_evaluations()
    }


def _metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Return the metadata of every materialised asset, as plain values."""
    return {
        materialization.asset_key.to_user_string(): {
            name: value.value for name, value in materialization.metadata.items()
        }
        for event in result.filter_events(lambda event: event.is_step_materialization)
        for materialization in [event.step_materialization_data.materialization]
    }


def _break_a_mailbox(config_file: Path) -> str:
    """Break one person's messages, and return the person's id."""
    mailbox = min(path for path in (config_file.parent / "activity" / "mailboxes").iterdir())
    (mailbox / "messages-2.ndjson").write_bytes(b'{"id": \n')
    return mailbox.name


# --- what a run shows ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_a_broken_mailbox(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dg.ExecuteInProcessResult]:
    """A first run in which one mailbox cannot be read."""
    config_file = write_sample(tmp_path_factory.mktemp("broken"))
    _break_a_mailbox(config_file)
    return config_file, _run(config_file)


def test_a_failed_mailbox_is_a_warning(
    with_a_broken_mailbox: tuple[Path, dg.ExecuteInProcessResult],
) -> None:
    config_file, result = with_a_broken_mailbox
    assert result.success
    check = _checks(result)["mailbox:all_mailboxes_are_read"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.metadata["failed"].value == 1
    tables = pipeline.published(config_file.parent / "data" / "published")
    assert [row["Status"] for row in tables["Office_Run"]] == ["succeeded_with_warnings"]
    (failed,) = (row for row in tables["Office_Mailbox"] if row["Status"] == "failed")
    assert "messages-2.ndjson, line 1" in str(failed["Reason"])
    assert _metadata(result)["published"]["status"] == "succeeded_with_warnings"


def test_a_run_with_warnings_is_seen_among_the_others(
    with_a_broken_mailbox: tuple[Path, dg.ExecuteInProcessResult], finished: Path
) -> None:
    config_file, result = with_a_broken_mailbox
    warned = "mailbox: all_mailboxes_are_read"
    assert _metadata(result)["published"]["checks that warn"] == warned
    with instance.opened(config_file.parent / "data") as opened:
        (run,) = opened.get_runs()
        assert run.tags[check_results.WARNINGS_TAG] == warned
    with instance.opened(finished.parent / "data") as opened:
        (clean,) = opened.get_runs()
        assert check_results.WARNINGS_TAG not in clean.tags


def test_a_run_that_repeats_one_with_warnings_says_when_it_has_none(tmp_path: Path) -> None:
    with instance.opened(tmp_path) as opened:
        run = opened.create_run_for_job(_nothing, tags={check_results.WARNINGS_TAG: "a: check"})
        context = dg.build_init_resource_context(instance=opened)
        context._dagster_run = run  # Dagster builds none with a run
        with check_results.noted(context):
            pass
        assert [found.tags[check_results.WARNINGS_TAG] for found in opened.get_runs()] == ["none"]


@dg.job
def _nothing() -> None:
    """A job that does nothing."""


def test_every_check_ran_and_all_others_passed(
    with_a_broken_mailbox: tuple[Path, dg.ExecuteInProcessResult],
) -> None:
    _, result = with_a_broken_mailbox
    checks = _checks(result)
    assert {f"{table}:keeps_its_schema" for table in schemas.TABLES} <= checks.keys()
    assert [name for name, check in checks.items() if not check.passed] == [
        "mailbox:all_mailboxes_are_read"
    ]


def test_every_table_shows_its_rows_and_describes_every_column(
    with_a_broken_mailbox: tuple[Path, dg.ExecuteInProcessResult],
) -> None:
    config_file, result = with_a_broken_mailbox
    metadata = _metadata(result)
    models = {model.name: model for model in pipeline.MODELS}
    missing = []
    with duckdb.connect(
        config_file.parent / "data" / "warehouse" / "warehouse.duckdb", read_only=True
    ) as connection:
        for name in [*models, *INPUT_TABLES]:
            (rows,) = connection.execute(f'select count(*) from "{name}"').fetchall()[0]
            names = [row[0] for row in connection.execute(f'describe "{name}"').fetchall()]
            assert metadata[name]["dagster/row_count"] == rows, name
            columns = metadata[name]["dagster/column_schema"].columns
            assert [column.name for column in columns] == names, name
            missing += [f"{name}.{column.name}" for column in columns if not column.description]
    assert missing == [], "columns without a description"


def test_every_model_shows_where_its_columns_come_from(
    with_a_broken_mailbox: tuple[Path, dg.ExecuteInProcessResult],
) -> None:
    _, result = with_a_broken_mailbox
    metadata = _metadata(result)
    for model in pipeline.MODELS:
        lineage = metadata[model.name]["dagster/column_lineage"].deps_by_column
        columns = {column.name for column in metadata[model.name]["dagster/column_schema"].columns}
        assert lineage.keys() == columns, model.name
        assert any(lineage.values()), f"{model.name}: no column comes from anywhere"
        upstream = {dep.asset_key.to_user_string() for deps in lineage.values() for dep in deps}
        assert upstream <= set(model.references), model.name


def test_falling_counts_are_a_warning(finished: Path) -> None:
    mailboxes = sorted((finished.parent / "activity" / "mailboxes").iterdir())
    for mailbox in mailboxes[1:]:
        for file in mailbox.glob("messages*"):
            file.unlink()
    result = _run(finished)
    assert result.success
    check = _checks(result)["Office_Run:counts_do_not_fall"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "before" in str(check.metadata["EmailsProcessed"].value)


# --- what stops a run ---------------------------------------------------------------------------


def test_a_broken_rule_stops_before_publishing(finished: Path, tmp_path: Path) -> None:
    before = published_tree(finished)
    models = models_with(tmp_path / "models", *SAME_ID)

    result = _run(finished, raise_on_error=False, models=models)

    assert not result.success
    check = _checks(result)["Office_Customer:keeps_its_schema"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert check.blocking
    assert "unique" in str(check.metadata["rule 1"].value).lower()
    # it was the check: the table itself was built, and publishing was never tried
    materialised = _metadata(result)
    assert "Office_Customer" in materialised
    assert "published" not in materialised
    failed = [event.step_key for event in result.get_step_failure_events()]
    assert failed == ["Office_Customer_keeps_its_schema"]
    assert published_tree(finished) == before


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("update Office set EngagementScore = 200", "EngagementScore"),
        ("delete from Office_ScoreContribution where Component = 'Replies'", "7 contributions"),
        ("alter table Office_Mailbox add column Messages bigint", "Messages"),
        ("drop table Office_Ledger", "Office_Ledger"),
    ],
)
def test_publishing_alone_refuses_bad_tables(finished: Path, damage: str, words: str) -> None:
    before = published_tree(finished)
    with duckdb.connect(finished.parent / "data" / "warehouse" / "warehouse.duckdb") as connection:
        connection.execute(damage)
    with pytest.raises(PublishingError, match=words):
        _run(finished, "published")
    assert published_tree(finished) == before


def test_publishing_alone_publishes_good_tables_again(finished: Path) -> None:
    before = published_tree(finished)
    assert _run(finished, "published").success
    after = published_tree(finished)
    assert {name: data for name, data in after.items() if name.endswith(".parquet")} == {
        name: data for name, data in before.items() if name.endswith(".parquet")
    }


@pytest.mark.parametrize(
    "assets",
    [
        ("landed_message", "landed_event", "mailbox", "excluded_folder"),
        (
            "person",
            "person_address",
            "opted_out_person",
            "colleague_address",
            "organisation_domain",
        ),
        ("contact_row", "account_row", "exclusion"),
        ("consent_status",),
    ],
    ids=["activity", "people", "customers", "consent"],
)
def test_nothing_is_read_without_privacy_terms(finished: Path, assets: Sequence[str]) -> None:
    settings = read_settings(finished)
    del settings["privacy_terms"]
    write_settings(finished, settings)
    manifest = finished.parent / "data" / "activity" / "manifest.json"
    landed = manifest.stat().st_mtime_ns
    # what would be read is new: were it opened, it would be landed, or fail
    for file in (finished.parent / "activity" / "mailboxes").rglob("*.ndjson*"):
        os.utime(file)
    with pytest.raises(ConfigurationError, match="privacy_terms are not accepted"):
        _run(finished, *assets)
    assert manifest.stat().st_mtime_ns == landed


def test_of_two_runs_at_once_the_second_fails(finished_sample: Finished, tmp_path: Path) -> None:
    config_file = finished_sample.copied(tmp_path / "busy")
    users = config_file.parent / "activity" / "users.ndjson"
    content = users.read_bytes()
    users.unlink()
    os.mkfifo(users)  # the first run waits here until somebody writes
    first = start(config_file)
    try:
        assert first.stdout is not None
        shown: list[str] = []
        for line in first.stdout:  # until it holds the lock
            shown.append(line)
            if " consent_status" in line:
                break
        assert first.poll() is None, "".join(shown)

        # an asset that does not read the users, so that a missing lock fails and does not hang
        with pytest.raises(dg.DagsterError) as caught:
            _run(config_file, "consent_status")
        assert BusyError in _causes(caught.value)

        with users.open("wb") as stream:
            stream.write(content)
        rest, _ = first.communicate(timeout=TIMEOUT)
        assert first.returncode == 0, "".join(shown) + rest
    finally:
        first.kill()
        first.wait()


# --- what follows from files --------------------------------------------------------------------


def test_another_sql_file_is_another_asset(finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    shutil.copytree(definitions.sql_folder(), folder)
    (folder / "measures").mkdir(exist_ok=True)
    (folder / "measures" / "accounts_written_to.sql").write_text(
        "-- title: Accounts written to\n"
        "-- purpose: How many accounts were written to.\n"
        "-- unit: count\n"
        "select count(*) as Value -- accounts with an e-mail to them\n"
        "from Office\n"
        "where AggregationLevel = 'year' and NoOfEmails_ToAccount > 0\n",
        encoding="utf-8",
    )
    graph = definitions.build(finished, models_folder=folder).resolve_asset_graph()
    node = graph.get(dg.AssetKey("accounts_written_to"))
    assert node.group_name == "measures"
    assert {key.to_user_string() for key in node.parent_keys} == {"Office"}
    assert "How many accounts were written to." in (node.description or "")

    result = _run(finished, "accounts_written_to", models=folder)
    metadata = _metadata(result)["accounts_written_to"]
    assert metadata["dagster/row_count"] == 1
    (column,) = metadata["dagster/column_schema"].columns
    assert (column.name, column.description) == ("Value", "accounts with an e-mail to them")


def test_the_schedule_starts_the_job_when_the_configuration_says(finished: Path) -> None:
    settings = read_settings(finished) | {"schedule": "30 5 * * 2", "time_zone": "America/New_York"}
    built = definitions.build(write_settings(finished, settings))
    schedule = built.resolve_schedule_def("weekly")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "engagement"

    # the Tuesdays around the end of summer time: the same hour on the wall, another one in UTC
    moments = schedule_execution_time_iterator(
        datetime(2026, 10, 25, tzinfo=UTC).timestamp(),
        schedule.cron_schedule,
        schedule.execution_timezone,
    )
    assert [next(moments).astimezone(UTC) for _ in range(2)] == [
        datetime(2026, 10, 27, 9, 30, tzinfo=UTC),
        datetime(2026, 11, 3, 10, 30, tzinfo=UTC),
    ]
    moment = datetime(2026, 11, 3, 10, 30, tzinfo=UTC)
    with dg.build_schedule_context(scheduled_execution_time=moment) as context:
        assert len(schedule.evaluate_tick(context).run_requests or ()) == 1
