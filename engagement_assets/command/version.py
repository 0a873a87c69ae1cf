"""Which versions are at work: what a report of a fault has to say first."""

import platform
from collections.abc import Iterator
from importlib import metadata

DISTRIBUTION = "engagement-assets"


def lines() -> Iterator[str]:
    """Yield this distribution's version, then Python's and those of what computes the numbers.

    What is installed says so itself: nothing has to be imported, and a version stands once.
    """
    yield f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    yield f"Python {platform.python_version()}"
    for name, distribution in (("DuckDB", "duckdb"), ("Dagster", "dagster")):
        yield f"{name} {metadata.version(distribution)}"
