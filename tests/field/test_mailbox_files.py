"""More of the kind of json-files: what other tools leave in a mailbox's folder."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from engagement_assets.errors import EngagementError
from tests.field.cases import ONE_FROM
from tests.field.made import ADA, ADA_ID, Made
from tests.field.reading import Expected, assert_right, by_the_product
from tests.naive.compute import compute
from tests.naive.files import BrokenFileError

MARK = b"\xef\xbb\xbf"
READ = Expected({"A": ONE_FROM}, statuses={ADA: "processed"})


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """An e-mail from Jane in Ada's mailbox."""
    made = Made(tmp_path)
    made.contact("A", "jane@kunde.example")
    made.email("jane@kunde.example", ADA)
    return made


def moved(name: str, change: Callable[[bytes], bytes] = bytes) -> Callable[[Path], object]:
    """Return what writes the messages into another file, as other bytes."""

    def move(mailbox: Path) -> None:
        file = mailbox / "messages.ndjson"
        content = file.read_bytes()
        file.unlink()
        (mailbox / name).write_bytes(change(content))

    return move


def added(name: str, content: bytes) -> Callable[[Path], object]:
    """Return what adds a file."""
    return lambda mailbox: (mailbox / name).write_bytes(content)


def as_page(content: bytes) -> bytes:
    """Wrap lines as Graph wraps its answers."""
    return json.dumps({"value": [json.loads(line) for line in content.splitlines()]}).encode()


def pascal_case(content: bytes) -> bytes:
    """Write the fields as PowerShell's objects have them."""
    item = json.loads(content)
    return json.dumps({name[0].upper() + name[1:]: value for name, value in item.items()}).encode()


def with_half_a_pair(content: bytes) -> bytes:
    """Cut a text within an emoji, as previews are; here also in a name of a field."""
    return content.replace(b"{", b'{"\\udc00": "a \\ud83d b \\uDE00\\ud83d", ', 1)


AS_READ: dict[str, Callable[[Path], object]] = {
    "capitals": moved("MESSAGES.NDJSON"),
    "another ending, compressed": moved("messages_2026.JSONL.gz", gzip.compress),
    "another ending, zstandard": moved("Messages.jsonl.ZST", zstd.compress),
    "mark, blank lines, ends of Windows": moved(
        "messages.ndjson", lambda text: MARK + b"\r\n" + text.replace(b"\n", b"\r\n \r\n")
    ),
    "mark within what is compressed": moved(
        "messages.ndjson.gz", lambda text: gzip.compress(MARK + text)
    ),
    "half a pair": moved("messages.ndjson", with_half_a_pair),
    "nothing but a mark beside it": added("messages-2.ndjson", MARK),
    "no events at all": lambda mailbox: (mailbox / "events.ndjson").unlink(),
    "a folder of capitals": lambda mailbox: mailbox.rename(mailbox.with_name(ADA_ID.upper())),
    "what nobody asks for": added("message.csv", b"no JSON \xff"),
}


@pytest.mark.parametrize("case", AS_READ)
def test_what_is_read(case: str, made: Made) -> None:
    config_file = made.write()
    AS_READ[case](made.mailbox())
    assert_right(config_file, READ)


FAILED: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "one page": (moved("messages.ndjson", as_page), ["page", "messages.ndjson", "line 1"]),
    "an empty page": (added("events.ndjson", b'{"value": []}'), ["page", "events.ndjson"]),
    "a page behind messages": (
        moved("messages.jsonl", lambda text: text + b"\n" + as_page(text)),
        ["page", "messages.jsonl", "line 3"],
    ),
    "an array": (moved("messages.json", lambda text: b"[" + text + b"]"), ["messages.json"]),
    "a table": (added("messages.csv", b"Subject,From\n"), ["messages.csv"]),
    "another compression": (added("events.ndjson.bz2", b"BZh9"), ["events.ndjson.bz2"]),
    "a folder of parts": (lambda mailbox: (mailbox / "messages").mkdir(), ["messages"]),
    "an array of one line": (
        moved("messages.ndjson", lambda text: b"[" + text.strip() + b"]"),
        ["messages.ndjson", "line 1"],
    ),
    "UTF-16": (
        moved("messages.ndjson", lambda text: text.decode().encode("utf-16")),
        ["messages.ndjson", "UTF-8"],
    ),
    "Latin-1": (added("events.ndjson", b'{"id": "caf\xe9"}\n'), ["events.ndjson", "line 1"]),
    "PascalCase": (moved("messages.ndjson", pascal_case), [" id", "time"]),
    "PascalCase of meetings": (
        added("events.ndjson", b'{"Id": "x", "Start": {"DateTime": "2026-05-04T10:00"}}\n'),
        [" id", "time"],
    ),
    "an interrupted download": (
        moved("messages.ndjson", lambda text: text + text[:200]),
        ["messages.ndjson", "line 2"],
    ),
    "an interrupted archive": (
        moved("messages.ndjson.gz", lambda text: gzip.compress(text)[:-9]),
        ["messages.ndjson.gz"],
    ),
    "an empty archive": (added("events.ndjson.gz", b""), ["events.ndjson.gz"]),
    "an empty archive of the other kind": (
        added("messages-2.jsonl.zst", b""),
        ["messages-2.jsonl.zst"],
    ),
    "folders by number": (added("excluded_folders.json", b"[1]"), ["excluded_folders.json"]),
    "folders by name": (
        added("Excluded_Folders.json", b'{"drafts": "x"}'),
        ["Excluded_Folders.json"],
    ),
}


@pytest.mark.parametrize("case", FAILED)
def test_what_fails_by_name(case: str, made: Made) -> None:
    change, words = FAILED[case]
    config_file = made.write()
    change(made.mailbox())
    expected = Expected({}, {"email read": 0}, {ADA: "failed"}, {ADA: words})
    assert_right(config_file, expected)


STOPPED = {
    "a page of users": ("users.ndjson", b'{"value": [{"id": "x"}]}', "line 1"),
    "a broken user": ("users.ndjson", b'{"id": "x"}\n{"id": ', "line 2"),
    "a page of groups": ("groups.ndjson", b'{"@odata.context": "x", "value": []}', "line 1"),
    "two organisations": (
        "organization.json",
        b'{"value": [{"verifiedDomains": []}, {"verifiedDomains": []}]}',
        "organization.json",
    ),
    "no organisation": ("organization.json", b'{"value": []}', "organization.json"),
    "a list": ("organization.json", b'[{"verifiedDomains": []}]', "organization.json"),
}


@pytest.mark.parametrize("case", STOPPED)
def test_what_stops_the_run(case: str, made: Made) -> None:
    name, content, word = STOPPED[case]
    config_file = made.write()
    (made.folder / "activity" / name).write_bytes(content)
    with pytest.raises(BrokenFileError):
        compute(config_file)
    with pytest.raises(EngagementError) as stopped:
        by_the_product(config_file)
    assert name in str(stopped.value)
    assert word in str(stopped.value)
    assert stopped.value.exit_code == 1


def test_the_directory_may_be_written_otherwise(made: Made) -> None:
    """A page of one organisation, a mark, other endings, other case, compression."""
    config_file = made.write()
    activity = made.folder / "activity"
    users = (activity / "users.ndjson").read_bytes()
    (activity / "users.ndjson").unlink()
    (activity / "Users.JSONL.gz").write_bytes(gzip.compress(MARK + users))
    (activity / "groups.ndjson").unlink()
    organization = (activity / "organization.json").read_bytes()
    (activity / "organization.json").unlink()
    page = MARK + b'{"value": [' + organization + b"]}"
    (activity / "Organization.JSON").write_bytes(page)
    (activity / "mailboxes").rename(activity / "Mailboxes")
    assert_right(config_file, READ)
