"""What an earlier version did not write down of its reads, from what it left in the warehouse.

It kept which files it had landed, not the window that they cover nor the folders that were left
out. A mailbox that can be read is read anew in any case; this is for one that cannot. Of one that
could not be read then, either, the folders stay unknown until its source tells them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import duckdb

from engagement_assets.warehouse.activity_manifest import Stretch, WholeRead
from engagement_assets.window import Window

# persons are numbered in the order of their ids: so the tables of one run fit together, and when
# they do not, a run has died between filling the one and the other
_BEFORE = """
with numbered as (
    select *, row_number() over (order by UserId) as person_no from Office_Mailbox
),
folders as (select person_no, list(folder_key) as keys from excluded_folder group by person_no),
strange as (
    select 1 from numbered full join mailbox using (person_no)
    where numbered.Status is distinct from mailbox.status
        or numbered.CoveredTo is distinct from mailbox.covered_to
)
select
    lower(numbered.UserId), numbered.CoveredFrom, numbered.CoveredTo,
    case
        when numbered.CoveredTo is null or exists (from strange) then null
        else coalesce(folders.keys, [])
    end
from numbered left join folders using (person_no)
"""
_TABLES = {"Office_Mailbox", "mailbox", "excluded_folder"}


@dataclass(frozen=True)
class _Before:
    """What the last run of the earlier version knew of a mailbox."""

    covered: Stretch | None = None
    folders: tuple[int, ...] | None = None


def completed(
    connection: duckdb.DuckDBPyConnection, reads: Sequence[WholeRead], time_zone: str
) -> list[WholeRead]:
    """Return reads that were carried over with the window that they cover and what they left out.

    Args:
        connection: the warehouse, as the earlier version left it.
        reads: those that lack both.
        time_zone: of the run, an IANA name.
    """
    if not reads:
        return []
    before = defaultdict(_Before, _before(connection))
    changed: dict[str, int] = {}
    for read in reads:
        times = (file.modified_ns for file in read.files)
        changed[read.user_id] = max(changed.get(read.user_id, 0), *times, 0)
    return [
        replace(
            read,
            covered=before[read.user_id].covered or _until(changed[read.user_id], time_zone),
            excluded_folders=before[read.user_id].folders if read.kind == "message" else (),
        )
        for read in reads
    ]


def _until(changed_ns: int, time_zone: str) -> Stretch:
    """Return the year up to the last change of a mailbox's files: nothing in them is younger."""
    newest = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=changed_ns // 1_000)
    return Window.until(newest, time_zone).start, newest


def _before(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, _Before]]:
    tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    if not {name for (name,) in tables} >= _TABLES:
        return  # the warehouse was removed, as anybody may
    for user_id, start, end, folders in connection.execute(_BEFORE).fetchall():
        covered = (start.astimezone(UTC), end.astimezone(UTC)) if start else None
        yield user_id, _Before(covered, None if folders is None else tuple(folders))
