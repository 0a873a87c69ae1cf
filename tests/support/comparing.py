"""What two published folders must have in common, when one was read from Graph."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from engagement_assets import schemas
from tests.support import pipeline
from tests.support.pipeline import Rows

Tables = Mapping[str, Rows]

# these tell what has changed since the run before
OF_THE_RUN_BEFORE = frozenset(
    {"Customer_Profile", "Segment_History", "Segment_Change", "Coverage_History"}
)

# what differs between any two runs
OF_THE_RUN = frozenset({"RunId", "StartedAt", "FinishedAt"})
# From Graph less is read beyond the window, so only what lies within it must be the same.
WITHIN = frozenset({"counted", "no_account"})


def differences(one: Path, other: Path, *, same_past: bool = True) -> list[str]:
    """Return which published tables of two folders differ, apart from what two runs differ in.

    Whole tables are compared as bytes. Of what is kept over runs only the newest run is compared,
    of mailboxes all but the reasons, of the ledger what lies within the window.

    Args:
        one: a published folder.
        other: another.
        same_past: whether the runs before had the same results, or both runs are the first.
    """
    tables, others = pipeline.published(one), pipeline.published(other)
    assert tables["Office"], "nothing was compared"
    found = []
    for name, table in schemas.TABLES.items():
        if not same_past and name in OF_THE_RUN_BEFORE:
            continue
        part = _PARTS.get(name)
        if part is None and any(column.name == "RunId" for column in table.columns):
            part = _newest
        if part is None:
            left, right = (_bytes(folder, name) for folder in (one, other))
            same = left == right
        else:
            same = sorted(part(tables, name)) == sorted(part(others, name))
        if not same:
            found.append(name)
    return found


def _bytes(folder: Path, table: str) -> bytes:
    return (folder / "parquet" / f"{table}.parquet").read_bytes()


def _newest(tables: Tables, table: str) -> Iterator[list[str]]:
    newest = max(tables["Office_Run"], key=lambda row: str(row["StartedAt"]))["RunId"]
    for row in tables[table]:
        if row["RunId"] == newest:
            yield [str(value) for name, value in row.items() if name not in OF_THE_RUN]


def _mailboxes(tables: Tables, table: str) -> Iterator[list[str]]:
    for row in tables[table]:
        yield [str(value) for name, value in row.items() if name != "Reason"]


def _ledger(tables: Tables, table: str) -> Iterator[list[str]]:
    for row in tables[table]:
        if row["Item"] == "contact" or row["Outcome"] in WITHIN:
            yield [str(value) for value in row.values()]


_PARTS: Mapping[str, Callable[[Tables, str], Iterator[list[str]]]] = {
    "Office_Mailbox": _mailboxes,
    "Office_Ledger": _ledger,
}
