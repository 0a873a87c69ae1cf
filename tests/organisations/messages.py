"""From letters to message resources in mailboxes, which agree about them more or less."""

from datetime import timedelta

from .conversations import Conversation, make_conversation
from .correspondence import Letter, Post
from .dice import Dice, Json
from .moments import MICROSECOND, instant_text
from .odd import ODD_VALUES, half_a_pair, spoil
from .spelling import spell, spell_x500

EXCLUDED_FOLDERS = ("drafts", "junkemail", "junk-sub", "conversationhistory")
FOLDERS = ("inbox", "sentitems", "archive", "Drafts")
INVITATIONS = (
    "#microsoft.graph.eventMessage",
    "#microsoft.graph.eventMessageRequest",
    "#microsoft.graph.eventMessageResponse",
)
GARBAGE_TIMES = (
    "",
    "yesterday",
    "2024-13-01T10:00:00Z",
    "2023-02-30T10:00:00Z",
    "2024-03-01",
    "2024-03-01T10Z",
    "20240301T100000Z",
    "2024-03-01T10:00:00+01",
    "2024-03-01T10:00:00+01:60",
    " 2024-03-01T10:00:00Z",
    "2024-03-01_10:00:00Z",
    None,
)
INVALID_SENDERS = (
    "",
    "no address",
    "a@b@c.example",
    "a b@c.example",
    "<a@c.example> b",
    "X500:/o=ExchangeLabs/cn=x",
    "a@c.example;b@c.example",
    "\u200b",
)
WITHOUT_TEXT = (None, "", " ", "\t", "<>", "< >", " <>")

Mailboxes = dict[str, list[Json]]


def excluded_folders(dice: Dice) -> tuple[str, ...]:
    """Return the ids of the folders that do not count; a tenant knows that of chats by name."""
    return EXCLUDED_FOLDERS if dice.odd_forms else EXCLUDED_FOLDERS[:-1]


def recipient(dice: Dice, address: object) -> Json:
    """Return a recipient resource."""
    if isinstance(address, str) and address.startswith("/o="):
        address = spell_x500(dice, address)
    elif isinstance(address, str) and "@" in address and address not in INVALID_SENDERS:
        address = spell(dice, address)
    name = "Line\u2028break\u0085" if dice.chance(0.05) else "Somebody"
    return {"emailAddress": {"name": name, "address": address}}


def recipients(dice: Dice, addresses: list[str]) -> list[object]:
    """Return recipients, some of them unusable."""
    found: list[object] = [recipient(dice, address) for address in addresses]
    if dice.chance(0.03):
        found.append(dice.pick((None, {}, {"emailAddress": None}, recipient(dice, None))))
    if dice.chance(0.03):
        found.append(recipient(dice, dice.pick(INVALID_SENDERS)))
    return found


class Postman:
    """Puts copies of letters into mailboxes."""

    def __init__(self, post: Post, *, odd_types: bool) -> None:
        """Start with an empty mailbox for every user."""
        self.dice = post.dice
        self.post = post
        self.odd_types = odd_types
        self.mailboxes: Mailboxes = {user.user_id: [] for user in post.directory.users}
        # The mailbox's own GUID, which is in its conversation ids, is not the user's.
        self.guids = {user.user_id: post.dice.guid() for user in post.directory.users}
        self.ids: list[str] = []
        self.x500 = post.directory.x500_names()

    def known_as(self, address: str) -> str:
        """Return an address, or the X.500 name that Exchange has for it."""
        if address in self.x500 and self.dice.chance(0.04):
            return self.x500[address]
        return address

    def item_id(self) -> str:
        """Return a new item id, seldom one that differs from another by case only."""
        new_id = self.dice.token()
        if self.ids and self.dice.chance(0.03):
            twin = self.ids[-1][:4] + self.ids[-1][4:].swapcase()
            new_id = twin if twin not in self.ids else new_id
        self.ids.append(new_id)
        return new_id

    def message_id(self, letter: Letter) -> object:
        """Return an internetMessageId: mostly the letter's own."""
        kind = self.dice.rng.random()
        if kind < 0.05:
            return self.dice.pick(WITHOUT_TEXT)
        if kind < 0.10:
            return self.dice.padded(letter.message_id)
        if kind < 0.11:
            return letter.message_id.strip("<>")
        if kind < 0.12:
            return half_a_pair(self.dice, letter.message_id)
        return letter.message_id

    def sent(self, letter: Letter) -> object:
        """Return a sentDateTime, on which copies may disagree."""
        dice, time = self.dice, letter.time
        if dice.chance(0.02):
            return dice.pick(GARBAGE_TIMES if dice.odd_forms else GARBAGE_TIMES[:4])
        if dice.chance(0.06):
            apart = (MICROSECOND, timedelta(seconds=-1), timedelta(days=40), timedelta(days=-9))
            # Of a tenant only so much beyond the window is read as the window needs.
            time += dice.pick(apart if dice.odd_forms else apart[:2])
        return instant_text(dice, time)

    def conversation(self, letter: Letter, user_id: str) -> str | None:
        """Return a conversationId, on which copies may disagree."""
        dice, conversation = self.dice, letter.conversation
        if dice.chance(0.03):
            conversation = make_conversation(dice)
        elif dice.chance(0.03):
            conversation = dice.pick(self.post.letters).conversation
        elif dice.chance(0.03):
            conversation = Conversation("none", b"")
        return conversation.id_in(self.guids[user_id])

    def add_sender(self, message: Json, letter: Letter) -> None:
        """Write from and sender: absent or invalid, of a delegate, or of somebody else."""
        dice, address = self.dice, letter.sender
        if dice.chance(0.04):
            address = self.post.anybody()
        address = self.known_as(address)
        kind = dice.rng.random()
        message["from"] = recipient(dice, address)
        message["sender"] = recipient(dice, address)
        if kind < 0.05:
            message["sender"] = recipient(dice, self.post.anybody())
        elif kind < 0.08:
            del message["from"]
        elif kind < 0.11:
            message["from"] = recipient(dice, dice.pick(INVALID_SENDERS))
        elif kind < 0.13:
            message["from"] = dice.pick((None, {}, {"emailAddress": {}}))
        elif kind < 0.15:
            message["from"] = message["sender"] = recipient(dice, dice.pick(INVALID_SENDERS))
        elif kind < 0.17:
            del message["from"]
            del message["sender"]

    def add_recipients(self, message: Json, letter: Letter, *, is_senders: bool) -> None:
        """Write the recipients, on which copies may disagree; Bcc is in the sender's copy."""
        dice = self.dice
        to, cc = list(letter.to), list(letter.cc)
        if dice.chance(0.04):
            to = to[1:]
        if dice.chance(0.04):
            cc.append(self.post.anybody())
        to = [self.known_as(address) for address in to]
        message["toRecipients"] = recipients(dice, to)
        message["ccRecipients"] = recipients(dice, cc)
        if is_senders and letter.bcc:
            message["bccRecipients"] = recipients(dice, letter.bcc)
        elif dice.chance(0.3):
            message["bccRecipients"] = dice.pick(([], None))

    def add_modified(self, message: Json, letter: Letter) -> None:
        """Write when a copy was last modified: often at one moment of a few, or nobody knows."""
        dice = self.dice
        if not dice.odd_forms:
            # A tenant has no order of lines that could decide between two copies.
            modified = letter.time + timedelta(seconds=len(self.ids))
            message["lastModifiedDateTime"] = instant_text(dice, modified)
        elif dice.chance(0.5):
            modified = letter.time + dice.pick((timedelta(0), timedelta(0), MICROSECOND))
            message["lastModifiedDateTime"] = instant_text(dice, modified)
        elif dice.chance(0.05):
            message["lastModifiedDateTime"] = "0001-01-01T00:00:00Z"

    def copy(self, letter: Letter, user_id: str, *, is_senders: bool) -> Json:
        """Return one copy of a letter."""
        dice = self.dice
        message: Json = {
            "id": self.item_id(),
            "internetMessageId": self.message_id(letter),
            "sentDateTime": self.sent(letter),
            "isDraft": dice.chance(0.03),
            "parentFolderId": dice.pick(FOLDERS),
            "conversationId": self.conversation(letter, user_id),
            "importance": "normal",
        }
        if dice.chance(0.04):
            message["parentFolderId"] = dice.pick(excluded_folders(dice))
        for name in ("internetMessageId", "conversationId", "parentFolderId", "isDraft"):
            if message[name] in (None, False) and dice.chance(0.3):
                del message[name]
        kind = dice.rng.random()
        if kind < 0.04:
            message["@odata.type"] = dice.any_case(dice.pick(INVITATIONS))
        elif kind < 0.07:
            message["@odata.type"] = dice.pick(
                ("#microsoft.graph.message", "#microsoft.graph.calendarSharingMessage")
            )
        self.add_modified(message, letter)
        if dice.chance(0.02):
            message["bodyPreview"] = half_a_pair(dice, "see you ")
        self.add_sender(message, letter)
        self.add_recipients(message, letter, is_senders=is_senders)
        if self.odd_types and dice.chance(0.02):
            spoil(dice, message, ODD_VALUES)
        return message

    def deliver(self, letter: Letter) -> None:
        """Put copies into the mailboxes of those involved, and at times of somebody else."""
        dice = self.dice
        everybody = {letter.sender, *letter.to, *letter.cc, *letter.bcc}
        delivered = False
        for user in self.post.directory.users:
            is_involved = not everybody.isdisjoint(user.addresses)
            if not dice.chance(0.8 if is_involved else 0.03):
                continue
            delivered = True
            for _ in range(dice.pick((1, 1, 1, 1, 1, 1, 1, 2, 3))):
                is_senders = letter.sender in user.addresses
                self.mailboxes[user.user_id].append(
                    self.copy(letter, user.user_id, is_senders=is_senders)
                )
        if not delivered:
            user_id = dice.pick(list(self.mailboxes))
            self.mailboxes[user_id].append(self.copy(letter, user_id, is_senders=False))

    def add_removed(self) -> None:
        """Add notes that items are gone, as a delta query writes them."""
        for lines in self.mailboxes.values():
            if self.dice.chance(0.15):
                rest = self.dice.pick(lines) if lines and self.dice.chance(0.3) else {}
                removed = {"@removed": {"reason": "deleted"}, "id": self.item_id()}
                lines.append({**rest, **removed})


def make_messages(post: Post, *, odd_types: bool) -> Mailboxes:
    """Return the messages of every user's mailbox."""
    postman = Postman(post, odd_types=odd_types)
    for letter in post.letters:
        postman.deliver(letter)
    postman.add_removed()
    return postman.mailboxes
