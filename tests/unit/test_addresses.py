"""Addresses: the Python rule, and the same rule in DuckDB (numbers 1, contact)."""

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engagement_assets import addresses
from engagement_assets.warehouse import database

Connection = duckdb.DuckDBPyConnection

CASES = {
    "plain": ("ada@contoso.com", "ada@contoso.com"),
    "upper case": ("Ada@CONTOSO.com", "ada@contoso.com"),
    "upper case beyond ASCII": ("ÉVA@Contoso.com", "éva@contoso.com"),
    "white space around": (" \t\r\nada@contoso.com\u00a0\u2003", "ada@contoso.com"),
    "unit separators are white space": ("\x1cada@contoso.com\x1f", "ada@contoso.com"),
    "zero width space is none": ("\u200bada@contoso.com", "\u200bada@contoso.com"),
    "mailto": ("mailto:ada@contoso.com", "ada@contoso.com"),
    "primary proxy": ("SMTP:Ada@contoso.com", "ada@contoso.com"),
    "prefix and white space": (" MailTo: \u3000ada@contoso.com ", "ada@contoso.com"),
    "prefix twice": ("smtp:mailto: smtp:ada@contoso.com", "ada@contoso.com"),
    "prefix inside stays": ("adasmtp:@contoso.com", "adasmtp:@contoso.com"),
    "another prefix stays": ("sip:ada@contoso.com", "sip:ada@contoso.com"),
    "prefix without colon": ("smtpada@contoso.com", "smtpada@contoso.com"),
    "white space before the colon": ("smtp :ada@contoso.com", "smtp :ada@contoso.com"),
    "white space inside stays": ("ada lovelace@con toso.com", "ada lovelace@con toso.com"),
    "newline inside stays": ("ada\nx@contoso\n.com", "ada\nx@contoso\n.com"),
    "no domain suffix": ("a@b", "a@b"),
    "empty": ("", None),
    "only white space": (" \u3000\n", None),
    "no @": ("ada.contoso.com", None),
    "two @": ("ada@eu@contoso.com", None),
    "nothing before @": ("@contoso.com", None),
    "nothing after @": ("ada@", None),
    "white space after @": ("ada@ \t", None),
    "only a prefix": ("mailto:", None),
    "prefix and nothing before @": ("smtp: @contoso.com", None),
    "absent": (None, None),
}
PIECES = (
    *("mailto:", "MAILTO:", "smtp:", "Smtp:", "mailto", "smtp", ":", "@", "@", "a", "é", "É", "Z"),
    *("ada@contoso.com", ".", "\n", "\0", "\u200b", "'", "$"),
    *addresses.WHITE_SPACE,
)
TRICKY = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with duckdb.connect(config={"threads": 1}) as opened:
        database.prepare(opened, Path(tmp_path_factory.mktemp("spill")))
        yield opened


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_normalise(text: str | None, expected: str | None) -> None:
    assert addresses.normalise(text) == expected


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_the_macro_knows_the_same_cases(
    connection: Connection, text: str | None, expected: str | None
) -> None:
    found = connection.execute("select normalised_address(?::varchar)", [text]).fetchall()
    assert found == [(expected,)]


def test_white_space_is_all_that_python_calls_so() -> None:
    everything = {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()}
    assert set(addresses.WHITE_SPACE) == everything


@given(TRICKY)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = addresses.normalise(text)
    assert once is None or addresses.normalise(once) == once


@given(st.lists(st.none() | TRICKY, min_size=1, max_size=60))
@example([piece + "x@y" + piece for piece in PIECES])
@example(list(PIECES))
def test_python_and_duckdb_agree(connection: Connection, texts: list[str | None]) -> None:
    """A contact in the customer list and the sender of a message meet by this rule alone."""
    expected = [addresses.normalise(text) for text in texts]
    found = connection.execute(
        "select normalised_address(text) from "
        "(select unnest(?::varchar[]) as text, generate_subscripts(?::varchar[], 1) as place) "
        "order by place",
        [texts, texts],
    ).fetchall()
    assert [address for (address,) in found] == expected

    keys = connection.execute("select normalised_keys(?::varchar[])", [texts]).fetchall()[0][0]
    valid = sorted({address for address in expected if address is not None})
    wanted = connection.execute("select key_of(unnest(?::varchar[]))", [valid]).fetchall()
    assert sorted(keys) == sorted(key for (key,) in wanted), "each once, invalid ones left out"


@given(TRICKY.filter(lambda text: addresses.normalise(text) is not None))
def test_domains_agree(connection: Connection, text: str) -> None:
    address = addresses.normalise(text)
    assert address is not None
    found = connection.execute("select domain_of(?)", [address]).fetchall()
    assert found == [(addresses.domain_of(address),)]


def test_normalise_all_keeps_the_order_and_each_once() -> None:
    given_texts = ["b@x", None, "SMTP:A@x", "nothing", "mailto:B@X ", "a@x"]
    assert addresses.normalise_all(given_texts) == ("b@x", "a@x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" Contoso.COM\n", "contoso.com"), ("", None), (" ", None), ("a@contoso.com", None)],
    ids=["trimmed and lower-cased", "empty", "white space", "an address"],
)
def test_normalise_domain(text: str, expected: str | None) -> None:
    assert addresses.normalise_domain(text) == expected


def test_keys_are_those_of_every_version(connection: Connection) -> None:
    """The store keeps keys for a year: other ones would part contacts from their mail."""
    found = connection.execute("select key_of('ada@contoso.com'), key_of('')").fetchall()
    assert found == [(-2166474886399017514, -125264144566222615)]
