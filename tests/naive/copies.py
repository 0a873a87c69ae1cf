"""From the lines of a mailbox to copies (section 1): the newest version of every item."""

from .values import Json, instant, text


def newer(version: Json, than: Json) -> bool:
    """Return whether a later line is the newer version of an item.

    Unknown counts as earliest; then the later line wins, which is ``version``.
    """
    mine = instant(version.get("lastModifiedDateTime"))
    other = instant(than.get("lastModifiedDateTime"))
    if mine is None:
        return other is None
    return other is None or mine >= other


def newest_versions(lines: list[Json]) -> list[Json]:
    """Return one version per item id; an item without an id is an item of its own."""
    found: dict[str, Json] = {}
    without_id: list[Json] = []
    for line in lines:
        identity = text(line, "id")
        if identity is None:
            without_id.append(line)
        elif identity not in found or newer(line, found[identity]):
            found[identity] = line
    return list(found.values()) + without_id
