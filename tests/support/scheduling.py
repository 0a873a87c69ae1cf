"""Handing groups of tests to workers, in the order of the tests.

`--dist loadgroup` would do it, were the groups not written into ids that pytest no longer has.
Workers know what a test asks for and write down the groups; who hands out the tests reads them.
"""

import json
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling


def write_groups(file: Path, groups: Mapping[str, str]) -> None:
    """Write the group of each test that has one, by the test's id; all workers write the same."""
    whole = file.with_suffix(f".{os.getpid()}")
    whole.write_text(json.dumps(groups), encoding="utf-8")
    whole.replace(file)


def read_groups(file: Path) -> dict[str, str]:
    """Return what a worker wrote."""
    groups: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return groups


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types for it
    """Gives a worker that is free the next group, or the next test that is in none."""

    def __init__(self, config: Any, log: Any, file: Path) -> None:
        super().__init__(config, log)
        # the order is ours: the longest first, not the largest group
        config.option.loadscopereorder = False
        self._file = file

    @cached_property
    def _groups(self) -> Mapping[str, str]:
        return read_groups(self._file)

    def _split_scope(self, nodeid: str) -> str:
        return self._groups.get(nodeid, nodeid)
