"""The customer dataset: whose accounts there are, and the addresses of their contacts."""

from engagement_assets.customers.csv_file import DELIMITERS
from engagement_assets.customers.files import columns, rows

__all__ = ["DELIMITERS", "columns", "rows"]
