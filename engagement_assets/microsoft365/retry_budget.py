"""How long to wait and how often to ask again, each limit with its reason."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# enough that backoff alone spans six minutes: longer than a gateway's restart, shorter than the
# ten minutes of Exchange's throttling window, for which the service itself names the wait
ATTEMPTS = 10

# doubles from here ...
FIRST_WAIT = 2.0
# ... up to here: a minute more or less does not matter beside the limits below
LONGEST_BACKOFF = 60.0

# three of Exchange's ten-minute windows; who is still refused then is better asked next week
WAIT_PER_MAILBOX = 30 * 60.0

# the directory counts in windows of ten seconds; it is needed before anything can begin
WAIT_PER_DIRECTORY = 10 * 60.0

# all mailboxes together. With eight workers an outage of the whole service stops the run after
# three hours; while single mailboxes are throttled it is never reached.
WAIT_PER_RUN = 24 * 3600.0

# a run that starts in the evening has ended the next afternoon, well before the next one; the
# mailboxes that were not reached are `pending` and come in that one
TIME_PER_RUN = 20 * 3600.0


class RunBudgetSpentError(Exception):
    """The run has used up its time; mailboxes that are not complete stay pending."""


class RunStoppedError(Exception):
    """The run ends early: somebody else's failure, or an interruption."""


@dataclass
class Clock:
    """Time, so that tests need none.

    Attributes:
        monotonic: seconds from any beginning.
        wait: waits for so many seconds, or until an event is set; tells whether it was.
    """

    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait


@dataclass
class RunBudget:
    """What one run may spend, over all of its threads.

    Attributes:
        clock: the time.
        time_left: seconds that it may last, counted from now.
        wait_left: seconds that its threads may wait in sum.
    """

    clock: Clock = field(default_factory=Clock)
    time_left: float = TIME_PER_RUN
    wait_left: float = WAIT_PER_RUN

    def __post_init__(self) -> None:
        self._deadline = self.clock.monotonic() + self.time_left
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Let every thread end at its next step, also one that waits."""
        self._stopped.set()

    def check(self) -> None:
        """Require that the run may go on.

        Raises:
            RunStoppedError: after `stop`.
            RunBudgetSpentError: when time or waiting is used up.
        """
        if self._stopped.is_set():
            raise RunStoppedError
        if self.clock.monotonic() >= self._deadline or self.wait_left <= 0:
            raise RunBudgetSpentError

    def wait(self, seconds: float) -> None:
        """Wait, and count it.

        Raises:
            RunBudgetSpentError: at once, when the wait would outlast the run.
            RunStoppedError: when the run ends meanwhile.
        """
        self.check()
        with self._lock:
            if self.clock.monotonic() + seconds >= self._deadline or seconds > self.wait_left:
                raise RunBudgetSpentError
            self.wait_left -= seconds
        if self.clock.wait(self._stopped, seconds):
            raise RunStoppedError


@dataclass
class RetryBudget:
    """What one mailbox, or the directory, may spend of its run.

    Attributes:
        run: the run.
        wait_left: seconds that may be waited.
    """

    run: RunBudget
    wait_left: float = WAIT_PER_MAILBOX

    def affords(self, seconds: float) -> bool:
        """Tell whether a wait fits into what is left."""
        return seconds <= self.wait_left

    def wait(self, seconds: float) -> None:
        """Wait, and count it (see `RunBudget.wait`)."""
        self.wait_left -= seconds
        self.run.wait(seconds)


def seconds_to_wait(attempt: int, asked: float | None) -> float:
    """Return how long to wait before the next attempt.

    The longer of what the service asked for and of the backoff: a service was seen to ask for
    one second again and again. Both with jitter, so that threads refused together do not come
    back together; what was asked for is never undercut.

    Args:
        attempt: how often the request was sent, from 1.
        asked: seconds that the answer asked for.
    """
    backoff = min(FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_BACKOFF) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter: nobody gains by guessing
    wanted = (asked or 0.0) * random.uniform(1.0, 1.1)  # noqa: S311 - jitter: nobody gains by guessing
    return max(backoff, wanted)
