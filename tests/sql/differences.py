"""How the rows of a golden case and those of a model differ, in lines that a person can read."""

import datetime as dt
import json
import math
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Values = tuple[Any, ...]

_SHOWN = 30


def comparable(value: object) -> object:
    if isinstance(value, float):
        return math.nan if math.isnan(value) else float(f"{value:.9g}")
    if isinstance(value, list):
        return tuple(comparable(each) for each in value)
    if isinstance(value, dict):
        return tuple((key, comparable(each)) for key, each in value.items())
    return value


def difference(names: Sequence[str], expected: Counter[Values], found: Counter[Values]) -> str:
    """Lay out the rows that are missing and unexpected, each beside the one most like it."""
    missing = sorted((expected - found).elements(), key=repr)
    unexpected = sorted((found - expected).elements(), key=repr)
    title = (
        f"{expected.total()} rows expected, {found.total()} found: "
        f"{len(missing)} missing, {len(unexpected)} unexpected"
    )
    lines: list[tuple[str, ...]] = [("", *names, "")]
    for row in missing:
        lines.append(("missing", *map(show, row), ""))
        near = max(unexpected, key=lambda other: _alike(row, other), default=None)
        if near is not None and _alike(row, near):
            unexpected.remove(near)
            differs = [n for n, a, b in zip(names, row, near, strict=True) if a != b]
            lines.append(("unexpected", *map(show, near), f"<- differs in {', '.join(differs)}"))
    lines += [("unexpected", *map(show, row), "") for row in unexpected]
    shown = lines[: _SHOWN + 1]
    widths = [max(len(line[index]) for line in shown) for index in range(len(shown[0]))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in shown
    ]
    more = [f"... and {len(lines) - len(shown)} more"] if len(lines) > len(shown) else []
    return "\n".join([title, "", *text, *more])


def _alike(row: Values, other: Values) -> int:
    return sum(a == b for a, b in zip(row, other, strict=True))


def show(value: object) -> str:
    """Write a value as a case would."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(show, value))}]"
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)
