"""Why a score is what it is: its seven parts, what stands out, what would raise it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engagement_assets.vocabulary import COMPONENTS

_ABOVE = 0.6  # of the weight: one and a half times the typical value
_BELOW = 0.4  # two thirds of it
_HINTS = 3
TYPICAL_DIGITS = 1  # what is typical is told with these; what equals it then is called typical
_WORTH_SAYING = 0.05  # points: what rounds to 0.0 raises nothing


@dataclass(frozen=True)
class Part:
    """One of the seven parts of a score.

    Attributes:
        component: its name in Office_ScoreContribution.
        value: what was counted.
        reference: the same of a typical customer; None when nobody has any.
        weight: the most points that it can give.
        points: the points that it gives.
        missing: the points that it does not give.
        goal: a value that would be better, and within reach.
        gain: the points that it would add.
    """

    component: str
    value: float
    reference: float | None
    weight: float
    points: float
    missing: float
    goal: float | None
    gain: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Part":
        """Make a part of a row of `card_parts.sql`."""
        return cls(
            component=row["Component"],
            value=row["Value"],
            reference=row["Reference"],
            weight=row["Weight"],
            points=row["Points"],
            missing=row["Missing"],
            goal=row["Goal"],
            gain=row["Gain"],
        )

    @property
    def share(self) -> float:
        """How much of its weight it gives, 0 to 1; a typical customer has a half."""
        return self.points / self.weight if self.weight else 0.0

    @property
    def days(self) -> float | None:
        """Of Recency: how many days ago the last contact was."""
        return 1 / self.value - 1 if self.value else None

    @property
    def typical_days(self) -> float | None:
        """Of Recency: how many days ago a typical customer's last contact was."""
        return 1 / self.reference - 1 if self.reference else None

    @property
    def has_typical(self) -> bool:
        """Whether `goal` is about what a typical customer has, and not more of what there is."""
        return self.shown_reference is not None and self.value < self.shown_reference

    @property
    def is_typical(self) -> bool:
        """Whether `goal` is what a typical customer has, as it is shown."""
        return self.goal == self.shown_reference

    @property
    def shown_reference(self) -> float | None:
        """What a typical customer has, with as many digits as a card shows."""
        return None if self.reference is None else round(self.reference, TYPICAL_DIGITS)


@dataclass(frozen=True)
class Why:
    """What a score is made of, and what stands out in it.

    Attributes:
        parts: the seven parts, in the order of numbers 6.
        points: their sum, before it is rounded.
        most: the two parts that give the most points.
        above: parts that are clearly above a typical customer's, the most points first.
        typical: parts that are about typical.
        below: parts that are clearly below, the most missing points first.
        nothing: parts in which there is nothing at all, the same order; those that hardly any
            customer has are left out.
        hints: parts that lack the most points, if something can be done about it.
    """

    parts: tuple[Part, ...]
    points: float
    most: tuple[Part, ...]
    above: tuple[Part, ...]
    typical: tuple[Part, ...]
    below: tuple[Part, ...]
    nothing: tuple[Part, ...]
    hints: tuple[Part, ...]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], scarce: Collection[str] = ()) -> "Why":
        """Make the explanation from the rows of one period.

        Args:
            rows: rows of `card_parts.sql`.
            scarce: the components that hardly any customer has.
        """
        parts = in_order(Part.of(row) for row in rows)
        counted = [part for part in parts if part.weight > 0]
        giving = sorted(counted, key=lambda part: -part.points)
        lacking = sorted(counted, key=lambda part: -part.missing)
        return cls(
            parts=parts,
            points=sum(part.points for part in parts),
            most=tuple(part for part in giving[:2] if part.points > 0),
            above=tuple(part for part in giving if part.share >= _ABOVE),
            typical=tuple(part for part in giving if _BELOW < part.share < _ABOVE),
            below=tuple(part for part in lacking if 0 < part.share <= _BELOW),
            nothing=tuple(
                part for part in lacking if part.points == 0 and part.component not in scarce
            ),
            hints=tuple(
                part for part in lacking if part.gain is not None and part.gain >= _WORTH_SAYING
            )[:_HINTS],
        )

    @property
    def weight(self) -> float:
        """The most points that all parts together can give."""
        return sum(part.weight for part in self.parts)


def in_order(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return parts in the order of numbers 6."""
    return tuple(sorted(parts, key=_place))


def _place(part: Part) -> int:
    known: Sequence[str] = COMPONENTS
    return known.index(part.component) if part.component in known else len(known)
