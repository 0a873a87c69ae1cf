"""The SQL of the pages: `sql/<name>.sql`, one SELECT per file, values as `$name` parameters."""

import functools
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


@functools.cache
def query(name: str) -> str:
    """Return the text of `sql/<name>.sql`."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
