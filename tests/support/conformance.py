"""Microsoft's own client: what a contributor need not have, and what checks every change."""

import os
from collections.abc import Mapping
from importlib.util import find_spec

import pytest

# the largest of the group, and the one that needs the others
CLIENT = "msgraph"


def require(client: str = CLIENT, environment: Mapping[str, str] = os.environ) -> None:
    """Leave a file of tests out, with the reason, when the client is not installed.

    Where every change is checked (`CI` is set) nothing is left out: the imports behind this fail.
    """
    if find_spec(client) is None and not environment.get("CI"):
        pytest.skip(
            "Microsoft's client is not installed: `make coverage` does", allow_module_level=True
        )
