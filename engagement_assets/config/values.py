"""What a single value of the configuration may be; each refusal says what is expected."""

import difflib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    StringConstraints,
    ValidationInfo,
)

from engagement_assets import time_zones
from engagement_assets.config import plain

A_MOMENT = "a moment with its time zone, such as 2026-11-24T09:00:00Z"
_WEB = re.compile(r"https?://[^\s/?#;,'\"]+(/[^\s?#;,'\"]*)?")
_ORIGIN = re.compile(r"https://[a-zA-Z0-9.-]+(:[0-9]{1,5})?/?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REGION = re.compile(r"[A-Z]{2,8}")

# last days, nearest weekdays and nth weekdays: the library knows them, Dagster's schedules do not
_CRON_EXTENSION = re.compile(r"#|\b\d*(L|W|LW|WL)\b|\bL-\d")


def _time_zone(name: str) -> str:
    if name not in time_zones.names():
        close = difflib.get_close_matches(name, time_zones.names(), n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise ValueError(f"an IANA time zone, such as UTC or Europe/Amsterdam{hint}")
    return name


def _cron(expression: str) -> str:
    expected = "a cron expression of five fields, such as 0 6 * * 1"
    try:
        CronSim(expression, _EPOCH)
    except CronSimError as error:
        raise ValueError(expected) from error
    if len(expression.split()) != 5 or _CRON_EXTENSION.search(expression.upper()):
        raise ValueError(expected)
    return expression


def _existing(path: Path, info: ValidationInfo) -> Path:
    """Resolve a path against the file's folder and check that something is there."""
    resolved = _relative(path, info)
    if info.context and info.context["must_exist"] and not resolved.exists():
        raise ValueError("a file or folder that exists")
    return resolved


def _relative(path: Path, info: ValidationInfo) -> Path:
    folder: Path = info.context["folder"] if info.context else Path()
    return folder / path.expanduser()


def _table(path: Path) -> Path:
    if path.suffix.lower() not in {".csv", ".parquet"}:
        raise ValueError("a .csv or .parquet file")
    return path


def _no_number(value: object) -> object:
    """Refuse what would be read as seconds since 1970, and a day without a time."""
    if not isinstance(value, str | datetime) or (isinstance(value, str) and value.isdigit()):
        raise ValueError(A_MOMENT)
    return value


def _near(moment: datetime) -> datetime:
    """Refuse what has no year before it or no week after it in every time zone."""
    if not 1900 <= moment.year < 3000:
        raise ValueError("a moment between the years 1900 and 2999")
    return moment


def _https(url: str) -> str:
    if not url.startswith("https://") or len(url) <= len("https://"):
        raise ValueError("an address that begins with https://")
    return url.rstrip("/")


def _web(url: str) -> str:
    if not _WEB.fullmatch(url):
        raise ValueError("an address that begins with https:// or http://")
    return url.rstrip("/")


def _origin(url: str) -> str:
    if not _ORIGIN.fullmatch(url):
        raise ValueError("https:// and a host, such as https://engagement.contoso.com, no path")
    return url.rstrip("/").lower()


def _region(code: str) -> str:
    region = code.strip().upper()
    if not _REGION.fullmatch(region):
        raise ValueError("the code of a region, such as EU, NA or UK")
    return region


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Column = Annotated[str, StringConstraints(min_length=1)]
Address = Annotated[str, AfterValidator(plain.address)]
ListedAddress = Annotated[str, AfterValidator(plain.listed_address)]
Domain = Annotated[str, AfterValidator(plain.domain)]
AddressOrDomain = Annotated[str, AfterValidator(plain.address_or_domain)]
ExistingPath = Annotated[Path, AfterValidator(_existing)]
TableFile = Annotated[Path, AfterValidator(_table), AfterValidator(_existing)]
Moment = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_near)]
HttpsUrl = Annotated[str, AfterValidator(_https)]
WebUrl = Annotated[str, AfterValidator(_web)]
Origin = Annotated[str, AfterValidator(_origin)]
Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Region = Annotated[str, AfterValidator(_region)]
RelativePath = Annotated[Path, AfterValidator(_relative)]
