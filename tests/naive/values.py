"""Single values: times, and fields of JSON objects.

Whoever reads a field gets it with the type it should have, or None: a field of an unexpected JSON
type counts as absent and never crashes.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from .addresses import clean_address

Json = dict[str, object]
Row = dict[str, object]
Tables = dict[str, list[Row]]

BEFORE_EVERYTHING = datetime.min.replace(tzinfo=UTC)

TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?"
    r"(?:([Zz])|([+-])(\d{2}):?([0-5]\d))?",
    re.ASCII,
)


def text(item: Json, name: str) -> str | None:
    """Return a field that is text and not empty."""
    value = item.get(name)
    if isinstance(value, str) and value != "":
        return value
    return None


def word(item: Json, name: str) -> str | None:
    """Return a field that is an enumeration's word: they compare without case."""
    value = text(item, name)
    return value.lower() if value is not None else None


def flag(item: Json, name: str) -> bool:
    """Return whether a field is JSON's true."""
    return item.get(name) is True


def inner(item: Json, name: str) -> Json:
    """Return a field that is an object, else an empty one."""
    value = item.get(name)
    if isinstance(value, dict):
        return value
    return {}


def objects(item: Json, name: str) -> list[Json]:
    """Return the objects in a field that is an array."""
    value = item.get(name)
    if not isinstance(value, list):
        return []
    return [entry for entry in value if isinstance(entry, dict)]


def texts(item: Json, name: str) -> list[str]:
    """Return the texts in a field that is an array."""
    value = item.get(name)
    if not isinstance(value, list):
        return []
    return [entry for entry in value if isinstance(entry, str)]


def recipient(entry: Json) -> str | None:
    """Return the clean address in Graph's recipient, organizer or attendee."""
    return clean_address(inner(entry, "emailAddress").get("address"))


def is_removed(item: Json) -> bool:
    """Return whether this is delta's note that an item is gone."""
    return item.get("@removed") is not None


def wall_time(value: object) -> tuple[datetime, tzinfo | None] | None:
    """Read an ISO 8601 time as it is written, and the offset it names if it names one.

    The time as it is written has no zone yet, whatever its tzinfo says: see at_zone.
    Digits beyond the microsecond are cut off (section 2.3).
    """
    if not isinstance(value, str):
        return None
    match = TIME.fullmatch(value)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zulu, sign, off_h, off_m = match.groups()
    microsecond = int(((fraction or "") + "000000")[:6])
    try:
        day_named = date(int(year), int(month), int(day))
        time_named = time(int(hour), int(minute), int(second or 0), microsecond)
        wall = datetime.combine(day_named, time_named, UTC)
        if zulu:
            return wall, UTC
        if sign:
            offset = timedelta(hours=int(off_h), minutes=int(off_m))
            return wall, timezone(offset if sign == "+" else -offset)
    except ValueError:
        return None
    return wall, None


def last_modified(item: Json) -> tuple[bool, datetime]:
    """Return when an item was last modified, to sort by; unknown counts as earliest."""
    time = instant(item.get("lastModifiedDateTime"))
    return (False, BEFORE_EVERYTHING) if time is None else (True, time)


def at_zone(wall: datetime, zone: tzinfo) -> datetime | None:
    """Return the instant of a wall time, None beyond the years 1 to 9999.

    A wall time that occurs twice is the first one (section 3.6), which is what fold=0 means; one
    that the clocks skip is moved on by the length of the gap.
    """
    try:
        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError:
        return None


def instant(value: object) -> datetime | None:
    """Read a time in which no offset means UTC."""
    read = wall_time(value)
    if read is None:
        return None
    wall, offset = read
    return at_zone(wall, offset or UTC)


def midnight(day: date, zone: tzinfo) -> datetime | None:
    """Return the instant at which a local day begins."""
    return at_zone(datetime.combine(day, time()), zone)


def minutes_between(start: datetime, end: datetime) -> float:
    """Return the minutes between two instants, exact to the microsecond."""
    return (end - start) / timedelta(minutes=1)
