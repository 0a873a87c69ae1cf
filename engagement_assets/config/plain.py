"""Addresses and domains as the configuration may have them: plain ones, one to a value.

What the rule of addresses (numbers 1) takes away around an address may stand there, and a dot at a
domain's end. A name, a wildcard, a link or several in one value is refused, though the rule of
addresses could read some of them: here a text that means something else than it says would select,
opt out or exclude nobody, and nothing would tell.
"""

import re
from typing import NoReturn

from engagement_assets import addresses

_PLAIN = "without a name, a wildcard or a link"
_ADDRESS = f"one e-mail address (text, one @, text) {_PLAIN}"
_DOMAIN = f"one domain without @, such as contoso.com, {_PLAIN}"
_EITHER = f"one e-mail address (text, one @, text) or one domain, such as contoso.com, {_PLAIN}"

# what may stand in front, invisible characters aside, without being a name
_NO_NAME = re.compile(f"[{addresses.WHITE_SPACE}{addresses.QUOTES}]|mailto:|smtp:", re.IGNORECASE)
_WILDCARD = re.compile(r"[*?%]")
_BETWEEN = re.compile(rf"[{addresses.WHITE_SPACE},;|]+|:::")

# whatever looks like an address or a domain within a text that is neither; single quotes around it
# go as the rule says, and one within it is an apostrophe
_NOT_IN_ONE = r"\s\"\u201c\u201d@<>()\[\]{},;:|`\\/*?%&="
_ADDRESS_WITHIN = re.compile(f"[^{_NOT_IN_ONE}]+@[^{_NOT_IN_ONE}]+")
_IN_BRACKETS = re.compile(r"[^<]*<([^<>]+)>\W*")
_IN_FRONT_OF_A_HOST = re.compile(r"^([a-z][a-z0-9+-]*:/*)?[*.%]*", re.IGNORECASE)
_BEHIND_A_HOST = re.compile(r"[/?#:)\]].*", re.DOTALL)


def address(text: str) -> str:
    """Return a mail address as it is compared.

    Raises:
        ValueError: when it is not a plain one, or an X.500 name; says what is expected.
    """
    found = listed_address(text)
    if addresses.is_x500(found):
        raise ValueError(f"{_ADDRESS}, not an X.500 name")
    return found


def listed_address(text: str) -> str:
    """Return an address of a directory, an X.500 name included, as it is compared.

    Raises:
        ValueError: when it is not a plain one; says what is expected.
    """
    found = addresses.normalise(text)
    if found is None or _has_name(text) or not _is_plain(found):
        _refuse(_ADDRESS, _meant(text))
    return found


def domain(text: str) -> str:
    """Return a domain as it is compared, in its ASCII form.

    Raises:
        ValueError: when it is not a plain one; says what is expected.
    """
    found = addresses.normalise_domain(addresses.bare(text))
    if found is None or _has_name(text) or not _is_domain(found):
        _refuse(_DOMAIN, _domains_within(text), _aside(text))
    return found


def address_or_domain(text: str) -> str:
    """Return a mail address or a domain as it is compared.

    Raises:
        ValueError: when it is neither, or not a plain one; says what is expected.
    """
    if addresses.is_x500(addresses.normalise(text) or ""):
        raise ValueError(f"{_EITHER}; a contact never has an X.500 name")
    try:
        return address(text) if "@" in text else domain(text)
    except ValueError:
        # `*@contoso.com` and `@contoso.com` mean the domain
        _refuse(_EITHER, _meant(text) or _domains_within(text), _aside(text))


def addresses_within(text: str) -> tuple[str, ...]:
    """Return the mail addresses that stand anywhere in a text, as they are compared."""
    found = addresses.normalise_all(_ADDRESS_WITHIN.findall(text))
    return tuple(each for each in found if not addresses.is_x500(each))


def _refuse(expected: str, meant: list[str], aside: str = "") -> NoReturn:
    """Raise what is expected, with what was probably meant."""
    if len(meant) > 1:
        raise ValueError(f"{expected}; write each as an entry of its own: {', '.join(meant)}")
    raise ValueError(f"{expected}; did you mean {meant[0]}{aside}?" if meant else expected)


def _aside(text: str) -> str:
    """Return what has to be said to whoever wrote a wildcard for the domains below one."""
    return ", and each domain below it as an entry of its own" if "*." in text else ""


def _has_name(text: str) -> bool:
    """Return whether something stands in front of the brackets around what is meant."""
    front, bracket, _ = text.partition("<")
    return bool(bracket) and _NO_NAME.sub("", addresses.without_invisible(front)) != ""


def _is_plain(found: str) -> bool:
    """Return whether a valid address names one mailbox of one host."""
    if addresses.is_x500(found):
        return True
    host = addresses.domain_of(found)
    return not _WILDCARD.search(found) and all(host.split(".")) and not _is_odd(host)


def _is_domain(found: str) -> bool:
    """Return whether a text is a domain that mail has: labels with dots between them.

    Without a dot it is the name of a company or of a machine, and meant something else.
    """
    labels = found.split(".")
    return len(labels) > 1 and all(labels) and not _is_odd(found)


def _is_odd(host: str) -> bool:
    """Return whether a host holds a blank, or ASCII that no name of a host has."""
    return any(
        each.isspace() or (each.isascii() and not each.isalnum() and each not in "-_.")
        for each in host
    )


def _meant(text: str) -> list[str]:
    """Return the plain addresses in a text; none when not every @ belongs to one."""
    if "@" in _ADDRESS_WITHIN.sub("", text):
        return []
    return [each for each in addresses_within(text) if _is_plain(each)]


def _domains_within(text: str) -> list[str]:
    """Return the plain domains in a text; none when anything else stands there."""
    if inner := _IN_BRACKETS.fullmatch(text):
        text = inner[1]
    found: list[str] = []
    for part in filter(None, _BETWEEN.split(text)):
        host = _BEHIND_A_HOST.sub("", _IN_FRONT_OF_A_HOST.sub("", part.rpartition("@")[2]))
        meant = addresses.normalise_domain(host)
        if meant is None or not _is_domain(meant):
            return []
        found.append(meant)
    return list(dict.fromkeys(found))
