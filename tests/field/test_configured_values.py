"""More of the kind of exclusions and opted-out-text: what people write into a configuration."""

from pathlib import Path

import pytest

from engagement_assets.errors import ConfigurationError
from tests.field.cases import ONE_FROM
from tests.field.made import ADA, BERT, Made, user
from tests.field.reading import Expected, assert_right, by_the_product
from tests.naive.addresses import PlainValueError
from tests.naive.compute import compute

CLEO = "cleo@contoso.example"
WRONG_ADDRESSES = (
    f"Cleo <{CLEO}>",
    f"{CLEO}; {BERT}",
    f"{CLEO},{BERT}",
    f"{CLEO} {BERT}",
    "*@contoso.example",
    "contoso.example",
    "Cleo",
    "https://contoso.example/cleo",
)
WRONG_DOMAINS = (
    "*.kunde.example",
    "kunde.*",
    "https://kunde.example",
    "kunde.example/",
    "@kunde.example",
    "kunde.example, other.example",
    "kunde.example other.example",
    "Kunde GmbH",
)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Three persons, and customers of three domains who write to Ada."""
    made = Made(tmp_path, mailboxes={"addresses": [ADA, BERT, CLEO]})
    made.users.append(user("c1", CLEO))
    for number, domain in enumerate(("kunde", "mail.kunde", "xn--mnchen-3ya")):
        made.contact(f"K{number}", f"jane@{domain}.example")
        made.email(f"jane@{domain}.example", ADA)
    return made


def _assert_refused(made: Made, key: str, value: str) -> None:
    config_file = made.write()
    with pytest.raises(PlainValueError):
        compute(config_file)
    with pytest.raises(ConfigurationError) as refused:
        by_the_product(config_file)
    assert key in str(refused.value)
    assert value in str(refused.value)
    assert refused.value.exit_code == 2
    assert not (made.folder / "data").exists(), "nothing is read"


@pytest.mark.parametrize("value", WRONG_ADDRESSES)
@pytest.mark.parametrize("key", ["addresses", "opted_out"])
def test_addresses_that_are_not_plain(key: str, value: str, made: Made) -> None:
    made.mailboxes[key] = [*([ADA, BERT] if key == "addresses" else []), value]
    _assert_refused(made, f"mailboxes.{key}", value)


@pytest.mark.parametrize("value", WRONG_DOMAINS)
@pytest.mark.parametrize("key", ["mailboxes.organisation_domains", "customers.excluded"])
def test_domains_that_are_not_plain(key: str, value: str, made: Made) -> None:
    section, _, name = key.partition(".")
    getattr(made, section)[name] = [value]
    _assert_refused(made, key, value)


@pytest.mark.parametrize("value", ["Jane <jane@kunde.example>", "*@kunde.example"])
def test_exclusions_are_addresses_too(value: str, made: Made) -> None:
    made.customers["excluded"] = ["bot@kunde.example", value]
    _assert_refused(made, "customers.excluded", value)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("kunde.example", {"K1", "K2"}),
        (" Kunde.Example. ", {"K1", "K2"}),
        ("mail.kunde.example", {"K0", "K2"}),
        ("m\u00fcnchen.example", {"K0", "K1"}),
        ("MU\u0308NCHEN.example", {"K0", "K1"}),
        ("'jane@kunde.example'", {"K1", "K2"}),
        ("SMTP:Jane@Mail.Kunde.example;", {"K0", "K2"}),
        ("<jane@m\u00fcnchen.example>", {"K0", "K1"}),
        ("other.example", {"K0", "K1", "K2"}),
    ],
)
def test_exclusions(value: str, left: set[str], made: Made) -> None:
    """Written in any way that means one address or one domain, as a whole."""
    made.customers["excluded"] = [value]
    ledger = {"contact excluded": 3 - len(left)}
    assert_right(made.write(), Expected(dict.fromkeys(left, ONE_FROM), ledger, persons=3))


@pytest.mark.parametrize("value", [f"<{CLEO}>", f"\u200bmailto:{CLEO.upper()}", f'"{CLEO}",'])
def test_opting_out(value: str, made: Made) -> None:
    made.mailboxes["opted_out"] = [value]
    expected = Expected(dict.fromkeys(("K0", "K1", "K2"), ONE_FROM))
    assert_right(made.write(), expected)


@pytest.mark.parametrize("value", ["M\u00fcnchen.example.", "XN--MNCHEN-3YA.example"])
def test_added_domains(value: str, made: Made) -> None:
    made.mailboxes["organisation_domains"] = [value]
    ledger = {"contact own_organisation": 1}
    assert_right(made.write(), Expected(dict.fromkeys(("K0", "K1"), ONE_FROM), ledger, persons=3))
