"""Where the SQL models lie."""

from engagement_assets.sql_files import sql_folder

__all__ = ["sql_folder"]
