"""What a run may spend where no test wants to wait for it: as often as it likes, for moments."""

import threading

from engagement_assets.microsoft365.retry_budget import Clock, RunBudget

# of what the product would wait, and seconds at most
SHARE, MOST = 0.01, 0.1


def budget() -> RunBudget:
    """Return what one run may spend; all but the waiting itself is as in the product."""
    return RunBudget(clock=Clock(wait=_wait))


def _wait(stopped: threading.Event, seconds: float) -> bool:
    return stopped.wait(min(seconds * SHARE, MOST))
