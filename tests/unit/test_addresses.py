"""Addresses: the rule, and that DuckDB reads them by it (numbers 1, address)."""

import sys
import unicodedata
from collections.abc import Callable
from typing import Literal

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engagement_assets import addresses

Connection = duckdb.DuckDBPyConnection

CASES = {
    "plain": ("ada@contoso.com", "ada@contoso.com"),
    "upper case": ("Ada@CONTOSO.com", "ada@contoso.com"),
    "no domain suffix": ("a@b", "a@b"),
    # what is invisible
    "zero width space in front": ("\u200bada@contoso.com", "ada@contoso.com"),
    "byte-order mark in front": ("\ufeffada@contoso.com", "ada@contoso.com"),
    "directional marks inside": ("\u202aada@con\u200etoso.com\u202c", "ada@contoso.com"),
    "soft hyphen": ("ada@con\u00adtoso.com", "ada@contoso.com"),
    # what stands in brackets
    "name in front": ("Ada Lovelace <ada@contoso.com>", "ada@contoso.com"),
    "name with a comma and an address": ('"x@y, Ada" <ada@contoso.com>', "ada@contoso.com"),
    "name and white space behind": ("Ada <ada@contoso.com> ", "ada@contoso.com"),
    "brackets alone": ("<ada@contoso.com>", "ada@contoso.com"),
    "brackets within quotes": ("'<ada@contoso.com>'", "ada@contoso.com"),
    "text behind the brackets": ("<ada@contoso.com> Ada", None),
    "two brackets": ("<<ada@contoso.com>>", None),
    "only a closing bracket": ("ada@contoso.com>", None),
    # what stands around
    "white space around": (" \t\r\nada@contoso.com\u00a0\u2003", "ada@contoso.com"),
    "unit separators are white space": ("\x1cada@contoso.com\x1f", "ada@contoso.com"),
    "single quotes": ("'ada@contoso.com'", "ada@contoso.com"),
    "curly quotes": ("\u201cada@contoso.com\u201d", "ada@contoso.com"),
    "one quote": ("\u2018ada@contoso.com", "ada@contoso.com"),
    "a list's rest": ("ada@contoso.com;", "ada@contoso.com"),
    "a sentence's rest": ("ada@contoso.com.,; ", "ada@contoso.com"),
    "a comma in front": (",ada@contoso.com", None),
    "mailto": ("mailto:ada@contoso.com", "ada@contoso.com"),
    "mailto with a subject": ("mailto:ada@contoso.com?subject=Hi", "ada@contoso.com"),
    "mailto in brackets": ("Ada <mailto:ada@contoso.com?cc=x@y>", "ada@contoso.com"),
    "question mark without mailto": ("smtp:ada@contoso.com?x", "ada@contoso.com?x"),
    "primary proxy": ("SMTP:Ada@contoso.com", "ada@contoso.com"),
    "prefix and white space": (" MailTo: \u3000ada@contoso.com ", "ada@contoso.com"),
    "prefix twice": ("smtp:mailto: smtp:ada@contoso.com", "ada@contoso.com"),
    "prefix with another s": ("\u017fmtp:ada@contoso.com", None),
    "quotes behind the prefix": ("mailto:'ada@contoso.com'.", "ada@contoso.com"),
    # how it is written
    "composed": ("\u00e9va@contoso.com", "\u00e9va@contoso.com"),
    "decomposed": ("e\u0301va@contoso.com", "\u00e9va@contoso.com"),
    "capital beyond ASCII": ("\u00c9VA@Contoso.com", "\u00e9va@contoso.com"),
    "capital without a composed form": ("J\u030cva@contoso.com", "\u01f0va@contoso.com"),
    "Turkish capital": ("\u0130da@contoso.com", "ida@contoso.com"),
    "sigma at the end": ("\u039f\u03a3@contoso.com", "\u03bf\u03c3@contoso.com"),
    "sharp s stays itself": ("a@stra\u00dfe.example", "a@xn--strae-oqa.example"),
    "domain in its own script": ("a@M\u00fcnchen.example", "a@xn--mnchen-3ya.example"),
    "domain decomposed": ("a@mu\u0308nchen.example", "a@xn--mnchen-3ya.example"),
    "domain in ASCII": ("a@XN--MNCHEN-3YA.example", "a@xn--mnchen-3ya.example"),
    "full-width domain": ("a@\uff45xample\u3002com\u3002", "a@example.com"),
    "domain that IDNA refuses": ("a@i\u2764.example", "a@i\u2764.example"),
    # an X.500 name
    "X.500": ("/O=Exch/OU=First (Group)/cn=Ada L", "/o=exch/ou=first (group)/cn=ada l"),
    "X.500 with an @": ("/o=Exch/cn=a@b", "/o=exch/cn=a@b"),
    "X.500 in brackets": ("Ada <smtp:/o=Exch/cn=Ada>", "/o=exch/cn=ada"),
    "X.500 and a semicolon in another script": ("/o=Exch/cn=Ada\u037e", "/o=exch/cn=ada"),
    "X.500 in mail form": (
        "IMCEAEX-_O=Exch_OU=First+20+28Group+29_cn=A+40+5F+C3@contoso.com",
        "/o=exch/ou=first (group)/cn=a@_\u00e3",
    ),
    "mail form of another kind": ("imceasmtp-ada@contoso.com", "imceasmtp-ada@contoso.com"),
    "mail form without a domain": ("IMCEAEX-_O=Exch_cn=Ada", None),
    "not X.500": ("/ou=x/cn=y", None),
    "X.500 without a name": ("/o=", None),
    # what is not valid
    "white space inside": ("ada lovelace@contoso.com", None),
    "line end inside": ("ada\nx@contoso.com", None),
    "control character inside": ("ada\x00@contoso.com", None),
    "another prefix": ("sip:ada@contoso.com", None),
    "comment": ("ada(x)@contoso.com", None),
    "address literal": ("ada@[127.0.0.1]", None),
    "backslash": ("ada\\x@contoso.com", None),
    "quoted part": ('"ada"@contoso.com', None),
    "two of them": ("ada@contoso.com;eva@contoso.com", None),
    "semicolon in another script": ("ada\u037ex@contoso.com", None),
    "empty": ("", None),
    "only white space": (" \u3000\n", None),
    "no @": ("ada.contoso.com", None),
    "two @": ("ada@eu@contoso.com", None),
    "nothing before @": ("@contoso.com", None),
    "nothing after @": ("ada@", None),
    "white space after @": ("ada@ \t", None),
    "dots after @": ("ada@..", None),
    "only a prefix": ("mailto:", None),
    "prefix and nothing before @": ("smtp: @contoso.com", None),
    "absent": (None, None),
}
PIECES = (
    *("mailto:", "MAILTO:", "smtp:", "Smtp:", "mailto", "smtp", ":", "@", "@", "a", "é", "É", "Z"),
    *("ada@contoso.com", ".", "\n", "\0", "\u200b", "'", "$", "<", ">", ";", "?", "/o=", "\u0130"),
    *(
        "e\u0301",
        "J\u030c",
        "\u03a3",
        "\u3002",
        "m\u00fc.example",
        "xn--mnchen-3ya",
        "imceaex-_o=",
        "+2",
        "_",
    ),
    *addresses.WHITE_SPACE,
)
TRICKY = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_normalise(text: str | None, expected: str | None) -> None:
    assert addresses.normalise(text) == expected


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_the_macro_knows_the_same_cases(
    prepared: Connection, text: str | None, expected: str | None
) -> None:
    found = prepared.execute("select normalised_address(?::varchar)", [text]).fetchall()
    assert found == [(expected,)]


def test_white_space_is_all_that_python_calls_so() -> None:
    everything = {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()}
    assert set(addresses.WHITE_SPACE) == everything


@given(TRICKY | st.text(max_size=12))
@example("x@\u3002\u3002")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = addresses.normalise(text)
    assert once is None or addresses.normalise(once) == once


@given(st.lists(st.none() | TRICKY, min_size=1, max_size=60))
@example([piece + "x@y" + piece for piece in PIECES])
@example(list(PIECES))
def test_python_and_duckdb_agree(prepared: Connection, texts: list[str | None]) -> None:
    """A contact in the customer list and the sender of a message meet by this rule alone."""
    expected = [addresses.normalise(text) for text in texts]
    found = prepared.execute(
        "select normalised_address(text) from "
        "(select unnest(?::varchar[]) as text, generate_subscripts(?::varchar[], 1) as place) "
        "order by place",
        [texts, texts],
    ).fetchall()
    assert [address for (address,) in found] == expected

    keys = prepared.execute("select normalised_keys(?::varchar[])", [texts]).fetchall()[0][0]
    valid = sorted({address for address in expected if address is not None})
    wanted = prepared.execute("select key_of(unnest(?::varchar[]))", [valid]).fetchall()
    assert sorted(keys) == sorted(key for (key,) in wanted), "each once, invalid ones left out"


@pytest.mark.parametrize("text", [text for text, address in CASES.values() if address])
def test_domains_agree(prepared: Connection, text: str) -> None:
    address = addresses.normalise(text)
    assert address is not None
    found = prepared.execute("select domain_of(?)", [address]).fetchall()
    assert found == [(addresses.domain_of(address) or None,)]


@given(st.from_regex(addresses.PLAIN, fullmatch=True))
def test_a_plain_address_is_read_without_the_rule(text: str) -> None:
    """SQL only puts it into lower case; with a name in front it is not plain to Python."""
    assert addresses.normalise(f"x <{text}>") == text.lower()


SPELLINGS = (
    *(
        "{}",
        " {} ",
        "'{}'",
        "<{}>",
        "Jane <{}>",
        "mailto:{}",
        "SMTP:{}",
        "{};",
        "\ufeff{}",
        "{}\u200b",
    ),
    "Jane <mailto:{}?subject=x>",
)


@given(
    st.sampled_from(["jane.doe@kunde.example", "j\u00f6rg@m\u00fcnchen.example", "/o=exch/cn=ada"]),
    st.lists(st.sampled_from(SPELLINGS), min_size=1, max_size=3),
    st.sampled_from([str, str.upper]),
    st.sampled_from(["NFC", "NFD"]),
)
def test_all_spellings_of_an_address_are_that_address(
    address: str, around: list[str], written: Callable[[str], str], form: Literal["NFC", "NFD"]
) -> None:
    text = unicodedata.normalize(form, written(address))
    for spelling in around:
        # of a text with two opening brackets none can be told from the other
        if "<" not in text or "<" not in spelling:
            text = spelling.format(text)
    assert addresses.normalise(text) == addresses.normalise(address)


CELLS = {
    "one": ("a@x", ("a@x",)),
    "one with a name": ("Doe, Jane <a@x>", ("a@x",)),
    "one and a rest": ("a@x; n/a", ("a@x",)),
    "one and a separator": ("a@x;", ("a@x",)),
    "semicolon": ("a@x; B@y", ("a@x", "b@y")),
    "comma": ("a@x,b@y", ("a@x", "b@y")),
    "bar": ("a@x|b@y", ("a@x", "b@y")),
    "three colons": ("a@x:::b@y", ("a@x", "b@y")),
    "line ends": ("a@x\r\nb@y\nc@z", ("a@x", "b@y", "c@z")),
    "names": ("Jane <a@x>; Doe, Joe <b@y>", ("a@x", "b@y")),
    "the same twice": ("a@x;A@x", ("a@x", "a@x")),
    "valid ones only": ("a@x;none;b@y", ("a@x", "b@y")),
    "blank between": ("a@x b@y", ()),
    "X.500": ("/o=exch/cn=ada", ()),
    "X.500 in mail form": ("IMCEAEX-_o=exch_cn=ada@x", ()),
    "X.500 beside one": ("/o=exch/cn=ada;a@x", ("a@x",)),
    "invalid": ("none", ()),
    "empty": ("", ()),
}


@pytest.mark.parametrize(("cell", "expected"), CELLS.values(), ids=CELLS)
def test_mail_addresses_in_a_cell(cell: str, expected: tuple[str, ...]) -> None:
    assert addresses.mail_addresses_in(cell) == expected


def test_an_x500_name_has_no_domain() -> None:
    assert addresses.is_x500("/o=exch/cn=a@b")
    assert addresses.domain_of("/o=exch/cn=a@b") == ""
    assert not addresses.is_x500("o@x")


def test_normalise_all_keeps_the_order_and_each_once() -> None:
    given_texts = ["b@x", None, "SMTP:A@x", "nothing", "mailto:B@X ", "a@x"]
    assert addresses.normalise_all(given_texts) == ("b@x", "a@x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Contoso.COM\n", "contoso.com"),
        ("contoso.com.", "contoso.com"),
        ("\u200bm\u00fcnchen.example", "xn--mnchen-3ya.example"),
        ("'contoso.com'", "contoso.com"),
        ("", None),
        (" ", None),
        ("con toso.com", None),
        ("a@contoso.com", None),
        ("https://contoso.com", None),
    ],
    ids=[
        *("trimmed and lower-cased", "dot at the end", "in ASCII", "quotes", "empty"),
        *("white space", "white space inside", "an address", "a link"),
    ],
)
def test_normalise_domain(text: str, expected: str | None) -> None:
    assert addresses.normalise_domain(text) == expected


def test_keys_are_those_of_every_version(prepared: Connection) -> None:
    """The store keeps keys for a year: other ones would part contacts from their mail."""
    found = prepared.execute("select key_of('ada@contoso.com'), key_of('')").fetchall()
    assert found == [(-2166474886399017514, -125264144566222615)]
