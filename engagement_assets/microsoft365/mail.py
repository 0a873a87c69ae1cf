"""Messages of one person's mailbox, and the folders that they lie in."""

from urllib.parse import quote

from engagement_assets.microsoft365 import slices
from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.paging import Page, Query, read_all
from engagement_assets.microsoft365.retry_budget import RetryBudget
from engagement_assets.microsoft365.shape import keeper, selected
from engagement_assets.microsoft365.slices import Slice

MESSAGE_FIELDS = selected("message")
FOLDER_FIELDS = "id,childFolderCount"

# an id that stays when the item moves, so that the later version replaces the earlier one
HEADERS = {"Prefer": 'IdType="ImmutableId"'}

# Display names are in the user's language and no property tells which folder is which; these
# names work in paths, in any language.
EXCLUDED = ("drafts", "junkemail", "conversationhistory")

# Hidden, so that it is in no list; Exchange once put mail there that it took for unimportant.
# What lies there is mail like any other (numbers 2).
HIDDEN_MAIL = ("clutter",)

# names that a data centre may not know, which it says as of an id that is none
_MAY_BE_UNKNOWN = ("conversationhistory", *HIDDEN_MAIL)

_SEARCH_FOLDER = "#microsoft.graph.mailsearchfolder"

kept = keeper("message")


def messages(user_id: str, stretch: Slice) -> Query:
    """Return the query for what was received in a stretch of time, over all folders.

    Graph wants a property that it sorts by to be the first one of the filter. Oldest first: what
    arrives meanwhile comes behind, and moves nothing between pages.
    """
    return Query(
        f"/users/{user_id}/messages",
        {
            "$filter": f"receivedDateTime ge {slices.text(stretch.start)}"
            f" and receivedDateTime lt {slices.text(stretch.end)}",
            "$orderby": "receivedDateTime asc",
            "$select": MESSAGE_FIELDS,
        },
        HEADERS,
    )


class Folders:
    """The folders of a mailbox.

    Messages in a folder that the mailbox does not show are not mail, Clutter apart: the list of
    messages also has the compliance copies of Teams chats, and deleted items that wait for their
    purge.
    """

    def __init__(self, graph: Graph, user_id: str, retry_budget: RetryBudget) -> None:
        """Read the tree (see `Graph.get` for errors)."""
        self._graph = graph
        self._path = f"/users/{user_id}/mailFolders"
        self._retry_budget = retry_budget
        self._is_excluded: dict[str, bool] = {}
        self._is_fresh = False
        self._read()

    @property
    def excluded(self) -> tuple[str, ...]:
        """Ids of Drafts, Junk Email, Conversation History and all folders below them."""
        return tuple(sorted(id_ for id_, excluded in self._is_excluded.items() if excluded))

    def hold(self, folder_id: object) -> bool:
        """Tell whether a message in this folder is mail. One that names no folder is."""
        if not isinstance(folder_id, str) or folder_id in self._is_excluded:
            return True
        if not self._is_fresh:  # perhaps it was made after the tree was read; once is enough
            self._is_fresh = True
            self._read()
        return folder_id in self._is_excluded

    def _read(self) -> None:
        # first, because it is this list that tells whether there is a mailbox at all
        shown = self._list(self._path)
        for name in EXCLUDED:
            self._add(self._named(name), excluded=True)
        for name in HIDDEN_MAIL:
            self._add(self._named(name), excluded=False)
        self._add(shown, excluded=False)

    def _add(self, folders: Page, *, excluded: bool) -> None:
        waiting = list(folders)
        seen: set[str] = set()
        while waiting:
            folder = waiting.pop()
            id_ = folder.get("id")
            is_search = str(folder.get("@odata.type", "")).lower() == _SEARCH_FOLDER
            if not isinstance(id_, str) or is_search or id_ in seen:
                continue
            if not excluded and self._is_excluded.get(id_):
                continue  # what is excluded is in the list of all folders too
            seen.add(id_)
            self._is_excluded[id_] = excluded
            if folder.get("childFolderCount") != 0:
                waiting += self._list(f"{self._path}/{quote(id_, safe='')}/childFolders")

    def _named(self, name: str) -> Page:
        query = {"$select": FOLDER_FIELDS}
        try:
            path = f"{self._path}/{name}"
            return [self._graph.get(path, query, retry_budget=self._retry_budget, headers=HEADERS)]
        except GraphError as error:
            is_unknown = error.status == 400 and name in _MAY_BE_UNKNOWN
            if error.status == 404 or is_unknown:
                return []  # a mailbox without that folder, whichever code says so
            raise

    def _list(self, path: str) -> Page:
        is_top = path == self._path
        try:
            return read_all(
                self._graph, Query(path, {"$select": FOLDER_FIELDS}, HEADERS), self._retry_budget
            )
        except GraphError as error:
            if not is_top and error.says_not_there:
                return []  # removed since its parent was listed
            raise
