"""What an activity source offers, whatever its kind."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, get_args

from engagement_assets import addresses
from engagement_assets.activity import proxies
from engagement_assets.vocabulary import MailboxStatus
from engagement_assets.window import Window

Kind = Literal["message", "event"]
KINDS: frozenset[Kind] = frozenset(get_args(Kind))

# All that is ever asked for and kept (docs/privacy.md); the rest of a line ends where it is read
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
        id: Entra object id, in lower case: ids compare without case (numbers 1).
        addresses: all valid addresses, normalised, the primary one first (numbers 7,
            Office_UserEntity), X.500 names last.
        is_guest: whether another organisation's mailbox belongs to the person (numbers 1).
        domains: of `mail` and the principal name.
    """

    id: str
    addresses: tuple[str, ...]
    is_guest: bool = False
    domains: frozenset[str] = field(default=frozenset(), compare=False)

    @classmethod
    def of(
        cls,
        user_id: str,
        mail: str | None,
        user_principal_name: str | None,
        proxy_addresses: tuple[str, ...],
        *,
        is_guest: bool = False,
    ) -> "User":
        """Make a user of the fields of a Graph user resource."""
        primary = filter(proxies.is_primary, proxy_addresses)
        ordered = (
            *map(proxies.address, primary),
            *(mail, user_principal_name),
            *map(proxies.address, proxy_addresses),
        )
        # what is published of a person is the first one, which should be one that people know
        known_first = sorted(addresses.normalise_all(ordered), key=addresses.is_x500)
        named = addresses.normalise_all((mail, user_principal_name))
        domains = frozenset(filter(None, map(addresses.domain_of, named)))
        return cls(user_id.lower(), tuple(known_first), is_guest, domains)


@dataclass(frozen=True)
class Resolution:
    """What became of one listed address.

    Attributes:
        address: as listed, normalised.
        users: whom it stands for, by user id.
        reason: why there is nobody, or more than one would expect; None when all is plain.
        notes: per user id, what may keep a mailbox from being read: a guest, a disabled account.
    """

    address: str
    users: tuple[User, ...]
    reason: str | None
    notes: Mapping[str, str]


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
    """What a source has of one person in this run.

    Of a kind that could not be read this time a source hands on nothing: what counts then is what
    the last whole read found, and the store knows that (numbers 8).

    Attributes:
        user_id: the owner.
        files: all files of the kinds that were read whole, in the order of names.
        excluded_folders: ids of the folders left out, as far as they are known.
        status: what became of the mailbox in this run (numbers 7, Office_Mailbox).
        reason: why it was not read, or not all of it.
        covered: the stretch that was read; None for the whole window.
        read: the kinds that were read whole.
    """

    user_id: str
    files: tuple[ActivityFile, ...] = ()
    excluded_folders: tuple[str, ...] = ()
    status: MailboxStatus = "processed"
    reason: str | None = None
    covered: tuple[datetime, datetime] | None = None
    read: frozenset[Kind] = KINDS


class BrokenFileError(Exception):
    """A file of a mailbox that cannot be read to its end; fails the mailbox, not the run."""

    def __init__(self, name: str, line: int, problem: str) -> None:
        super().__init__(f"{name}, line {line}: {problem}")


class ActivitySource(Protocol):
    """Where activity comes from."""

    def organisation_domains(self) -> frozenset[str] | None:
        """Return the verified domains of the tenant, normalised; None when it does not tell."""

    def resolve(self, address: str) -> tuple[User, ...]:
        """Return the users behind a user's or (nested) group's address; none when unknown."""

    def resolution(self, address: str) -> Resolution:
        """Return what `resolve` does, with what people should know about the address and them."""

    def reading(
        self,
        user_ids: Sequence[str],
        window: Window,
        is_landed: Callable[[str, ActivityFile], bool],
    ) -> AbstractContextManager[None]:
        """Return the context in which `mailbox`, `lines` and `landed` are called.

        Args:
            user_ids: whose mailboxes will be asked for, in this order.
            window: what they have to cover.
            is_landed: tells whether a file's lines are kept already; asked from other threads.
        """

    def landed(self, user_ids: Iterable[str]) -> None:
        """Hear that the lines of these mailboxes are kept: their files are needed no longer."""

    def erase(self, user_ids: Iterable[str]) -> None:
        """Keep nothing of these users (they opted out)."""

    def mailbox(self, user_id: str) -> Mailbox | None:
        """Return a person's mailbox; None when there is none.

        What cannot be read is no error: the mailbox's status, reason and `read` say so.

        Raises:
            BrokenFileError: when what describes the mailbox cannot be read; it is `failed` then.
        """

    def lines(self, file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        """Yield the number and the JSON object of every line that is not blank.

        Raises:
            BrokenFileError: at the first line that is not a JSON object.
        """
