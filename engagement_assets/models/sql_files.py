"""Where the SQL models lie."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def sql_folder() -> Path:
    """Return the folder of the SQL models: the repository's, or the one in an installed package."""
    packaged = _PACKAGE / "dbt_like_sql"
    return packaged if packaged.exists() else _PACKAGE.parent / "dbt_like_sql"
