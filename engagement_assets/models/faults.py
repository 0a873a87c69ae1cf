"""How an error about a model's file is worded."""

import difflib
from collections.abc import Collection
from pathlib import Path

from engagement_assets.errors import EngagementError


class ModelError(EngagementError):
    """A model cannot be used. The text names the file, what is wrong with it and what to do.

    The text never holds a value from the data.
    """


def fault(path: Path, what: str, remedy: str | None) -> ModelError:
    """Word an error about a file: what is wrong with it, and a sentence that says what to do."""
    return ModelError(what, where=path, remedy=remedy)


def closest(word: str, words: Collection[str]) -> str:
    """Return a question that names the word nearest to a misspelt one, or nothing."""
    by_key = {each.lower(): each for each in words}
    found = difflib.get_close_matches(word.lower(), sorted(by_key), n=1)
    return f"Did you mean {by_key[found[0]]}? " if found else ""
