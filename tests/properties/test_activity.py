"""What must not change the results, and what a second copy may change (numbers 1, 2, 7)."""

import gzip
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from tests.naive.compare import NOT_COMPUTED, differences
from tests.organisations import Size, write_organisation
from tests.support import pipeline
from tests.support.command import copied
from tests.support.pipeline import Rows
from tests.support.repetition import OF_SEVERAL_RUNS
from tests.support.sharing import made_once

SIZE = Size()
SEEDS = (3, 11, 19)
OPENERS: tuple[tuple[str, Callable[[Path], Any]], ...] = (
    (".ndjson", lambda path: open(path, "wb")),
    (".ndjson.gz", lambda path: gzip.open(path, "wb")),
    (".ndjson.zst", lambda path: zstd.open(path, "wb")),
    (".jsonl", lambda path: open(path, "wb")),
    (".JSONL.GZ", lambda path: gzip.open(path, "wb")),
    (".Jsonl.zst", lambda path: zstd.open(path, "wb")),
)
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class First:
    """A random organisation after its first run. Copy it; do not change it.

    Attributes:
        config_file: its configuration.
        files: the bytes of the published Parquet files.
        tables: what is in them.
    """

    config_file: Path
    files: Mapping[str, bytes]
    tables: Mapping[str, Rows]


@pytest.fixture(scope="session", params=SEEDS)
def first(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> First:
    """The run before all others, once for each seed.

    All files can be read, and there is one version of every item.
    """

    def run(folder: Path) -> First:
        config_file = write_organisation(
            folder, random.Random(request.param), size=SIZE, odd_forms=False
        )
        for mailbox in _mailboxes(folder):
            for kind in ("messages", "events"):
                lines = _one_version(_read(mailbox, kind))
                _write(mailbox / f"{kind}.ndjson", lines, mailbox, kind)
        published = pipeline.run(config_file, "first")
        return First(config_file, _parquet(published), pipeline.published(published))

    return made_once(tmp_path_factory, f"first run of {request.param}", run)


@pytest.fixture
def organisation(first: First, tmp_path: Path) -> Path:
    """A copy of the organisation after its first run."""
    return copied(first.config_file, tmp_path / "organisation", without=["data/warehouse"])


@pytest.fixture
def fresh(first: First, tmp_path: Path) -> Path:
    """A copy of the organisation as it was before its first run."""
    return copied(first.config_file, tmp_path / "organisation", without=["data"])


def test_running_again_changes_nothing(first: First, organisation: Path) -> None:
    second = _parquet(pipeline.run(organisation, "second"))
    assert _changed(first.files, second) <= set(OF_SEVERAL_RUNS)


def test_the_first_run_again_gives_the_same_bytes(first: First, fresh: Path) -> None:
    """In another folder, which the results must not depend on."""
    again = _parquet(pipeline.run(fresh, "first"))
    assert _changed(first.files, again) <= {"Office_Run"}, "but for when it starts and ends"


def test_history_keeps_every_run(organisation: Path) -> None:
    published = pipeline.published(pipeline.run(organisation, "second"))
    assert [row["RunId"] for row in published["Office_Run"]] == ["first", "second"]
    assert {row["RunId"] for row in published["Office_ScoreHistory"]} == {"first", "second"}


@pytest.mark.parametrize("batch_bytes", [1, 20_000])
def test_size_of_batches_changes_nothing(first: First, fresh: Path, batch_bytes: int) -> None:
    cut = pipeline.published(pipeline.run(fresh, batch_bytes=batch_bytes))
    _assert_same(first.tables, cut)


@pytest.mark.parametrize("shuffle", [1, 2])
def test_order_files_and_compression_change_nothing(
    first: First, fresh: Path, shuffle: int
) -> None:
    rng = random.Random(shuffle)
    for mailbox in _mailboxes(fresh.parent):
        for kind in ("messages", "events"):
            lines = _read(mailbox, kind)
            rng.shuffle(lines)
            (mailbox / f"{kind}.ndjson").unlink(missing_ok=True)
            for number, part in enumerate(_parts(lines, rng)):
                ending, opener = rng.choice(OPENERS)
                with opener(mailbox / f"{kind}-{number}{ending}") as stream:
                    stream.write(b"\r\n".join(part) + b"\n" * rng.randrange(3))
    _assert_same(first.tables, pipeline.published(pipeline.run(fresh)))


def test_case_marks_and_halves_of_pairs_change_nothing(first: First, fresh: Path) -> None:
    """As exports come from other systems: every name and id in other case, marks, cut texts."""
    activity = fresh.parent / "activity"
    for mailbox in _mailboxes(fresh.parent):
        for kind in ("messages", "events"):
            lines = [
                line.removesuffix(b"}").rstrip() + b', "bodyPreview": "\\ud83d"}'
                for line in _read(mailbox, kind)
            ]
            _write(mailbox / f"{kind.title()}.NDJSON", [MARK, *lines], mailbox, kind)
        folders = mailbox / "excluded_folders.json"
        if folders.exists():
            folders.rename(mailbox / "Excluded_Folders.json")
        mailbox.rename(mailbox.with_name(mailbox.name.upper()))
    (activity / "mailboxes").rename(activity / "Mailboxes")
    for stem in ("users", "groups"):
        lines = (activity / f"{stem}.ndjson").read_bytes().splitlines()
        changed = b"\n".join(_with_other_ids(line) for line in lines)
        (activity / f"{stem}.ndjson").unlink()
        (activity / f"{stem.upper()}.jsonl.gz").write_bytes(gzip.compress(MARK + changed))
    organisation = activity / "organization.json"
    page = {"value": [json.loads(organisation.read_bytes())]}
    organisation.unlink()
    (activity / "Organization.json").write_bytes(MARK + json.dumps(page).encode())
    _assert_same(first.tables, pipeline.published(pipeline.run(fresh)))


def test_another_copy_in_the_same_mailbox_is_counted_and_no_more(
    first: First, organisation: Path
) -> None:
    before = first.tables
    added = 0
    for mailbox in _mailboxes(organisation.parent):
        lines = [json.loads(line) for line in _read(mailbox, "messages")]
        copies = [
            line | {"id": f"copy {line['id']}"}
            for line in lines
            if isinstance(line.get("id"), str) and _is_read(line)
        ]
        added += len(copies) if _counts(mailbox, before) else 0
        everything = [json.dumps(line).encode() for line in [*lines, *copies]]
        _write(mailbox / "messages.ndjson", everything, mailbox, "messages")
    after = pipeline.published(pipeline.run(organisation))
    read = _ledger(after, "read") - _ledger(before, "read")
    assert read == added
    other = [o for o in _outcomes(before) if o not in {"read", "another_copy"}]
    grown = {o: _ledger(after, o) - _ledger(before, o) for o in other}
    # a copy that is not read further is counted under the reason of its original
    unread = sum(grown.values())
    assert _ledger(after, "another_copy") - _ledger(before, "another_copy") == added - unread
    assert all(grown[o] == 0 for o in ("counted", "no_account", "outside_window"))
    _assert_same(before, after, but={"Office_Ledger"})


def test_ledger_balances(first: First) -> None:
    for item in ("email", "meeting", "contact"):
        counts = {row["Outcome"]: row["Count"] for row in first.tables["Office_Ledger"]
                  if row["Item"] == item}  # fmt: skip
        assert counts.pop("read") == sum(map(int, map(str, counts.values())))


def _is_read(line: dict[str, Any]) -> bool:
    """Only items that have a message id of their own become a further copy of the same e-mail."""
    message_id = line.get("internetMessageId")
    return isinstance(message_id, str) and bool(message_id.strip("<> \t\r\n\u00a0"))


def _counts(mailbox: Path, published: Any) -> bool:
    processed = {
        row["UserId"] for row in published["Office_Mailbox"] if row["Status"] == "processed"
    }
    return mailbox.name in processed


def _outcomes(published: Any) -> list[str]:
    return [r["Outcome"] for r in published["Office_Ledger"] if r["Item"] == "email"]


def _ledger(published: Any, outcome: str) -> int:
    return next(
        int(row["Count"])
        for row in published["Office_Ledger"]
        if (row["Item"], row["Outcome"]) == ("email", outcome)
    )


def _mailboxes(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "activity" / "mailboxes").iterdir() if path.is_dir())


def _with_other_ids(line: bytes) -> bytes:
    """Return a user or group with ids in capitals, and members as objects that have one."""
    resource = json.loads(line)
    resource["id"] = resource["id"].upper()
    if "members" in resource:
        ids = (each["id"] if isinstance(each, dict) else each for each in resource["members"])
        resource["members"] = [{"id": each.title()} for each in ids]
    return json.dumps(resource).encode()


def _files(mailbox: Path, kind: str) -> list[Path]:
    return sorted(path for path in mailbox.iterdir() if path.name.lower().startswith(kind))


def _read(mailbox: Path, kind: str) -> list[bytes]:
    """Return the lines that can be read; what is broken is left out."""
    lines: list[bytes] = []
    for path in _files(mailbox, kind):
        opener: Any = {".gz": gzip.open, ".zst": zstd.open}.get(path.suffix.lower(), open)
        try:
            with opener(path, "rb") as stream:
                lines += [line.strip() for line in stream.read().splitlines() if line.strip()]
        except (EOFError, OSError, zstd.ZstdError):
            continue
    return [line for line in lines if _is_object(line)]


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8"), parse_constant=_refuse), dict)
    except ValueError:
        return False


def _refuse(name: str) -> None:
    raise ValueError(name)


def _one_version(lines: list[bytes]) -> list[bytes]:
    """Which of equally new versions counts depends on the order of lines; keep the last."""
    kept: dict[object, bytes] = {}
    for number, line in enumerate(lines):
        item_id = json.loads(line).get("id")
        kept[item_id if isinstance(item_id, str) and item_id else number] = line
    return list(kept.values())


def _write(path: Path, lines: list[bytes], mailbox: Path, kind: str) -> None:
    for old in _files(mailbox, kind):
        old.unlink()
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def _parts(lines: list[bytes], rng: random.Random) -> Iterator[list[bytes]]:
    while lines:
        size = rng.randrange(1, len(lines) + 1)
        yield lines[:size]
        lines = lines[size:]


def _parquet(published: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in published.glob("parquet/*")}


def _changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str]:
    """Return the tables whose files are not the same bytes."""
    assert before.keys() == after.keys()
    return {Path(name).stem for name in before if before[name] != after[name]}


def _assert_same(before: Any, after: Any, but: frozenset[str] | set[str] = frozenset()) -> None:
    ignored = {*NOT_COMPUTED, *but, "Office_Run", "Office_ScoreHistory"}
    assert differences(before, after, ignore=ignored) == []
