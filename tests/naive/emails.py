"""E-mails and replies (section 2)."""

import base64
import binascii
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from .copies import newest_versions
from .customers import Customers
from .files import Mailbox
from .people import People
from .periods import Window
from .values import (
    Json,
    flag,
    inner,
    instant,
    is_removed,
    last_modified,
    minutes_between,
    objects,
    recipient,
    text,
    word,
)

OUTCOMES = (
    "read",
    "invitation",
    "draft",
    "drafts_or_junk",
    "no_sender_or_time",
    "another_copy",
    "outside_window",
    "no_account",
    "counted",
)
DECODED_THREAD_BYTES = 32
THREAD_BYTES = 16
WITHOUT_TEXT = re.compile(r"<\s*>")
EXCHANGE_BASE64 = re.compile(r"[A-Za-z0-9_-]*={0,2}", re.ASCII)

# A thread: decoded ones sort before texts (section 2.7).
Thread = tuple[int, bytes | str]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """A copy that is read further than section 2.1."""

    key: Key
    owner: str
    sender: str
    time: datetime
    recipients: set[str]
    thread: Thread | None
    modified: tuple[bool, datetime]
    line: int


@dataclass(frozen=True)
class AccountEmail:
    """A processed e-mail as one account sees it."""

    account: str
    from_account: bool
    key: Key
    time: datetime
    persons: set[str]
    contacts: set[str]
    thread: Thread | None


@dataclass(frozen=True)
class Reply:
    """An account's answer to an e-mail of the organisation."""

    account: str
    time: datetime
    minutes: float


@dataclass(frozen=True)
class Emails:
    """What became of all e-mails."""

    processed: list[datetime]
    """The times of the processed e-mails."""
    with_accounts: list[AccountEmail]
    ledger: Counter[str]


def is_invitation(message: Json) -> bool:
    """Return whether the type is ``#microsoft.graph.eventMessage`` or a subtype.

    All of Graph's subtypes begin with the same word (eventMessageRequest, eventMessageResponse).
    """
    kind = word(message, "@odata.type")
    return kind is not None and kind.rpartition(".")[2].lstrip("#").startswith("eventmessage")


def sender_of(message: Json) -> str | None:
    """Return ``from``, else (absent or invalid) ``sender`` (section 2.3)."""
    return recipient(inner(message, "from")) or recipient(inner(message, "sender"))


def recipients_of(message: Json) -> set[str]:
    """Return the valid addresses among To, Cc and Bcc."""
    found: set[str] = set()
    for name in ("toRecipients", "ccRecipients", "bccRecipients"):
        for entry in objects(message, name):
            address = recipient(entry)
            if address is not None:
                found.add(address)
    return found


def thread_of(message: Json) -> Thread | None:
    """Return the thread that a conversation id stands for (section 2.7)."""
    identity = text(message, "conversationId")
    if identity is None:
        return None
    if EXCHANGE_BASE64.fullmatch(identity):
        try:
            decoded = base64.b64decode(identity.replace("-", "/").replace("_", "+"), validate=True)
        except binascii.Error:
            return (1, identity)
        if len(decoded) >= DECODED_THREAD_BYTES:
            return (0, decoded[-THREAD_BYTES:])
    return (1, identity)


def reason_not_read(message: Json, excluded_folders: set[str]) -> str | None:
    """Return the first reason of section 2.1 that applies, None when a copy is read further."""
    if is_invitation(message):
        return "invitation"
    if flag(message, "isDraft"):
        return "draft"
    if text(message, "parentFolderId") in excluded_folders:
        return "drafts_or_junk"
    no_time = instant(message.get("sentDateTime")) is None
    if sender_of(message) is None or no_time or is_removed(message):
        return "no_sender_or_time"
    return None


def message_key(message: Json, owner: str, position: int) -> Key:
    """Return what the copies of one e-mail have in common (section 2.2)."""
    message_id = (text(message, "internetMessageId") or "").strip()
    if message_id != "" and not WITHOUT_TEXT.fullmatch(message_id):
        return (message_id,)
    identity = text(message, "id")
    if identity is not None:
        return (identity,)
    return ("", owner, str(position))


def read_copies(mailboxes: list[Mailbox], ledger: Counter[str]) -> dict[Key, list[Copy]]:
    """Return the copies that are read further, by e-mail."""
    found: defaultdict[Key, list[Copy]] = defaultdict(list)
    for mailbox in mailboxes:
        for line, message in newest_versions(mailbox.messages):
            sender, time = sender_of(message), instant(message.get("sentDateTime"))
            ledger["read"] += 1
            reason = reason_not_read(message, mailbox.excluded_folders)
            if reason is not None:
                ledger[reason] += 1
                continue
            assert sender is not None
            assert time is not None
            key = message_key(message, mailbox.user_id, line)
            found[key].append(
                Copy(
                    key,
                    mailbox.user_id,
                    sender,
                    time,
                    recipients_of(message),
                    thread_of(message),
                    last_modified(message),
                    line,
                )
            )
    return dict(found)


def leading_copy(copies: list[Copy]) -> Copy:
    """Return the copy whose time and sender count when copies disagree (section 2.2)."""
    earliest = min(copy.time for copy in copies)
    rest = [copy for copy in copies if copy.time == earliest]
    owner = min(copy.owner for copy in rest)
    rest = [copy for copy in rest if copy.owner == owner]
    return max(rest, key=lambda copy: (copy.modified, copy.line))


def smallest_thread(copies: list[Copy]) -> Thread | None:
    """Return the thread of an e-mail whose copies may disagree (section 2.7)."""
    decoded = {copy.thread[1] for copy in copies if copy.thread and copy.thread[0] == 0}
    plain = {copy.thread[1] for copy in copies if copy.thread and copy.thread[0] == 1}
    if decoded:
        return (0, min(value for value in decoded if isinstance(value, bytes)))
    if plain:
        return (1, min(value for value in plain if isinstance(value, str)))
    return None


def as_accounts_see_it(
    copies: list[Copy], people: People, customers: Customers
) -> list[AccountEmail]:
    """Return the accounts that an e-mail is to or from (sections 2.2, 2.5 to 2.7)."""
    leading = leading_copy(copies)
    recipients = {address for copy in copies for address in copy.recipients}
    persons = {copy.owner for copy in copies}
    for address in {leading.sender} | recipients:
        persons |= people.persons_of.get(address, set())

    accounts: set[str] = set()
    from_account = leading.sender in customers.accounts_of
    if from_account:
        accounts = customers.accounts_of[leading.sender]
    elif people.is_own(leading.sender):
        for address in recipients:
            accounts = accounts | customers.accounts_of.get(address, set())

    found = []
    for account in accounts:
        involved = {leading.sender} | recipients if from_account else recipients
        contacts = {
            address for address in involved if account in customers.accounts_of.get(address, set())
        }
        found.append(
            AccountEmail(
                account,
                from_account,
                leading.key,
                leading.time,
                persons,
                contacts,
                smallest_thread(copies),
            )
        )
    return found


def read_emails(
    mailboxes: list[Mailbox], people: People, customers: Customers, window: Window
) -> Emails:
    """Turn messages into e-mails, and say of every copy what became of it."""
    ledger: Counter[str] = Counter()
    processed: list[datetime] = []
    with_accounts: list[AccountEmail] = []
    for copies in read_copies(mailboxes, ledger).values():
        ledger["another_copy"] += len(copies) - 1
        time = min(copy.time for copy in copies)
        if not window.contains(time):
            ledger["outside_window"] += 1
            continue
        processed.append(time)
        found = as_accounts_see_it(copies, people, customers)
        ledger["counted" if found else "no_account"] += 1
        with_accounts.extend(found)
    return Emails(processed, with_accounts, ledger)


def find_replies(emails: list[AccountEmail]) -> list[Reply]:
    """Return an account's e-mails that directly follow one to it in a thread (section 2.8)."""
    threads: defaultdict[tuple[str, Thread], list[AccountEmail]] = defaultdict(list)
    for email in emails:
        if email.thread is not None:
            threads[(email.account, email.thread)].append(email)
    found = []
    for (account, _), thread in threads.items():
        # False sorts before True: "to" before "from".
        ordered = sorted(thread, key=lambda email: (email.time, email.from_account, email.key))
        for before, email in pairwise(ordered):
            if email.from_account and not before.from_account:
                minutes = minutes_between(before.time, email.time)
                found.append(Reply(account, email.time, minutes))
    return found
