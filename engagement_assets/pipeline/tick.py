"""What a sensor's or schedule's tick may find out about consent: little, and in bounded time.

It never opens the warehouse: a run may be writing there.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engagement_assets import config, consent
from engagement_assets.config import Configuration
from engagement_assets.consent import Consent
from engagement_assets.errors import EngagementError, SourceError
from engagement_assets.microsoft365.retry_budget import RetryBudget, RunBudget

# Dagster ends a tick after sixty seconds, as a failure that says nothing
SECONDS = 30.0


@dataclass(frozen=True)
class Seen:
    """What a tick saw.

    Attributes:
        configuration: as the file says now; files that it names may be missing.
        consent: whether data may be read.
    """

    configuration: Configuration
    consent: Consent


def look(config_file: Path, now: Callable[[], datetime], seconds: float = SECONDS) -> Seen:
    """Look at the configuration and at the consent.

    Args:
        config_file: the YAML file, read anew at every tick.
        now: the present moment, UTC.
        seconds: after which nobody waits for Microsoft 365 any longer.

    Raises:
        EngagementError: why that is not possible, in words for the Dagster UI.
    """
    configuration = config.load(config_file, files_must_exist=False)
    tenant = consent.tenant_of(configuration, lambda: RunBudget(time_left=seconds))

    def check() -> Consent:
        retry_budget = RetryBudget(RunBudget(time_left=seconds), seconds)
        return consent.look(configuration, tenant, retry_budget=retry_budget, now=now)

    return Seen(configuration, _within(seconds, check))


def _within(seconds: float, work: Callable[[], Consent]) -> Consent:
    """Return what the work returns, if it does so in time.

    A request that hangs cannot be ended from outside; its thread goes on, ends by the client's
    own timeouts, and does not keep the process from ending.
    """
    found: list[Consent | EngagementError] = []

    def run() -> None:
        try:
            found.append(work())
        except EngagementError as error:
            found.append(error)
        except Exception as error:  # noqa: BLE001 - its text may quote a request
            found.append(SourceError(f"Consent could not be checked ({type(error).__name__})."))

    thread = threading.Thread(target=run, name="consent", daemon=True)
    thread.start()
    thread.join(seconds)
    outcome = found[0] if found else SourceError(f"No answer within {seconds:g} seconds.")
    if isinstance(outcome, EngagementError):
        raise outcome
    return outcome
