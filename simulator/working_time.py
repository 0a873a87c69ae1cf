"""When people work: days, weeks, holidays, office hours, and how long an answer takes.

All moments are whole seconds since 1970-01-01T00:00:00Z. A day is the number of days since
1970-01-01, a week the number of weeks since Monday 1969-12-29; both are plain integers because
hundreds of thousands of moments are made, and `datetime` is several times slower.
"""

import math
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from random import Random
from zoneinfo import ZoneInfo

EUROPE = "Europe/Amsterdam"
AMERICA = "America/New_York"

MINUTE = 60
HOUR = 3_600
DAY = 86_400
WEEK = 7 * DAY

_EPOCH = date(1970, 1, 1)
# Monday to Sunday: somebody who starts a conversation does so on these days this often.
_WEEKDAY_WEIGHTS = (0.20, 0.42, 0.62, 0.82, 0.975, 0.985, 1.0)
_OUT_OF_HOURS_SHARE = 0.06


def unit_random(seed: int, *parts: int | str) -> Random:
    """The random numbers of one unit of work, the same whenever and in whatever order it is asked.

    `parts` name the unit, for example `("account mail", 12, 2961)`: account number 12, week 2961.
    """
    digest = blake2b(repr((seed, *parts)).encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest))


def poisson(rng: Random, expected: float) -> int:
    """A number of events (0, 1, 2 ...) of which `expected` happen on average."""
    if expected <= 0:
        return 0
    if expected > 200:  # multiplying is slow here, and e to that power soon is 0
        return max(0, round(rng.gauss(expected, math.sqrt(expected))))
    limit = math.exp(-expected)
    count = 0
    product = rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def day_of(moment: int) -> int:
    """The UTC day of a moment."""
    return moment // DAY


def week_of(moment: int) -> int:
    """The UTC week of a moment."""
    return (moment // DAY + 3) // 7


def week_start(week: int) -> int:
    """The moment at which a week begins: Monday 00:00 UTC."""
    return (week * 7 - 3) * DAY


def as_date(day: int) -> date:
    """The calendar date of a day."""
    return _EPOCH + timedelta(days=day)


@lru_cache(maxsize=8_192)
def offset(zone: str, day: int) -> int:
    """Seconds that local time is ahead of UTC, at noon of the day (clocks change at night)."""
    noon = datetime.fromtimestamp(day * DAY + 12 * HOUR, UTC).astimezone(ZoneInfo(zone))
    ahead = noon.utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


def at(zone: str, day: int, second_of_day: float) -> int:
    """The moment of a local time of day."""
    return day * DAY + int(second_of_day) - offset(zone, day)


def _easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth Monday (0) to Sunday (6) of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


@lru_cache(maxsize=256)
def holidays(zone: str, year: int) -> frozenset[int]:
    """The days of the year on which the offices of a time zone are closed."""
    dates = {date(year, 1, 1), date(year, 12, 25)}
    if zone == AMERICA:
        dates |= {date(year, 6, 19), date(year, 7, 4), _nth_weekday(year, 9, 0, 1)}
        thanksgiving = _nth_weekday(year, 11, 3, 4)
        dates |= {thanksgiving, thanksgiving + timedelta(days=1)}
        memorial_day = _nth_weekday(year, 6, 0, 1) - timedelta(days=7)
        dates |= {_nth_weekday(year, 1, 0, 3), _nth_weekday(year, 2, 0, 3), memorial_day}
    else:
        easter = _easter(year)
        dates |= {easter + timedelta(days=days) for days in (-2, 1, 39, 50)}
        dates |= {date(year, 4, 27), date(year, 12, 26)}
    return frozenset((day - _EPOCH).days for day in dates)


@lru_cache(maxsize=8_192)
def is_working_day(zone: str, day: int) -> bool:
    """Whether the offices of a time zone are open."""
    return (day + 3) % 7 < 5 and day not in holidays(zone, as_date(day).year)


@lru_cache(maxsize=4_096)
def working_days(zone: str, week: int) -> tuple[int, ...]:
    """The days of the week on which the offices are open; Wednesday when there is none."""
    monday = week * 7 - 3
    days = tuple(day for day in range(monday, monday + 5) if is_working_day(zone, day))
    return days or (monday + 2,)


@lru_cache(maxsize=4_096)
def season(week: int) -> float:
    """How busy a week is, 1.0 being normal: quiet in summer, nearly still around Christmas."""
    monday = as_date(week * 7 - 3)
    if (monday.month, monday.day) >= (12, 20) or (monday.month, monday.day) <= (1, 2):
        return 0.25
    if monday.month == 8 or (monday.month == 7 and monday.day >= 10):
        return 0.6
    return 1.0


def starting_moment(rng: Random, zone: str, week: int) -> int:
    """A moment in the week at which somebody in that zone might begin a conversation."""
    monday = week * 7 - 3
    day = monday
    for _ in range(3):
        draw = rng.random()
        weekday = next(i for i, limit in enumerate(_WEEKDAY_WEIGHTS) if draw <= limit)
        day = monday + weekday
        if weekday >= 5 or is_working_day(zone, day):
            break
    if rng.random() < _OUT_OF_HOURS_SHARE or not is_working_day(zone, day):
        return at(zone, day, rng.uniform(18.5, 23.0) * HOUR)
    return at(zone, day, rng.triangular(8.0, 18.3, 10.2) * HOUR)


def office_moment(rng: Random, zone: str, moment: int) -> int:
    """The moment itself within office hours, else soon after the office opens again."""
    ahead = offset(zone, day_of(moment))
    day, second = divmod(moment + ahead, DAY)
    if is_working_day(zone, day):
        if 8 * HOUR <= second <= 18.5 * HOUR:
            return moment
        if second < 8 * HOUR:
            return at(zone, day, 8 * HOUR + min(rng.expovariate(1 / HOUR), 8 * HOUR))
    day += 1
    while not is_working_day(zone, day):
        day += 1
    return at(zone, day, 8 * HOUR + min(rng.expovariate(1 / HOUR), 8 * HOUR))


def reply_moment(rng: Random, zone: str, sent: int, median_hours: float) -> int:
    """When somebody in that zone answers: mostly in office hours, now and then at night.

    Delays are log-normal: most answers come soon, a few take weeks, but none more than 20 days and
    the nights and days off after them.
    """
    delay = median_hours * HOUR * math.exp(rng.gauss(0.0, 1.15))
    answered = sent + int(min(max(40, delay), 20 * DAY))
    if rng.random() < _OUT_OF_HOURS_SHARE:
        return answered
    return office_moment(rng, zone, answered)


@lru_cache(maxsize=4_096)
def _date_text(day: int) -> str:
    return as_date(day).isoformat()


def utc_text(moment: int) -> str:
    """A moment as Graph writes it, for example `2026-11-23T07:00:00Z`."""
    day, second = divmod(moment, DAY)
    minute, second = divmod(second, 60)
    return f"{_date_text(day)}T{minute // 60:02}:{minute % 60:02}:{second:02}Z"


def long_text(moment: int) -> str:
    """A moment as Graph writes the `dateTime` of events: seven decimals, no zone."""
    return utc_text(moment)[:-1] + ".0000000"
