"""What an activity source offers, whichever it is: Microsoft 365 or a folder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from engagement_assets import addresses

Kind = Literal["message", "event"]

# All that is ever asked for and kept (contract 7); whatever else a line holds ends where it is read
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "message": (
        "@odata.type",
        "@removed",
        "id",
        "internetMessageId",
        "conversationId",
        "parentFolderId",
        "sentDateTime",
        "lastModifiedDateTime",
        "isDraft",
        "from",
        "sender",
        "toRecipients",
        "ccRecipients",
        "bccRecipients",
    ),
    "event": (
        "@removed",
        "id",
        "iCalUId",
        "type",
        "isCancelled",
        "isOrganizer",
        "isAllDay",
        "lastModifiedDateTime",
        "start",
        "end",
        "organizer",
        "attendees",
        "responseStatus",
    ),
}

Resource = Mapping[str, object]


@dataclass(frozen=True)
class User:
    """A user of the tenant.

    Attributes:
        id: Entra object id.
        addresses: all valid addresses, normalised, the primary one first (contract 7,
            Office_UserEntity).
    """

    id: str
    addresses: tuple[str, ...]

    @classmethod
    def of(
        cls,
        user_id: str,
        mail: str | None,
        user_principal_name: str | None,
        proxy_addresses: tuple[str, ...],
    ) -> "User":
        """Make a user of the fields of a Graph user resource."""
        primary = [proxy for proxy in proxy_addresses if proxy.strip().startswith("SMTP:")]
        ordered = (*primary, mail, user_principal_name, *proxy_addresses)
        return cls(user_id, addresses.normalise_all(ordered))


@dataclass(frozen=True)
class ActivityFile:
    """One file of a mailbox, as it is now.

    Attributes:
        kind: message or event resources.
        name: path relative to the source, which identifies the file over runs.
        path: where it is.
        size: bytes.
        modified_ns: time of the last change, nanoseconds.
    """

    kind: Kind
    name: str
    path: Path
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Mailbox:
    """The activity of one person: files in the order of names, and the folders left out."""

    user_id: str
    files: tuple[ActivityFile, ...]
    excluded_folders: tuple[str, ...]


class BrokenFileError(Exception):
    """A file of a mailbox that cannot be read to its end; fails the mailbox, not the run."""

    def __init__(self, name: str, line: int, problem: str) -> None:
        super().__init__(f"{name}, line {line}: {problem}")


class ActivitySource(Protocol):
    """Where activity comes from."""

    def organisation_domains(self) -> frozenset[str]:
        """Return the verified domains of the tenant, normalised."""

    def resolve(self, address: str) -> tuple[User, ...]:
        """Return the users behind a user's or (nested) group's address; none when unknown."""

    def mailbox(self, user_id: str) -> Mailbox | None:
        """Return a person's mailbox; None when there is none.

        Raises:
            BrokenFileError: when what describes the mailbox cannot be read.
        """

    def lines(self, file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        """Yield the number and the JSON object of every line that is not blank.

        Raises:
            BrokenFileError: at the first line that is no JSON object.
        """
