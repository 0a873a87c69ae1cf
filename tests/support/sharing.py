"""What is dear and the same for every test is made once in a session, for all its workers.

Workers have temporary folders of their own below the session's. What they share lies above those,
behind a lock: the first one makes it, the others wait and take what was made.
"""

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from filelock import FileLock

T = TypeVar("T")

# set by pytest-xdist in its workers
WORKER = "PYTEST_XDIST_WORKER"


class Folders(Protocol):
    """What is needed of pytest's `tmp_path_factory`."""

    def getbasetemp(self) -> Path:
        """Return the temporary folder of this process."""


def shared_folder(folders: Folders) -> Path:
    """Return the temporary folder of the session, which all workers share."""
    own = folders.getbasetemp()
    return own.parent if WORKER in os.environ else own


def made_once(folders: Folders, name: str, make: Callable[[Path], T]) -> T:
    """Return what a function makes, which is called once for all workers of a session.

    What was half made when the function failed is removed, and the next who asks tries again.

    Args:
        folders: `tmp_path_factory`.
        name: of the folder; another thing has another name.
        make: is given a new, empty folder, whose content no test may change. What it returns is
            handed from worker to worker by pickle.
    """
    folder = shared_folder(folders) / "made once" / name
    made = folder.with_name(f"{name}.pickle")
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_name(f"{name}.lock")):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            # renamed, so that it is there whole or not at all
            building = made.with_suffix(".building")
            building.write_bytes(pickle.dumps(make(folder)))
            building.replace(made)
        content: T = pickle.loads(made.read_bytes())  # noqa: S301 - this session wrote it
        return content
