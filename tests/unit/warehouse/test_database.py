"""The macros that every connection to the warehouse has."""

import hashlib

import pytest

from tests.support.landing import Connection


def test_keys_are_the_same_in_every_version(connection: Connection) -> None:
    """They lie in the files of all runs before: another way to make them would part e-mails."""
    answer = connection.execute("select key_of('ann@x.example')").fetchall()
    digest = hashlib.md5(b"ann@x.example", usedforsecurity=False).digest()
    assert answer == [(int.from_bytes(digest[8:], "little") - 2**63,)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" <1@x> ", "<1@x>"),
        ("< 1@x >", "< 1@x >"),  # between brackets nothing is touched
        ("<1@x ", "<1@x"),
        (" <1@x", "<1@x"),
        ("1@x> ", "1@x>"),
        (" 1@x>", "1@x>"),
    ],
)
def test_white_space_around_a_message_id_is_none_of_it(
    connection: Connection, text: str, expected: str
) -> None:
    assert connection.execute("select trimmed(?)", [text]).fetchall() == [(expected,)]


TIMES = {
    "2026-01-02T10:00:00Z": "2026-01-02 10:00:00",
    "2026-01-02T10:00:00.1234567Z": "2026-01-02 10:00:00.123456",
    "2026-01-02T10:00:00.9999999": "2026-01-02 10:00:00.999999",
    "2026-01-02t10:00z": "2026-01-02 10:00:00",
    "2026-01-02 10:00": "2026-01-02 10:00:00",
    "2026-01-02T10:00:00+05:30": "2026-01-02 04:30:00",
    "2026-01-02T10:00:00-0530": "2026-01-02 15:30:00",
    "2026-01-02T23:59:59.5-23:59": "2026-01-03 23:58:59.5",
    "2026-01-02": None,
    "2026-01-02T10": None,
    "2026-01-02T24:00:00Z": None,
    "2026-01-02T10:60:00Z": None,
    "2026-01-02T10:00:60Z": None,
    "2026-02-30T10:00:00Z": None,
    "2026-01-02T10:00:00+24:00": None,
    "2026-01-02T10:00:00+05": None,
    "2026-01-02T10:00:00 Z": None,
    "2026-01-02T10:00:00,5Z": None,
    "20260102T100000Z": None,
    "0000-01-02T10:00:00Z": None,
    " 2026-01-02T10:00:00Z": None,
    "": None,
}


@pytest.mark.parametrize(("text", "expected"), TIMES.items(), ids=TIMES)
def test_times(connection: Connection, text: str, expected: str | None) -> None:
    """Numbers 2.3: the extended form of ISO 8601, to the microsecond."""
    found = connection.execute(
        "select instant(?) is not distinct from cast(?::varchar || 'Z' as timestamptz)",
        [text, expected],
    ).fetchall()
    assert found == [(True,)]


@pytest.mark.parametrize("offset", ["", "Z", "z", "+05:30", "-0530"])
def test_a_wall_time_is_what_stands_before_the_offset(connection: Connection, offset: str) -> None:
    text = f"2026-01-02t10:00:01.2345678{offset}"
    found = connection.execute(
        "select wall_time(?)::varchar, has_offset(?)", [text, text]
    ).fetchall()
    assert found == [("2026-01-02 10:00:01.234567", offset != "")]


ZONES = {
    "Europe/Amsterdam": "Europe/Amsterdam",
    " europe/amsterdam ": "Europe/Amsterdam",
    "W. Europe Standard Time": "Europe/Berlin",
    "w. europe standard time": "Europe/Berlin",
    "utc": "UTC",
    "": "UTC",
    None: "UTC",
    "tzone://Microsoft/Utc": "UTC",
    "TZONE://microsoft/utc": "UTC",
    "Kamchatka Standard Time": "Asia/Kamchatka",
    "Mid-Atlantic Standard Time": "Etc/GMT+2",
    "Mexico Standard Time": "America/Mexico_City",
    "Armenian Standard Time": "Asia/Yerevan",
    "tzone://Microsoft/Custom": None,
    "Customized Time Zone": None,
    "CEST": None,
}


@pytest.mark.parametrize(("name", "expected"), ZONES.items(), ids=map(str, ZONES))
def test_zones(connection: Connection, name: str | None, expected: str | None) -> None:
    """Numbers 3.6: UTC, IANA and Windows names, old ones too, without case and outer blanks."""
    found = connection.execute(
        "select iana from time_zone where name = zone_name(?::varchar)", [name]
    ).fetchall()
    assert found == ([(expected,)] if expected else [])
