"""The moment that a run is about: its window, the weights, and what was published before."""

from datetime import datetime

import duckdb

from engagement_assets.config import Configuration
from engagement_assets.warehouse import inputs, publishing
from engagement_assets.window import Window


def begin_run(
    connection: duckdb.DuckDBPyConnection,
    configuration: Configuration,
    run_id: str,
    started_at: datetime,
) -> Window:
    """Fill the tables about the run; return the window that has to be read.

    Args:
        connection: the warehouse.
        configuration: the configuration.
        run_id: names the run in what is published.
        started_at: when it began, UTC; what it is about, unless `as_of` says otherwise.
    """
    window = Window.until(configuration.as_of or started_at, configuration.time_zone)
    inputs.write_run(connection, run_id, started_at, window)
    inputs.write_weights(connection, configuration.score_weights)
    publishing.load_previous(connection, configuration.data_dir)
    return window
