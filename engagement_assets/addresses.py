"""E-mail addresses as the numbers compare them (numbers 1, address): the only reading of them.

DuckDB knows the plain ones itself and asks `normalise` for all others
(`warehouse/landing/macros.sql`).
"""

import re
import unicodedata
from collections.abc import Iterable

import idna

# What is landed names the version of the rule that read it: rows of another one are read anew.
RULE = 2

# Python's notion of white space, which is wider than SQL's and than a regular expression's
WHITE_SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())

# What `normalise` only has to put into lower case. SQL and Python share it.
PLAIN = "[A-Za-z0-9._+-]+@[A-Za-z0-9.-]*[A-Za-z0-9-]"

_PLAIN = re.compile(PLAIN)
QUOTES = "'\"\u2018\u2019\u201c\u201d"
_AROUND = WHITE_SPACE + QUOTES
_AT_THE_END = ",;."
_PREFIX = re.compile("(mailto|smtp):", re.ASCII | re.IGNORECASE)
_NOT_IN_ONE = frozenset(WHITE_SPACE + '<>()[],;:"\\')

_X500 = "/o="
_X500_IN_MAIL = re.compile("imceaex-(_o=[^@]*)@[^@]+", re.DOTALL)
_ESCAPED = re.compile(r"_|\+([0-9a-f]{2})", re.ASCII)

_BETWEEN = re.compile(":::|[;,|\n\r\v\f\x85\u2028\u2029]")


def normalise(text: str | None) -> str | None:
    """Return an address as it is compared; None when the text is not a valid one.

    Every spelling of one address gives the same: with a name in front, in quotes, as a link,
    with invisible characters, in capitals, with its domain in any script. An X.500 name, which
    Exchange uses inside an organisation, is an address without a domain; so is its mail form
    (`IMCEAEX-…`), which gives that name.
    """
    if text is None:
        return None
    if _PLAIN.fullmatch(text):
        return text.lower()
    address = _lower(unicodedata.normalize("NFC", bare(text)))
    if is_x500(address):
        # the form NFC can bring out what does not belong at an end
        return address if address == text else normalise(address)
    if encapsulated := _X500_IN_MAIL.fullmatch(address):
        return normalise(_ESCAPED.sub(_character, encapsulated[1]))
    local, _, domain = address.partition("@")
    address = f"{local}@{_in_ascii(domain)}"
    is_valid = local and domain and "@" not in domain and not any(map(_is_not_in_one, address))
    return address if is_valid else None


def normalise_all(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Return the valid addresses among `texts`, each once, in the order given."""
    return tuple(dict.fromkeys(a for a in map(normalise, texts) if a is not None))


def mail_addresses_in(cell: str) -> tuple[str, ...]:
    """Return the addresses that a cell of the customer dataset holds; none when it is invalid.

    Several may stand in one cell, between `;` `,` `|` `:::` or line ends; so may one beside
    something else (numbers 1, contact). An X.500 name is not a contact's address.
    """
    if _PLAIN.fullmatch(cell):  # nearly all are: millions of them take a second
        return (cell.lower(),)
    whole = _mail(cell)
    parts = [address for address in map(_mail, _BETWEEN.split(cell)) if address]
    if len(parts) > 1 or (parts and not whole):
        return tuple(parts)
    return (whole,) if whole else ()


def is_x500(address: str) -> bool:
    """Tell whether a normalised address is an X.500 name."""
    return address.startswith(_X500) and address != _X500


def domain_of(address: str) -> str:
    """Return what follows the `@` of a normalised address; empty for an X.500 name."""
    return "" if is_x500(address) else address.partition("@")[2]


def normalise_domain(text: str) -> str | None:
    """Return a domain as those of addresses are compared; None when it cannot be one's."""
    address = normalise(f"x@{without_invisible(text).strip(_AROUND)}")
    return address.removeprefix("x@") if address else None


def bare(text: str) -> str:
    """Take away what stands around an address, until there is nothing more of it."""
    text = without_invisible(text)
    before = None
    while text != before:
        before = text
        if text.endswith(">") and text.count("<") == 1:
            text = text[text.index("<") + 1 : -1]
        text = text.strip(_AROUND).rstrip(_AT_THE_END)
        if prefix := _PREFIX.match(text):
            text = text[prefix.end() :]
            if prefix[1].lower() == "mailto":
                text = text.partition("?")[0]
    return text


def without_invisible(text: str) -> str:
    """Return a text without its characters of Unicode category Cf."""
    if text.isascii():
        return text
    return "".join(each for each in text if unicodedata.category(each) != "Cf")


def _lower(text: str) -> str:
    """Lower each character by itself: `str.lower` looks at its neighbours and can give two."""
    lower = "".join("i" if each == "İ" else each.lower() for each in text)
    # what has no composed capital may have a composed small letter
    return unicodedata.normalize("NFC", lower)


def _character(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16)) if escaped[1] else "/"


def _in_ascii(domain: str) -> str:
    """Return a domain in its ASCII form; one that IDNA refuses stays as it is."""
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii").rstrip(_AT_THE_END)
    except idna.IDNAError:
        return domain


def _is_not_in_one(character: str) -> bool:
    return character in _NOT_IN_ONE or unicodedata.category(character) == "Cc"


def _mail(text: str) -> str | None:
    address = normalise(text)
    return None if address is None or is_x500(address) else address
