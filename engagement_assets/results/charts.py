"""Geometry of bars and lines, in numbers only; `templates/_charts.html` draws them as SVG.

Across, everything is per cent of the plot, so that a chart fits a phone without shrinking its
letters. Down, everything is pixels from the top. Nothing here knows words, colours or HTML.
"""

import itertools
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

HEIGHT = 168
SCORES = (0.0, 100.0)  # the axis of every chart of scores: two of them can be compared at a glance
DAY_LETTERS = 12  # of the longest day below a chart: 16 sept 2026
MONTH_LETTERS = 4  # of the longest month: Sept
_GAP = 0.28  # of a bar's place that stays empty
_LEAST_BAR = 2.0  # pixels: one e-mail beside a thousand can still be seen
_STEPS = (1, 2, 5)
_CONSTANT = Decimal("1e-12")  # of the largest value: what differs by less differs by rounding
_SMALLEST_SPAN = Decimal("1e-290")  # floats much smaller than this are not told apart
_LETTER = 6.0  # pixels that a letter below a chart takes
_BETWEEN = 5.0  # pixels between two texts
_WIDE, _NARROW = 400.0, 220.0  # pixels: plots that labels are made for; charts.css knows them too
_AT_AN_END = 20.0  # per cent: a long text this near to an end does not stand in the middle


@dataclass(frozen=True)
class Tick:
    """A line across the plot and what it stands for.

    Attributes:
        value: what it stands for.
        y: how far it is from the top.
        digits: how many digits behind the point tell it from its neighbours; of large numbers
            below 0: as many noughts need not be told.
    """

    value: float
    y: float
    digits: int = 0


@dataclass(frozen=True)
class Piece:
    """What one series adds to a bar; `series` is its place among the series."""

    series: int
    value: float
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One bar: where its place begins and ends, where the bar itself does, and its pieces.

    `part` says that it stands for a part of its period.
    """

    place: float
    place_width: float
    x: float
    width: float
    middle: float
    total: float
    pieces: tuple[Piece, ...]
    part: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars from left to right, and the lines behind them, the lowest first."""

    height: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]

    @property
    def has_part(self) -> bool:
        """Whether a bar stands for a part of its period."""
        return any(bar.part for bar in self.bars)


@dataclass(frozen=True)
class Point:
    """A point of a line; `part` says that it stands for a part of its period."""

    x: float
    y: float
    value: float
    part: bool = False


@dataclass(frozen=True)
class Stretch:
    """A straight stretch between two points of a line; `part` when one of them is a part."""

    x1: float
    y1: float
    x2: float
    y2: float
    part: bool = False


@dataclass(frozen=True)
class Line:
    """A line from left to right; where a value is missing it has a gap."""

    height: float
    ticks: tuple[Tick, ...]
    points: tuple[Point | None, ...]
    stretches: tuple[Stretch, ...]

    @property
    def has_part(self) -> bool:
        """Whether a point stands for a part of its period."""
        return any(point.part for point in self.points if point is not None)


@dataclass(frozen=True)
class Label:
    """A text below a plot.

    Attributes:
        anchor: which part of it stands at its place: `start`, `middle` or `end`.
        minor: whether it is left out where the plot is narrow.
    """

    anchor: str
    minor: bool


def steps(lowest: float, highest: float, *, lines: int = 5, least_step: float = 0.0) -> list[float]:
    """Return round numbers, evenly apart, that reach from below one value to above another.

    Args:
        lowest: the lowest value shown; finite, as is the other.
        highest: the highest value shown.
        lines: how many intervals there are at most.
        least_step: the smallest interval that makes sense; 1 for things that are counted.
    """
    return [_float(number) for number in _round_numbers(lowest, highest, lines, least_step)]


def bars(
    values: Sequence[Sequence[float]],
    height: float = HEIGHT,
    *,
    least_step: float = 1,
    reach: float = 0,
    parts: Collection[int] = (),
) -> Bars:
    """Return stacked bars.

    Args:
        values: per bar the value of each series, none below 0; the first lies at the bottom.
        height: of the plot, in pixels.
        least_step: the smallest distance between the lines across; 1 for things that are counted.
        reach: what the lines across reach to at least.
        parts: the places of the bars that stand for a part of their period.
    """
    highest = max((sum(pieces) for pieces in values), default=0)
    numbers = _round_numbers(0, max(highest, reach), 5, least_step)
    top = _float(numbers[-1])
    place = 100 / max(len(values), 1)
    drawn = []
    for number, pieces in enumerate(values):
        left = number * place
        drawn.append(
            Bar(
                place=_tidy(left),
                place_width=_tidy(place),
                x=_tidy(left + place * _GAP / 2),
                width=_tidy(place * (1 - _GAP)),
                middle=_tidy(left + place / 2),
                total=sum(pieces),
                pieces=tuple(_pieces(pieces, top, height)),
                part=number in parts,
            )
        )
    return Bars(height, _ticks(numbers, height), tuple(drawn))


def line(
    points: Sequence[tuple[float, float | None]],
    height: float = HEIGHT,
    *,
    least_step: float = 1,
    margin: float = 0,
    reach: tuple[float, float] | None = None,
    parts: Collection[int] = (),
) -> Line:
    """Return a line over what is known.

    Args:
        points: where each point lies across (in any unit, growing), and its value, if known.
        height: of the plot, in pixels.
        least_step: the smallest distance between the lines across, so that a change of next to
            nothing does not look like a leap.
        margin: room at either end, in the unit of the points' places.
        reach: from where to where the lines across reach at least; `SCORES` for scores.
        parts: the places of the points that stand for a part of their period.
    """
    known = [value for _, value in points if value is not None] + list(reach or ())
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    numbers = _round_numbers(low, high, 5, least_step)
    bottom, top = _float(numbers[0]), _float(numbers[-1])
    start = points[0][0] - margin if points else 0.0
    width = (points[-1][0] + margin - start if points else 0.0) or 1.0
    alone = len(points) == 1
    placed = [
        None
        if value is None
        else Point(
            x=50.0 if alone else _tidy((at - start) / width * 100),
            y=_y(value, bottom, top, height),
            value=value,
            part=place in parts,
        )
        for place, (at, value) in enumerate(points)
    ]
    return Line(
        height,
        _ticks(numbers, height),
        tuple(placed),
        tuple(
            Stretch(before.x, before.y, after.x, after.y, before.part or after.part)
            for before, after in itertools.pairwise(placed)
            if before is not None and after is not None
        ),
    )


def labels(places: Mapping[int, float], letters: int) -> dict[int, Label]:
    """Return the texts that have room below a plot without touching each other.

    The newest and the oldest place come first, then the others from the newest back. On a narrow
    plot some of those that a wide one has room for are left out.

    Args:
        places: what could be named, the oldest first: its number, and where it lies across, in
            per cent.
        letters: how long the longest text is.
    """
    numbers = list(places)
    order = dict.fromkeys([*numbers[-1:], *numbers[:1], *reversed(numbers)])
    anchors = {number: _anchor(places[number], letters) for number in numbers}
    wide = _with_room(order, places, anchors, letters, _WIDE)
    narrow = _with_room(wide, places, anchors, letters, _NARROW)
    return {number: Label(anchors[number], number not in narrow) for number in sorted(wide)}


def digits(step: float | Decimal) -> int:
    """Return how many digits behind the point tell numbers apart that are a round step apart.

    It is negative where noughts at the end need not be told.
    """
    exponent = Decimal(f"{step:.6g}").normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - for mypy: only NaN and infinity have none
    return -exponent


def ends(drawn: Line) -> dict[int, Label]:
    """Return which of the two ends of a line are named with their days."""
    known = [number for number, point in enumerate(drawn.points) if point is not None]
    places = {
        number: point.x
        for number in dict.fromkeys([*known[:1], *known[-1:]])
        if (point := drawn.points[number]) is not None
    }
    return labels(places, DAY_LETTERS)


def _round_numbers(lowest: float, highest: float, lines: int, least_step: float) -> list[Decimal]:
    """Return `steps`; decimal, because a sum of tenths is not a round number as a float."""
    low, high, least = (Decimal(repr(float(each))) for each in (lowest, highest, least_step))
    largest = max(abs(low), abs(high))
    span = high - low
    if span <= largest * _CONSTANT:  # one value
        span = Decimal(0) if least > largest * _CONSTANT else largest or Decimal(1)
    span = max(span, least, _SMALLEST_SPAN)
    for exponent in itertools.count((span / lines).adjusted()):
        for factor in _STEPS:
            step = max(Decimal(factor).scaleb(exponent), least)
            first, last = _floor(low / step), -_floor(-high / step)
            if last - first <= lines:
                return [number * step for number in range(first, max(last, first + 1) + 1)]
    raise AssertionError("steps that grow reach around every range")


def _floor(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_FLOOR))


def _float(number: Decimal) -> float:
    """Return a number as a float, the largest one for what is larger still."""
    return min(max(float(number), -sys.float_info.max), sys.float_info.max)


def _anchor(x: float, letters: int) -> str:
    if letters <= MONTH_LETTERS or _AT_AN_END <= x <= 100 - _AT_AN_END:
        return "middle"
    return "start" if x < _AT_AN_END else "end"


def _with_room(
    order: Iterable[int],
    places: Mapping[int, float],
    anchors: Mapping[int, str],
    letters: int,
    width: float,
) -> dict[int, float]:
    """Return the places whose texts do not touch, in the order given: where their texts begin."""
    length = letters * _LETTER
    before = {"start": 0.0, "middle": length / 2, "end": length}
    kept: dict[int, float] = {}
    for number in order:
        begin = places[number] / 100 * width - before[anchors[number]]
        if all(abs(begin - other) >= length + _BETWEEN for other in kept.values()):
            kept[number] = begin
    return kept


def _pieces(parts: Iterable[float], top: float, height: float) -> Iterable[Piece]:
    y = height
    for series, value in enumerate(parts):
        if value <= 0:
            continue
        tall = max(value / top * height, _LEAST_BAR)
        y -= tall
        yield Piece(series, value, _tidy(max(y, 0.0)), _tidy(tall))


def _ticks(numbers: Sequence[Decimal], height: float) -> tuple[Tick, ...]:
    step = digits(numbers[1] - numbers[0])
    bottom, top = _float(numbers[0]), _float(numbers[-1])
    values = [_float(number) for number in numbers]
    return tuple(Tick(value, _y(value, bottom, top, height), step) for value in values)


def _y(value: float, bottom: float, top: float, height: float) -> float:
    """Return how far below the top of a plot a value lies."""
    # halves: the distance between the largest floats is not a float
    return _tidy(height - (value / 2 - bottom / 2) / (top / 2 - bottom / 2) * height)


def _tidy(value: float) -> float:
    """Leave out digits of a place that nobody sees."""
    return round(value, 3)
