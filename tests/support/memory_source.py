"""An activity source in memory, for tests in which files and services are not the subject."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from engagement_assets.activity.source import (
    ActivityFile,
    BrokenFileError,
    Kind,
    Mailbox,
    Resolution,
    Resource,
    User,
)
from engagement_assets.window import Window

# per user id and kind, Graph resources; what is not a mapping is a line that cannot be read
Lines = Mapping[str, Mapping[Kind, Sequence[object]]]


class MemorySource:
    """Users and the lines of their mailboxes, held until they are landed or erased."""

    def __init__(
        self,
        users: Iterable[User],
        lines: Lines,
        *,
        groups: Mapping[str, Sequence[str]] | None = None,
        domains: Iterable[str] = (),
        excluded_folders: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Make one.

        Args:
            users: the directory.
            lines: the mailboxes; who is not in it has none.
            groups: per address the ids of the users behind it.
            domains: the organisation's.
            excluded_folders: per user id, ids of the folders left out.
        """
        self._users = {user.id: user for user in users}
        self._groups = dict(groups or {})
        self._domains = frozenset(domains)
        self._excluded = dict(excluded_folders or {})
        # of which mailboxes there are files, and what is still held of them: two things, as the
        # files of a tenant are remembered when their lines are landed and deleted
        self._files: dict[str, tuple[ActivityFile, ...]] = {}
        self.held: dict[str, Mapping[Kind, Sequence[object]]] = {}
        for user_id, kinds in lines.items():
            self.put(user_id, kinds)

    def put(self, user_id: str, kinds: Mapping[Kind, Sequence[object]]) -> None:
        """Give somebody a mailbox, in place of another."""
        before = {file.kind: file.modified_ns for file in self._files.get(user_id, ())}
        self._files[user_id] = tuple(
            ActivityFile(
                kind,
                f"{user_id}/{kind}s",
                Path(user_id, kind),
                len(found),
                before.get(kind, 0) + 1,
            )
            for kind, found in kinds.items()
        )
        self.held[user_id] = dict(kinds)

    def organisation_domains(self) -> frozenset[str] | None:
        """Return the domains."""
        return self._domains

    def resolve(self, address: str) -> tuple[User, ...]:
        """Return the users behind an address, by user id."""
        ids = {user.id for user in self._users.values() if address in user.addresses}
        ids.update(self._groups.get(address, ()))
        return tuple(self._users[user_id] for user_id in sorted(ids))

    def resolution(self, address: str) -> Resolution:
        """Return the users behind an address, and why there is nobody."""
        users = self.resolve(address)
        return Resolution(address, users, None if users else "Nobody has this address.", {})

    def reading(
        self,
        user_ids: Sequence[str],
        window: Window,
        is_landed: Callable[[str, ActivityFile], bool],
    ) -> AbstractContextManager[None]:
        """Return a context: there is nothing to prepare."""
        return nullcontext()

    def landed(self, user_ids: Iterable[str]) -> None:
        """Let the lines go."""
        for user_id in user_ids:
            self.held.pop(user_id, None)

    def erase(self, user_ids: Iterable[str]) -> None:
        """Let the lines go, and that there were any."""
        for user_id in user_ids:
            self.held.pop(user_id, None)
            self._files.pop(user_id, None)

    def mailbox(self, user_id: str) -> Mailbox | None:
        """Return a person's mailbox."""
        if user_id not in self._files:
            return None
        return Mailbox(user_id, self._files[user_id], tuple(self._excluded.get(user_id, ())))

    def lines(self, file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        """Yield the lines; who asks for what was landed asks once too often."""
        user_id = file.name.partition("/")[0]
        for number, line in enumerate(self.held[user_id][file.kind], start=1):
            if not isinstance(line, Mapping):
                raise BrokenFileError(file.name, number, "not a JSON object")
            yield number, line
