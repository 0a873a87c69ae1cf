"""What segments and measures cost with many accounts: `python -m bench.segments 100000`.

Office and the tables before it are made up, 68 periods and 80 e-mails for each account; then
everything of docs/segments-and-measures.md is built twice, so that the second time has a run before
it, and checked. Prints what took longest.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb

from bench.measuring import load_checks, peak_bytes, stopwatch
from engagement_assets import schemas
from engagement_assets.models import measures, segments
from engagement_assets.models.building import build
from engagement_assets.models.loading import HISTORY, TRACKED, Model, load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES, PREVIOUS
from engagement_assets.sql_files import sql_folder
from engagement_assets.warehouse import database
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine

_BELOW = {
    "run_before",
    "mailbox_coverage",
    "account_parent",
    "account_ancestor",
    "group_member",
    "Customer_Profile",
}
_TRACKED_TABLES = ("Customer_Profile", "Segment", "Measure")

# a third of a second and more is worth a line
_SHOWN = 0.3

_MADE_UP = """
insert into run values ('r2', '2026-11-23 07:00:00Z', '2026-11-23', '2025-11-23 00:00:00Z',
    '2025-11-23', 'UTC', now());
insert into previous_run by name select 'r1' as RunId, now() as FinishedAt;
insert into account_row select i, 'A' || lpad(cast(i as varchar), 7, '0'), 'Name ' || i,
    case when $parents and i % 3 > 0 then 'A' || lpad(cast(i // 3 as varchar), 7, '0') end
    from range($accounts) as t(i);
insert into local_day select cast(d as date), d at time zone 'UTC'
    from range(timestamp '2025-11-16', timestamp '2026-11-30', interval 1 day) as t(d);
"""
_BEFORE_OFFICE = """
create table email_account as select i as email_key, cast(1 + hash(i) % $accounts as int) as
    account_no, case when i % 2 = 0 then 'to' else 'from' end as direction,
    timestamptz '2025-11-24 00:00:00Z' as sent_at, date '2025-11-24' + cast(i % 364 as int) as day,
    cast(null as varchar) as thread from range($accounts * 80) as t(i);
create table email_head as select email_key, day, direction = 'to' as is_from_organisation
    from email_account;
create table reply as select email_key, account_no, day,
    cast(hash(email_key) % 864000000000 as bigint) as microseconds
    from email_account where direction = 'from';
create table meeting_account as select i // 2 as meeting_key,
    timestamptz '2025-11-24 00:00:00Z' as start_at, cast(1 + hash(i) % $accounts as int) as
    account_no, date '2025-11-24' + cast(i // 2 % 364 as int) as day, 'to' as direction,
    1800000000 as microseconds from range($accounts * 8) as t(i);
create table period as select distinct aggregation_level, period_start from period_of_day;
create table account_period as select account_no, aggregation_level, period_start,
    cast(1 as bigint) as meetings, cast(3 as bigint) as replies,
    cast(1 + account_no % 3 as bigint) as own_people,
    cast(1 + account_no % 2 as bigint) as contacts from account, period;
create table Office as select account_id || period_start as PrimaryKey, account_id as CustomerId,
    cast(hash(account_id, period_start) % 1000 as double) / 10 as EngagementScore,
    cast(hash(account_id, 'to') % 50 as bigint) as NoOfEmails_ToAccount,
    cast(hash(account_id, 'from') % 40 as bigint) as NoOfEmails_FromAccount,
    cast(0 as bigint) as NoOfMeetings_FromAccount, cast(1 as bigint) as NoOfMeetings_ToAccount,
    cast(1 as bigint) as NoOfContactsInvolved_Meetings,
    cast(2 as bigint) as NoOfContactsInvolved_Emails,
    cast(1 as bigint) as NoOfAccountContactsInvolved_Meetings,
    cast(1 as bigint) as NoOfAccountContactsInvolved_Emails,
    date '2025-12-01' as EngagementStartDate,
    cast(hash(account_id, 'day') % 200 as bigint) as DaysSinceLastEmail,
    cast(hash(account_id, 'days') % 300 as bigint) as DaysSinceLastMeeting,
    cast(30 as double) as AverageDuration_Of_Meetings,
    cast(600.5 as double) as AverageDuration_Of_AccountEmailReplies,
    period_start as AggregationStartDate, aggregation_level as AggregationLevel
    from account, period;
"""
# a week later everything is a little different, and a tenth of the members are new
_A_WEEK_LATER = """
update previous_profile set DaysSinceLastEmail = DaysSinceLastEmail + 7,
    DaysSinceLastMeeting = DaysSinceLastMeeting + 7, Rank = Rank + 1, ScoreTrend = ScoreTrend - 3;
delete from previous_segment_member where hash(CustomerId) % 10 = 0;
"""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.segments", description=__doc__)
    parser.add_argument("accounts", type=int)
    parser.add_argument(
        "--parents", action="store_true", help="two accounts of three have a parent"
    )
    asked = parser.parse_args()
    models = load_models(sql_folder(), INPUT_TABLES)
    with (
        tempfile.TemporaryDirectory() as folder,
        database.connect(Path(folder) / "warehouse.duckdb") as connection,
    ):
        rows = _make_up(connection, models, asked.accounts, parents=asked.parents)
        print(f"{asked.accounts:,} accounts, {rows:,} rows of Office")
        _timed("everything, first run", lambda: _build(connection, models))
        _publish(connection)
        _timed("everything, a week later", lambda: _build(connection, models))
        load_checks()

        _timed("checks", lambda: _check(connection))
    print(f"peak memory {peak_bytes() / 1e6:,.0f} MB")


def _make_up(
    connection: duckdb.DuckDBPyConnection,
    models: tuple[Model, ...],
    accounts: int,
    *,
    parents: bool,
) -> int:
    by_name = {model.name: model for model in models}
    for source in INPUT_TABLES.values():
        source.create(connection)
    given = {"$accounts": str(accounts), "$parents": str(parents).lower()}
    for statements, made_after in ((_MADE_UP, ("account", "period_of_day")), (_BEFORE_OFFICE, ())):
        text = statements
        for name, value in given.items():
            text = text.replace(name, value)
        connection.execute(text)
        for name in made_after:
            build(DuckDbEngine(connection), by_name[name])
    return int(connection.execute("select count(*) from Office").fetchall()[0][0])


def _build(connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> None:
    engine = DuckDbEngine(connection)
    are_collected = False
    for model in models:
        if model.layer == HISTORY and not are_collected:
            _timed("  collecting", lambda: segments.collect(engine, models))
            _timed("  collecting", lambda: measures.collect(engine, models))
            are_collected = True
        if model.name in _BELOW or model.layer in {*TRACKED, HISTORY}:
            _timed(f"  {model.name}", partial(build, engine, model))
        if model.layer in TRACKED:
            room = segments if model.layer == "segments" else measures
            room.check(engine, model)


def _publish(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the results those of the run before."""
    for source, table in PREVIOUS.items():
        if table.startswith(_TRACKED_TABLES):
            connection.execute(f"insert into {source} by name select * from {table}")
            if "RunId" in INPUT_TABLES[source].columns:
                connection.execute(f"update {source} set RunId = 'r1'")
    connection.execute(_A_WEEK_LATER)


def _check(connection: duckdb.DuckDBPyConnection) -> None:
    for table in schemas.TABLES:
        if table.startswith(_TRACKED_TABLES):
            assert not schemas.validate(connection, table), table


def _timed(what: str, work: Callable[[], None]) -> None:
    began = time.perf_counter()
    with stopwatch() as watch:
        work()
    if not what.startswith(" ") or time.perf_counter() - began > _SHOWN:
        print(f"{what:34}{watch.wall:8.2f} s{watch.cpu:8.2f} s of processors")


if __name__ == "__main__":
    main()
