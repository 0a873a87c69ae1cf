"""Time zones by the rules of the tzdata package, whatever rules the machine has.

DuckDB brings its own copy; a test holds the two together.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

_TZDATA = resources.files("tzdata")

# Names that calendars still hold, though Windows has given them up, and Exchange's name of UTC
_OLD: Final[Mapping[str, str]] = {
    "Armenian Standard Time": "Asia/Yerevan",
    "Kamchatka Standard Time": "Asia/Kamchatka",
    "Mexico Standard Time": "America/Mexico_City",
    "Mexico Standard Time 2": "America/Chihuahua",
    "Mid-Atlantic Standard Time": "Etc/GMT+2",
    "tzone://Microsoft/Utc": "UTC",
}


@cache
def names() -> frozenset[str]:
    """Return all IANA names."""
    return frozenset(_TZDATA.joinpath("zones").read_text(encoding="ascii").split())


def names_in_events() -> dict[str, str]:
    """Return the IANA name behind each name that an event may have, in lower case (numbers 3.6)."""
    # a name that Windows and IANA both have, such as UTC, is the IANA one
    named = {**_OLD, **win_tz, **{name: name for name in names()}}
    return {name.lower(): iana for name, iana in named.items()}


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
