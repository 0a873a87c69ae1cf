"""What an answer may be: the rules of the configuration, asked one value at a time."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engagement_assets.configure.prompts import Problem

# white space stands within an X.500 name, and between a name and the address that is meant by it
_BETWEEN = re.compile(r"[,;]+")
_ONE_WITH_BLANKS = re.compile(r"/o=.*|.*<.*", re.IGNORECASE | re.DOTALL)


def each(answer: str) -> list[str]:
    """Return the parts of an answer that lists several, separated by comma or white space."""
    parts: list[str] = []
    for text in map(str.strip, _BETWEEN.split(answer)):
        parts += [text] if _ONE_WITH_BLANKS.fullmatch(text) else text.split()
    return list(dict.fromkeys(parts))


def one(kind: Any, *, optional: bool = False) -> Problem:
    """Return what finds fault with one value of a kind of `config.values`."""
    adapter: TypeAdapter[object] = TypeAdapter(kind)

    def problem(answer: str) -> str | None:
        if not answer and optional:
            return None
        try:
            adapter.validate_python(answer)
        except ValidationError as error:
            return _words(error)
        return None

    return problem


def many(kind: Any, *, optional: bool = False) -> Problem:
    """Return what finds fault with a list of values."""
    single = one(kind)

    def problem(answer: str) -> str | None:
        parts = each(answer)
        if not parts:
            return None if optional else "At least one is needed."
        wrong = [part for part in parts if single(part)]
        return f"{wrong[0]}: {single(wrong[0])}" if wrong else None

    return problem


def normalised(kind: Any, answer: str) -> list[Any]:
    """Return the values that a list stands for, as the configuration would read them."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return list(dict.fromkeys(adapter.validate_python(part) for part in each(answer)))


def existing(*, folder: bool, more: Callable[[Path], str | None] = lambda _: None) -> Problem:
    """Return what finds fault with a path.

    Args:
        folder: whether it must be a folder; else a file.
        more: finds fault with a path that is there.
    """

    def problem(answer: str) -> str | None:
        place = Path(answer).expanduser()
        if not answer or not (place.is_dir() if folder else place.is_file()):
            return "There is no such folder." if folder else "There is no such file."
        return more(place)

    return problem


def shown(written: object, folder: Path) -> str:
    """Return a path of the file as it is typed here: relative to where the command runs."""
    if not isinstance(written, str) or not written:
        return ""
    place = folder / Path(written).expanduser()
    return os.path.relpath(place) if place.is_relative_to(Path.cwd()) else str(place)


def stored(answer: str, folder: Path) -> str:
    """Return a path as the file has it: relative to the file's folder, when it lies there."""
    place = Path(answer).expanduser().absolute()
    return os.path.relpath(place, folder) if place.is_relative_to(folder) else str(place)


def _words(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    expected = str(first["ctx"]["error"]) if first["type"] == "value_error" else first["msg"]
    return f"Expected: {expected}" + ("" if expected.endswith("?") else ".")
