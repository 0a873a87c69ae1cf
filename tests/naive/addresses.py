"""Addresses, wherever they come from (section 1, address).

Text is taken away around an address until nothing changes; then it is written in one form.
"""

import re
import unicodedata
from functools import cache

import idna

QUOTES = "'\"\u2018\u2019\u201c\u201d"
AT_THE_END = ",;."
PREFIXES = ("mailto:", "smtp:")
NOT_IN_AN_ADDRESS = frozenset('<>()[],;:"\\')
X500 = "/o="
MAIL_FORM_OF_X500 = re.compile(r"imceaex-(_o=[^@]*)@[^@]+", re.IGNORECASE)
CHARACTER = re.compile(r"\+([0-9a-f]{2})", re.IGNORECASE)
BETWEEN_ADDRESSES = re.compile(r":::|[;,|\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


class PlainValueError(Exception):
    """An address or a domain of the configuration that is not a plain one."""


def without_format(text: str) -> str:
    """Return a text without characters of the category Cf."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def strip_around(text: str) -> str:
    """Take white space and quotes away around a text."""
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or text[start] in QUOTES):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in QUOTES):
        end -= 1
    return text[start:end]


def without_prefix(text: str) -> str:
    """Take ``mailto:`` and ``smtp:`` away, and behind a ``mailto:`` what follows a ``?``."""
    for prefix in PREFIXES:
        if text[: len(prefix)].lower() == prefix:
            text = text[len(prefix) :]
            if prefix == "mailto:":
                text = text.partition("?")[0]
    return text


def bare(text: str) -> str:
    """Take away what stands around an address, again and again until nothing changes."""
    before = None
    while text != before:
        before = text
        text = without_format(text)
        if text.endswith(">") and text.count("<") == 1:
            text = text[text.index("<") + 1 : -1]
        text = strip_around(text).rstrip(AT_THE_END)
        text = without_prefix(text)
    return text


def lower(text: str) -> str:
    """Return the lower case of every character by itself: one character each."""
    return "".join(letter.lower()[0] for letter in text)


def ascii_domain(domain: str) -> str:
    """Return the ASCII form of a domain; one that IDNA refuses stays as it is."""
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        return domain


def x500_name(text: str) -> str | None:
    """Return the X.500 name that a text is, None when nothing follows its beginning."""
    return text if text.startswith(X500) and text != X500 else None


def in_one_form(text: str) -> str | None:
    """Return the address that a text is, None when it is not valid: one pass over the rule."""
    found = lower(unicodedata.normalize("NFC", bare(text)))
    match = MAIL_FORM_OF_X500.fullmatch(found)
    if match:
        name = CHARACTER.sub(
            lambda code: chr(int(code.group(1), 16)), match.group(1).replace("_", "/")
        )
        return x500_name(lower(unicodedata.normalize("NFC", bare(name))))
    if found.startswith(X500):
        return x500_name(found)
    if found.count("@") != 1:
        return None
    local, _, domain = found.partition("@")
    domain = ascii_domain(domain)
    if local == "" or domain == "":
        return None
    for letter in local + domain:
        if letter.isspace() or unicodedata.category(letter) == "Cc" or letter in NOT_IN_AN_ADDRESS:
            return None
    return f"{local}@{domain}"


@cache
def address_in(text: str) -> str | None:
    """Return the address that a text is, None when it is not valid.

    Forms of characters may bring forth what goes from around an address (the full stop of another
    script at the end of a domain): what was read is read again until it stays as it is.
    """
    found = in_one_form(text)
    while found is not None and (again := in_one_form(found)) != found:
        found = again
    return found


def clean_address(value: object) -> str | None:
    """Return an address in its one form, None when it is not valid or not even text."""
    return address_in(value) if isinstance(value, str) else None


def is_x500(address: str) -> bool:
    """Return whether a clean address is an X.500 name."""
    return address.startswith(X500)


def domain_of(address: str) -> str:
    """Return what stands behind the @ of a clean address; an X.500 name has nothing there."""
    return "" if is_x500(address) else address.partition("@")[2]


def clean_domain(text: str) -> str:
    """Return a domain in the form in which domains are compared."""
    return ascii_domain(lower(unicodedata.normalize("NFC", bare(text))))


def mail_address(text: str) -> str | None:
    """Return the address that is valid in the customer dataset: X.500 names are not."""
    found = address_in(text)
    return None if found is None or is_x500(found) else found


def addresses_in_cell(cell: str) -> list[str | None]:
    """Return what a cell of the customer dataset stands for: an entry for each row that it is.

    None is an address that is not valid.
    """
    whole = mail_address(cell)
    parts = [mail_address(part) for part in BETWEEN_ADDRESSES.split(cell)]
    found = [part for part in parts if part is not None]
    if len(found) > 1 or (len(found) == 1 and whole is None):
        return list(found)
    return [whole]


def refuse_unless_plain(text: str) -> None:
    """Refuse a name beside the brackets, and wildcards (section 8, configuration)."""
    inside = strip_around(without_format(text))
    before, bracket, _ = inside.partition("<")
    if (bracket and strip_around(before)) or "*" in text:
        raise PlainValueError


def plain_address(text: str) -> str:
    """Return an address of the configuration, which must be a plain one."""
    refuse_unless_plain(text)
    found = address_in(text)
    if found is None:
        raise PlainValueError
    return found


def plain_domain(text: str) -> str:
    """Return a domain of the configuration, which must be a plain one."""
    refuse_unless_plain(text)
    found = clean_domain(text)
    odd = [letter for letter in found if letter.isspace() or letter in '@/?<>()[],;:"\\|']
    if found == "" or odd or found.startswith("."):
        raise PlainValueError
    return found
