"""What the simulator serves: a tenant's directory and its mailboxes.

Belongs here: the interface, which a generated organisation (`generated_tenant`) and an activity
folder (`folder_tenant`) offer alike. Does not: anything of HTTP.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from simulator.directory import Directory
from simulator.graph_shape import JsonObject

Position = tuple[int, ...]
"""Where an item stands in a list, so that reading can go on after it."""

Placed = tuple[Position, JsonObject]

NO_MAILBOX_CODES = (
    "MailboxNotEnabledForRESTAPI",
    "ResourceNotFound",
    "ErrorInvalidUser",
    "Request_ResourceNotFound",
)
"""In these ways Graph says that a user has no readable mailbox; which one depends on the data
centre, so clients must treat all the same."""


class NoMailboxError(Exception):
    """The user has no mailbox in the cloud. `code` is one of `NO_MAILBOX_CODES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BrokenMailboxError(Exception):
    """What the mailbox holds cannot be read."""


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder of a mailbox. `well_known`: its name in every language, or empty."""

    folder_id: str
    name: str
    parent_id: str
    well_known: str = ""
    hidden: bool = False
    search: bool = False
    """A search folder: it shows messages of other folders again."""


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """Which messages, at least: the moments, in microseconds, are both included, None is open.

    `order`: by which time the list is sorted; empty leaves it to the mailbox.
    """

    received: tuple[int | None, int | None] = (None, None)
    sent: tuple[int | None, int | None] = (None, None)
    order: Literal["", "receivedDateTime", "sentDateTime"] = ""
    newest_first: bool = False


class Mailbox(Protocol):
    """One user's mailbox and default calendar. `version` changes when its content does."""

    @property
    def version(self) -> object:
        """Something whose text tells this content from another."""

    def folders(self) -> tuple[MailFolder, ...]:
        """All folders but the root, parents first."""

    def messages(self, query: MessageQuery, after: Position | None) -> Iterator[Placed]:
        """The messages of all folders, each with `receivedDateTime`, after a position.

        It may give more than was asked for: the query is for reading less, not for filtering.
        """

    def events(self, low: int, high: int, after: Position | None) -> Iterator[Placed]:
        """The events that overlap low <= time < high (microseconds), by start."""


class Tenant(Protocol):
    """An organisation's directory and mailboxes."""

    def organization(self) -> JsonObject:
        """The organization resource; its id is the tenant's."""

    def directory(self) -> Directory:
        """The users and groups."""

    def mailbox(self, user_id: str) -> Mailbox:
        """A user's mailbox; raises `NoMailboxError` or `BrokenMailboxError`."""
