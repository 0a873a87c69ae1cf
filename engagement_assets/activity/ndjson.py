"""JSON from plain, gzip and zstd files, checked while it streams: lines, and small whole files."""

import gzip
import re
import zlib
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
from backports import zstd

from engagement_assets.activity.source import BrokenFileError

# of names in any case
PACKINGS = (".gz", ".zst")
ENDINGS = tuple(kind + packing for kind in (".ndjson", ".jsonl") for packing in ("", *PACKINGS))

# a message with the most recipients that Exchange allows takes a tenth of this; the bound keeps
# a file without line ends from filling the memory
LONGEST_LINE = 16 * 1024 * 1024

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NO_OBJECT = "not a JSON object"

# every escape from the left, so that what follows an escaped backslash is none; in the group
# what is half a surrogate pair
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)


def is_named_so(name: str) -> bool:
    """Tell whether a file's name has one of `ENDINGS`, in any case."""
    return name.lower().endswith(ENDINGS)


def json_lines(path: Path, name: str) -> Generator[tuple[int, dict[str, Any]], None, None]:
    """Yield the number (from 1) and the resource of each line that is not blank.

    Byte-order marks are skipped, and half of a surrogate pair is U+FFFD (numbers 8).

    Args:
        path: a file with one of `ENDINGS`.
        name: what messages call it.

    Raises:
        BrokenFileError: at the first line that is not a JSON object, not UTF-8 or a whole page of
            resources, or where compressed data is broken or ends too early.
    """
    number = 0
    try:
        with _open(path) as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise BrokenFileError(name, number, "longer than 16 MiB")
                text = _without_marks(line.strip())
                if text:
                    yield number, _resource(text, name, number)
    except (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError) as error:
        raise BrokenFileError(name, number + 1, "the compression is broken") from error
    except OSError as error:
        raise BrokenFileError(name, number + 1, f"cannot be read ({error.strerror})") from error


def json_file(path: Path, name: str, problem: str) -> Any:
    """Return what a small plain file of JSON holds, read as `json_lines` reads a line.

    Args:
        path: the file.
        name: what messages call it.
        problem: what they say when it is not JSON.

    Raises:
        BrokenFileError: when it is not JSON, not UTF-8 or cannot be read.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BrokenFileError(name, 1, f"cannot be read ({error.strerror})") from error
    return _decoded(_without_marks(text), name, 1, problem)


def is_page(content: Mapping[str, Any]) -> bool:
    """Tell whether an object is a page of Graph's answer: a list of resources, and no id."""
    return content.get("id") is None and any(
        isinstance(value, list) and key.lower() == "value" for key, value in content.items()
    )


def _open(path: Path) -> BinaryIO:
    match path.suffix.lower():
        case ".gz":
            if path.stat().st_size == 0:
                raise EOFError  # which gzip takes for a whole file without content
            return cast("BinaryIO", gzip.open(path, "rb"))
        case ".zst":
            return cast("BinaryIO", zstd.open(path, "rb"))
        case _:
            return path.open("rb")


def _without_marks(text: bytes) -> bytes:
    """Return text without byte-order marks in front: files that were put together have several."""
    while text.startswith(_BYTE_ORDER_MARK):
        text = text.removeprefix(_BYTE_ORDER_MARK).lstrip()
    return text


def _resource(text: bytes, name: str, number: int) -> dict[str, Any]:
    content = _decoded(text, name, number, _NO_OBJECT)
    if not isinstance(content, dict):
        raise BrokenFileError(name, number, _NO_OBJECT)
    if is_page(content):
        raise BrokenFileError(
            name,
            number,
            "a page of Graph, not a resource. Write each entry of its value list on a line of its "
            "own, and do so with all pages that its nextLink leads to",
        )
    return content


def _decoded(text: bytes, name: str, number: int, problem: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        # JSON allows half of a surrogate pair, as shortened texts end in; the parser does not
        return orjson.loads(_ESCAPE.sub(_whole, text))
    except orjson.JSONDecodeError as error:
        # its own message quotes the text, which may hold a contact's address
        raise BrokenFileError(
            name, number + error.lineno - 1, _encoding_problem(text) or problem
        ) from None


def _whole(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[1] else escape[0]


def _encoding_problem(text: bytes) -> str | None:
    """Return what is wrong with the encoding; None when it is UTF-8."""
    # one of the first two bytes of UTF-16 without a mark is NUL
    if text.startswith(_UTF_16_MARKS) or (len(text) > 1 and text[:2].count(0) == 1):
        return "not UTF-8 but UTF-16, as PowerShell writes with >. Write the file as UTF-8"
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return "not UTF-8"
    return None
