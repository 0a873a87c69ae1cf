"""Proxy addresses: what their marks say."""

import pytest

from engagement_assets.activity import proxies

NAME = "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=0a-ada"


@pytest.mark.parametrize(
    ("proxy", "expected"),
    [
        ("SMTP:Ada@Contoso.com", "ada@contoso.com"),
        ("smtp:ada@contoso.com", "ada@contoso.com"),
        ("Smtp: ada@contoso.com ", "ada@contoso.com"),
        ("ada@contoso.com", "ada@contoso.com"),
        ("mailto:ada@contoso.com", "ada@contoso.com"),
        (f"X500:{NAME}", NAME.lower()),
        (f"x500: {NAME.upper()}", NAME.lower()),
        (f" \ufeffX500:{NAME}", NAME.lower()),
        (NAME, NAME.lower()),
        ("smtp:IMCEAEX-_o=X_cn=ada+2Bb@contoso.com", "/o=x/cn=ada+b"),
    ],
)
def test_addresses_of_a_person(proxy: str, expected: str) -> None:
    assert proxies.address(proxy) == expected


@pytest.mark.parametrize(
    "proxy",
    [
        *("SIP:ada@contoso.com", "sip:ada@contoso.com", "EUM:5551@contoso.com;phone-context=x"),
        *("SPO:SPO_1@SPO_2", "X400:C=US;A= ;P=Contoso;S=Ada;", "NOTES:Ada@Contoso", "MRS:ada@x"),
        *("X500:ada@contoso.com", "X500:", "smtp:", "SMTP:ada", "", "x500"),
    ],
)
def test_what_is_not_an_address_of_mail(proxy: str) -> None:
    assert proxies.address(proxy) is None


@pytest.mark.parametrize(
    ("proxy", "is_primary"),
    [
        *[("SMTP:ada@contoso.com", True), (" SMTP:ada@contoso.com", True)],
        *[("'SMTP:ada@contoso.com'", True), ("\u200bSMTP:ada@contoso.com", True)],
        *[("smtp:ada@contoso.com", False), ("Smtp:ada@contoso.com", False)],
        *[("SMTP@contoso.com", False), ("X500:/o=SMTP:", False), ("", False)],
    ],
)
def test_which_is_the_first(proxy: str, is_primary: bool) -> None:
    assert proxies.is_primary(proxy) is is_primary
