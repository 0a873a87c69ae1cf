"""Reading who is who: the persons behind the listed addresses, and the organisation's domains."""

from dataclasses import replace

import duckdb

from engagement_assets.activity import domains, people
from engagement_assets.activity.people import People
from engagement_assets.activity.source import ActivitySource
from engagement_assets.config import Mailboxes
from engagement_assets.warehouse import inputs


def read_people(
    connection: duckdb.DuckDBPyConnection, source: ActivitySource, listed: Mailboxes
) -> People:
    """Fill the tables of people; return whom the addresses stand for.

    Args:
        connection: the warehouse.
        source: where users and groups are found.
        listed: `mailboxes` of the configuration.

    Raises:
        ConfigurationError: when the addresses select too few or too many persons.
        SourceError, ConsentError: when the source cannot be asked.
    """
    selected = people.select(source, listed.addresses, listed.opted_out)
    own = domains.of(source, selected.persons)
    inputs.write_people(connection, selected, own.names | set(listed.organisation_domains))
    return replace(selected, assumed_domains=own.names) if own.is_assumed else selected
