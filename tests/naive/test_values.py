"""Single values of the oracle: addresses, times and names of time zones, worked out on paper."""

from datetime import UTC, datetime

import pytest

from tests.naive.addresses import (
    PlainValueError,
    addresses_in_cell,
    clean_address,
    clean_domain,
    domain_of,
    is_x500,
    plain_address,
    plain_domain,
)
from tests.naive.values import instant
from tests.naive.zones import named_zone

ADDRESSES = {
    " SMTP:Zoë@X.example\n": "zoë@x.example",
    "mailto:smtp:mailto:a@x.example?subject=hi&body=b@c": "a@x.example",
    "Doe, Jane <'SMTP:a@x.example'>;": "a@x.example",
    "\u201ca@x.example\u201d.,;": "a@x.example",
    "a@x.example;'. ": "a@x.example",
    "\u200ba\u2060@x\u00ad.example\ufeff": "a@x.example",
    "a>b <a@x.example>": "a@x.example",
    "Zoe\u0308@x.example": "zoë@x.example",
    "\u0130\u03a3\u1e9e@x.example": "i\u03c3ß@x.example",
    "a@M\u00dcNCHEN.example": "a@xn--mnchen-3ya.example",
    "a@mu\u0308nchen.example": "a@xn--mnchen-3ya.example",
    "a@XN--MNCHEN-3YA.example": "a@xn--mnchen-3ya.example",
    "a@stra\u00dfe.example": "a@xn--strae-oqa.example",
    "a@\uff58.example": "a@x.example",
    "a@under_score.example": "a@under_score.example",
    "a@-b\u00fc.example": "a@-bü.example",
    "X'@x.example": "x'@x.example",
    "/O=Labs/OU=A (B)/CN=r": "/o=labs/ou=a (b)/cn=r",
    "IMCEAEX-_O=Labs_OU=A+20+28B+29_CN=r+5Fs+2D1@x.prod.outlook.com": "/o=labs/ou=a (b)/cn=r_s-1",
    "imceaex-_o=a_cn=b+4@x.example": "/o=a/cn=b+4",
    "a@m\u00fcnchen\u3002example\u3002": "a@xn--mnchen-3ya.example",
}
INVALID = (
    "a@",
    "@b",
    "a@b@c",
    "smtp:",
    "a b@x.example",
    "a\u00a0b@x.example",
    "a@x.\x00example",
    "a@x.example, b@x.example",
    "<a@x.example> b",
    "a <b> <a@x.example>",
    "x500:/o=a",
    "o=a/cn=b",
    "IMCEAEX-o=a@x.example@y",
    "/o=",
    "IMCEAEX-_o=@x.example",
    "a:b@x.example",
    "a\\b@x.example",
    "(a)@x.example",
    None,
    5,
)


@pytest.mark.parametrize(("written", "meant"), ADDRESSES.items())
def test_addresses(written: str, meant: str) -> None:
    """Every clause of the rule, and what is normalised stays as it is."""
    assert clean_address(written) == meant
    assert clean_address(meant) == meant


@pytest.mark.parametrize("written", INVALID)
def test_what_is_no_address(written: object) -> None:
    """It is absent, or rejected."""
    assert clean_address(written) is None


def test_domains() -> None:
    """An X.500 name has none; others are compared in their ASCII form."""
    assert [domain_of("a@b.example"), domain_of("/o=a/cn=b@c")] == ["b.example", ""]
    assert [is_x500("/o=a"), is_x500("a@b")] == [True, False]
    assert clean_domain(" Mu\u0308nchen.Example. ") == "xn--mnchen-3ya.example"


CELLS = {
    "a@x.example": ["a@x.example"],
    "a@x.example; B@x.example": ["a@x.example", "b@x.example"],
    "a@x.example|b@x.example,c@x.example\r\nd@x.example:::e@x.example": [
        f"{name}@x.example" for name in "abcde"
    ],
    "a@x.example;a@x.example": ["a@x.example", "a@x.example"],
    "a@x.example;": ["a@x.example"],
    "unknown; a@x.example": ["a@x.example"],
    "Doe, Jane <a@x.example>": ["a@x.example"],
    "Jane <a@x.example>; Joe <b@x.example>": ["a@x.example", "b@x.example"],
    "a@x.example b@x.example": [None],
    "none; nothing": [None],
    "": [None],
    "/o=a/cn=b": [None],
    "/o=a/cn=b; a@x.example": ["a@x.example"],
    "IMCEAEX-_o=a_cn=b@x.example": [None],
}


@pytest.mark.parametrize(("cell", "rows"), CELLS.items())
def test_cells(cell: str, rows: list[str | None]) -> None:
    """Several addresses are as many rows; one among rubbish is one; X.500 names are none."""
    assert addresses_in_cell(cell) == rows


def test_plain_values() -> None:
    """What stands around an address goes; names, wildcards, links and lists are refused."""
    for good in ("a@x.example", " <SMTP:A@x.example>; ", "'a@x.example'", "mailto:a@x.example"):
        assert plain_address(good) == "a@x.example"
    for bad in ("A <a@x.example>", "*@x.example", "a@x.example;b@x.example", "x.example", ""):
        with pytest.raises(PlainValueError):
            plain_address(bad)
    assert plain_domain(" X.Example. ") == "x.example"
    for bad in ("*.x.example", "https://x.example", "x.example y.example", "@x.example", ".x", ""):
        with pytest.raises(PlainValueError):
            plain_domain(bad)


HALF_PAST = datetime(2024, 1, 1, 10, 30, tzinfo=UTC)
TIMES = {
    "2024-01-01T10:30:00.1234569Z": HALF_PAST.replace(microsecond=123_456),
    "2024-01-01T16:00:00.123456+05:30": HALF_PAST.replace(microsecond=123_456),
    "2024-01-01T10:30": HALF_PAST,
    "2024-01-01t10:30z": HALF_PAST,
    "2024-01-01 05:30:00-0500": HALF_PAST,
    "2024-01-01T24:00": None,
    "2024-01-01": None,
    "2024-01-01T10": None,
    "2024-01-01T10:30+05": None,
    "2024-01-01T10:30+05:60": None,
    "2024-01-01T10:30+24:00": None,
    " 2024-01-01T10:30": None,
    "2024-01-01  10:30": None,
    "20240101T1030": None,
    "2024-01-01T10:30Zz": None,
    "": None,
}


@pytest.mark.parametrize(("written", "meant"), TIMES.items())
def test_times(written: str, meant: datetime | None) -> None:
    """Times are as numbers 2.3 has them; anything else cannot be read."""
    assert instant(written) == meant


ZONES = {
    None: "UTC",
    "": "UTC",
    "  ": "UTC",
    "utc": "Etc/UTC",
    "TZONE://Microsoft/Utc ": "UTC",
    "europe/amsterdam": "Europe/Amsterdam",
    " w. europe standard time": "Europe/Berlin",
    "US/Eastern": "US/Eastern",
    "Kamchatka Standard Time": "Asia/Kamchatka",
    "Mid-Atlantic Standard Time": "Etc/GMT+2",
    "MEXICO STANDARD TIME": "America/Mexico_City",
    "Armenian Standard Time": "Asia/Yerevan",
    "tzone://Microsoft/Custom": None,
    "Customized Time Zone": None,
}


@pytest.mark.parametrize(("name", "zone"), ZONES.items())
def test_names_of_time_zones(name: str | None, zone: str | None) -> None:
    """IANA, Windows and old names, in any case."""
    found = named_zone(name)
    assert (found.key if found else None) == zone


def test_what_is_no_text_is_no_time() -> None:
    """A number is none."""
    assert instant(5) is None
