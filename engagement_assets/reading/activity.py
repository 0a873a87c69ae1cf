"""Reading activity: every person's mailbox landed, nothing kept of who opted out."""

from collections.abc import Callable

import duckdb

from engagement_assets.activity.source import ActivitySource
from engagement_assets.reading import carried_over
from engagement_assets.reading.mailboxes import MailboxOutcome, expose_mailboxes, read_mailboxes
from engagement_assets.warehouse.activity_store import BATCH_BYTES, ActivityStore
from engagement_assets.window import Window


def _no_progress(_done: int, _total: int) -> None:
    """Say nothing."""


def read_activity(
    connection: duckdb.DuckDBPyConnection,
    store: ActivityStore,
    source: ActivitySource,
    progress: Callable[[int, int], None] = _no_progress,
    *,
    batch_bytes: int = BATCH_BYTES,
) -> list[MailboxOutcome]:
    """Land what is new, erase who opted out, and show the rows that count to the models.

    Whom to read, and which window, stand in the warehouse: `begin_run` and `read_people` wrote
    them there.

    Args:
        connection: the warehouse.
        store: where activity is kept.
        source: where it comes from.
        progress: called with (mailboxes done, mailboxes in all).
        batch_bytes: size at which a batch is turned into Parquet.

    Returns:
        What became of each person's mailbox, in the order of persons.
    """
    persons = _column(connection, "select user_id from person order by person_no")
    opted_out = _column(connection, "select user_id from opted_out_person")
    ((as_of, time_zone),) = connection.execute("select as_of, time_zone from run").fetchall()
    window = Window.until(as_of, time_zone)
    store.complete(carried_over.completed(connection, store.carried_over(), time_zone))
    outcomes = read_mailboxes(
        connection, store, source, persons, window, progress, batch_bytes=batch_bytes
    )
    for user_id in opted_out:
        store.forget(user_id)
    store.tidy(connection)
    source.erase(opted_out)
    expose_mailboxes(connection, store, outcomes)
    return outcomes


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [value for (value,) in connection.execute(query).fetchall()]
