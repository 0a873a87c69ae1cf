"""Graph's limits: per mailbox (Exchange) and per application (directory).

All of it runs in the server's event loop, so nothing here needs a lock.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from simulator.replies import GraphError


@dataclass(frozen=True)
class Limits:
    """How much is allowed; the defaults are Graph's.

    Args:
        concurrent: requests to one mailbox at the same time.
        concurrent_in_all: requests to all mailboxes together at the same time, as one version of
            Microsoft's page has it; 0 sets no limit.
        mailbox_requests: requests to one mailbox in ten minutes.
        directory_units: resource units of the directory in ten seconds.
        retry_after: what `Retry-After` says.
    """

    concurrent: int = 4
    concurrent_in_all: int = 0
    mailbox_requests: int = 10_000
    directory_units: int = 8_000
    retry_after: str = "1"


_MAILBOX_SECONDS = 600
_DIRECTORY_SECONDS = 10
_NEARLY = 0.8  # from here on Graph says how near the limit is


class Throttle:
    """Counts what is going on."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._in_flight: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._units = 0
        self._window = self._ten_seconds = 0
        self.most_in_flight: Counter[str] = Counter()
        """By user id, the most requests that were under way at once."""

    @contextmanager
    def mailbox(self, user_id: str) -> Iterator[None]:
        """A request to a mailbox, while it lasts.

        Raises:
            GraphError: 429, when there are too many; such a request counts as well.
        """
        window = int(time.monotonic()) // _MAILBOX_SECONDS
        if window != self._window:
            self._window = window
            self._requests.clear()
        self._requests[user_id] += 1
        self._in_flight[user_id] += 1
        self.most_in_flight[user_id] = max(self.most_in_flight[user_id], self._in_flight[user_id])
        try:
            everywhere = self._in_flight.total()
            too_many = 0 < self._limits.concurrent_in_all < everywhere
            if too_many or self._in_flight[user_id] > self._limits.concurrent:
                raise self._too_many("Application is over its MailboxConcurrency limit.")
            if self._requests[user_id] > self._limits.mailbox_requests:
                raise self._too_many("Application is over its request limit.")
            yield
        finally:
            self._in_flight[user_id] -= 1

    def directory(self, cost: int) -> dict[str, str]:
        """The headers of a request to the directory that costs so many units.

        Raises:
            GraphError: 429, when the units are used up.
        """
        ten_seconds = int(time.monotonic()) // _DIRECTORY_SECONDS
        if ten_seconds != self._ten_seconds:
            self._ten_seconds, self._units = ten_seconds, 0
        self._units += cost
        headers = {"x-ms-resource-unit": str(cost)}
        share = self._units / self._limits.directory_units
        if share > _NEARLY:
            headers["x-ms-throttle-limit-percentage"] = f"{min(share, 1.8):.2f}"
        if share > 1:
            headers["x-ms-throttle-scope"] = "Tenant_Application/ReadWrite"
            headers["x-ms-throttle-information"] = "ResourceUnitLimitExceeded"
            headers["Retry-After"] = self._limits.retry_after
            raise GraphError(429, "TooManyRequests", "Too many requests.", headers)
        return headers

    def _too_many(self, message: str) -> GraphError:
        headers = {"Retry-After": self._limits.retry_after} if self._limits.retry_after else {}
        return GraphError(429, "ApplicationThrottled", message, headers)


def directory_cost(base: int, *, selected: bool, few: bool) -> int:
    """What a request costs: less with `$select`, less for a small page, never nothing."""
    return max(1, base - selected - few)
