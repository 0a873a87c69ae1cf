"""What SQL files of one's own, in the configured folder, may do: read figures of accounts, no more.

The product's files are reviewed; these may come from anybody who may write into that folder, the
results app included. What they give is published, so they must not reach people or single
addresses, nor anything outside of the warehouse. `rules.py` has the rules about what they call;
`load_models` applies them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from engagement_assets import schemas
from engagement_assets.models.building import build, create_sources
from engagement_assets.models.engine import Engine
from engagement_assets.models.faults import fault
from engagement_assets.models.loading import Model, upstream
from engagement_assets.models.rules import PEOPLE
from engagement_assets.schemas.input_tables import INPUT_TABLES

# Columns that stand for a person, an address or one item in a mailbox. Keys of e-mails and
# meetings are not among them: they are numbers that lead nowhere.
_PERSONAL: Final = frozenset(
    {
        *("person_no", "user_id", "userid", "address", "email_address", "emailaddress"),
        *("address_key", "sender_key", "recipient_keys", "participant_keys", "declined_keys"),
        *("resource_keys", "organizer_key", "organizer_no", "item_key", "folder_key"),
        *("domain_key", "sender_domain_key", "organizer_domain_key"),
    }
)


def check(models: Sequence[Model]) -> None:
    """Refuse files of the configured folder that read what they must not.

    Args:
        models: all models.

    Raises:
        ModelError: A file reads people.
    """
    own = [model for model in models if model.is_own]
    tables = _columns(models) if own else {}
    for model in own:
        for table in model.references:
            if _PERSONAL.intersection(column.lower() for column in tables[table]):
                raise fault(
                    model.path,
                    f"it reads {table}, which {PEOPLE.reason}",
                    f"Write instead: {PEOPLE.instead}.",
                )


def dry_run(engine: Engine, model: Model) -> None:
    """Build a model on empty tables in a database that can reach neither files nor the network.

    What the rules overlook, the engine itself refuses here, before the model meets the warehouse.

    Args:
        engine: the warehouse, with the tables that the model reads; it is only read from.
        model: a model of the configured folder.

    Raises:
        ModelError: the engine refuses the SQL.
    """
    with engine.sandbox() as stage:
        for table in model.references:
            stage.create(table, engine.columns(table))
        build(stage, model)


def not_portable(engine: Engine, models: Sequence[Model]) -> list[str]:
    """Return what in files of the configured folder would not mean the same on Spark, in words.

    Args:
        engine: an empty one: everything that the files read is built there on empty tables, so
            that the types of columns are known.
        models: all models.

    Raises:
        ModelError: the engine refuses a file.
    """
    from engagement_assets.models import findings, model_sql  # noqa: PLC0415 - slow: they load sqlglot

    own = [model for model in models if model.is_own]
    needed = {each.name for model in own for each in upstream(models, model.name)}
    create_sources(engine, INPUT_TABLES)
    said = []
    for model in models:
        if model.name in needed:
            build(engine, model)
        if model.is_own:
            types = {table: engine.columns(table) for table in model.references}
            found = findings.find(model_sql.parse_select(model.path, model.sql), types)
            said += [f"{model.path}: {each}" for each in found]
    return said


def _columns(models: Sequence[Model]) -> Mapping[str, Collection[str]]:
    """Return every table with its columns, as far as they can be known without building it."""
    found: dict[str, Collection[str]] = {name: each.columns for name, each in INPUT_TABLES.items()}
    for model in models:
        published = schemas.TABLES.get(model.name)
        found[model.name] = (
            [column.name for column in published.columns] if published else model.columns
        )
    return found
