"""Writing one and the same address in many ways (section 1, address)."""

import unicodedata

from .dice import PREFIXES, Dice

UNICODE_DOMAINS = {
    "xn--mnchen-3ya.example": "m\u00fcnchen.example",
    "xn--strae-oqa.example": "stra\u00dfe.example",
    "xn--80ak6aa92e.example": "\u0430\u0440\u0440\u04cf\u0435.example",
    "xn--wgv71a.example": "\u65e5\u672c.example",
}
"""Domains in the form in which they are compared, and as people write them."""

FORMAT = ("\u200b", "\ufeff", "\u00ad", "\u202a", "\u2060", "\U000e0020")
QUOTES = ("''", '""', "\u2018\u2019", "\u201c\u201d", "'\u201d")
NAMES = ("Jane Doe", "Doe, Jane", '"Doe, Jane (Kunde)"', "", "jane@elsewhere.example", "a > b")
X500 = "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn="


def with_unicode_domain(dice: Dice, address: str) -> str:
    """Write the domain as people do, where it has another form, also decomposed."""
    local, _, domain = address.rpartition("@")
    written = UNICODE_DOMAINS.get(domain)
    if written is None or dice.chance(0.5):
        return address
    return f"{local}@{written}"


def plain(dice: Dice, address: str) -> str:
    """Write an address with what goes from around it, and no name: a configuration may hold it."""
    address = with_unicode_domain(dice, address)
    if dice.chance(0.5):
        return address
    return around(dice, in_other_letters(dice, address))


def in_other_letters(dice: Dice, address: str) -> str:
    """Write letters in capitals, decomposed, or with marks that nobody sees."""
    if dice.chance(0.6):
        address = dice.mixed_case(address)
    if dice.chance(0.15):
        address = unicodedata.normalize(dice.pick(("NFD", "NFC")), address)
    if dice.chance(0.06):
        place = dice.between(0, len(address))
        address = address[:place] + dice.pick(FORMAT) + address[place:]
    return address


def around(dice: Dice, address: str) -> str:
    """Put around an address what goes from there."""
    if dice.chance(0.1):
        quotes = dice.pick(QUOTES)
        address = quotes[0] + address + quotes[1]
    if dice.chance(0.08):
        address += dice.pick((",", ";", ".", ".;", "; ", " ,"))
    if dice.chance(0.2):
        address = dice.pick(PREFIXES) + address
        if dice.chance(0.2):
            address = dice.pick(PREFIXES) + " " + address
    if dice.chance(0.06):
        address = f"<{address}>"
    if dice.chance(0.2):
        address = dice.padded(address)
    return address


def spell(dice: Dice, address: str) -> str:
    """Write an address in one of the ways that mean the same, with names and links too."""
    address = plain(dice, address)
    kind = dice.rng.random()
    if kind < 0.05 and "<" not in address:
        return f"{dice.pick(NAMES)} <{address}>"
    if kind < 0.07:
        return f"mailto:{address}?subject=Offer%20<1>&body=x@y.example"
    if kind < 0.08 and "i" in address and ":" not in address:
        # A capital I with a dot; in lower case it is an i.
        return address.replace("i", "\u0130", 1)
    return address


def in_directory(dice: Dice, address: str) -> str:
    """Write an address as a directory has it: where it is searched, only letters may differ."""
    return spell(dice, address) if dice.odd_forms else dice.mixed_case(address)


def by_mail(dice: Dice, name: str) -> str:
    """Write an X.500 name in its mail form."""
    found = "IMCEAEX-"
    for letter in name:
        if letter == "/":
            found += "_"
        elif letter.isascii() and not letter.isalnum() and letter not in "=.":
            found += f"+{ord(letter):02X}"
        else:
            found += letter
    return f"{found}@contoso.prod.outlook.com"


def spell_x500(dice: Dice, name: str) -> str:
    """Write an X.500 name in one of its two forms, in any case."""
    if dice.chance(0.4):
        name = dice.mixed_case(name)
    return by_mail(dice, name) if dice.chance(0.3) else name
