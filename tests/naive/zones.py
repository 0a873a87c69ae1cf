"""Names of time zones (section 3.6)."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal.windows_tz import win_tz

OLD_WINDOWS_NAMES = {
    "kamchatka standard time": "Asia/Kamchatka",
    "mid-atlantic standard time": "Etc/GMT+2",
    "mexico standard time": "America/Mexico_City",
    "armenian standard time": "Asia/Yerevan",
}
EXCHANGE_UTC = "tzone://microsoft/utc"


@cache
def zone_names() -> dict[str, str]:
    """Return the IANA name for every name of a zone, in lower case."""
    found = {name.lower(): name for name in available_timezones()}
    found |= {name.lower(): iana for name, iana in win_tz.items()}
    return found | OLD_WINDOWS_NAMES | {EXCHANGE_UTC: "UTC"}


def named_zone(name: str | None) -> ZoneInfo | None:
    """Look up a zone without regard to case and outer blanks; none means UTC."""
    wanted = (name or "").strip().lower()
    if wanted == "":
        return ZoneInfo("UTC")
    iana = zone_names().get(wanted)
    return ZoneInfo(iana) if iana else None
