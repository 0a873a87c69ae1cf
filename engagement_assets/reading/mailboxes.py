"""Reading mailboxes into the activity store: what is new, mailbox by mailbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from engagement_assets.activity.source import ActivitySource, BrokenFileError, Kind, Mailbox
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.vocabulary import MailboxStatus
from engagement_assets.warehouse.activity_batch import Batch
from engagement_assets.warehouse.activity_manifest import Stretch, WholeRead
from engagement_assets.warehouse.activity_store import BATCH_BYTES, ActivityStore
from engagement_assets.window import Window


@dataclass(frozen=True)
class MailboxOutcome:
    """What became of one person's mailbox (numbers 7, Office_Mailbox).

    Attributes:
        user_id: the owner.
        status: as published.
        reason: why it was not processed, and what counts of it all the same.
        covered: the stretch of the window whose activity counts; None if none.
    """

    user_id: str
    status: MailboxStatus
    reason: str | None = None
    covered: Stretch | None = None


def read_mailboxes(
    connection: duckdb.DuckDBPyConnection,
    store: ActivityStore,
    source: ActivitySource,
    user_ids: Sequence[str],
    window: Window,
    progress: Callable[[int, int], None],
    *,
    batch_bytes: int = BATCH_BYTES,
) -> list[MailboxOutcome]:
    """Land what is new in the mailboxes of all persons.

    A mailbox that cannot be read to its end fails alone, and counts with what the store has of
    its last whole read (numbers 8). What was landed and has not changed is not read again.

    Args:
        connection: the warehouse.
        store: where activity is kept.
        source: where it comes from.
        user_ids: the persons, whose mailboxes are read.
        window: what has to be covered.
        progress: called with (mailboxes done, mailboxes in all).
        batch_bytes: size at which a batch is turned into Parquet.
    """
    found: list[Mailbox] = []
    total = len(user_ids)
    waiting = list(user_ids)
    with source.reading(user_ids, window, store.is_landed):
        while waiting:
            with store.batch() as batch:
                begun = len(found)
                while waiting and batch.size < batch_bytes:
                    found.append(_read(store, source, batch, waiting.pop(0), window))
                    progress(total - len(waiting), total)
                store.commit(connection, batch)
            source.landed([mailbox.user_id for mailbox in found[begun:] if mailbox.read])
    for mailbox in found:
        if mailbox.status == "no_mailbox":
            store.forget(mailbox.user_id)
        elif mailbox.excluded_folders:
            store.leave_out(connection, mailbox.user_id, mailbox.excluded_folders)
    return [_outcome(store, mailbox, window) for mailbox in found]


def _read(
    store: ActivityStore, source: ActivitySource, batch: Batch, user_id: str, window: Window
) -> Mailbox:
    """Bring a mailbox into the batch, all that was read of it or nothing; return what it is."""
    folders: tuple[str, ...] = ()
    try:
        mailbox = source.mailbox(user_id)
        if mailbox is None:
            reason = "The source has no mailbox of this person."
            return Mailbox(user_id, status="no_mailbox", reason=reason, read=frozenset())
        folders = mailbox.excluded_folders
        if mailbox.read:
            new = {
                file: source.lines(file)
                for file in mailbox.files
                if not store.is_landed(user_id, file)
            }
            batch.add_mailbox(mailbox, mailbox.covered or (window.start, window.as_of), new)
    except BrokenFileError as error:
        return Mailbox(user_id, (), folders, "failed", f"{error}.", read=frozenset())
    return mailbox


def _outcome(store: ActivityStore, mailbox: Mailbox, window: Window) -> MailboxOutcome:
    """Return what is published of a mailbox, once the store has what could be read of it."""
    mail = store.last_read(mailbox.user_id, "message")
    events = store.last_read(mailbox.user_id, "event")
    reason = mailbox.reason
    if mailbox.status == "partly":
        reason = f"{reason} {_earlier('event', events, window)}"
    elif mailbox.status in {"failed", "denied", "pending"}:
        reason = f"{reason} {_earlier('message', mail or events, window)}"
    return MailboxOutcome(mailbox.user_id, mailbox.status, reason, _covered(mail, window))


# what is said when nothing was read whole before, and when something was
_EARLIER: Mapping[Kind, tuple[str, str]] = {
    "message": (
        "Nothing of it counts: it was never read whole.",
        "What was read of it before still counts",
    ),
    "event": (
        "None of its meetings counts: they were never read.",
        "Its meetings still count as they were read before",
    ),
}


def _earlier(kind: Kind, read: WholeRead | None, window: Window) -> str:
    """Say what counts in place of what could not be read this time."""
    never, before = _EARLIER[kind]
    if read is None:
        return never
    if read.covered:
        before += f", up to {min(read.covered[1], window.as_of):%Y-%m-%d %H:%M} UTC"
    if read.is_of_an_earlier_rule:
        before += ", with addresses compared as an earlier version did"
    return f"{before}."


def _covered(read: WholeRead | None, window: Window) -> Stretch | None:
    """Return the stretch of the window that a read holds (numbers 7, Office_Mailbox)."""
    if read is None or read.covered is None:
        return None
    start, end = max(read.covered[0], window.start), min(read.covered[1], window.as_of)
    return (start, end) if start <= end else None


def expose_mailboxes(
    connection: duckdb.DuckDBPyConnection,
    store: ActivityStore,
    outcomes: Sequence[MailboxOutcome],
) -> None:
    """Fill `mailbox` and `excluded_folder` and show the rows that count to the models.

    Args:
        connection: the warehouse.
        store: where activity is kept.
        outcomes: one per person.
    """
    persons = {user_id: no for no, user_id in enumerate(sorted(o.user_id for o in outcomes), 1)}
    INPUT_TABLES["mailbox"].create(connection)
    connection.executemany(
        "insert into mailbox values (?, ?, ?, ?, ?)",
        [(persons[o.user_id], o.status, o.reason, *(o.covered or (None, None))) for o in outcomes],
    )
    INPUT_TABLES["excluded_folder"].create(connection)
    folders = [
        (number, folder)
        for user_id, number in persons.items()
        if (read := store.last_read(user_id, "message"))
        for folder in read.excluded_folders or ()
    ]
    if folders:
        connection.execute(
            "insert into excluded_folder select unnest(?), unnest(?)",
            [list(column) for column in zip(*folders, strict=True)],
        )
    store.expose(connection, persons)
