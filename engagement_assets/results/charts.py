"""Geometry of bars and lines, in numbers only; `templates/_charts.html` draws them as SVG.

Across, everything is per cent of the plot, so that a chart fits a phone without shrinking its
letters. Down, everything is pixels from the top. Nothing here knows words, colours or HTML.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEIGHT = 168
_GAP = 0.28  # of a bar's place that stays empty
_LEAST_BAR = 2.0  # pixels: one e-mail beside a thousand can still be seen
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Tick:
    """A line across the plot and what it stands for."""

    value: float
    y: float


@dataclass(frozen=True)
class Piece:
    """What one series adds to a bar; `series` is its place among the series."""

    series: int
    value: float
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One bar: where its place begins and ends, where the bar itself does, and its pieces."""

    place: float
    place_width: float
    x: float
    width: float
    middle: float
    total: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Bars:
    """Bars from left to right, and the lines behind them, the lowest first."""

    height: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Point:
    """A point of a line."""

    x: float
    y: float
    value: float


@dataclass(frozen=True)
class Stretch:
    """A straight stretch between two points of a line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Line:
    """A line from left to right; where a value is missing it has a gap."""

    height: float
    ticks: tuple[Tick, ...]
    points: tuple[Point | None, ...]
    stretches: tuple[Stretch, ...]


def steps(lowest: float, highest: float, *, lines: int = 5, least_step: float = 0.0) -> list[float]:
    """Return round numbers, evenly apart, that reach from below one value to above another.

    Args:
        lowest: the lowest value shown.
        highest: the highest value shown.
        lines: how many intervals there are at most.
        least_step: the smallest interval that makes sense; 1 for things that are counted.
    """
    span = max(highest - lowest, least_step) or abs(highest) or 1.0
    power = 10.0 ** math.floor(math.log10(span / lines))
    while True:
        for factor in _STEPS:
            step = max(factor * power, least_step)
            first, last = math.floor(lowest / step + 1e-9), math.ceil(highest / step - 1e-9)
            if last - first <= lines:
                last = max(last, first + 1)
                return [_tidy(number * step) for number in range(first, last + 1)]
        power *= 10


def bars(values: Sequence[Sequence[float]], height: float = HEIGHT) -> Bars:
    """Return stacked bars of counts.

    Args:
        values: per bar the value of each series, none below 0; the first lies at the bottom.
        height: of the plot, in pixels.
    """
    ticks = steps(0, max((sum(parts) for parts in values), default=0), least_step=1)
    scale = height / ticks[-1]
    place = 100 / max(len(values), 1)
    drawn = []
    for number, parts in enumerate(values):
        left = number * place
        drawn.append(
            Bar(
                place=_tidy(left),
                place_width=_tidy(place),
                x=_tidy(left + place * _GAP / 2),
                width=_tidy(place * (1 - _GAP)),
                middle=_tidy(left + place / 2),
                total=sum(parts),
                pieces=tuple(_pieces(parts, scale, height)),
            )
        )
    return Bars(height, _ticks(ticks, height), tuple(drawn))


def line(
    points: Sequence[tuple[float, float | None]],
    height: float = HEIGHT,
    *,
    least_step: float = 1,
    margin: float = 0,
) -> Line:
    """Return a line over what is known.

    Args:
        points: where each point lies across (in any unit, growing), and its value, if known.
        height: of the plot, in pixels.
        least_step: the smallest distance between the lines across, so that a change of next to
            nothing does not look like a leap.
        margin: room at either end, in the unit of the points' places.
    """
    known = [value for _, value in points if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    ticks = steps(low, high, least_step=least_step)
    bottom, span = ticks[0], ticks[-1] - ticks[0]
    start = points[0][0] - margin if points else 0.0
    width = (points[-1][0] + margin - start if points else 0.0) or 1.0
    alone = len(points) == 1
    placed = [
        None
        if value is None
        else Point(
            x=50.0 if alone else _tidy((at - start) / width * 100),
            y=_tidy(height - (value - bottom) / span * height),
            value=value,
        )
        for at, value in points
    ]
    return Line(
        height,
        tuple(Tick(tick, _tidy(height - (tick - bottom) / span * height)) for tick in ticks),
        tuple(placed),
        tuple(
            Stretch(before.x, before.y, after.x, after.y)
            for before, after in itertools.pairwise(placed)
            if before is not None and after is not None
        ),
    )


def _pieces(parts: Iterable[float], scale: float, height: float) -> Iterable[Piece]:
    top = height
    for series, value in enumerate(parts):
        if value <= 0:
            continue
        tall = max(value * scale, _LEAST_BAR)
        top -= tall
        yield Piece(series, value, _tidy(max(top, 0.0)), _tidy(tall))


def _ticks(values: Sequence[float], height: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, _tidy(height - value / values[-1] * height)) for value in values)


def _tidy(value: float) -> float:
    """Leave out digits that nobody sees."""
    return round(value, 3)
