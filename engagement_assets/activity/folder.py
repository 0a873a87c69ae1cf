"""The activity folder (docs/configuration.md): Graph resources as JSON lines, exported."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import orjson

from engagement_assets import addresses
from engagement_assets.activity import resource as of_graph
from engagement_assets.activity.ndjson import ENDINGS, json_lines
from engagement_assets.activity.source import (
    ActivityFile,
    BrokenFileError,
    Kind,
    Mailbox,
    Resolution,
    Resource,
    User,
)
from engagement_assets.errors import SourceError
from engagement_assets.window import Window

_KINDS: Mapping[str, Kind] = {"messages": "message", "events": "event"}


class FolderSource:
    """An activity folder.

    Raises:
        SourceError: when organisation.json, users.ndjson or groups.ndjson cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._users: dict[str, User] = {}
        self._by_address: dict[str, list[str]] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        for resource in self._resources("users", required=True):
            user = of_graph.user(resource)
            if user.id:
                self._users[user.id] = user
        for user in self._users.values():
            for address in user.addresses:
                self._by_address.setdefault(address, []).append(user.id)
        for resource in self._resources("groups", required=False):
            group_id = of_graph.text(resource.get("id"))
            if not group_id:
                continue
            self._members[group_id] = of_graph.texts(resource.get("members"))
            for address in addresses.normalise_all(of_graph.mail_addresses(resource)):
                self._by_address.setdefault(address, []).append(group_id)

    def organisation_domains(self) -> frozenset[str]:
        """Return the verified domains of `organization.json`."""
        file = self._folder / "organization.json"
        try:
            organisation = orjson.loads(file.read_bytes())
            names = [domain["name"] for domain in organisation["verifiedDomains"]]
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror}", where=file) from error
        except (ValueError, LookupError, TypeError) as error:
            raise SourceError(
                "it is not an organization resource",
                where=file,
                remedy="It needs verifiedDomains, a list of objects that have a name.",
            ) from error
        domains = (addresses.normalise_domain(name) for name in names if isinstance(name, str))
        return frozenset(domain for domain in domains if domain)

    def resolve(self, address: str) -> tuple[User, ...]:
        """Return the users behind a user's or group's address, nested groups and cycles included.

        Members that are neither users nor groups are ignored (numbers 1).
        """
        found: dict[str, User] = {}
        seen: set[str] = set()
        waiting = list(self._by_address.get(address, ()))
        while waiting:
            member = waiting.pop()
            if member in seen:
                continue
            seen.add(member)
            if member in self._users:
                found[member] = self._users[member]
            waiting.extend(self._members.get(member, ()))
        return tuple(found[user_id] for user_id in sorted(found))

    def resolution(self, address: str) -> Resolution:
        """Return the users behind an address, and why there is nobody."""
        users = self.resolve(address)
        reason = None if users else "No user, and no group with members, has this address."
        return Resolution(address, users, reason, {})

    def reading(
        self,
        user_ids: Sequence[str],  # noqa: ARG002 - the files lie there: nothing is fetched ahead
        window: Window,  # noqa: ARG002 - files are read whole; the models cut the window out
        is_landed: Callable[[str, ActivityFile], bool],  # noqa: ARG002 - as for user_ids
    ) -> AbstractContextManager[None]:
        """Return a context: there is nothing to prepare."""
        return nullcontext()

    def landed(self, user_ids: Iterable[str]) -> None:
        """Do nothing: the folder is somebody else's."""

    def erase(self, user_ids: Iterable[str]) -> None:
        """Do nothing: the folder is somebody else's."""

    def mailbox(self, user_id: str) -> Mailbox | None:
        """Return the files below `mailboxes/<user id>`; None without such a folder."""
        folder = self._folder / "mailboxes" / user_id
        is_name = folder.name == user_id and user_id != ".."
        if not is_name or not folder.is_dir():
            return None  # an id that cannot be a folder's name has none
        files = []
        for path in sorted(folder.iterdir()):
            kind = next((k for prefix, k in _KINDS.items() if path.name.startswith(prefix)), None)
            if kind and path.name.endswith(ENDINGS):
                name = str(path.relative_to(self._folder))
                try:
                    status = path.stat()
                except OSError as error:
                    raise BrokenFileError(name, 1, f"cannot be read ({error.strerror})") from error
                files.append(ActivityFile(kind, name, path, status.st_size, status.st_mtime_ns))
        return Mailbox(user_id, tuple(files), self._excluded_folders(folder))

    def lines(self, file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        """Yield the file's resources (see `ActivitySource.lines`)."""
        return json_lines(file.path, file.name)

    def _excluded_folders(self, folder: Path) -> tuple[str, ...]:
        file = folder / "excluded_folders.json"
        if not file.exists():
            return ()
        try:
            content = orjson.loads(file.read_bytes())
        except (OSError, ValueError):
            content = None
        if not isinstance(content, list) or not all(isinstance(item, str) for item in content):
            name = str(file.relative_to(self._folder))
            raise BrokenFileError(name, 1, "not a JSON array of folder ids")
        return tuple(dict.fromkeys(content))

    def _resources(self, stem: str, *, required: bool) -> Iterator[dict[str, Any]]:
        paths = [self._folder / (stem + ending) for ending in ENDINGS]
        present = [path for path in paths if path.exists()]
        if required and not present:
            raise SourceError(
                "it is missing",
                where=paths[0],
                remedy=f"An activity folder names its {stem} there.",
            )
        for path in present:
            try:
                for _, resource in json_lines(path, path.name):
                    yield resource
            except BrokenFileError as error:
                raise SourceError(
                    str(error), where=self._folder, remedy=f"Export the {stem} again."
                ) from error
