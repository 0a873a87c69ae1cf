"""What SQL files of one's own, in the configured folder, may do: read figures of accounts, no more.

The product's files are reviewed; these may come from anybody who may write into that folder, the
results app included. What they give is published, so they must not reach people or single
addresses, nor anything outside of the warehouse.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import duckdb
from sqlglot import exp

from engagement_assets import schemas
from engagement_assets.models.loading import Model, build, columns
from engagement_assets.models.model_sql import fault, outer_select, parse_select
from engagement_assets.schemas.input_tables import INPUT_TABLES

# Columns that stand for a person, an address or one item in a mailbox. Keys of e-mails and
# meetings are not among them: they are numbers that lead nowhere.
_PERSONAL: Final = frozenset(
    {
        *("person_no", "user_id", "userid", "address", "email_address", "emailaddress"),
        *("address_key", "sender_key", "sender_address", "recipient_keys", "participant_keys"),
        *("organizer_key", "item_id", "item_key", "folder_key", "domain_key"),
        *("sender_domain_key", "organizer_domain_key"),
    }
)

# Functions that say something of the machine, or are different every time they are called.
# (Those that make tables, and so those that read files and the network, no model may call.)
_REFUSED: Final = frozenset(
    {
        *("getenv", "getvariable", "nextval", "currval", "setval", "setseed", "write_log"),
        *("txid_current", "random", "rand", "uuid", "uuidv4", "uuidv7", "gen_random_uuid"),
    }
)
_REFUSED_PREFIXES: Final = ("current_", "pg_", "duckdb_", "pragma_")
_CLOCKS: Final = frozenset(
    {
        *("now", "today", "get_current_time", "get_current_timestamp", "transaction_timestamp"),
        *("current_date", "current_time", "current_timestamp", "current_localtime"),
        *("current_datetime", "current_localtimestamp", "localtime", "localtimestamp"),
    }
)


def check(models: Sequence[Model]) -> None:
    """Refuse files of the configured folder that read what they must not.

    Args:
        models: all models.

    Raises:
        ModelError: A file reads people, calls a function that it must not, or the clock.
    """
    own = [model for model in models if model.is_own]
    tables = _columns(models) if own else {}
    for model in own:
        _check_tables(model, tables)
        _check_functions(model)


def dry_run(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Build a model on empty tables in a database that can reach neither files nor the network.

    What this module overlooks, DuckDB itself refuses here, before the model meets the warehouse.

    Args:
        connection: the warehouse, with the tables that the model reads; it is only read from.
        model: a model of the configured folder.

    Raises:
        ModelError: DuckDB refuses the SQL.
    """
    with duckdb.connect() as stage:
        stage.execute("set enable_external_access = false; set python_enable_replacements = false")
        stage.execute("set lock_configuration = true")
        for table in model.references:
            declared = ", ".join(
                f'"{column}" {kind}' for column, kind in columns(connection, table).items()
            )
            stage.execute(f'create table "{table}" ({declared})')
        build(stage, model)


def _check_tables(model: Model, tables: Mapping[str, Collection[str]]) -> None:
    for table in model.references:
        personal = _PERSONAL.intersection(column.lower() for column in tables[table])
        if personal:
            raise fault(
                model.path,
                f"it reads {table}, which is about single people or addresses",
                "Read Customer_Profile, Office, or another table of accounts.",
            )


def _check_functions(model: Model) -> None:
    for function in parse_select(model.path, model.sql).find_all(exp.Func):
        names = {name.lower() for name in _names(function)}
        if names & _CLOCKS:
            raise fault(
                model.path,
                f"it reads the clock, by {min(names & _CLOCKS)}",
                "A run can be repeated: use as_of or as_of_day of the table run.",
            )
        refused = {n for n in names if n in _REFUSED or n.startswith(_REFUSED_PREFIXES)}
        if refused:
            raise fault(
                model.path, f"it calls {min(refused)}", "Only figures in tables can be read here."
            )


def _names(function: exp.Func) -> Sequence[str]:
    if isinstance(function, exp.Anonymous | exp.AnonymousAggFunc):
        return [function.name]
    return type(function).sql_names()


def _columns(models: Sequence[Model]) -> dict[str, Collection[str]]:
    """Return every table with its columns, as far as they can be known without building it."""
    found: dict[str, Collection[str]] = {name: each.columns for name, each in INPUT_TABLES.items()}
    for model in models:
        published = schemas.TABLES.get(model.name)
        if published:
            found[model.name] = [column.name for column in published.columns]
        else:
            select = outer_select(parse_select(model.path, model.sql))
            found[model.name] = select.named_selects if select else []
    return found
