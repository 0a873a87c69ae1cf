"""How many mailboxes are asked at once: halved after repeated refusals, one more after calm."""

import threading
from collections.abc import Iterable

import pytest

from engagement_assets.microsoft365.places import CALM, REFUSALS, WORKERS, Places


def url(mailbox: str, rest: str = "/messages?$top=9") -> str:
    return f"https://graph.example/v1.0/users/{mailbox}{rest}"


def refuse(places: Places, mailboxes: Iterable[str]) -> None:
    for mailbox in mailboxes:
        places.note(url(mailbox), 429)


def test_repeated_refusals_halve_the_number(caplog: pytest.LogCaptureFixture) -> None:
    places = Places()
    assert places.open == WORKERS == 8
    refuse(places, "ab")
    assert places.open == 8, "once or twice is no rule"
    refuse(places, "a")
    assert places.open == 4
    assert "4 mailbox(es) at once from now on" in caplog.text
    for expected in (2, 1, 1):
        refuse(places, "aba"[:REFUSALS])
        assert places.open == expected


def test_one_mailbox_that_is_over_its_own_limit_slows_nobody() -> None:
    places = Places()
    refuse(places, ["a", "A", "a"] * 10)
    assert places.open == 8
    refuse(places, "b")
    assert places.open == 4


def test_calm_brings_one_place_more_and_forgets_refusals(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    places = Places(4)
    refuse(places, "aba")
    assert places.open == 2
    for number in range(1, 2 * CALM + 1):
        places.note(url("a"), 503 if number % 3 else 200)
        assert places.open == 2 + number // CALM
    assert "4 mailboxes at once again" in caplog.text
    for _ in range(5 * CALM):
        places.note(url("a"), 200)
    assert places.open == 4, "never more than there were"
    refuse(places, "ab")
    for _ in range(CALM):
        places.note(url("a"), 200)
    refuse(places, "a")
    assert places.open == 4


def test_a_refusal_begins_the_calm_anew() -> None:
    places = Places()
    refuse(places, "aba")
    for _ in range(CALM - 1):
        places.note(url("a"), 200)
    refuse(places, "a")
    places.note(url("a"), 200)
    assert places.open == 4


def test_only_requests_to_mailboxes_take_places() -> None:
    places = Places(1)
    with (
        places.taken(url("a")),
        places.taken(url("a", "?$select=id")),
        places.taken("https://graph.example/v1.0/users?$filter=x"),
    ):
        pass
    for _ in range(9):
        places.note("https://graph.example/v1.0/groups", 429)
        places.note(url("a", "?$select=id"), 429)
    refuse(places, "bc")
    assert places.open == 1


def test_who_finds_no_place_waits_for_one() -> None:
    places = Places(1)
    ended = threading.Event()
    order: list[str] = []

    def ask() -> None:
        with places.taken(url("b")):
            order.append("second")
        ended.set()

    with places.taken(url("a")):
        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        order.append("first")
    assert ended.wait(30)
    thread.join(30)
    assert order == ["first", "second"]


def test_a_place_is_given_back_whatever_happens() -> None:
    places = Places(1)
    with pytest.raises(OSError, match="gone"), places.taken(url("a")):
        raise OSError("gone")
    with places.taken(url("a")):
        pass
