"""Functions that fail when it is their turn."""

from collections.abc import Callable

import pytest


def fail_at(
    patch: pytest.MonkeyPatch, owner: object, name: str, number: int, error: BaseException
) -> list[str]:
    """Make the nth call of a function fail; the list that is returned grows with every call."""
    original: Callable[..., object] = getattr(owner, name)
    calls: list[str] = []

    def failing(*args: object, **options: object) -> object:
        calls.append(name)
        if len(calls) == number:
            raise error
        return original(*args, **options)

    patch.setattr(owner, name, failing)
    return calls
