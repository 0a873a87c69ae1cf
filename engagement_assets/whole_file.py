"""Small files that are there whole or not at all, whatever is killed and whenever power fails."""

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step, once its content is on the disk.

    Raises:
        OSError: when that is not possible; what was there before stays.
    """
    building = path.with_suffix(".building")
    with building.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    building.replace(path)
