"""The small tables that the models start from: the run, the people, the customers, the weights."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import duckdb

from engagement_assets import addresses, customers
from engagement_assets.activity.people import People
from engagement_assets.config import Customers
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.vocabulary import Component
from engagement_assets.window import Window, midnight

# an all-day event's date is at most a day from its instant; beyond the margin both are outside
CALENDAR_MARGIN = timedelta(days=7)

_CHUNK = 50_000

# how many entries of a list are named in one message
NAMED = 50


ConsentRow = tuple[str, str, str | None, datetime | None]


def write_consent(connection: duckdb.DuckDBPyConnection, rows: Sequence[ConsentRow]) -> None:
    """Fill `consent_status` with (item, status, proof, granted_at)."""
    INPUT_TABLES["consent_status"].create(connection)
    connection.executemany("insert into consent_status values (?, ?, ?, ?)", rows)


def write_run(
    connection: duckdb.DuckDBPyConnection, run_id: str, started_at: datetime, window: Window
) -> None:
    """Fill `run` and `local_day`, and empty `run_end`."""
    for name in ("run", "run_end", "local_day"):
        INPUT_TABLES[name].create(connection)
    connection.execute(
        "insert into run values (?, ?, ?, ?, ?, ?, ?)",
        [
            run_id,
            window.as_of,
            window.last_day,
            window.start,
            window.first_day,
            window.time_zone,
            started_at,
        ],
    )
    days = window.days(CALENDAR_MARGIN)
    _insert(
        connection,
        "local_day",
        {"day": days, "starts_at": [midnight(day, window.time_zone) for day in days]},
        "day, starts_at",
    )


def write_run_end(connection: duckdb.DuckDBPyConnection, finished_at: datetime) -> None:
    """Fill `run_end`."""
    INPUT_TABLES["run_end"].create(connection)
    connection.execute("insert into run_end values (?)", [finished_at])


def write_people(
    connection: duckdb.DuckDBPyConnection, people: People, organisation_domains: Iterable[str]
) -> None:
    """Fill the tables of people and of the organisation's addresses and domains."""
    for name in (
        "person",
        "person_address",
        "opted_out_person",
        "colleague_address",
        "organisation_domain",
    ):
        INPUT_TABLES[name].create(connection)
    _insert(
        connection,
        "person",
        {
            "number": list(range(1, len(people.persons) + 1)),
            "user_id": [person.id for person in people.persons],
            "address": [next(iter(person.addresses), None) for person in people.persons],
        },
        "number, user_id, address",
    )
    pairs = [
        (number, address)
        for number, person in enumerate(people.persons, start=1)
        for address in person.addresses
    ]
    _insert(
        connection,
        "person_address",
        {"number": [n for n, _ in pairs], "address": [a for _, a in pairs]},
        "number, key_of(address)",
    )
    _insert(connection, "opted_out_person", {"user_id": sorted(people.opted_out)}, "user_id")
    _insert_keys(connection, "colleague_address", people.colleague_addresses)
    _insert_keys(connection, "organisation_domain", organisation_domains)


def write_customers(connection: duckdb.DuckDBPyConnection, settings: Customers) -> None:
    """Fill `contact_row`, `account_row` and `exclusion` from the customer dataset.

    A cell with several addresses is as many rows (numbers 1, contact).

    Raises:
        ConfigurationError: when a file cannot be read or a column is missing.
    """
    for name in ("contact_row", "account_row", "exclusion"):
        INPUT_TABLES[name].create(connection)
    contacts = customers.rows(
        settings.contacts, (settings.account_id, settings.email), "customers.contacts"
    )
    _insert_rows(
        connection,
        "contact_row",
        _of_one_address(contacts),
        "line, nullif(trimmed(first), ''), key_of(nullif(second, '')), "
        "key_of(domain_of(nullif(second, '')))",
    )
    if settings.accounts:
        mapped = [settings.account_id, settings.account_name]
        mapped += [settings.parent] if settings.parent else []
        parent = "nullif(trimmed(third), '')" if settings.parent else "null"
        _insert_rows(
            connection,
            "account_row",
            customers.rows(settings.accounts, mapped, "customers.accounts"),
            f"line, nullif(trimmed(first), ''), nullif(trimmed(second), ''), {parent}",
        )
    _insert(
        connection,
        "exclusion",
        {
            "address": [text if "@" in text else None for text in settings.excluded],
            "domain": [None if "@" in text else text for text in settings.excluded],
        },
        "key_of(address), key_of(domain)",
    )


def unmatched_exclusions(
    connection: duckdb.DuckDBPyConnection, settings: Customers
) -> tuple[str, ...]:
    """Name the entries of `customers.excluded` that no row of `contact_row` carries.

    Whatever became of the row: an entry that only colleagues carry is one that somebody needs.

    Returns:
        the place of each in the list, from 1 on; of a domain the domain, too, but of an address
        no more, as it can be a contact's.
    """
    carried = {
        column: {
            key
            for (key,) in connection.execute(
                f"select distinct {column} from contact_row where {column} in "
                f"(select {column} from exclusion)"
            ).fetchall()
        }
        for column in ("address_key", "domain_key")
    }
    keys = connection.execute(
        "select unnest(list_transform(?, lambda text: key_of(text)))", [list(settings.excluded)]
    ).fetchall()
    unmatched = []
    for place, (text, (key,)) in enumerate(zip(settings.excluded, keys, strict=True), start=1):
        is_address = "@" in text
        if key not in carried["address_key" if is_address else "domain_key"]:
            unmatched.append(f"entry {place}" if is_address else f"entry {place} ({text})")
    return tuple(unmatched)


def write_weights(
    connection: duckdb.DuckDBPyConnection, weights: Mapping[Component, float]
) -> None:
    """Fill `score_weight`."""
    INPUT_TABLES["score_weight"].create(connection)
    _insert(
        connection,
        "score_weight",
        {"component": list(weights), "weight": [float(weight) for weight in weights.values()]},
        "component, weight",
    )


def _of_one_address(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield (account id, address as it is compared, or nothing) for each address of each cell."""
    for account_id, cell in rows:
        for address in addresses.mail_addresses_in(cell) or ("",):
            yield account_id, address


def _insert_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: Iterable[tuple[str, ...]],
    select: str,
) -> None:
    numbered = enumerate(rows, start=1)
    while chunk := list(itertools.islice(numbered, _CHUNK)):
        values = zip(*(row for _, row in chunk), strict=True)
        columns: dict[str, Sequence[object]] = {
            "line": [line for line, _ in chunk],
            **dict(zip(("first", "second", "third"), values, strict=False)),
        }
        _insert(connection, table, columns, select)


def _insert_keys(connection: duckdb.DuckDBPyConnection, table: str, texts: Iterable[str]) -> None:
    _insert(connection, table, {"text": sorted(set(texts))}, "key_of(text)")


def _insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, Sequence[object]],
    select: str,
) -> None:
    """Insert columns of equal length, through an expression over their names."""
    given = ", ".join(f"{_unpacked(values)} as {name}" for name, values in columns.items())
    connection.execute(
        f"insert into {table} select {select} from (select {given}) as given",
        [list(values) for values in columns.values()],
    )


def _unpacked(values: Sequence[object]) -> str:
    """Return a column as SQL; one without any value is text, as all that may be missing here is."""
    nothing = all(value is None for value in values)
    return "unnest(cast(? as varchar[]))" if nothing else "unnest(?)"
