"""Small random organisations, full of edge cases, for comparing the product with the oracle.

``write_organisation(folder, random.Random(seed))`` writes one; the same seed writes the same one.
What the numbers leave to chance is left out here: whatever is written has one right answer.
``move_on(config_file, random.Random(seed))`` lets time go by before another run.
"""

from .later import move_on
from .organisation import SMALL, Size, write_organisation

__all__ = ["SMALL", "Size", "move_on", "write_organisation"]
