"""Messages and events as Graph resources, a mailbox at a time, as fast as the disk takes them.

Every line is joined from columns of bytes by pyarrow. A column of lines that end in a line feed
is, byte for byte, the file.
"""

import json
import sys
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bench import correspondence, organisation
from bench.correspondence import Flags, Lists, Meetings, Messages
from bench.organisation import DOMAIN, Numbers, Organisation

Bytes = npt.NDArray[np.uint8]
Column = Any  # pyarrow is not typed; bytes stand for the same in every row

_ALPHABET = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", dtype=np.uint8
)
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_FOLDERS = ("inbox", "sentitems", "archive", "customers", "drafts", "junkemail")
_FOLDER_SHARES = (0.55, 0.2, 0.15, 0.08, 0.01, 0.01)
_DRAFTS, _JUNK = 4, 5
_RESPONSES = (b"accepted", b"declined", b"tentativelyAccepted", b"none")
_RESPONSE_SHARES = (0.68, 0.08, 0.04, 0.2)
_INVITATION = b'"@odata.type":"#microsoft.graph.eventMessageRequest",'


class Renderer:
    """Writes the mailboxes of an organisation."""

    def __init__(self, everybody: Organisation, folder: Path) -> None:
        self._all = everybody
        self._folder = folder
        self._rng = np.random.default_rng([everybody.seed, 5])
        pairs = list(zip(everybody.names(), everybody.addresses(), strict=True))
        # some systems write an address with capitals
        pairs += [(name, address.title()) for name, address in pairs]
        self._people = pa.array(
            [
                f'"emailAddress":{{"name":"{name}","address":"{address}"}}}}'.encode()
                for name, address in pairs
            ],
            pa.binary(),
        )

    def write_messages(self, messages: Messages) -> int:
        """Write `messages.ndjson.zst` of every person; return how many lines there are."""
        rng = self._rng
        boxes = correspondence.mailboxes(messages.recipients, messages.sender, self._all.persons)
        item_bytes = rng.integers(0, 256, (len(messages.sent), 16), dtype=np.uint8)
        ids = _fixed(_hexadecimal(item_bytes))
        thread_bytes = rng.integers(
            0, 256, (int(messages.thread.max(initial=0)) + 1, 16), dtype=np.uint8
        )
        is_invitation = rng.random(len(messages.sent)) < 0.04
        heads = _choice((b"", _INVITATION), is_invitation)
        sent = _moments(messages.sent)
        lines = 0
        for person in range(self._all.persons):
            index = boxes.values[boxes.starts[person] : boxes.starts[person + 1]]
            # one in a hundred items was changed and exported twice, the older version later
            item = rng.integers(0, 256, (len(index), 24), dtype=np.uint8)
            repeated = np.flatnonzero(rng.random(len(index)) < 0.01)
            item = np.concatenate([item, item[repeated]])
            late = np.concatenate([np.full(len(index), 900), np.full(len(repeated), 60)])
            index = np.concatenate([index, index[repeated]])
            place = rng.choice(len(_FOLDERS), len(index), p=_FOLDER_SHARES)
            recipients = messages.recipients.take(index)
            to = (recipients.sizes + 1) // 2
            mailbox = _Mailbox(self._all.user_id(person))
            taken = pa.array(index)
            text = pc.binary_join_element_wise(
                b"{",
                heads.take(taken),
                b'"@odata.etag":"W/\\"CQAAABYAAAB',
                _fixed(_base64(item[:, :18])),
                b'\\"","id":"' + mailbox.item_start,
                _fixed(_base64(item)),
                b'","internetMessageId":"<',
                ids.take(taken),
                b"@mail." + DOMAIN.encode() + b'>","conversationId":"' + mailbox.thread_start,
                _fixed(_base64(_threads(thread_bytes[messages.thread[index]]))),
                b'","parentFolderId":"' + mailbox.item_start,
                _choice(mailbox.folders, place),
                b'","sentDateTime":"',
                sent.take(taken),
                b'Z","receivedDateTime":"',
                sent.take(taken),
                b'Z","lastModifiedDateTime":"',
                _moments(messages.sent[index] + late),
                b'Z","isDraft":',
                _booleans(place == _DRAFTS),
                b',"from":',
                self._named(messages.sender[index]),
                b',"sender":',
                self._named(messages.sender[index]),
                b',"toRecipients":[',
                self._joined(_part(recipients, np.zeros_like(to), to)),
                b'],"ccRecipients":[',
                self._joined(_part(recipients, to, recipients.sizes)),
                b'],"bccRecipients":[]}\n',
                b"",
            )
            target = self._mailbox(person)
            _write(target / "messages.ndjson.zst", text)
            excluded = [mailbox.item_start + mailbox.folders[n] for n in (_DRAFTS, _JUNK)]
            (target / "excluded_folders.json").write_text(
                "[" + ",".join(f'"{folder.decode()}"' for folder in excluded) + "]"
            )
            lines += len(index)
        return lines

    def write_events(self, meetings: Meetings) -> int:
        """Write `events.ndjson.zst` of every person; return how many lines there are."""
        rng = self._rng
        boxes = correspondence.mailboxes(meetings.attendees, meetings.organizer, self._all.persons)
        series = int(meetings.series.max(initial=0)) + 1
        uid_bytes = rng.integers(0, 256, (series, 28), dtype=np.uint8)
        is_cancelled = rng.random(len(meetings.start)) < 0.02
        is_all_day = rng.random(len(meetings.start)) < 0.03
        elsewhere = rng.random(len(meetings.start)) < 0.1
        zones = _choice((b"UTC", b"W. Europe Standard Time"), elsewhere)
        start = np.where(is_all_day, meetings.start // 86_400 * 86_400, meetings.start)
        end = np.where(is_all_day, start + 86_400, start + meetings.minutes * 60)
        lines = 0
        for person in range(self._all.persons):
            index = boxes.values[boxes.starts[person] : boxes.starts[person + 1]]
            item = rng.integers(0, 256, (len(index), 24), dtype=np.uint8)
            mailbox = _Mailbox(self._all.user_id(person))
            taken = pa.array(index)
            attendees = meetings.attendees.take(index)
            own = rng.choice(len(_RESPONSES), len(index), p=_RESPONSE_SHARES)
            answers = rng.choice(len(_RESPONSES), len(attendees.values), p=_RESPONSE_SHARES)
            rooms = rng.random(len(attendees.values)) < 0.02
            invited = pc.binary_join_element_wise(
                _choice((b'{"type":"required",', b'{"type":"resource",'), rooms),
                b'"status":{"response":"',
                _choice(_RESPONSES, answers),
                b'","time":"0001-01-01T00:00:00Z"},',
                self._chosen(attendees.values),
                b"",
            )
            text = pc.binary_join_element_wise(
                b'{"@odata.etag":"W/\\"CQAAABYAAAB',
                _fixed(_base64(item[:, :18])),
                b'\\"","id":"' + mailbox.item_start,
                _fixed(_base64(item)),
                b'","iCalUId":"040000008200E00074C5B7101A82E008',
                _fixed(_hexadecimal(uid_bytes[meetings.series[index]])),
                b'","type":"singleInstance","isAllDay":',
                _booleans(is_all_day[index]),
                b',"isCancelled":',
                _booleans(is_cancelled[index]),
                b',"isOrganizer":',
                _booleans(meetings.organizer[index] == person),
                b',"lastModifiedDateTime":"',
                _moments(start[index] - 86_400),
                b'.0000000Z","start":{"dateTime":"',
                _moments(start[index]),
                b'.0000000","timeZone":"',
                zones.take(taken),
                b'"},"end":{"dateTime":"',
                _moments(end[index]),
                b'.0000000","timeZone":"',
                zones.take(taken),
                b'"},"organizer":',
                self._named(meetings.organizer[index]),
                b',"attendees":[',
                _listed(attendees, invited),
                b'],"responseStatus":{"response":"',
                _choice(_RESPONSES, own),
                b'","time":"0001-01-01T00:00:00Z"}}\n',
                b"",
            )
            _write(self._mailbox(person) / "events.ndjson.zst", text)
            lines += len(index)
        return lines

    def _mailbox(self, person: int) -> Path:
        folder = self._folder / "mailboxes" / self._all.user_id(person)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _chosen(self, people: Numbers) -> Column:
        """Return the rest of a recipient's object, in one of its spellings."""
        capitals = self._rng.random(len(people)) < 0.05
        return self._people.take(pa.array(people + capitals * self._all.everybody))

    def _named(self, people: Numbers) -> Column:
        return pc.binary_join_element_wise(b"{", self._chosen(people), b"")

    def _joined(self, people: Lists) -> Column:
        return _listed(people, self._named(people.values))


class _Mailbox:
    """The parts of ids that are the same in a whole mailbox: Exchange's ids are per mailbox."""

    def __init__(self, user_id: str) -> None:
        text = str(UUID(user_id)).encode()
        self.item_start = _exchange(bytes.fromhex("00032400") + text + b"\x00\x46")
        self.thread_start = _exchange(bytes.fromhex("00042400") + text + b"\x00\x10\x00\x00\x00")
        self.folders = [_exchange(name.encode().ljust(24, b"\x00")) for name in _FOLDERS]


def generate(folder: Path, copies: int, seed: int = 20_261_123) -> dict[str, int]:
    """Write an activity folder with about this many message copies, and all around it.

    Returns:
        How many copies were wanted, and how many mailboxes, accounts, message lines and event
        lines there are.
    """
    everybody = Organisation(copies, seed)
    organisation.write_ground(everybody, folder)
    renderer = Renderer(everybody, folder / "activity")
    return {
        "copies": copies,
        "mailboxes": everybody.persons,
        "accounts": everybody.accounts,
        "messages": renderer.write_messages(correspondence.messages(everybody)),
        "events": renderer.write_events(correspondence.meetings(everybody)),
    }


def _write(file: Path, lines: Column) -> None:
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32, count=len(lines) + 1)
    content = lines.buffers()[2].slice(int(offsets[0]), int(offsets[-1] - offsets[0]))
    with pa.CompressedOutputStream(str(file), "zstd") as stream:
        stream.write(content)


def _listed(lists: Lists, texts: Column) -> Column:
    """Join the texts of each list with commas."""
    starts = pa.array(lists.starts, pa.int32())
    return pc.binary_join(pa.ListArray.from_arrays(starts, texts), b",")


def _part(lists: Lists, first: Numbers, end: Numbers) -> Lists:
    """Return of each list the stretch from `first` to `end`."""
    owners = lists.owners
    within = np.arange(len(lists.values)) - lists.starts[owners]
    chosen = (within >= first[owners]) & (within < end[owners])
    starts = np.concatenate([[0], np.cumsum(end - first)])
    return Lists(starts, lists.values[chosen])


def _moments(seconds: Numbers) -> Column:
    return _fixed(
        np.datetime_as_string(seconds.astype("datetime64[s]"))
        .astype("S19")
        .view(np.uint8)
        .reshape(-1, 19)
    )


def _booleans(flags: Flags) -> Column:
    return _choice((b"false", b"true"), flags)


def _choice(options: Sequence[bytes], places: Numbers | Flags) -> Column:
    """Return a column of the options at these places."""
    return pa.array(options, pa.binary()).take(pa.array(places.astype(np.int32)))


def _fixed(characters: Bytes) -> Column:
    """Return a column of texts of equal length."""
    rows, width = characters.shape
    buffer = pa.py_buffer(np.ascontiguousarray(characters))
    starts = pa.py_buffer(np.arange(0, (rows + 1) * width, width, dtype=np.int32))
    return pa.Array.from_buffers(pa.binary(), rows, [None, starts, buffer])


def _threads(thread: Bytes) -> Bytes:
    return np.concatenate([np.full((len(thread), 2), 16, dtype=np.uint8), thread], axis=1)


def _base64(raw: Bytes) -> Bytes:
    """Encode rows of whole groups of three bytes, in Exchange's alphabet."""
    groups = raw.reshape(len(raw), -1, 3).astype(np.uint32)
    number = (groups[..., 0] << 16) | (groups[..., 1] << 8) | groups[..., 2]
    digits = np.stack([(number >> shift) & 63 for shift in (18, 12, 6, 0)], axis=-1)
    return _ALPHABET[digits].reshape(len(raw), -1)


def _hexadecimal(raw: Bytes) -> Bytes:
    return _HEX[np.stack([raw >> 4, raw & 15], axis=-1)].reshape(len(raw), -1)


def _exchange(raw: bytes) -> bytes:
    return b64encode(raw, altchars=b"_-")


def main() -> None:
    """Write a folder with the number of copies that the arguments name."""
    folder, copies = sys.argv[1:]
    print(json.dumps(generate(Path(folder), int(copies))))


if __name__ == "__main__":
    main()
