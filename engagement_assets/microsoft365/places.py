"""How many mailboxes are asked at once: fewer after repeated refusals, slowly more again.

Exchange allows a few requests at once in one mailbox. One version of Microsoft's page says that
it counts them over all mailboxes of an app; under that reading whoever asks more mailboxes at once
is refused again and again. One request at a time goes to a mailbox, so that requests under way
are mailboxes at once.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)

# Mailboxes asked at once; Graph's limit for an app is a thousand times what this reaches.
WORKERS = 8

# so many refusals, of more than one mailbox, halve the number: one mailbox that is over a limit
# of its own says nothing about the others
REFUSALS = 3

# after so many answers in a row without one there is a place more
CALM = 100

_MAILBOX = re.compile(r"/users/([^/?]+)/", re.IGNORECASE)


class Places:
    """Places for requests to mailboxes. Threads share it."""

    def __init__(self, most: int = WORKERS) -> None:
        """Make as many places as mailboxes may be asked at once."""
        self._most = most
        self._open = most
        self._taken = 0
        self._refused: list[str] = []
        self._calm = 0
        self._changed = threading.Condition()

    @property
    def open(self) -> int:
        """How many mailboxes may be asked at once, for now."""
        return self._open

    @contextmanager
    def taken(self, url: str) -> Iterator[None]:
        """Hold a place while a request is under way; wait for one. Elsewhere none is needed."""
        if not _MAILBOX.search(url):
            yield
            return
        with self._changed:
            self._changed.wait_for(lambda: self._taken < self._open)
            self._taken += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify_all()

    def note(self, url: str, status: int) -> None:
        """Hear with which status a request was answered."""
        if found := _MAILBOX.search(url):
            with self._changed:
                if status == 429:
                    self._refuse(found[1].lower())
                else:
                    self._answer()

    def _refuse(self, mailbox: str) -> None:
        self._calm = 0
        self._refused.append(mailbox)
        if len(self._refused) < REFUSALS or len(set(self._refused)) == 1 or self._open == 1:
            return
        self._refused.clear()
        self._open //= 2
        _log.warning(
            "Microsoft 365 refuses that many requests at once: %d mailbox(es) at once from now on.",
            self._open,
        )

    def _answer(self) -> None:
        self._calm += 1
        if self._calm < CALM:
            return
        self._calm = 0
        self._refused.clear()
        if self._open < self._most:
            self._open += 1
            self._changed.notify_all()
            _log.info("Microsoft 365 answers: %d mailboxes at once again.", self._open)
