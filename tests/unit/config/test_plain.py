"""Plain addresses and domains: what may stand around them, what is refused, what was meant."""

from collections.abc import Callable

import pytest

from engagement_assets.config import plain

ADA = "ada@contoso.example"
X500 = "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=ada"

AROUND = {
    "nothing": "{}",
    "white space": " \t{}\u00a0",
    "quotes": "'\u201c{}\u201d'",
    "brackets": "<{}>",
    "brackets in quotes": "'<{}>' ",
    "a prefix": "mailto:{}",
    "prefixes": "SMTP: mailto:{}",
    "a prefix in brackets": "<mailto:{}>",
    "a mark": "\ufeff\u200b{}\u200e",
    "a mark before brackets": "\u200b<{}>",
    "a comma": "{}, ",
    "several ends": "{};.,",
    "a query of mailto": "mailto:{}?subject=hi",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_what_goes_around_an_address(around: str) -> None:
    for kind in (plain.address, plain.listed_address, plain.address_or_domain):
        assert kind(around.format("Ada@Contoso.example")) == ADA


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_what_goes_around_a_domain(around: str) -> None:
    for kind in (plain.domain, plain.address_or_domain):
        assert kind(around.format("Contoso.example")) == "contoso.example"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MU\u0308NCHEN.example.", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("株式会社.example", "xn--6oqv20b1zgzxr.example"),
        ("uk.contoso-group.co.uk", "uk.contoso-group.co.uk"),
    ],
)
def test_domains_of_any_script_are_kept_in_their_ascii_form(text: str, expected: str) -> None:
    assert plain.domain(text) == expected
    assert plain.address(f"ada@{text}") == f"ada@{expected}"


@pytest.mark.parametrize("text", ["root@localhost", "pat.o'brien@x.example", "a/b&c=d@x_y.example"])
def test_an_address_is_no_narrower_than_the_rule_of_addresses(text: str) -> None:
    assert plain.address(text) == text


def refusal(kind: Callable[[str], str], text: str) -> str:
    with pytest.raises(ValueError, match=r"without a name, a wildcard or a link") as caught:
        kind(text)
    return str(caught.value)


# text, what was probably meant
NO_ADDRESSES: dict[str, tuple[str, str]] = {
    "a name": (f"Ada Lovelace <{ADA}>", f"did you mean {ADA}?"),
    "a name in quotes": (f'"Lovelace, Ada" <{ADA}>', f"did you mean {ADA}?"),
    "an apostrophe": ("Pat O'Brien <pat.o'brien@x.example>", "did you mean pat.o'brien@x.example?"),
    "quotes around each": ("'a@x.example','b@x.example'", "of its own: a@x.example, b@x.example"),
    "a name behind": (f"{ADA} (Ada Lovelace)", f"did you mean {ADA}?"),
    "an address as the name": (f"bob@x.example <{ADA}>", f"of its own: bob@x.example, {ADA}"),
    "a letter before brackets": (f"x<{ADA}>", f"did you mean {ADA}?"),
    "a link": ("https://contoso.example/ada", ""),
    "a link to an address": (f"https://contoso.example/{ADA}", f"did you mean {ADA}?"),
    "a link in Markdown": (f"[{ADA}](mailto:{ADA})", f"did you mean {ADA}?"),
    "a path behind": (f"{ADA}/", f"did you mean {ADA}?"),
    "two, a semicolon between": (f"{ADA}; bob@x.example", f"of its own: {ADA}, bob@x.example"),
    "two, a blank between": (f"{ADA} bob@x.example", f"of its own: {ADA}, bob@x.example"),
    "two, a line end between": (f"{ADA}\nbob@x.example", f"of its own: {ADA}, bob@x.example"),
    "two behind mailto": (f"mailto:{ADA},bob@x.example", f"of its own: {ADA}, bob@x.example"),
    "one twice": (f"{ADA},{ADA}", f"did you mean {ADA}?"),
    "a separator in front": (f";{ADA}", f"did you mean {ADA}?"),
    "a wildcard": ("*@contoso.example", ""),
    "a wildcard in the name": ("ad?@contoso.example", ""),
    "a wildcard in the domain": ("ada@*.contoso.example", ""),
    "a wildcard of SQL": ("%@contoso.example", ""),
    "a label that is empty": ("ada@.contoso.example", ""),
    "two at": ("ada@bob@contoso.example", ""),
    "no at": ("ada", ""),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("text", "meant"), NO_ADDRESSES.values(), ids=NO_ADDRESSES)
def test_what_is_not_a_plain_address(text: str, meant: str) -> None:
    for kind in (plain.address, plain.listed_address):
        message = refusal(kind, text)
        assert "one e-mail address (text, one @, text)" in message
        assert message.endswith(meant or "a link"), message


# text, what was probably meant
NO_DOMAINS: dict[str, tuple[str, str]] = {
    "an at in front": ("@contoso.example", "did you mean contoso.example?"),
    "a dot in front": (".contoso.example", "did you mean contoso.example?"),
    "a wildcard": (
        "*.contoso.example",
        "mean contoso.example, and each domain below it as an entry of its own?",
    ),
    "a wildcard of addresses": ("*@contoso.example", "did you mean contoso.example?"),
    "two wildcards": ("*@*.contoso.example", "below it as an entry of its own?"),
    "a wildcard at the end": ("contoso.*", ""),
    "a slash behind": ("contoso.example/", "did you mean contoso.example?"),
    "a link": ("https://contoso.example/a?b#c", "did you mean contoso.example?"),
    "a port": ("contoso.example:443", "did you mean contoso.example?"),
    "a name": ("Contoso <contoso.example>", "did you mean contoso.example?"),
    "two": ("contoso.example, x.example", "of its own: contoso.example, x.example"),
    "two, a blank between": ("contoso.example x.example", "own: contoso.example, x.example"),
    "the name of a company": ("Contoso Ltd", ""),
    "one label": ("contoso", ""),
    "this machine": ("localhost", ""),
    "a label that is empty": ("contoso..example", ""),
    "nothing": (" ", ""),
}


@pytest.mark.parametrize(("text", "meant"), NO_DOMAINS.values(), ids=NO_DOMAINS)
def test_what_is_not_a_plain_domain(text: str, meant: str) -> None:
    for kind in (plain.domain, plain.address_or_domain):
        message = refusal(kind, text)
        assert "one domain" in message
        assert message.endswith(meant or "a link"), message


def test_an_address_where_a_domain_is_expected() -> None:
    assert refusal(plain.domain, ADA).endswith("did you mean contoso.example?")
    assert refusal(plain.domain, f"Ada <{ADA}>").endswith("did you mean contoso.example?")


def test_of_an_address_or_a_domain_the_address_is_meant_first() -> None:
    assert refusal(plain.address_or_domain, f"Ada <{ADA}>").endswith(f"did you mean {ADA}?")
    assert "or one domain" in refusal(plain.address_or_domain, "ada@bob@contoso.example")


def test_an_x500_name_is_an_address_of_a_directory_only() -> None:
    assert plain.listed_address(X500) == X500.lower()
    assert plain.listed_address("IMCEAEX-_o=ExchangeLabs_cn=ada@contoso.example") == (
        "/o=exchangelabs/cn=ada"
    )
    assert refusal(plain.address, X500).endswith("not an X.500 name")
    assert refusal(plain.address_or_domain, X500).endswith("a contact never has an X.500 name")
    assert refusal(plain.listed_address, f"Ada <{X500}>").endswith("a link")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Ada <{ADA}>", (ADA,)),
        (f"Ada, {ADA.upper()}, and bob@x.example.", (ADA, "bob@x.example")),
        ("Ada Lovelace", ()),
        (X500, ()),
        ("a@b@c", ("a@b",)),
    ],
)
def test_the_addresses_within_a_text(text: str, expected: tuple[str, ...]) -> None:
    assert plain.addresses_within(text) == expected
