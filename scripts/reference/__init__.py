"""The generated parts of the documents: one module each, from what the product itself says.

Each module has functions that return Markdown (or a picture, or JSON) and write nothing.
`scripts/docs.py` says which part goes where, writes them, and checks that they are up to date.
"""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SQL = ROOT / "dbt_like_sql"
