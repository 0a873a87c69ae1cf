"""The folder tree of a simulated mailbox: well-known folders, named in the owner's language.

Belongs here: names and nesting. The ids come from whoever knows the mailbox.
"""

from collections.abc import Callable
from zlib import crc32

from simulator.graph_shape import Folder
from simulator.tenant import MailFolder

ROOT = "msgfolderroot"

CLUTTER = "clutter"
"""A hidden folder that holds ordinary mail: Exchange took it for unimportant."""

CONVERSATIONS = "conversationhistory"
"""A folder with what was said in chats, each line as a message."""

TEAMS_FOLDER = f"{CONVERSATIONS}/teamschat"
"""A hidden folder in which copies of Teams chats lie; no list of folders shows it."""

# Display names follow the owner's language, so that nobody can find Drafts by its name.
_LANGUAGES: tuple[dict[str, str], ...] = (
    {},
    {
        "inbox": "Postvak IN",
        "drafts": "Concepten",
        "sentitems": "Verzonden items",
        "deleteditems": "Verwijderde items",
        "junkemail": "Ongewenste e-mail",
        "archive": "Archief",
        "outbox": "Postvak UIT",
    },
    {
        "inbox": "Posteingang",
        "drafts": "Entwürfe",
        "sentitems": "Gesendete Elemente",
        "deleteditems": "Gelöschte Elemente",
        "junkemail": "Junk-E-Mail",
        "archive": "Archiv",
        "outbox": "Postausgang",
    },
    {
        "inbox": "受信トレイ",
        "drafts": "下書き",
        "sentitems": "送信済みアイテム",
        "deleteditems": "削除済みアイテム",
        "junkemail": "迷惑メール",
        "archive": "アーカイブ",
        "outbox": "送信トレイ",
    },
)
_ENGLISH = {
    "inbox": "Inbox",
    "drafts": "Drafts",
    "sentitems": "Sent Items",
    "deleteditems": "Deleted Items",
    "junkemail": "Junk Email",
    "archive": "Archive",
    "outbox": "Outbox",
    CONVERSATIONS: "Conversation History",
    CLUTTER: "Clutter",
    "searchfolders": "Finder",
    "recoverableitemsdeletions": "Deletions",
}

_TREE = (
    # (key, parent key, hidden, search folder); a key is a well-known name, or parent/name
    (Folder.INBOX, ROOT, False, False),
    (Folder.DRAFTS, ROOT, False, False),
    (Folder.SENT, ROOT, False, False),
    (Folder.DELETED, ROOT, False, False),
    (Folder.JUNK, ROOT, False, False),
    (Folder.ARCHIVE, ROOT, False, False),
    ("outbox", ROOT, False, False),
    (CLUTTER, ROOT, True, False),
    (CONVERSATIONS, ROOT, False, False),
    (f"{CONVERSATIONS}/old", CONVERSATIONS, False, False),
    ("All unread", ROOT, False, True),
    (Folder.CUSTOMERS, Folder.INBOX, False, False),
    (Folder.UNFINISHED, Folder.DRAFTS, False, False),
    ("drafts/unfinished/old", Folder.UNFINISHED, False, False),
    ("junkemail/reported", Folder.JUNK, False, False),
    ("junkemail/reported/phishing", "junkemail/reported", False, False),
)


def display_name(well_known: str, owner: str) -> str:
    """How a well-known folder is called in the mailbox of this owner."""
    language = _LANGUAGES[crc32(owner.encode()) % len(_LANGUAGES)]
    return language.get(well_known) or _ENGLISH.get(well_known, well_known)


def usual_folders(owner: str, id_of: Callable[[str], str]) -> tuple[MailFolder, ...]:
    """The folders of a generated mailbox, parents first."""
    folders = []
    for key, parent, hidden, search in _TREE:
        well_known = "" if "/" in key or search else str(key)
        name = display_name(well_known, owner) if well_known else key.rpartition("/")[2]
        folders.append(
            MailFolder(id_of(key), name, id_of(parent), well_known, hidden=hidden, search=search)
        )
    return tuple(folders)
