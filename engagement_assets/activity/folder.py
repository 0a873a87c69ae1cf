"""The activity folder (docs/configuration.md): Graph resources as JSON lines, exported."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NoReturn

from engagement_assets import addresses
from engagement_assets.activity import folder_mailbox
from engagement_assets.activity import resource as of_graph
from engagement_assets.activity.folder_mailbox import in_order
from engagement_assets.activity.ndjson import (
    ENDINGS,
    is_named_so,
    is_page,
    json_file,
    json_lines,
)
from engagement_assets.activity.source import (
    ActivityFile,
    BrokenFileError,
    Mailbox,
    Resolution,
    Resource,
    User,
)
from engagement_assets.errors import SourceError
from engagement_assets.window import Window

_ORGANISATION = "organization.json"
_NO_ORGANISATION = "not an organization resource"
_ORGANISATION_REMEDY = (
    "It needs verifiedDomains, a list of objects that have a name; of a page, its only entry does."
)


class FolderSource:
    """An activity folder. Names of files and folders in it compare without case.

    Raises:
        SourceError: when its users or groups cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mailboxes: Mapping[str, Sequence[Path]] | None = None
        self._users: dict[str, User] = {}
        self._by_address: dict[str, list[str]] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        for resource in self._resources("users", required=True):
            user = of_graph.user(resource)
            self._users[user.id] = user  # who occurs twice is the later line
        for user in self._users.values():
            self._name(user.id, user.addresses)
        groups = {
            of_graph.object_id(resource.get("id")): resource
            for resource in self._resources("groups", required=False)
        }
        for group_id, resource in groups.items():
            self._members[group_id] = of_graph.member_ids(resource.get("members"))
            self._name(group_id, addresses.normalise_all(of_graph.mail_addresses(resource)))

    def organisation_domains(self) -> frozenset[str]:
        """Return the verified domains of `organization.json`."""
        found = [path for path in self._entries() if path.name.lower() == _ORGANISATION]
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            self._refuse(f"{names}: which of them is the organization cannot be told")
        path = found[0] if found else self._folder / _ORGANISATION
        try:
            content = json_file(path, path.name, _NO_ORGANISATION)
        except BrokenFileError as error:
            self._refuse(str(error), _ORGANISATION_REMEDY)
        verified = _verified_domains(content)
        if verified is None:
            self._refuse(f"{path.name}, line 1: {_NO_ORGANISATION}", _ORGANISATION_REMEDY)
        return frozenset(filter(None, map(addresses.normalise_domain, verified)))

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
        is_landed: Callable[[str, ActivityFile], bool],  # noqa: ARG002 - nothing is fetched that could be spared
    ) -> AbstractContextManager[None]:
        """Look anew which mailboxes there are; nothing else is to be prepared."""
        self._mailboxes = self._find_mailboxes()
        return nullcontext()

    def landed(self, user_ids: Iterable[str]) -> None:
        """Do nothing: the folder is somebody else's."""

    def erase(self, user_ids: Iterable[str]) -> None:
        """Do nothing: the folder is somebody else's."""

    def mailbox(self, user_id: str) -> Mailbox | None:
        """Return the files below `mailboxes/<user id>`; None without such a folder."""
        if self._mailboxes is None:
            self._mailboxes = self._find_mailboxes()
        folders = self._mailboxes.get(user_id.lower())
        return folder_mailbox.read(self._folder, user_id, folders) if folders else None

    def lines(self, file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        """Yield the file's resources (see `ActivitySource.lines`)."""
        return json_lines(file.path, file.name)

    def _name(self, object_id: str, its_addresses: Iterable[str]) -> None:
        for address in its_addresses:
            self._by_address.setdefault(address, []).append(object_id)

    def _entries(self) -> list[Path]:
        try:
            return in_order(self._folder.iterdir())
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror}", where=self._folder) from error

    def _find_mailboxes(self) -> dict[str, list[Path]]:
        """Return the folders of each mailbox by user id: several when they differ in case only."""
        found: dict[str, list[Path]] = {}
        for folder in self._entries():
            if folder.name.lower() != "mailboxes":
                continue
            try:
                with os.scandir(folder) as entries:
                    # a link to nowhere is a mailbox that cannot be read, not one that is missing
                    there = [Path(entry) for entry in entries if not entry.is_file()]
            except OSError as error:
                raise SourceError(f"it cannot be read: {error.strerror}", where=folder) from error
            for path in there:
                found.setdefault(path.name.lower(), []).append(path)
        return found

    def _resources(self, stem: str, *, required: bool) -> Iterator[dict[str, Any]]:
        """Yield the users or groups that have an id, in the order of files and lines."""
        named = [path for path in self._entries() if path.name.lower().split(".")[0] == stem]
        paths = [path for path in named if is_named_so(path.name)]
        if not paths and (required or named):
            self._miss(stem, named)
        first, has_id = "", False
        try:
            for path in paths:
                for number, resource in json_lines(path, path.name):
                    first = first or f"{path.name}, line {number}"
                    if of_graph.object_id(resource.get("id")):
                        has_id = True
                        yield resource
        except BrokenFileError as error:
            self._refuse(str(error), f"Export the {stem} again.")
        if first and not has_id:
            self._refuse(
                f"{first}: no line of the {stem} has an id. Names of fields are matched as Graph "
                "writes them, case included: id, not Id"
            )

    def _miss(self, stem: str, named: Sequence[Path]) -> NoReturn:
        """Raise that there are no users, or users or groups under a name that is not read."""
        if named:
            raise SourceError(
                f"the name has none of the endings {', '.join(ENDINGS)}, so it is not read",
                where=named[0],
                remedy=f"Export the {stem} as JSON, one resource per line.",
            )
        raise SourceError(
            "it is missing",
            where=self._folder / f"{stem}.ndjson",
            remedy=f"An activity folder names its {stem} there.",
        )

    def _refuse(self, problem: str, remedy: str | None = None) -> NoReturn:
        raise SourceError(problem, where=self._folder, remedy=remedy) from None


def _verified_domains(content: Any) -> list[str] | None:
    """Return the domains of an organization, or of a page of one; None when it is neither."""
    if isinstance(content, dict) and is_page(content):
        # what Graph answers to /organization: a list of one
        page = content.get("value", [])
        content = page[0] if len(page) == 1 else None
    domains = content.get("verifiedDomains") if isinstance(content, dict) else None
    if not isinstance(domains, list):
        return None
    names = [of_graph.text(each.get("name")) for each in domains if isinstance(each, dict)]
    known = [name for name in names if name is not None]
    return known if len(known) == len(domains) else None
