"""Mailbox folders: versions of items, files of all kinds, and files that are broken."""

import copy
import gzip
import json
from datetime import timedelta
from pathlib import Path

from backports import zstd

from .dice import Dice, Json
from .messages import excluded_folders
from .moments import Clock, instant_text

BROKEN_LINES = (
    b'{"id": "x"',
    b'{"id": "x",}',
    b'{"id": NaN}',
    b'{"id": -Infinity}',
    b"{'id': 'x'}",
    b'{"id": "x"} {"id": "y"}',
    b'{"id": "\xff\xfe"}',
    b'{"id": "caf\xe9"}',
    b'{"id": 01}',
    b'{"id": "a\tb"}',
    b"[]",
    b'"text"',
    b"5",
    b"null",
    b"// comment",
)
PAGES = (
    b'{"value": [{"id": "x"}], "@odata.nextLink": "y"}',
    b'{"@odata.context": "x", "value": []}',
)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WRONG_NAMES = (
    "messages.json",
    "events.csv",
    "Messages",
    "EVENTS.ndjson.bz2",
    "messages-2.ndjson.tmp",
)
ENDINGS = (".ndjson", ".ndjson", ".ndjson", ".jsonl")
FILE_NAMES = ("{}", "{}-2", "{}-10", "{}_b", "{}2", "{}.part3")


def later_version(dice: Dice, item: Json, clock: Clock) -> Json:
    """Return another version of an item, which says something else."""
    version = copy.deepcopy(item)
    if dice.chance(0.12):
        version = {"@removed": {"reason": "changed"}, "id": item["id"]}
    elif "sentDateTime" in version:
        if dice.chance(0.5):
            version["sentDateTime"] = instant_text(dice, clock.moment())
        if dice.chance(0.3):
            version["isDraft"] = not version.get("isDraft")
        if dice.chance(0.3):
            version["toRecipients"] = []
    else:
        if dice.chance(0.3):
            version["isCancelled"] = not version.get("isCancelled")
        if dice.chance(0.4):
            version["attendees"] = []
        if dice.chance(0.4) and not version.get("isOrganizer"):
            # An organiser who declines his own meeting is nothing that the numbers know.
            version["responseStatus"] = {"response": dice.pick(("accepted", "declined"))}
    return version


def date_versions(dice: Dice, first: Json, second: Json, clock: Clock) -> None:
    """Say when two versions were modified: older, newer, equal or unknown."""
    moment = clock.anywhere()
    apart = dice.pick(
        (timedelta(0), timedelta(0), timedelta(seconds=1), -timedelta(microseconds=1))
    )
    first["lastModifiedDateTime"] = instant_text(dice, moment)
    second["lastModifiedDateTime"] = instant_text(dice, moment + apart)
    kind = dice.between(1, 6)
    for version, unknown in ((first, kind in {1, 3}), (second, kind in {2, 3})):
        if unknown:
            del version["lastModifiedDateTime"]
            if dice.chance(0.5):
                version["lastModifiedDateTime"] = dice.pick((None, "", "unknown"))


def with_versions(dice: Dice, items: list[Json], clock: Clock) -> list[Json]:
    """Return the lines of a mailbox, in which some items occur more than once."""
    lines = list(items)
    for item in items:
        if not dice.chance(0.07):
            continue
        version = later_version(dice, item, clock)
        date_versions(dice, item, version, clock)
        lines.insert(dice.between(0, len(lines)), version)
    if dice.chance(0.5):
        dice.rng.shuffle(lines)
    return lines


def file_bytes(dice: Dice, lines: list[bytes]) -> bytes:
    """Return the lines of a file: blank lines, either end of line, none at the end."""
    ending = b"\r\n" if dice.chance(0.2) else b"\n"
    found = []
    for line in lines:
        found.append(line)
        if dice.chance(0.03):
            found.append(dice.pick((b"", b"  ", b"\t")))
    content = ending.join(found)
    if dice.odd(0.06):
        content = BYTE_ORDER_MARK + content
    if found and dice.chance(0.8):
        content += ending
    return content


def compress(dice: Dice, suffix: str, content: bytes) -> bytes:
    """Compress, sometimes in two parts, which readers must put together."""
    parts = [content]
    if dice.chance(0.15):
        parts = [content[: len(content) // 2], content[len(content) // 2 :]]
    if suffix == ".gz":
        return b"".join(gzip.compress(part, mtime=0) for part in parts)
    if suffix == ".zst":
        return b"".join(zstd.compress(part) for part in parts)
    return content


def break_file(dice: Dice, path: Path, content: bytes) -> None:
    """Write a file that fails its mailbox."""
    suffix = path.suffix.lower()
    if suffix in {".gz", ".zst"} and dice.chance(0.6):
        packed = compress(dice, suffix, content)
        if dice.odd(0.15):
            path.write_bytes(b"")
        elif suffix == ".gz" and dice.chance(0.3):
            # Eight bytes at the end: a checksum and the length.
            path.write_bytes(packed[:-8] + bytes(8 * [255]))
        else:
            path.write_bytes(packed[: -dice.between(1, min(12, len(packed) - 1))])
        return
    if dice.odd(0.1):
        content = (content.decode("utf-8", "replace") + " \n").encode("utf-16")
    else:
        lines = content.split(b"\n")
        line = dice.pick(PAGES) if dice.odd(0.25) else dice.pick(BROKEN_LINES)
        lines.insert(dice.between(1, len(lines)), line)
        content = b"\n".join(lines)
    path.write_bytes(compress(dice, suffix, content))


def ending(dice: Dice) -> str:
    """Return how the name of a file ends, but for its compression."""
    return dice.pick(ENDINGS) if dice.odd_forms else ENDINGS[0]


def item_bytes(dice: Dice, item: Json) -> bytes:
    """Write a resource; half of a surrogate pair can only be written escaped."""
    text = json.dumps(item, ensure_ascii=False)
    try:
        written = text.encode()
    except UnicodeEncodeError:
        return json.dumps(item).encode()
    return written if dice.chance(0.5) else json.dumps(item).encode()


def write_items(dice: Dice, folder: Path, prefix: str, items: list[Json], *, broken: bool) -> None:
    """Write items into one or more files."""
    lines = [item_bytes(dice, item) for item in items]
    capitals = dice.odd(0.08)
    names = dice.some(FILE_NAMES, 1, 1 if dice.chance(0.6) else 3)
    broken_name = dice.pick(names) if broken else None
    for number, name in enumerate(names):
        share = lines[number :: len(names)]
        suffix = dice.pick(("", "", ".gz", ".zst"))
        file = name.format(prefix) + ending(dice) + suffix
        # All or none: which of two names is the later one must not hang on it.
        path = folder / (file.upper() if capitals else file)
        content = file_bytes(dice, share)
        if name == broken_name:
            break_file(dice, path, content)
        else:
            path.write_bytes(compress(dice, suffix, content))


def write_excluded_folders(dice: Dice, folder: Path) -> None:
    """Write the ids of Drafts, Junk Email, Conversation History and subfolders, or nothing."""
    if dice.chance(0.75):
        ids: list[object] = list(excluded_folders(dice)) if dice.chance(0.8) else ["drafts"]
        if dice.odd(0.02):
            ids.append(dice.pick((None, 5, {"id": "drafts"})))
        name = "excluded_folders.json"
        mark = BYTE_ORDER_MARK if dice.odd(0.05) else b""
        path = folder / (name.upper() if dice.odd(0.05) else name)
        path.write_bytes(mark + json.dumps(ids).encode())


def write_as_powershell_does(folder: Path) -> None:
    """Write nothing but messages with names of fields in other case."""
    for path in folder.iterdir():
        if path.name.lower().startswith("messages"):
            path.unlink()
    lines = [{"Id": f"x{number}", "SentDateTime": "2024-03-01T10:00:00Z"} for number in range(2)]
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    (folder / "messages.ndjson").write_bytes(BYTE_ORDER_MARK + content)


def write_mailbox(
    dice: Dice, folder: Path, messages: list[Json], events: list[Json], clock: Clock
) -> None:
    """Write one user's folder: sometimes none, an empty one, or one that cannot be read."""
    if dice.chance(0.07):
        return
    folder.mkdir(parents=True)
    if dice.chance(0.04):
        return
    write_excluded_folders(dice, folder)
    broken = dice.pick(("messages", "events")) if dice.chance(0.13) else None
    if messages or broken == "messages" or dice.chance(0.5):
        lines = with_versions(dice, messages, clock)
        write_items(dice, folder, "messages", lines, broken=broken == "messages")
    if events or broken == "events" or dice.chance(0.5):
        lines = with_versions(dice, events, clock)
        write_items(dice, folder, "events", lines, broken=broken == "events")
    if dice.chance(0.1):
        # What else lies there is nobody's business.
        name = dice.pick(("notes.txt", "old-messages.ndjson", "message.json", "calendar.csv"))
        (folder / name).write_bytes(b"no JSON at all \xff")
    if dice.odd(0.02):
        # But what looks like an export, and is none that is read, is a mailbox that failed.
        (folder / dice.pick(WRONG_NAMES)).write_bytes(b"")
    elif dice.odd(0.02):
        write_as_powershell_does(folder)
