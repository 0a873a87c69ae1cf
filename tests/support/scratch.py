"""Where tests write: in memory where there is plenty of it, since every snapshot reaches the disk.

A session leaves about a gigabyte. What waits for the disk is a tenth of its time.
"""

import os
import shutil
from pathlib import Path

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
PLENTY = 6 * 1024**3

# what pytest asks for the folder that its own are made in
VARIABLE = "PYTEST_DEBUG_TEMPROOT"


def prefer_memory() -> None:
    """Have this session, and whatever it starts, write in memory; unless somebody says where."""
    if VARIABLE in os.environ or not IN_MEMORY.is_dir():
        return
    if shutil.disk_usage(IN_MEMORY).free >= PLENTY and os.access(IN_MEMORY, os.W_OK):
        os.environ[VARIABLE] = str(IN_MEMORY)
