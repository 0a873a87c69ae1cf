"""E-mail addresses as the numbers compare them (numbers 1, contact).

`warehouse/landing/macros.sql` states the same rule for the addresses that DuckDB reads; a
property test holds the two together.
"""

import re
from collections.abc import Iterable

# Python's notion of white space, which is wider than SQL's and than a regular expression's
WHITE_SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())

_PREFIXES = re.compile(f"^((mailto|smtp):[{WHITE_SPACE}]*)+")
_ADDRESS = re.compile(r"[^@]+@[^@]+")


def normalise(text: str | None) -> str | None:
    """Return the address trimmed, lower-cased and without `mailto:`/`smtp:`; None when invalid."""
    if text is None:
        return None
    address = _PREFIXES.sub("", text.strip(WHITE_SPACE).lower())
    return address if _ADDRESS.fullmatch(address) else None


def normalise_all(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Return the valid addresses among `texts`, each once, in the order given."""
    return tuple(dict.fromkeys(a for a in map(normalise, texts) if a is not None))


def domain_of(address: str) -> str:
    """Return what follows the `@` of a normalised address."""
    return address.partition("@")[2]


def normalise_domain(text: str) -> str | None:
    """Return a domain trimmed and lower-cased; None when it is empty or holds an `@`."""
    domain = text.strip(WHITE_SPACE).lower()
    return domain if domain and "@" not in domain else None
