"""What failures of the libraries below mean, for those that somebody can do something about.

Their own texts are not shown: they can quote data, addresses and tokens.
"""

from collections.abc import Mapping

import duckdb
import requests

# the narrow ones first, because the first that fits is taken: requests' are OSErrors too
KNOWN: Mapping[type[Exception], tuple[str, str]] = {
    duckdb.OutOfMemoryException: (
        "DuckDB needs more memory than it may take, or the disk that it spills to is full",
        "Free space in data_dir, or run on a machine with more memory.",
    ),
    duckdb.IOException: (
        "A file of the data folder cannot be read or written",
        "Check that the disk is not full and that data_dir belongs to this user, then run again.",
    ),
    duckdb.FatalException: (
        "The warehouse cannot be used any more",
        "Remove data_dir/warehouse: the next run makes it anew and reads no mailbox again.",
    ),
    requests.RequestException: (
        "Microsoft 365 cannot be reached",
        "Check this machine's network and proxy, then run again.",
    ),
    OSError: (
        "A file cannot be read or written",
        "Check that the disk is not full and that data_dir belongs to this user, then run again.",
    ),
}


def explanation(error: BaseException) -> tuple[str, str] | None:
    """Return what happened and what to do; None when only the log can tell."""
    return next((words for kind, words in KNOWN.items() if isinstance(error, kind)), None)
