"""From the lines of a mailbox to copies (section 1): the newest version of every item."""

from collections.abc import Sequence

from .values import Json, last_modified, text

Line = tuple[int, Json]
"""An item, and the number of its line among all lines of its kind in the mailbox."""


def newest_versions(lines: Sequence[Json]) -> list[Line]:
    """Return one version per item id; an item without an id is an item of its own.

    The newest is the one last modified (unknown counts as earliest), then the later line.
    """
    found: dict[str, Line] = {}
    without_id: list[Line] = []
    for number, line in enumerate(lines):
        identity = text(line, "id")
        if identity is None:
            without_id.append((number, line))
        elif identity not in found or last_modified(line) >= last_modified(found[identity][1]):
            found[identity] = (number, line)
    return list(found.values()) + without_id
