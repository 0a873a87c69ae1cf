"""The whole read path in its order, for whoever runs without Dagster."""

from datetime import datetime

import duckdb

from engagement_assets.activity.source import ActivitySource
from engagement_assets.config import Configuration
from engagement_assets.reading.activity import read_activity
from engagement_assets.reading.mailboxes import MailboxOutcome
from engagement_assets.reading.moment import begin_run
from engagement_assets.reading.people import read_people
from engagement_assets.warehouse import inputs
from engagement_assets.warehouse.activity_store import BATCH_BYTES, ActivityStore


def read_everything(
    connection: duckdb.DuckDBPyConnection,
    configuration: Configuration,
    source: ActivitySource,
    run_id: str,
    started_at: datetime,
    *,
    batch_bytes: int = BATCH_BYTES,
) -> list[MailboxOutcome]:
    """Fill every table that the first SQL models read.

    Args:
        connection: the warehouse.
        configuration: the configuration.
        source: where people and activity are read; the gate of consent is the caller's.
        run_id: names the run in what is published.
        started_at: when it began, UTC.
        batch_bytes: size at which a batch is turned into Parquet.

    Returns:
        What became of each person's mailbox.
    """
    begin_run(connection, configuration, run_id, started_at)
    read_people(connection, source, configuration.mailboxes)
    inputs.write_customers(connection, configuration.customers)
    store = ActivityStore(configuration.data_dir / "activity")
    return read_activity(connection, store, source, batch_bytes=batch_bytes)
