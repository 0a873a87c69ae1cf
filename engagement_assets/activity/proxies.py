"""Proxy addresses: at which of them somebody gets mail, and which of them is the first.

Exchange marks each with its kind: `SMTP:` the address that mail is sent from, `smtp:` an alias,
`X500:` a name of its own. Others (`SIP:`, `EUM:`, `SPO:`) are not addresses of mail.
"""

import re

from engagement_assets import addresses

# in front of the mark may stand what is not part of an address: blanks, quotes, invisible marks
_MARKED = re.compile(r"[^\w/]*([a-z0-9]+):(.*)", re.IGNORECASE | re.DOTALL)
_PRIMARY = "SMTP"
_OF_MAIL = frozenset({"smtp", "mailto"})
_OF_EXCHANGE = "x500"


def address(proxy: str) -> str | None:
    """Return the address behind the mark, normalised; None when it is not one of mail.

    Args:
        proxy: as the directory writes it, with or without a mark.
    """
    marked = _MARKED.match(proxy)
    if marked is None or marked[1].lower() in _OF_MAIL:
        return addresses.normalise(proxy)
    if marked[1].lower() != _OF_EXCHANGE:
        return None
    name = addresses.normalise(marked[2])
    return name if name and addresses.is_x500(name) else None


def is_primary(proxy: str) -> bool:
    """Tell whether mail is sent from it: the one marked in capitals."""
    marked = _MARKED.match(proxy)
    return marked is not None and marked[1] == _PRIMARY
