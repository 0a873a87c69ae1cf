"""What is made up has a case for every clause: each is counted over some seeds."""

import random
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.naive.compute import results
from tests.naive.files import BrokenFileError, unpack
from tests.naive.tables import Results, all_tables
from tests.organisations import move_on, write_organisation

SEEDS = range(24)

# what a clause is about, as it stands in some file
IN_FILES: Mapping[str, str] = {
    "characters of the category Cf": "\u200b|\u00ad|\u2060|\u202a",
    "a name and brackets": r"Jane[^<\n]*<[^<>\n]+@[^<>\n]+>",
    "quotes": r"['\u2018\u201c][^\s'\"@]+@[^\s'\"@]+['\u2019\u201d]",
    "what follows a question mark": r"(?i)mailto:[^\n\"?]+\?subject",
    "a capital I with a dot": "\u0130",
    "an IDN domain": "(?i)m(\u00fc|u\u0308)nchen\\.example",
    "an IDN domain in ASCII": "(?i)xn--mnchen",
    "an X.500 name": '(?i)"/o=',
    "an X.500 name by mail": "(?i)imceaex-_o=",
    "an X.500 name of a user": '(?i)"x500:',
    "a guest": '(?i)"usertype": "guest"',
    "a guest by name": "(?i)#ext#",
    "a member as an object": '"#microsoft.graph.user", "id": ',
    "a message id without text": '"internetMessageId": "<\\s*>"',
    "half of a surrogate pair": r"\\ud83[de](?!\\ud)",
    "Exchange's name of UTC": "(?i)tzone://microsoft/utc",
    "an old name of a zone": "(?i)(kamchatka|mid-atlantic|mexico|armenian) standard time",
    "an unknown zone": '"timeZone": "Customized Time Zone"',
    "a small t or z": r"\d\dt\d\d:|:\d\dz\"|\.\d+z\"",
    "an offset without a colon": r":\d\d(\.\d+)?[+-]\d{4}\"",
    "an enumeration in other letters": '"response": "(?!accepted|none|notResponded|tent|decl|org)',
    "a resource": '(?i)"type": "resource"',
    "a chat": '"parentFolderId": "conversationhistory"',
    "a page": r'^\{"value": \[|"@odata.context": "x", "value": \[\]',
    "the hint of a separator": "^\ufeff?sep=.\r?$",
    "several addresses in a cell": '(?i)@[^\\s;,"]+ ?(;|:::|\\|) ?[^\\s;,"@]+@',
    "a long value": "x{131073}",
}
# how a file may be named
IN_NAMES: Mapping[str, str] = {
    "another ending": r"messages.*\.jsonl$",
    "capitals": r"MESSAGES.*\.NDJSON",
    "compressed users": r"sers\.(ndjson|jsonl)\.(gz|zst)$",
    "Parquet": r"contacts\.parquet$",
    "what is not read": r"(messages\.json|events\.csv|\.bz2|\.tmp|Messages)$",
}


@cache
def written(folder: Path) -> tuple[str, tuple[str, ...]]:
    """Return the content and the names of all files of some organisations."""
    texts, names = [], []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        names.append(path.name)
        try:
            texts.append(unpack(path).decode())
        except (BrokenFileError, UnicodeDecodeError):
            continue
    return "\n".join(texts), tuple(names)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one organisation per seed."""
    folder = tmp_path_factory.mktemp("organisations")
    for seed in SEEDS:
        write_organisation(folder / str(seed), random.Random(seed))
    return folder


@pytest.mark.parametrize("clause", IN_FILES)
def test_files_have_a_case(clause: str, folder: Path) -> None:
    """Somewhere in what is written."""
    found = re.search(IN_FILES[clause], written(folder)[0], re.MULTILINE) is not None
    assert found


@pytest.mark.parametrize("clause", IN_NAMES)
def test_names_have_a_case(clause: str, folder: Path) -> None:
    """Somewhere among the files."""
    assert any(re.search(IN_NAMES[clause], name) for name in written(folder)[1])


def test_later_runs_have_a_case(folder: Path) -> None:
    """Mailboxes that fail with and without an earlier read, that are gone, and that are mended."""
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        config_file = folder / str(seed) / "engagement.yaml"
        before: Results | None = None
        for number in range(3):
            if before:
                move_on(config_file, random.Random(seed + number))
            now = results(config_file, before=before)
            assert len(all_tables(now)["Office_Run"]) == number + 1
            for user_id, status in now.statuses.items():
                earlier = before.statuses.get(user_id, "") if before else ""
                seen[f"{earlier} {status} {'kept' if user_id in now.kept else 'nothing'}"] += 1
            before = now
    wanted = (
        "processed processed kept",
        "processed failed kept",
        "failed failed kept",
        "failed failed nothing",
        "processed no_mailbox nothing",
        "failed no_mailbox nothing",
    )
    assert [case for case in wanted if not seen[case]] == []
