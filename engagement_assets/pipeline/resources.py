"""What a run holds while it runs: the configuration, the lock, and the one connection that writes.

Dagster makes a resource once per run, because all steps run in one process (definitions.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from engagement_assets import config, consent
from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import ActivitySource
from engagement_assets.config import Configuration
from engagement_assets.consent import Consent
from engagement_assets.microsoft365.retry_budget import WAIT_PER_DIRECTORY, RetryBudget, RunBudget
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.pipeline import databases, turn, verdict
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_store import ActivityStore


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg] # generic for typing only
    """The configuration file and, while a run goes on, everything that it opens."""

    config_file: str

    _configuration: Configuration = PrivateAttr()
    _connection: duckdb.DuckDBPyConnection = PrivateAttr()
    _tenant: GraphSource | None = PrivateAttr(default=None)
    _source: ActivitySource | None = PrivateAttr(default=None)
    _consent: Consent | None = PrivateAttr(default=None)
    _built: set[str] = PrivateAttr(default_factory=set)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Workspace"]:
        """Take the lock and open the warehouse for the time of a run.

        Raises:
            ConfigurationError: when the file is wrong.
            BusyError: when another run works on the same data folder, and this one does not wait.
        """
        self._configuration = config.load(Path(self.config_file))
        with (
            databases.kept(context.instance),
            turn.taken(self.data_dir, context),
            verdict.noted(context),
            database.connect(self.data_dir / "warehouse" / "warehouse.duckdb") as connection,
        ):
            self._connection = connection
            yield self

    @property
    def configuration(self) -> Configuration:
        """The configuration as it was when the run began."""
        return self._configuration

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The warehouse, open for writing."""
        return self._connection

    @property
    def built(self) -> set[str]:
        """The models that have been built in this run, to add to."""
        return self._built

    @property
    def data_dir(self) -> Path:
        """Where everything that runs write is kept."""
        return self._configuration.data_dir

    @property
    def store(self) -> ActivityStore:
        """The landed activity."""
        return ActivityStore(self.data_dir / "activity")

    @property
    def consent(self) -> Consent:
        """Whether data may be read: looked at once per run, by the step that asks first.

        Raises:
            ConfigurationError: without a credential for Microsoft 365.
            SignInError, SourceError: when the tenant cannot be asked.
        """
        if self._consent is None:
            self._tenant = consent.tenant_of(self._configuration)
            retry_budget = RetryBudget(RunBudget(), WAIT_PER_DIRECTORY)
            self._consent = consent.look(
                self._configuration, self._tenant, retry_budget=retry_budget
            )
        return self._consent

    @property
    def source(self) -> ActivitySource:
        """Where activity comes from; the gate of consent stands before it.

        Raises:
            ConfigurationError: without accepted privacy terms, or without a credential.
            ConsentError: when the tenant's administrator has not granted what is needed.
        """
        self.consent.require()
        if self._source is None:
            self._source = self._opened()
        return self._source

    def _opened(self) -> ActivitySource:
        settings = self._configuration.source
        if settings.kind == "folder":  # of which nothing is opened before the gate
            return FolderSource(settings.path)
        return self._tenant or GraphSource(settings, self.data_dir)
