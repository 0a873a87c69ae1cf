"""Since when consent is there, as several processes note it."""

import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from engagement_assets.consent import grants
from engagement_assets.consent.grants import (
    Grant,
    last_seen,
    note_first_run,
    note_results,
    remember,
)
from engagement_assets.errors import DataFolderError

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OF = "a tenant and an app"


def test_the_first_sight_is_kept_until_it_is_gone(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    assert remember(data, OF, is_granted=False, checked_at=NOON) is None
    assert not data.exists()
    first = Grant(OF, NOON)
    assert remember(data, OF, is_granted=True, checked_at=NOON) == first
    assert remember(data, OF, is_granted=True, checked_at=NOON + HOUR) == first
    assert last_seen(data) == first
    assert remember(data, OF, is_granted=False, checked_at=NOON + HOUR) is None
    assert last_seen(data) is None
    later = remember(data, OF, is_granted=True, checked_at=NOON + 2 * HOUR)
    assert later == Grant(OF, NOON + 2 * HOUR)


def test_another_tenants_grant_is_another(tmp_path: Path) -> None:
    remember(tmp_path, OF, is_granted=True, checked_at=NOON)
    note_first_run(tmp_path, NOON, NOON + HOUR)
    other = remember(tmp_path, "another", is_granted=True, checked_at=NOON + 2 * HOUR)
    assert other == Grant("another", NOON + 2 * HOUR)


def test_a_check_that_began_before_a_grant_does_not_end_it(tmp_path: Path) -> None:
    remember(tmp_path, OF, is_granted=True, checked_at=NOON)
    assert remember(tmp_path, OF, is_granted=False, checked_at=NOON - HOUR) is None
    assert last_seen(tmp_path) == Grant(OF, NOON)


def test_a_check_that_began_at_the_moment_of_a_grant_ends_it(tmp_path: Path) -> None:
    remember(tmp_path, OF, is_granted=True, checked_at=NOON)
    assert remember(tmp_path, OF, is_granted=False, checked_at=NOON) is None
    assert last_seen(tmp_path) is None


def test_the_first_run_is_noted_for_its_own_grant_only(tmp_path: Path) -> None:
    remember(tmp_path, OF, is_granted=True, checked_at=NOON)
    note_first_run(tmp_path, NOON - HOUR, NOON)
    assert last_seen(tmp_path) == Grant(OF, NOON)
    note_first_run(tmp_path, NOON, NOON + HOUR)
    noted = Grant(OF, NOON, NOON + HOUR)
    assert last_seen(tmp_path) == noted
    assert remember(tmp_path, OF, is_granted=True, checked_at=NOON + 2 * HOUR) == noted
    remember(tmp_path, OF, is_granted=False, checked_at=NOON + 2 * HOUR)
    note_first_run(tmp_path, NOON, NOON + HOUR)
    assert last_seen(tmp_path) is None


def test_results_leave_no_first_run_to_come(tmp_path: Path) -> None:
    """Somebody may run everything by hand before the first run is due."""
    note_results(tmp_path, NOON)
    assert last_seen(tmp_path) is None
    remember(tmp_path, OF, is_granted=True, checked_at=NOON)
    note_results(tmp_path, NOON + HOUR)
    assert last_seen(tmp_path) == Grant(OF, NOON, NOON + HOUR)
    note_results(tmp_path, NOON + 2 * HOUR)
    assert last_seen(tmp_path) == Grant(OF, NOON, NOON + HOUR), "the first results, not the last"


def test_the_first_run_is_due_after_the_delay() -> None:
    assert Grant(OF, NOON).first_run_due(2.5) == NOON + 2.5 * HOUR


@pytest.mark.parametrize("content", ["", "damaged", "[]", "{}", '{"of": 1, "granted_at": 2}'])
def test_a_damaged_file_is_a_new_grant(content: str, tmp_path: Path) -> None:
    (tmp_path / grants.FILE).write_text(content)
    assert last_seen(tmp_path) is None
    remember(tmp_path, OF, is_granted=True, checked_at=NOON)
    assert last_seen(tmp_path) == Grant(OF, NOON)


OLD = '{"of": "tenant app", "granted_at": "2026-11-20T12:00:00+00:00"%s}'


@pytest.mark.parametrize(
    ("requested", "moment"),
    [
        ("", None),
        (', "first_run_requested_at": null', None),
        (', "first_run_requested_at": "2026-11-20T13:00:00+00:00"', "2026-11-20T13:00:00+00:00"),
    ],
)
def test_a_file_without_a_format_is_brought_up_to_date(
    requested: str, moment: str | None, tmp_path: Path
) -> None:
    (tmp_path / grants.FILE).write_text(OLD % requested)
    kept = last_seen(tmp_path)
    granted_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert kept == Grant(
        "tenant app", granted_at, datetime.fromisoformat(moment) if moment else None
    )
    note_first_run(tmp_path, granted_at, granted_at + HOUR)
    written = orjson.loads((tmp_path / grants.FILE).read_bytes())
    assert written["format"] == grants.FORMAT
    assert last_seen(tmp_path) == Grant("tenant app", granted_at, granted_at + HOUR)


def test_a_file_of_a_newer_version_is_refused_and_stays(tmp_path: Path) -> None:
    content = '{"format": 2, "of": "another"}'
    (tmp_path / grants.FILE).write_text(content)
    for is_granted in (True, False):
        with pytest.raises(DataFolderError, match=r"consent\.json: a newer version wrote it"):
            remember(tmp_path, OF, is_granted=is_granted, checked_at=NOON)
    assert (tmp_path / grants.FILE).read_text() == content


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(DataFolderError, match="data_dir"):
        remember(tmp_path / "data", OF, is_granted=True, checked_at=NOON)


def _remember(data: Path, minutes: int) -> Grant | None:
    moment = NOON + timedelta(minutes=minutes)
    return remember(data, OF, is_granted=True, checked_at=moment)


def test_of_many_who_see_it_at_once_all_agree_since_when(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        seen = pool.starmap(_remember, [(tmp_path, minutes) for minutes in range(40)])
    assert len(set(seen)) == 1
    assert seen[0] == last_seen(tmp_path)
