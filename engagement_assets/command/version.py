"""Which versions are at work (a report of a fault says that first), and where documents lie."""

import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "engagement-assets"

_PACKAGE = Path(__file__).parents[1]


def documents(package: Path = _PACKAGE) -> Path:
    """Return the folder of the documents that messages name as `docs/...`.

    Args:
        package: the folder of the package: in a checkout it lies beside them, an installed one
            holds them.
    """
    packaged = package / "docs"
    return packaged if packaged.exists() else package.parent / "docs"


def lines() -> Iterator[str]:
    """Yield the versions of this distribution, Python and what computes, and the documents' place.

    What is installed says so itself: nothing has to be imported, and a version stands once.
    """
    yield f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    yield f"Python {platform.python_version()}"
    for name, distribution in (("DuckDB", "duckdb"), ("Dagster", "dagster")):
        yield f"{name} {metadata.version(distribution)}"
    yield f"Documents {documents()}"
