"""What the comments at the top of a model's file say of its table."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from engagement_assets.models.faults import closest, fault
from engagement_assets.vocabulary import UNITS

_MODEL_KEYS: Final = ("purpose", "grain", "source")
# What the header of a segment or a measure must say; all else about it follows from its folder.
_TRACKED_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "segments": ("title", "purpose"),
    "measures": ("title", "purpose", "unit"),
}
_TRACKED_GRAIN: Final[Mapping[str, str]] = {
    "segments": "CustomerId",
    "measures": "CustomerId, or the whole business, and the dimensions",
}
_TRACKED_SOURCE: Final = "docs/segments-and-measures.md"
_KEY_LINE: Final = re.compile(r"--[ \t]?([A-Za-z_]+):(?:[ \t]+(.*))?")
_CONTINUATION_LINE: Final = re.compile(r"--(?:[ ]{2,}|[ ]*\t)\s*(\S.*)")


def read_header(path: Path, text: str, layer: str = "") -> dict[str, str]:
    """Return the values of the comment lines at the top, up to the first other line.

    Args:
        path: The file, for errors.
        text: Its text.
        layer: Its folder, which decides what the header must say.

    Raises:
        ModelError: A key is missing, unknown or there twice, or a line is neither a key nor the
            continuation of one.
    """
    values: dict[str, str] = {}
    key = ""
    for line in text.lstrip().splitlines():
        if not line.startswith("--"):
            break
        if found := _KEY_LINE.fullmatch(line):
            key = found[1]
            if key in values:
                raise fault(path, f"the header says {key} twice", "Keep one of them.")
            values[key] = (found[2] or "").strip()
        elif key and (found := _CONTINUATION_LINE.fullmatch(line)):
            values[key] = f"{values[key]} {found[1].strip()}".strip()
        elif line.strip("- \t"):
            raise fault(
                path,
                f"a header line is neither `-- key: text` nor an indented continuation: {line}",
                "Indent it, or end the header above it with an empty line.",
            )
    _check_header(path, values, layer)
    return values


def _check_header(path: Path, values: dict[str, str], layer: str) -> None:
    required = _TRACKED_KEYS.get(layer, _MODEL_KEYS)
    if layer in _TRACKED_KEYS:
        values.setdefault("source", _TRACKED_SOURCE)
        values.setdefault("grain", _TRACKED_GRAIN[layer])
    keys = dict.fromkeys((*required, *_MODEL_KEYS, "materialized"))
    for key in values:
        if key not in keys:
            raise fault(
                path,
                f"the header has an unknown key, {key}",
                f"{closest(key, keys)}The keys are {', '.join(keys)}.",
            )
    for key in required:
        if not values.get(key):
            raise fault(
                path, f"the header does not say its {key}", f"Add `-- {key}: …` at the top."
            )
    if values.setdefault("materialized", "table") not in {"table", "view"}:
        raise fault(path, f"materialized is {values['materialized']}", "Write table or view.")
    if values.get("unit", UNITS[0]) not in UNITS:
        raise fault(path, f"unit is {values['unit']}", f"The units are {', '.join(UNITS)}.")
