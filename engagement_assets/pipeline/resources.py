"""What a run holds while it runs: the configuration, the lock, and the one connection that writes.

Dagster makes a resource once per run, because all steps run in one process (definitions.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb
from filelock import FileLock, Timeout
from pydantic import PrivateAttr

from engagement_assets import config, consent
from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import ActivitySource
from engagement_assets.config import Configuration
from engagement_assets.consent import Consent
from engagement_assets.errors import BusyError
from engagement_assets.microsoft365.retry_budget import WAIT_PER_DIRECTORY, RetryBudget, RunBudget
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.warehouse import database
from engagement_assets.warehouse.activity_store import ActivityStore
from engagement_assets.warehouse.checked import Checked


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg] # generic for typing only
    """The configuration file and, while a run goes on, everything that it opens."""

    config_file: str

    _configuration: Configuration = PrivateAttr()
    _connection: duckdb.DuckDBPyConnection = PrivateAttr()
    _tenant: GraphSource | None = PrivateAttr(default=None)
    _source: ActivitySource | None = PrivateAttr(default=None)
    _consent: Consent | None = PrivateAttr(default=None)
    _built: set[str] = PrivateAttr(default_factory=set)
    _checked: Checked = PrivateAttr(default_factory=Checked)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Workspace"]:
        """Take the lock and open the warehouse for the time of a run.

        Raises:
            ConfigurationError: when the file is wrong.
            BusyError: when another run works on the same data folder.
        """
        self._configuration = config.load(Path(self.config_file))
        self.data_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.data_dir / "run.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise BusyError(
                f"Another run works on {self.data_dir}. Wait until it ends, then run again."
            ) from error
        try:
            _bury_dead_runs(context)
            with database.connect(self.data_dir / "warehouse" / "warehouse.duckdb") as connection:
                self._connection = connection
                yield self
        finally:
            lock.release()

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
    def checked(self) -> Checked:
        """What has been checked in this run, to ask and to add to."""
        return self._checked

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


def _bury_dead_runs(context: dg.InitResourceContext) -> None:
    """Tell Dagster that runs which seem to go on have ended: who holds the lock is the only one.

    A process that was killed cannot say so itself, and its run would be shown as going on for ever.
    """
    if context.instance is None or context.run is None:
        return
    going_on = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    for run in context.instance.get_runs(going_on):
        if run.run_id != context.run.run_id:
            context.instance.report_run_failed(run, "Its process was killed, or its machine.")
