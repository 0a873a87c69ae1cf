"""Saving a segment file where the pipeline reads it in its next run."""

import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

from engagement_assets.errors import EngagementError
from engagement_assets.results.language import N_
from engagement_assets.results.rules import NAME, SOURCE

__all__ = ["ExistsError", "SavingError", "problem_of", "save"]

_OURS: Final = re.compile(rf"^-- source: {re.escape(SOURCE)}", re.MULTILINE)


class SavingError(EngagementError):
    """A segment could not be saved. Its parts are shown, translated if they can be."""


class ExistsError(SavingError):
    """There is a segment of that name, made of another rule: somebody has to want it replaced."""


def problem_of(name: str, taken: Collection[str]) -> str:
    """Return what is wrong with the name of a new segment; empty when nothing is.

    Args:
        name: the name.
        taken: the names of all tables that there are, the saved segments left out.
    """
    if not NAME.fullmatch(name):
        return N_(
            "Names have letters, digits and underscores, and begin with no digit: quiet_accounts."
        )
    if name.lower() in {each.lower() for each in taken}:
        return N_("There is already a table of that name. Choose another name.")
    return ""


def save(folder: Path, name: str, text: str, *, replace: bool) -> None:
    """Write a segment file: all of it or nothing.

    Args:
        folder: the folder of segments.
        name: the segment's name, one that `problem_of` has nothing against.
        text: the file's text.
        replace: whether a segment of that name, if a rule made it, is replaced.

    Raises:
        ExistsError: there is one, and `replace` is false.
        SavingError: there is one that somebody wrote by hand, or the file cannot be written.
    """
    if not NAME.fullmatch(name):
        raise SavingError(problem_of(name, ()))
    file = folder / f"{name}.sql"
    try:
        folder.mkdir(exist_ok=True)
        there = _of_that_name(folder, file)
        if there is not None:
            _require_removable(there, replace=replace)
        _write(there or file, text, replace=there is not None)
    except OSError as error:
        raise SavingError(
            f"the file could not be written ({error.strerror})",
            where=folder,
            remedy=N_("Give the app's user the right to write there."),
        ) from None


def _of_that_name(folder: Path, file: Path) -> Path | None:
    """Return the file of that name in any case: the pipeline takes them for the same table."""
    return next((each for each in folder.glob("*") if each.name.lower() == file.name.lower()), None)


def _require_removable(there: Path, *, replace: bool) -> None:
    if not there.is_file() or not _OURS.search(there.read_text(encoding="utf-8", errors="replace")):
        raise SavingError(
            N_("Somebody wrote a file of that name by hand."),
            remedy=N_("It is never replaced: choose another name."),
        )
    if not replace:
        raise _exists()


def _exists() -> ExistsError:
    return ExistsError(N_("There is already a saved segment of that name."))


def _write(file: Path, text: str, *, replace: bool) -> None:
    # begins with a dot: a run that starts meanwhile passes it over
    handle, written = tempfile.mkstemp(prefix=".", suffix=".sql", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(written).chmod(0o644)  # mkstemp's is for one user; the pipeline may be another
        if replace:
            Path(written).replace(file)
        else:
            os.link(written, file)  # fails when the file is there, which replacing would not
    except FileExistsError:
        raise _exists() from None  # somebody else saved it in this moment
    finally:
        Path(written).unlink(missing_ok=True)
