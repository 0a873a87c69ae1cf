"""The rooms of the package: what each is, what it may import, and a picture of who imports whom."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path

from scripts.reference import ROOT
from scripts.reference.markdown import code, sentence, table
from tests.support.imports import (
    ALLOWED,
    DAGSTER,
    PACKAGE,
    imports,
    module_of,
    modules,
    room,
)

# of the picture, in its own units: a room's box, the way of an arrow past a floor, gaps, the margin
_BOX = (116, 34)
_WAY = 10
_GAP = (18, 46)
_MARGIN = 20
_INK = "#6b7a90"
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
    ' font-family="sans-serif" font-size="13" role="img">'
)
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    f' orient="auto"><path d="M0 0L8 4L0 8z" fill="{_INK}"/></marker></defs>'
)

# What stands on a floor of the picture: a room, or the arrow from one room to another that passes.
_Spot = str | tuple[str, str]


def overview() -> str:
    """Return the table of the rooms, the top floor first."""
    rows = (
        (f"[{code(name)}]({_path(name)})", _told(name), _may_import(below))
        for name, below in reversed(list(ALLOWED.items()))
    )
    return table(("room", "what it is", "may import"), rows)


@cache
def graph() -> Mapping[str, frozenset[str]]:
    """Return which room imports which, as the code says."""
    known = modules(ROOT)
    edges: dict[str, set[str]] = {name: set() for name in ALLOWED}
    for module, path in known.items():
        for each in imports(module, path, known):
            below = module_of(each.name, known)
            if below and room(module) and room(below) not in {"", room(module)}:
                edges[room(module)].add(room(below))
    return {name: frozenset(below) for name, below in edges.items()}


def ground() -> list[str]:
    """Return the rooms that everything stands on: single files that import none but each other."""
    files = [name for name in ALLOWED if not (ROOT / PACKAGE / name).is_dir()]
    return [name for name in files if graph()[name] <= set(files)]


def floors() -> list[list[str]]:
    """Return the rooms above the ground by floor, the lowest first.

    Each stands one floor above the highest that it imports.
    """
    edges = _above_ground()

    @cache
    def floor(name: str) -> int:
        return max((floor(below) + 1 for below in edges[name]), default=0)

    found: list[list[str]] = [[] for _ in range(max(map(floor, edges)) + 1)]
    for name in edges:
        found[floor(name)].append(name)
    return found


def arrows() -> list[tuple[str, str]]:
    """Return the imports to draw: those that no way over another room says already."""
    edges = _above_ground()

    @cache
    def reach(name: str) -> frozenset[str]:
        return edges[name].union(*map(reach, edges[name]))

    return [
        (name, below)
        for name, all_below in edges.items()
        for below in sorted(all_below)
        if not any(below in reach(other) for other in all_below - {below})
    ]


def _above_ground() -> dict[str, frozenset[str]]:
    under = frozenset(ground())
    return {name: below - under for name, below in graph().items() if name not in under}


def picture() -> str:
    """Return the picture of the rooms as SVG: arrows lead from a room to those that it imports."""
    rows = _with_ways()
    width = 2 * _MARGIN + max(map(_width, rows))
    height = 2 * _MARGIN + (len(rows) + 1) * (_BOX[1] + _GAP[1]) - _GAP[1]
    places = _places(rows, width, height)
    return "\n".join(
        [
            _SVG.format(width=width, height=height),
            "<title>The rooms of engagement_assets, and which imports which</title>",
            _TIP,
            f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
            *(_arrow(arrow, places) for arrow in arrows()),
            *(_box(spot, *place) for spot, place in places.items() if isinstance(spot, str)),
            _ground(width, height),
            "</svg>\n",
        ]
    )


def _with_ways() -> list[list[_Spot]]:
    """Return the floors with the arrows that pass them, ordered so that few arrows cross."""
    number = {name: floor for floor, row in enumerate(floors()) for name in row}
    rows: list[list[_Spot]] = [list(row) for row in floors()]
    below: dict[_Spot, list[_Spot]] = {name: [] for name in number}
    for arrow in arrows():
        ways: list[_Spot] = [arrow] if number[arrow[0]] - number[arrow[1]] > 1 else []
        for floor in range(number[arrow[1]] + 1, number[arrow[0]]):
            rows[floor].append(arrow)
        below[arrow[0]] += ways or [arrow[1]]
        below.setdefault(arrow, [arrow[1]])
    for lower, row in pairwise(rows):
        middle = {spot: place / len(lower) for place, spot in enumerate(lower)}

        def wished(spot: _Spot, middle: dict[_Spot, float] = middle) -> tuple[float, str]:
            # an arrow that passes goes on where it is; else a spot stands above what it leads to
            beneath = [middle[each] for each in (spot, *below[spot]) if each in middle]
            return sum(beneath) / max(len(beneath), 1), str(spot)

        row.sort(key=wished)
    return rows


def _width(row: list[_Spot]) -> float:
    return sum(_BOX[0] if isinstance(spot, str) else _WAY for spot in row) + _GAP[0] * (
        len(row) - 1
    )


def _places(
    rows: list[list[_Spot]], width: float, height: float
) -> dict[_Spot | tuple[str, str, int], tuple[float, float]]:
    """Return the middle of every spot; of an arrow that passes, with the floor's number."""
    places: dict[_Spot | tuple[str, str, int], tuple[float, float]] = {}
    for number, row in enumerate(rows):
        y = height - _MARGIN - _BOX[1] / 2 - (number + 1) * (_BOX[1] + _GAP[1])
        x = (width - _width(row)) / 2
        for spot in row:
            wide = _BOX[0] if isinstance(spot, str) else _WAY
            places[spot if isinstance(spot, str) else (*spot, number)] = (x + wide / 2, y)
            x += wide + _GAP[0]
    return places


def _box(name: str, x: float, y: float) -> str:
    fill = "#fdf0dc" if name in DAGSTER else "#e8eef7"
    left, top = x - _BOX[0] / 2, y - _BOX[1] / 2
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{_BOX[0]}" height="{_BOX[1]}" rx="5"'
        f' fill="{fill}" stroke="{_INK}"/>{_text(name, x, y)}'
    )


def _ground(width: float, height: float) -> str:
    top = height - _MARGIN - _BOX[1]
    return (
        f'<rect x="{_MARGIN}" y="{top:g}" width="{width - 2 * _MARGIN:g}" height="{_BOX[1]}"'
        f' fill="#eef0ea" stroke="{_INK}"/>'
        f"{''.join(_text(line, width / 2, top + y) for line, y in _two_lines(sorted(ground())))}"
    )


def _two_lines(names: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield names in two lines, each with how far below the box's top it stands."""
    half = (len(names) + 1) // 2
    for line, share in ((names[:half], 0.3), (names[half:], 0.7)):
        yield " · ".join(line), _BOX[1] * share


def _text(text: str, x: float, y: float) -> str:
    return (
        f'<text x="{x:g}" y="{y + 4.5:g}" text-anchor="middle" fill="#1c2733">{escape(text)}</text>'
    )


def _arrow(
    arrow: tuple[str, str], places: Mapping[_Spot | tuple[str, str, int], tuple[float, float]]
) -> str:
    half = _BOX[1] / 2
    begin, end = places[arrow[0]], places[arrow[1]]
    passed = sorted(
        (place for spot, place in places.items() if isinstance(spot, tuple) and spot[:2] == arrow),
        key=lambda place: place[1],
    )
    # straight down past a floor, bent between floors
    x, y = begin[0], begin[1] + half
    path = f"M{x:g} {y:g}"
    for next_x, next_y in (*passed, end):
        bend = (next_y - half - y) / 2
        path += f"C{x:g} {y + bend:g} {next_x:g} {y + bend:g} {next_x:g} {next_y - half:g}"
        x, y = next_x, next_y + half
        path += f"V{y:g}" if (next_x, next_y) != end else ""
    return f'<path d="{path}" fill="none" stroke="{_INK}" marker-end="url(#tip)"/>'


def _path(name: str) -> str:
    folder = Path(PACKAGE) / name
    return f"{folder.as_posix()}/" if (ROOT / folder).is_dir() else f"{folder.as_posix()}.py"


def _told(name: str) -> str:
    path = ROOT / _path(name)
    text = (path / "__init__.py" if path.is_dir() else path).read_text(encoding="utf-8")
    told = sentence(ast.get_docstring(ast.parse(text)) or "")
    return f"{told} Knows Dagster." if name in DAGSTER else told


def _may_import(below: frozenset[str]) -> str:
    return ", ".join(sorted(below)) or "nothing of the package"
