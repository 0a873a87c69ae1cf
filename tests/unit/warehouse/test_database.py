"""The macros that every connection to the warehouse has."""

import hashlib

import pytest

from tests.support.landing import Connection


def test_keys_are_the_same_in_every_version(connection: Connection) -> None:
    """They lie in the files of all runs before: another way to make them would part e-mails."""
    answer = connection.execute("select key_of('ann@x.example')").fetchall()
    digest = hashlib.md5(b"ann@x.example", usedforsecurity=False).digest()
    assert answer == [(int.from_bytes(digest[8:], "little") - 2**63,)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" <1@x> ", "<1@x>"),
        ("< 1@x >", "< 1@x >"),  # between brackets nothing is touched
        ("<1@x ", "<1@x"),
        (" <1@x", "<1@x"),
        ("1@x> ", "1@x>"),
        (" 1@x>", "1@x>"),
    ],
)
def test_white_space_around_a_message_id_is_none_of_it(
    connection: Connection, text: str, expected: str
) -> None:
    assert connection.execute("select trimmed(?)", [text]).fetchall() == [(expected,)]
