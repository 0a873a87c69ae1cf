"""What is wrong with a customer file, whichever kind it is; no message holds an address."""

from collections.abc import Sequence
from pathlib import Path

from engagement_assets.errors import ConfigurationError


def unreadable(file: Path, key: str, error: Exception) -> ConfigurationError:
    """Return the failure of a file that is neither CSV nor Parquet."""
    return ConfigurationError(
        f"it cannot be read ({type(error).__name__})",
        where=f"{key}: {file}",
        remedy="It must be a CSV file in UTF-8, or a Parquet file.",
    )


def require_once(columns: Sequence[str], found: Sequence[str], file: Path, key: str) -> None:
    """Require that every mapped column is there, and no more than once.

    Raises:
        ConfigurationError: naming those that are missing, or else those that occur twice.
    """
    absent = [column for column in columns if column not in found]
    repeated = [column for column in columns if found.count(column) > 1]
    if not absent and not repeated:
        return
    problem = "it has no column" if absent else "it has more than one column"
    wrong = dict.fromkeys(absent or repeated)
    # without a header the first contact would stand here, and no message holds an address
    is_contact = any("@" in name for name in found)
    shown = "none, its first row is a contact" if is_contact else ", ".join(map(repr, found))
    raise ConfigurationError(
        f"{problem} {', '.join(map(repr, wrong))}",
        where=f"{key}: {file}",
        remedy=f"Its columns: {shown or 'none'}.",
    )
