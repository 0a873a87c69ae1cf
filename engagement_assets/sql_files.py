"""Where the product's SQL lies: models, and rules between tables."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def sql_folder() -> Path:
    """Return the folder of the SQL files: the repository's, or the one in an installed package."""
    packaged = _PACKAGE / "dbt_like_sql"
    return packaged if packaged.exists() else _PACKAGE.parent / "dbt_like_sql"
