"""Reading mailboxes into the activity store: what is new, mailbox by mailbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from engagement_assets.activity.source import ActivitySource, BrokenFileError, Mailbox
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.vocabulary import MailboxStatus
from engagement_assets.warehouse.activity_store import BATCH_BYTES, ActivityStore
from engagement_assets.window import Window


@dataclass(frozen=True)
class MailboxOutcome:
    """What became of one person's mailbox (numbers 7, Office_Mailbox).

    Attributes:
        user_id: the owner.
        status: as published.
        reason: why it was not processed.
        mailbox: its files and folders, as far as they count, whatever the status.
    """

    user_id: str
    status: MailboxStatus
    reason: str | None = None
    mailbox: Mailbox | None = None


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

    A mailbox that cannot be read to its end fails alone (numbers 8). What was landed and has
    not changed is not read again.

    Args:
        connection: the warehouse.
        store: where activity is kept.
        source: where it comes from.
        user_ids: the persons, whose mailboxes are read.
        window: what has to be covered.
        progress: called with (mailboxes done, mailboxes in all).
        batch_bytes: size at which a batch is turned into Parquet.
    """
    outcomes = []
    total = len(user_ids)
    waiting = list(user_ids)
    with source.reading(user_ids, window, store.is_landed):
        while waiting:
            with store.batch() as batch:
                landed = []
                while waiting and batch.size < batch_bytes:
                    user_id = waiting.pop(0)
                    try:
                        mailbox = source.mailbox(user_id)
                        new = {
                            file: source.lines(file)
                            for file in (mailbox.files if mailbox else ())
                            if not store.is_landed(user_id, file)
                        }
                        batch.add_mailbox(user_id, new)
                    except BrokenFileError as error:
                        outcomes.append(MailboxOutcome(user_id, "failed", str(error)))
                    else:
                        outcomes.append(_outcome(user_id, mailbox))
                        landed.append(user_id)
                    progress(total - len(waiting), total)
                store.commit(connection, batch)
            source.landed(landed)
    for outcome in outcomes:
        if outcome.mailbox or outcome.status == "no_mailbox":
            files = outcome.mailbox.files if outcome.mailbox else ()
            store.keep_only(outcome.user_id, (file.name for file in files))
    return outcomes


def _outcome(user_id: str, mailbox: Mailbox | None) -> MailboxOutcome:
    if mailbox is None:
        return MailboxOutcome(user_id, "no_mailbox", "The source has no mailbox of this person.")
    return MailboxOutcome(user_id, mailbox.status, mailbox.reason, mailbox)


def expose_mailboxes(
    connection: duckdb.DuckDBPyConnection,
    store: ActivityStore,
    outcomes: Sequence[MailboxOutcome],
    window: Window,
) -> None:
    """Fill `mailbox` and `excluded_folder` and show the rows that count to the models.

    Args:
        connection: the warehouse.
        store: where activity is kept.
        outcomes: one per person, in the order of user ids.
        window: what a processed mailbox covers.
    """
    number = {o.user_id: no for no, o in enumerate(sorted(outcomes, key=_user_id), start=1)}
    counted = [(o.user_id, o.mailbox) for o in outcomes if o.mailbox]
    INPUT_TABLES["mailbox"].create(connection)
    connection.executemany(
        "insert into mailbox values (?, ?, ?, ?, ?)",
        [(number[o.user_id], o.status, o.reason, *_coverage(o, window)) for o in outcomes],
    )
    INPUT_TABLES["excluded_folder"].create(connection)
    folders = [
        (number[user_id], folder)
        for user_id, mailbox in counted
        for folder in mailbox.excluded_folders
    ]
    if folders:
        connection.executemany("insert into excluded_folder values (?, key_of(?))", folders)
    store.expose(
        connection,
        [
            (number[user_id], user_id, file_no, file.name)
            for user_id, mailbox in counted
            for file_no, file in enumerate(mailbox.files, start=1)
        ],
    )


def _user_id(outcome: MailboxOutcome) -> str:
    return outcome.user_id


def _coverage(outcome: MailboxOutcome, window: Window) -> tuple[datetime | None, datetime | None]:
    if outcome.mailbox and outcome.mailbox.covered:
        return outcome.mailbox.covered
    return (window.start, window.as_of) if outcome.status == "processed" else (None, None)
