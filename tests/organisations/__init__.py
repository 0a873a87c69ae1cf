"""Small random organisations, full of edge cases, for comparing the product with the oracle.

``write_organisation(folder, random.Random(seed))`` writes one; the same seed writes the same one.
What the numbers leave to chance is left out here: whatever is written has one right answer.
"""

from .organisation import SMALL, Size, write_organisation

__all__ = ["SMALL", "Size", "write_organisation"]
