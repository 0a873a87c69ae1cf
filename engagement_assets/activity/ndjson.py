"""Lines of JSON from plain, gzip and zstd files, checked while they stream."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
from backports import zstd

from engagement_assets.activity.source import BrokenFileError

ENDINGS = (".ndjson", ".ndjson.gz", ".ndjson.zst")

# a message with the most recipients that Exchange allows takes a tenth of this; the bound keeps
# a file without line ends from filling the memory
LONGEST_LINE = 16 * 1024 * 1024


def json_lines(path: Path, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number (from 1) and the object of each line that is not blank.

    Args:
        path: a file with one of `ENDINGS`.
        name: what messages call it.

    Raises:
        BrokenFileError: at the first line that is not a JSON object or not UTF-8, or where
            compressed data is broken or ends too early.
    """
    number = 0
    try:
        with _open(path) as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise BrokenFileError(name, number, "longer than 16 MiB")
                text = line.strip()
                if not text:
                    continue
                yield number, _object(text, name, number)
    except (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError) as error:
        raise BrokenFileError(name, number + 1, "the compression is broken") from error
    except OSError as error:
        raise BrokenFileError(name, number + 1, f"cannot be read ({error.strerror})") from error


def _open(path: Path) -> BinaryIO:
    match path.suffix:
        case ".gz":
            if path.stat().st_size == 0:
                raise EOFError  # which gzip takes for a whole file without content
            return cast("BinaryIO", gzip.open(path, "rb"))
        case ".zst":
            return cast("BinaryIO", zstd.open(path, "rb"))
        case _:
            return path.open("rb")


def _object(text: bytes, name: str, number: int) -> dict[str, Any]:
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        # the parser's own message quotes the text, which may hold a contact's address
        problem = "not UTF-8" if not _is_utf8(text) else "not a JSON object"
        raise BrokenFileError(name, number, problem) from None
    if not isinstance(content, dict):
        raise BrokenFileError(name, number, "not a JSON object")
    return content


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
