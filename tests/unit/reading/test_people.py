"""Who is who in the warehouse: what stands for domains that the source does not tell."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from engagement_assets import reading
from engagement_assets.activity.source import User
from engagement_assets.config import Mailboxes
from engagement_assets.warehouse import database
from tests.support.memory_source import MemorySource

USERS = (
    User.of("ada", "ada@contoso.com", "ada@contoso.net", ("smtp:ada@alias.example",)),
    User.of("bob", "bob@contoso.com", "bob@contoso.com", ()),
    User.of("eve", "eve@partner.example", "eve#EXT#@contoso.com", (), is_guest=True),
)
LISTED = Mailboxes(
    addresses=["ada@contoso.com", "bob@contoso.com", "eve@partner.example"],
    organisation_domains=["added.example"],
)


class Silent(MemorySource):
    """A source that does not tell its domains."""

    def organisation_domains(self) -> None:
        return None


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(tmp_path / "warehouse.duckdb") as opened:
        yield opened


def are_domains(connection: duckdb.DuckDBPyConnection, *names: str) -> bool:
    wanted = " union all ".join(f"select key_of('{name}')" for name in names)
    found = connection.execute("from organisation_domain").fetchall()
    return sorted(found) == sorted(connection.execute(wanted).fetchall())


def test_domains_that_the_source_tells(connection: duckdb.DuckDBPyConnection) -> None:
    source = MemorySource(USERS, {}, domains=["contoso.com"])
    assert reading.read_people(connection, source, LISTED).assumed_domains is None
    assert are_domains(connection, "contoso.com", "added.example")


def test_domains_that_it_does_not_tell(connection: duckdb.DuckDBPyConnection) -> None:
    selected = reading.read_people(connection, Silent(USERS, {}), LISTED)
    assert selected.assumed_domains == frozenset({"contoso.com", "contoso.net"})
    assert are_domains(connection, "contoso.com", "contoso.net", "added.example")
