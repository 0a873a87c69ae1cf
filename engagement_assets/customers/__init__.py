"""The customer dataset: whose accounts there are, and the addresses of their contacts."""

from engagement_assets.customers.files import DELIMITERS, columns, rows

__all__ = ["DELIMITERS", "columns", "rows"]
