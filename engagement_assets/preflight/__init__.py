"""Everything that can be known before the first run: what is right, what is not, what to do.

Belongs here: checks, one subject a file, and the table that shows them. Does not: anything that
changes something. No activity is kept, nothing is landed, computed or sent.
"""

from engagement_assets.preflight.inspection import inspect
from engagement_assets.preflight.table import show

__all__ = ["inspect", "show"]
