"""The window of a run, and the midnights of its days (numbers 4.1, 4.2)."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tzlocal.windows_tz import win_tz

from engagement_assets.warehouse import database, inputs
from engagement_assets.window import Window, midnight

Connection = duckdb.DuckDBPyConnection
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@pytest.mark.parametrize(
    ("as_of", "zone", "first", "last", "start"),
    [
        ("2026-11-24T09:00+00:00", "UTC", "2025-11-24", "2026-11-24", "2025-11-24T00:00"),
        ("2024-02-29T12:00+00:00", "UTC", "2023-02-28", "2024-02-29", "2023-02-28T00:00"),
        ("2025-02-28T12:00+00:00", "UTC", "2024-02-28", "2025-02-28", "2024-02-28T00:00"),
        ("2025-03-01T00:00+00:00", "UTC", "2024-03-01", "2025-03-01", "2024-03-01T00:00"),
        # the day is the local one
        ("2024-06-14T23:30+00:00", "Asia/Tokyo", "2023-06-15", "2024-06-15", "2023-06-14T15:00"),
        ("2024-06-14T01:00+00:00", "America/Lima", "2023-06-13", "2024-06-13", "2023-06-13T05:00"),
        ("2024-03-01T01:00+09:00", "UTC", "2023-02-28", "2024-02-29", "2023-02-28T00:00"),
        # summer time then, winter time now
        ("2024-10-28T12:00+00:00", "Europe/Paris", "2023-10-28", "2024-10-28", "2023-10-27T22:00"),
        # a midnight that was skipped: the day begins at 01:00
        (
            "2018-11-04T12:00+00:00",
            "America/Sao_Paulo",
            "2017-11-04",
            "2018-11-04",
            "2017-11-04T02:00",
        ),
        (
            "2019-08-12T12:00+00:00",
            "America/Santiago",
            "2018-08-12",
            "2019-08-12",
            "2018-08-12T04:00",
        ),
        # a midnight that occurs twice: the day begins at the first
        (
            "2025-11-05T12:00+00:00",
            "America/Havana",
            "2024-11-05",
            "2025-11-05",
            "2024-11-05T05:00",
        ),
    ],
)
def test_window(as_of: str, zone: str, first: str, last: str, start: str) -> None:
    window = Window.until(datetime.fromisoformat(as_of), zone)
    assert (window.first_day.isoformat(), window.last_day.isoformat()) == (first, last)
    assert window.start.replace(tzinfo=None).isoformat(timespec="minutes") == start
    assert window.as_of == datetime.fromisoformat(as_of)
    assert window.start.utcoffset() == window.as_of.utcoffset() == timedelta(0)
    assert window.time_zone == zone


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        ("2024-11-03", "America/Havana", "2024-11-03T04:00"),  # 00:00 twice: 04:00 and 05:00
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00"),  # 00:00 is skipped
        ("2018-08-12", "America/Santiago", "2018-08-12T04:00"),  # 00:00 is skipped
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00"),  # the whole day is skipped
    ],
)
def test_a_day_begins_at_its_first_moment(day: str, zone: str, expected: str) -> None:
    found = midnight(date.fromisoformat(day), zone)
    assert found.replace(tzinfo=None).isoformat(timespec="minutes") == expected


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    st.sampled_from(ZONES),
)
def test_every_window(as_of: datetime, zone: str) -> None:
    window = Window.until(as_of, zone)
    assert window.first_day.year == window.last_day.year - 1
    assert window.start <= as_of
    local = ZoneInfo(zone)
    assert window.start.astimezone(local).date() >= window.first_day
    assert (window.start - timedelta(seconds=1)).astimezone(local).date() < window.first_day
    assert window.as_of.astimezone(local).date() == window.last_day
    days = window.days()
    assert len(days) in {366, 367}
    assert (days[0], days[-1]) == (window.first_day, window.last_day)
    assert len(set(days)) == len(days)
    wider = window.days(timedelta(days=7))
    assert wider[7:-7] == days
    starts = [midnight(day, zone) for day in wider]
    assert starts == sorted(starts)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with database.connect(tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb") as opened:
        yield opened


def test_write_run(connection: Connection) -> None:
    as_of = datetime(2024, 6, 14, 12, tzinfo=UTC)
    window = Window.until(as_of, "Europe/Paris")
    for run_id in ("r1", "r2"):
        inputs.write_run(connection, run_id, as_of, window)
    expected = ("r2", as_of, window.last_day, window.start, window.first_day, "Europe/Paris", as_of)
    assert connection.execute("from run").fetchall() == [expected]
    found = connection.execute("from local_day order by day").fetchall()
    days = window.days(inputs.CALENDAR_MARGIN)
    assert found == [(day, midnight(day, "Europe/Paris")) for day in days]
    assert connection.execute("from run_end").fetchall() == []


def test_python_and_duckdb_know_the_same_time_zones(connection: Connection, tmp_path: Path) -> None:
    """The window and all-day meetings go by Python's rules, everything else by DuckDB's.

    The rules come with the packages that the lock file pins, whatever the machine has.
    """
    days = [date(2025, 11, 24) + timedelta(days=7 * number) for number in range(110)]
    rows = [(zone, day, midnight(day, zone)) for zone in ZONES for day in days]
    zones, all_days, starts = (list(column) for column in zip(*rows, strict=True))
    different = connection.execute(
        "select distinct zone from "
        "(select unnest(?) as zone, unnest(?) as day, unnest(?) as start) "
        "left join time_zone on lower(zone) = name "
        "where start is distinct from first_instant(cast(day as timestamp), iana) order by zone",
        [zones, all_days, starts],
    ).fetchall()
    assert [zone for (zone,) in different] == []


# Wall times of events (numbers 3.6)


def test_every_iana_and_windows_name_is_known(connection: Connection) -> None:
    known = dict(connection.execute("select name, iana from time_zone").fetchall())
    iana = set(ZONES)
    assert all(known[name.lower()] == name for name in iana - set(win_tz))
    assert all(known[name.lower()] == win_tz[name] for name in set(win_tz) - iana)
    assert known["utc"] == "UTC", "most events are in UTC, which has a short cut"


@cache
def rules(name: str) -> ZoneInfo:
    """Return a time zone of the tzdata package: the machine may have older rules."""
    file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with file.open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


@cache
def transitions(name: str) -> tuple[datetime, ...]:
    """Return wall times, before and after, at which the clocks change between 1990 and 2035."""
    zone = rules(name)
    found: list[datetime] = []
    moment = datetime(1990, 1, 1, tzinfo=UTC)
    while moment.year < 2036:
        following = moment + timedelta(days=10)
        before, after = moment.astimezone(zone).utcoffset(), following.astimezone(zone).utcoffset()
        if before != after:
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                if middle.astimezone(zone).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            found += [
                (high + (offset or timedelta())).replace(tzinfo=None) for offset in (before, after)
            ]
        moment = following
    return tuple(found)


# those with many, odd (half an hour, at midnight, a day) or political changes, and any others
TELLING_ZONES = (
    *("Europe/London", "Europe/Dublin", "America/New_York", "America/Havana", "America/Sao_Paulo"),
    *("Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza", "Pacific/Apia", "Asia/Pyongyang"),
    *("America/Caracas", "Europe/Moscow", "Antarctica/Troll", "America/St_Johns", "Asia/Tehran"),
    *("America/Vancouver", "Pacific/Chatham", "Asia/Kathmandu", "America/Godthab", "UTC"),
)
SOME_ZONES = (
    *TELLING_ZONES,
    *random.Random(5).sample(ZONES, 60),
)
WALLS = st.datetimes(datetime(1990, 1, 1), datetime(2035, 12, 31))  # noqa: DTZ001 - hypothesis wants bounds without a zone
NEAR = st.sampled_from([-7200, -3601, -3600, -1800, -1, 0, 1, 899, 1800, 3599, 3600, 7200, 86400])


def assert_first_instants(connection: Connection, walls: list[tuple[str, datetime]]) -> None:
    """Python says: a wall time that occurs twice is the first, one that is skipped is moved on."""
    zones, times = [zone for zone, _ in walls], [wall for _, wall in walls]
    found = connection.execute(
        "select zone, wall, first_instant(wall, iana) as instant from "
        "(select unnest(?::varchar[]) as zone, unnest(?::timestamp[]) as wall) "
        "inner join time_zone on lower(zone) = name",
        [zones, times],
    ).fetchall()
    assert len(found) == len(walls)
    wrong = [
        (zone, wall, instant)
        for zone, wall, instant in found
        if wall.replace(tzinfo=rules(zone), fold=0).astimezone(UTC) != instant
    ]
    assert wrong == []


def test_wall_times_near_every_change_of_the_clocks(connection: Connection) -> None:
    seconds = (-7200, -3600, -1800, -1, 0, 1, 1800, 3599, 3600, 7200)
    walls = [
        (zone, wall + timedelta(seconds=second))
        for zone in SOME_ZONES
        for wall in transitions(zone)
        for second in seconds
    ]
    assert len(walls) > 10_000
    assert_first_instants(connection, walls)


@given(st.lists(st.tuples(st.sampled_from(SOME_ZONES), WALLS, NEAR), min_size=20, max_size=60))
def test_any_wall_time(connection: Connection, drawn: list[tuple[str, datetime, int]]) -> None:
    walls = []
    for zone, wall, second in drawn:
        near = min(transitions(zone), key=lambda change: abs(change - wall), default=wall)
        walls += [
            (zone, wall),
            (zone, near + timedelta(seconds=second, microseconds=wall.microsecond)),
        ]
    assert_first_instants(connection, walls)
