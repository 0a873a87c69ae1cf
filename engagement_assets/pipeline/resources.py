"""What the steps of a run get: the configuration, the gate of consent, the data folder.

A step names what it needs, and gets no more. Each is made once per run, because all steps run in
one process (definitions.py); the configuration is read once, too, and the others are made of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import duckdb

from engagement_assets import config, consent
from engagement_assets.config import Configuration
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.pipeline import check_results, run_lock, sqlite_engines
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_store import ActivityStore
from engagement_assets.warehouse.checked import Checked


@dataclass(frozen=True)
class DataFolder:
    """The data folder while a run has the lock on it.

    Attributes:
        data_dir: where everything that runs write is kept.
        connection: the warehouse, open for writing: the only connection that is.
        built: the models that have been built in this run, to add to.
        checked: what has been checked in this run, to ask and to add to.
    """

    data_dir: Path
    connection: duckdb.DuckDBPyConnection
    built: set[str] = field(default_factory=set)
    checked: Checked = field(default_factory=Checked)

    @property
    def store(self) -> ActivityStore:
        """The landed activity."""
        return ActivityStore(self.data_dir / "activity")


# makes what one run may spend on a service that is busy
Budget = Callable[[], RunBudget]

# how a step declares them, by parameters of these names
Settings = dg.ResourceParam[Configuration]
Gate = dg.ResourceParam[consent.Gate]
Workspace = dg.ResourceParam[DataFolder]


def of(config_file: Path, budget: Budget | None = None) -> Mapping[str, dg.ResourceDefinition]:
    """Return the resources of a configuration file, by name.

    A run fails before its first step with a ConfigurationError when the file is wrong, with a
    BusyError when another run works on the same data folder and it does not wait.

    Args:
        config_file: the YAML file; each run reads it anew.
        budget: what a run may spend on a service that is busy; the product's own when None.
    """

    @dg.resource(description="The configuration as it was when the run began.")
    def settings(_: dg.InitResourceContext) -> Configuration:
        return config.load(config_file)

    @dg.resource(
        description="Consent, looked at once per run; behind it the source.",
        required_resource_keys={"settings"},
    )
    def gate(context: dg.InitResourceContext) -> consent.Gate:
        return consent.Gate(context.resources.settings, budget or RunBudget)

    @dg.resource(
        description="The data folder with its lock and the warehouse.",
        required_resource_keys={"settings"},
    )
    def workspace(context: dg.InitResourceContext) -> Iterator[DataFolder]:
        data_dir = context.resources.settings.data_dir
        with (
            sqlite_engines.kept(context.instance),
            run_lock.taken(data_dir, context),
            check_results.noted(context),
            database.connect(data_dir / "warehouse" / "warehouse.duckdb") as connection,
        ):
            yield DataFolder(data_dir, connection)

    return {"settings": settings, "gate": gate, "workspace": workspace}
