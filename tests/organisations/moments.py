"""Times: the moment of the run, moments that are edges of something, and how they are written."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from tests.naive.periods import Window, make_window

from .dice import Dice

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)

ZONES = {
    "UTC": "UTC",
    "Europe/Amsterdam": "W. Europe Standard Time",
    "Europe/London": "GMT Standard Time",
    "America/New_York": "Eastern Standard Time",
    # Half an hour of daylight saving.
    "Australia/Lord_Howe": "Lord Howe Standard Time",
    "Asia/Kolkata": "India Standard Time",
    # Here the clocks change at midnight.
    "America/Havana": "Cuba Standard Time",
    "America/Santiago": "Pacific SA Standard Time",
    # 30 December 2011 did not happen here.
    "Pacific/Apia": "Samoa Standard Time",
    # Names that Windows has given up.
    "Asia/Kamchatka": "Kamchatka Standard Time",
    "America/Mexico_City": "Mexico Standard Time",
    "Asia/Yerevan": "Armenian Standard Time",
    "Etc/GMT+2": "Mid-Atlantic Standard Time",
}
"""Configured time zones, and the Windows name of each (of the same rules)."""

NEW_YEARS = (
    date(2020, 12, 31),
    date(2021, 1, 1),
    date(2021, 1, 3),
    date(2021, 1, 4),
    date(2016, 1, 3),
    date(2024, 12, 29),
    date(2024, 12, 31),
    date(2026, 1, 1),
    date(2023, 1, 1),
)
"""Days around ISO week 53, week 1 and week 52 of the year before."""

LEAP_DAYS = (date(2016, 2, 29), date(2020, 2, 29), date(2024, 2, 29))
AROUND_LEAP_DAYS = (date(2025, 2, 28), date(2025, 3, 1), date(2024, 2, 28), date(2021, 2, 28))
APIA_DAYS = (date(2012, 12, 30), date(2012, 12, 29), date(2011, 12, 31), date(2012, 6, 15))


def zones(dice: Dice) -> list[str]:
    """Return the zones to write times in; what Graph answers has none whose name is old."""
    return list(ZONES) if dice.odd_forms else list(ZONES)[:-4]


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@cache
def clock_changes(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """Return the instants in a year at which a zone's clocks change."""
    found = []
    step = datetime(year, 1, 1, tzinfo=UTC)
    while step.year == year:
        after = step + DAY
        if step.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = step, after
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                if middle.astimezone(zone).utcoffset() == step.astimezone(zone).utcoffset():
                    low = middle
                else:
                    high = middle
            found.append(high)
        step = after
    return tuple(found)


def pick_day(dice: Dice, zone_name: str) -> date:
    """Return a day for the run, mostly one with something special about it."""
    zone = ZoneInfo(zone_name)
    if zone_name == "Pacific/Apia" and dice.chance(0.6):
        return dice.pick(APIA_DAYS)
    kind = dice.between(1, 8)
    if kind == 1:
        return dice.pick(LEAP_DAYS)
    if kind == 2:
        return dice.pick(AROUND_LEAP_DAYS)
    if kind in {3, 4}:
        return dice.pick(NEW_YEARS)
    year = dice.between(2014, 2026)
    changes = clock_changes(zone, year)
    if kind in {5, 6} and changes:
        change = dice.pick(changes).astimezone(zone).date()
        # The same day a year later: the window then begins on a day with a change.
        return change if dice.chance(0.6) else change.replace(year=year + 1)
    return date(year, dice.between(1, 12), dice.between(1, 28))


def pick_as_of(dice: Dice, zone_name: str) -> datetime:
    """Return the moment of the run."""
    zone = ZoneInfo(zone_name)
    day = pick_day(dice, zone_name)
    start = local_midnight(day, zone)
    kind = dice.between(1, 6)
    if kind == 1:
        return start
    if kind == 2:
        return start - MICROSECOND
    changes = [
        change for change in clock_changes(zone, day.year) if change.astimezone(zone).date() == day
    ]
    if changes and dice.chance(0.6):
        after = dice.pick((timedelta(0), MICROSECOND, timedelta(minutes=30), -MICROSECOND))
        return changes[0] + after
    if kind == 3:
        return start + timedelta(hours=12)
    moment = start + timedelta(seconds=dice.between(0, 86_399))
    if kind == 4:
        moment += timedelta(microseconds=dice.between(1, 999_999))
    return moment


class Clock:
    """The configured time zone, the window, and moments in and around it."""

    def __init__(self, dice: Dice) -> None:
        """Pick a zone and the moment of the run."""
        self.dice = dice
        self.zone_name = "UTC" if dice.chance(0.2) else dice.pick(zones(dice))
        self.zone = ZoneInfo(self.zone_name)
        self.window: Window = make_window(pick_as_of(dice, self.zone_name), self.zone)
        self.used: list[datetime] = []
        self.changes = [
            change
            for year in (self.window.first_day.year, self.window.last_day.year)
            for change in clock_changes(self.zone, year)
        ]

    def day(self) -> date:
        """Return a day of the window, sometimes one on which the clocks change."""
        if self.changes and self.dice.chance(0.25):
            return self.dice.pick(self.changes).astimezone(self.zone).date()
        days = (self.window.last_day - self.window.first_day).days
        return self.window.first_day + timedelta(days=self.dice.between(0, days))

    def boundary(self) -> datetime:
        """Return the beginning of a local day, often of a week, month or year."""
        day = self.day()
        kind = self.dice.between(1, 4)
        if kind == 1:
            day = day.replace(day=1)
        elif kind == 2:
            day -= timedelta(days=day.weekday())
        elif kind == 3:
            day = day.replace(month=1, day=1)
        return local_midnight(day, self.zone)

    def anywhere(self) -> datetime:
        """Return any whole second of the window, more often a late one."""
        length = int((self.window.as_of - self.window.start).total_seconds())
        if self.dice.chance(0.25):
            length = min(length, 10 * 86_400)
        return self.window.as_of - timedelta(seconds=self.dice.between(0, length))

    def edge(self) -> datetime:
        """Return a moment at which something begins, ends or changes, or right beside it."""
        dice = self.dice
        moment = self.boundary()
        kind = dice.between(1, 3)
        if kind == 1:
            moment = dice.pick((self.window.start, self.window.as_of))
        elif kind == 2 and self.changes:
            minutes = dice.pick((-90, -60, -45, -30, -15, 0, 0, 15, 30, 60))
            moment = dice.pick(self.changes) + timedelta(minutes=minutes)
        return moment + dice.pick((-MICROSECOND, timedelta(0), timedelta(0), MICROSECOND))

    def new_moment(self) -> datetime:
        """Return a moment of one of many kinds."""
        dice = self.dice
        kind = dice.rng.random()
        if kind < 0.25:
            return self.edge()
        if kind < 0.29:
            return self.window.start - timedelta(minutes=dice.between(1, 900_000))
        if kind < 0.32:
            return self.window.as_of + timedelta(minutes=dice.between(1, 900_000))
        if kind < 0.38 and self.used:
            return dice.pick(self.used)
        moment = self.anywhere()
        if dice.chance(0.2):
            moment -= timedelta(microseconds=dice.between(1, 999_999))
        return moment

    def moment(self) -> datetime:
        """Return a moment and remember it: equal times are an edge case too."""
        moment = self.new_moment()
        self.used.append(moment)
        return moment


def fraction(dice: Dice, moment: datetime) -> str:
    """Write what follows the seconds: nothing, or up to nine digits, of which six count."""
    digits = f"{moment.microsecond:06d}"
    if dice.chance(0.3):
        return "." + digits + str(dice.between(0, 9))
    if moment.microsecond == 0:
        return dice.pick(("", "", "", ".0", ".000", ".0000000"))
    if dice.chance(0.3):
        return "." + digits + f"{dice.between(0, 999):03d}"
    return "." + (digits.rstrip("0") if dice.chance(0.5) else digits)


def wall_text(dice: Dice, moment: datetime) -> str:
    """Write date and time as they are, without a zone."""
    between = dice.pick("tT ") if dice.odd(0.06) else "T"
    day = moment.strftime("%Y-%m-%d") + between
    if moment.second == 0 and moment.microsecond == 0 and dice.chance(0.15):
        return day + moment.strftime("%H:%M")
    return day + moment.strftime("%H:%M:%S") + fraction(dice, moment)


def offset_text(dice: Dice, moment: datetime) -> str:
    """Write the offset of a moment that has one."""
    written = moment.strftime("%z")
    return f"{written[:3]}{'' if dice.odd(0.3) else ':'}{written[3:5]}"


def instant_text(dice: Dice, moment: datetime) -> str:
    """Write an instant in ISO 8601: mostly with Z, sometimes with an offset or nothing (UTC)."""
    kind = dice.rng.random()
    if kind < 0.8:
        return wall_text(dice, moment.astimezone(UTC)) + ("z" if dice.odd(0.15) else "Z")
    if kind < 0.9:
        local = moment.astimezone(ZoneInfo(dice.pick(("Asia/Kolkata", "America/New_York"))))
        return wall_text(dice, local) + offset_text(dice, local)
    return wall_text(dice, moment.astimezone(UTC))
