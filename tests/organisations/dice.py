"""Chance: picking, and writing one and the same thing in many ways."""

import random
import uuid
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
Json = dict[str, object]

WHITE_SPACE = (" ", "  ", "\t", "\n", "\r\n", " \t ", "\u00a0")
PREFIXES = ("SMTP:", "smtp:", "Smtp:", "mailto:", "MAILTO:")
ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Dice:
    """A random generator with the questions that generators of edge cases ask."""

    def __init__(self, rng: random.Random, *, odd_forms: bool = True) -> None:
        """Use a generator of the standard library, so that a seed repeats everything.

        ``odd_forms=False`` writes files, times and words as Graph and its exports do.
        """
        self.rng = rng
        self.odd_forms = odd_forms

    def odd(self, probability: float) -> bool:
        """Return True this often, and never where odd forms are not wanted."""
        return self.odd_forms and self.chance(probability)

    def chance(self, probability: float) -> bool:
        """Return True this often."""
        return self.rng.random() < probability

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of some choices."""
        return self.rng.choice(choices)

    def some(self, choices: Sequence[T], fewest: int, most: int) -> list[T]:
        """Return a few different ones of some choices, in any order."""
        count = min(self.rng.randint(fewest, most), len(choices))
        return self.rng.sample(choices, count)

    def between(self, fewest: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return self.rng.randint(fewest, most)

    def guid(self) -> str:
        """Return a random GUID in lower case, like Entra's object ids."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def bytes(self, count: int) -> bytes:
        """Return random bytes."""
        return self.rng.getrandbits(8 * count).to_bytes(count, "big")

    def token(self, length: int = 24) -> str:
        """Return an id like Exchange's, which tell upper from lower case."""
        return "AAMk" + "".join(self.rng.choices(ID_LETTERS, k=length))

    def any_case(self, word: str) -> str:
        """Write a word of an enumeration, seldom in other letters than Graph's."""
        return self.mixed_case(word) if self.odd(0.06) else word

    def mixed_case(self, text: str) -> str:
        """Write some letters in upper case; only those whose lower case is what they were."""
        return "".join(
            letter.upper() if letter.upper().lower() == letter and self.chance(0.5) else letter
            for letter in text
        )

    def padded(self, text: str) -> str:
        """Put white space before, behind or around a text."""
        before = self.pick(WHITE_SPACE) if self.chance(0.6) else ""
        behind = self.pick(WHITE_SPACE) if before == "" or self.chance(0.5) else ""
        return before + text + behind
