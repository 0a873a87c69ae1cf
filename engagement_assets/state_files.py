"""Small JSON files that outlive the version which wrote them: each says in which format it is.

A format is a number, raised when the meaning of what stands in the file changes. What an older
version wrote is brought up to date by one step per format; what a newer one wrote is refused,
because reading it wrongly would lose what it says.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from engagement_assets import whole_file
from engagement_assets.errors import DataFolderError

Content = dict[str, Any]
Step = Callable[[Content], Content]

# which steps lead from a format to the next one, by the format that they begin with
Steps = Mapping[int, Step]


def read(file: Path, newest: int, steps: Steps) -> Content:
    """Return what stands in a file, in the newest format.

    Args:
        file: the file.
        newest: the newest format.
        steps: brings older formats up to date; 0 is a file without a number.

    Raises:
        DataFolderError: a newer version wrote it.
        OSError: it is not there, or cannot be read.
        ValueError: it is damaged, or so old that no step leads on from it.
    """
    loaded = orjson.loads(file.read_bytes())
    if not isinstance(loaded, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - of the file, not of an argument
    content: Content = loaded
    found = content.pop("format", 0)
    if not isinstance(found, int):
        raise ValueError("a format that is not a number")  # noqa: TRY004 - of the file, not of an argument
    if found > newest:
        raise DataFolderError(
            f"a newer version wrote it (format {found}; this version knows formats up to {newest})",
            where=file,
            remedy="Install that version again.",
        )
    for number in range(found, newest):
        if number not in steps:
            raise ValueError("a format that is not known")
        content = steps[number](content)
    return content


def write(file: Path, newest: int, content: Content, option: int = 0) -> None:
    """Replace a file, whole or not at all.

    Args:
        file: the file.
        newest: the newest format, in which `content` is.
        content: what is to stand in it.
        option: how orjson writes it.

    Raises:
        OSError: when that is not possible; what was there before stays.
    """
    whole_file.write(file, orjson.dumps({"format": newest, **content}, option=option))
