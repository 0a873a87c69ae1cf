"""How one copy of an e-mail or a meeting looks in Microsoft Graph v1.0.

What belongs here: ids, field names, date formats. The fields are those of docs/privacy.md and no
others: there is no subject, no body and no preview anywhere in this package, so none can leak.
"""

from base64 import b64encode
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from simulator.correspondence import Email
from simulator.meetings import Attendee, Meeting
from simulator.working_time import long_text, utc_text

JsonObject = dict[str, Any]

_EXCHANGE_ALPHABET = str.maketrans("+/", "_-")


class Folder(StrEnum):
    """The folders of a mailbox, by Graph's well-known names where there is one."""

    INBOX = "inbox"
    SENT = "sentitems"
    DRAFTS = "drafts"
    UNFINISHED = "drafts/unfinished"
    JUNK = "junkemail"
    DELETED = "deleteditems"
    ARCHIVE = "archive"
    CUSTOMERS = "inbox/customers"


EXCLUDED_FOLDERS = (Folder.DRAFTS, Folder.UNFINISHED, Folder.JUNK)
"""Drafts, Junk Email and their subfolders."""


def exchange_text(raw: bytes) -> str:
    """Bytes as Exchange writes them in ids: base64 with `-` for `/` and `_` for `+`."""
    return b64encode(raw).decode().translate(_EXCHANGE_ALPHABET)


@lru_cache(maxsize=8_192)
def _recipient(address: str) -> JsonObject:
    # The same object is used for every occurrence of an address; nobody may change it.
    return {"emailAddress": {"address": address}}


def _zoned(moment: int) -> JsonObject:
    return {"dateTime": long_text(moment), "timeZone": "UTC"}


class MailboxShape:
    """Renders copies as they lie in one user's mailbox.

    Ids are Exchange's in form: 42 bytes that are the same throughout the mailbox, then the item's.
    Both parts are whole groups of base64, so the first is encoded once.
    """

    def __init__(self, user_id: str) -> None:
        """`user_id` is the Entra object id of the mailbox's owner."""
        guid = UUID(bytes=blake2b(user_id.encode(), digest_size=16).digest(), version=4)
        text = str(guid).encode()
        self._item_start = exchange_text(bytes.fromhex("00032400") + text + b"\x00\x46")
        # 00 10 00 comes before the thread; its last byte opens the second part.
        self._conversation_start = exchange_text(bytes.fromhex("00042400") + text + b"\x00\x10")
        self._folders = {
            folder: self._item_start + exchange_text(self._digest(folder.encode(), b"folder"))
            for folder in Folder
        }

    @staticmethod
    def _digest(key: bytes, purpose: bytes) -> bytes:
        return blake2b(key, digest_size=24, person=purpose).digest()

    def folder_id(self, folder: Folder) -> str:
        """The id of a folder of this mailbox."""
        return self._folders[folder]

    def other_folder_id(self, name: str) -> str:
        """The id of a folder that no generated message lies in."""
        return self._item_start + exchange_text(self._digest(name.encode(), b"folder"))

    def conversation_id(self, thread: bytes) -> str:
        """The conversation's id in this mailbox; its last 16 bytes are the same in all."""
        return self._conversation_start + exchange_text(b"\x00" + thread)

    def message(self, email: Email, folder: Folder, *, sent_by_owner: bool) -> JsonObject:
        """The copy of an e-mail in a folder of this mailbox.

        `sent_by_owner` tells the sender's own copy, the only one that shows blind copies.
        """
        purpose = b"sent" if sent_by_owner else folder.value[:16].encode()
        # Reading, flagging and filing change a message; the key decides how much later.
        touched = email.sent + (2 if sent_by_owner else 4 + email.key[2] ** 2)
        sender = email.delegate or email.sender
        host = email.sender.rpartition("@")[2].lower() or "localhost"
        message: JsonObject = {
            "id": self._item_start + exchange_text(self._digest(email.key, purpose)),
            "internetMessageId": f"<{email.key.hex()}@mail.{host}>",
            "conversationId": self.conversation_id(email.thread),
            "parentFolderId": self._folders[folder],
            "sentDateTime": utc_text(email.sent),
            "lastModifiedDateTime": utc_text(touched),
            "isDraft": folder in (Folder.DRAFTS, Folder.UNFINISHED),
            "toRecipients": [_recipient(address) for address in email.to],
            "ccRecipients": [_recipient(address) for address in email.cc],
            "bccRecipients": [_recipient(a) for a in email.bcc] if sent_by_owner else [],
        }
        if sender:
            message["from"] = _recipient(email.sender)
            message["sender"] = _recipient(sender)
        if email.odata_type:
            message["@odata.type"] = email.odata_type
        return message

    def event(self, meeting: Meeting, own: Attendee | None, *, is_organizer: bool) -> JsonObject:
        """The copy of a meeting in this mailbox's calendar.

        `own` is the owner's entry among the attendees, if any. Only the organiser's copy knows all
        answers; a guest's copy shows the owner's own, and what was known when he was invited.
        """
        response = "organizer" if is_organizer else own.response if own else "none"
        if response == "none" and not is_organizer:
            response = "notResponded"
        # The minute in which somebody last changed it, well before or during the meeting.
        touched = max(meeting.invited, meeting.start - 3_600 * (1 + meeting.key[3] // 4))
        return {
            "id": self._item_start + exchange_text(self._digest(meeting.key, b"event")),
            "iCalUId": meeting.uid,
            "type": meeting.instance,
            "isAllDay": meeting.all_day,
            "isCancelled": meeting.cancelled,
            "isOrganizer": is_organizer,
            "start": _zoned(meeting.start),
            "end": _zoned(meeting.end),
            "organizer": _recipient(meeting.organizer),
            "attendees": [
                {
                    "type": attendee.kind,
                    "status": {
                        "response": attendee.response
                        if is_organizer or attendee is own or attendee.address == meeting.organizer
                        else "none"
                    },
                    "emailAddress": {"address": attendee.address},
                }
                for attendee in meeting.attendees
            ],
            "responseStatus": {"response": response},
            "lastModifiedDateTime": utc_text(touched)[:-1] + ".0000000Z",
        }
