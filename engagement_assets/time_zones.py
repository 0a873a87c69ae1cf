"""Time zones by the rules of the tzdata package, whatever rules the machine has.

DuckDB brings its own copy; a test holds the two together.
"""

from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

_TZDATA = resources.files("tzdata")


@cache
def names() -> frozenset[str]:
    """Return all IANA names."""
    return frozenset(_TZDATA.joinpath("zones").read_text(encoding="ascii").split())


@cache
def zone(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name.

    Raises:
        FileNotFoundError: when there is none.
    """
    with _TZDATA.joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def shown(moment: datetime, name: str) -> str:
    """Return an aware moment as people read it: to the minute, with the time zone's name."""
    return f"{moment.astimezone(zone(name)):%Y-%m-%d %H:%M} {name}"
