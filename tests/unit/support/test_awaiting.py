"""A coroutine is waited for, whatever runs in the main thread."""

import asyncio

import pytest

from tests.support.awaiting import result_of


async def doubled(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


def test_its_result_is_given() -> None:
    assert result_of(doubled(2)) == 4


def test_also_while_an_event_loop_runs() -> None:
    async def within() -> int:
        return result_of(doubled(3))

    assert asyncio.run(within()) == 6


def test_its_error_is_raised() -> None:
    async def failing() -> None:
        raise ValueError("so it is")

    with pytest.raises(ValueError, match="so it is"):
        result_of(failing())
