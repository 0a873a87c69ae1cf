"""What must not change the results, and what a second copy may change (contract 1, 2, 7)."""

import gzip
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from tests.naive.compare import NOT_COMPUTED, differences
from tests.organisations import Size, write_organisation
from tests.support import pipeline
from tests.support.repetition import OF_SEVERAL_RUNS

SIZE = Size()
SEEDS = (3, 11, 19)
OPENERS: tuple[tuple[str, Callable[[Path], Any]], ...] = (
    (".ndjson", lambda path: open(path, "wb")),
    (".ndjson.gz", lambda path: gzip.open(path, "wb")),
    (".ndjson.zst", lambda path: zstd.open(path, "wb")),
)


@pytest.fixture(params=SEEDS)
def organisation(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A random organisation whose files can all be read, with one version of every item."""
    config_file = write_organisation(tmp_path, random.Random(request.param), size=SIZE)
    for mailbox in _mailboxes(tmp_path):
        for kind in ("messages", "events"):
            _write(mailbox / f"{kind}.ndjson", _one_version(_read(mailbox, kind)), mailbox, kind)
    return config_file


def test_running_again_changes_nothing(organisation: Path) -> None:
    first = _parquet(pipeline.run(organisation, "first"))
    second = _parquet(pipeline.run(organisation, "second"))
    assert first.keys() == second.keys()
    changed = {name.removesuffix(".parquet") for name in first if first[name] != second[name]}
    assert changed <= set(OF_SEVERAL_RUNS)


def test_history_keeps_every_run(organisation: Path) -> None:
    pipeline.run(organisation, "first")
    published = pipeline.published(pipeline.run(organisation, "second"))
    assert [row["RunId"] for row in published["Office_Run"]] == ["first", "second"]
    assert {row["RunId"] for row in published["Office_ScoreHistory"]} == {"first", "second"}


@pytest.mark.parametrize("batch_bytes", [1, 20_000])
def test_size_of_batches_changes_nothing(organisation: Path, batch_bytes: int) -> None:
    whole = pipeline.published(pipeline.run(organisation))
    _remove_data(organisation)
    cut = pipeline.published(pipeline.run(organisation, batch_bytes=batch_bytes))
    _assert_same(whole, cut)


@pytest.mark.parametrize("shuffle", [1, 2])
def test_order_files_and_compression_change_nothing(organisation: Path, shuffle: int) -> None:
    before = pipeline.published(pipeline.run(organisation))
    _remove_data(organisation)
    rng = random.Random(shuffle)
    for mailbox in _mailboxes(organisation.parent):
        for kind in ("messages", "events"):
            lines = _read(mailbox, kind)
            rng.shuffle(lines)
            (mailbox / f"{kind}.ndjson").unlink(missing_ok=True)
            for number, part in enumerate(_parts(lines, rng)):
                ending, opener = rng.choice(OPENERS)
                with opener(mailbox / f"{kind}-{number}{ending}") as stream:
                    stream.write(b"\r\n".join(part) + b"\n" * rng.randrange(3))
    _assert_same(before, pipeline.published(pipeline.run(organisation)))


def test_another_copy_in_the_same_mailbox_is_counted_and_no_more(organisation: Path) -> None:
    before = pipeline.published(pipeline.run(organisation))
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


def test_ledger_balances(organisation: Path) -> None:
    published = pipeline.published(pipeline.run(organisation))
    for item in ("email", "meeting", "contact"):
        counts = {row["Outcome"]: row["Count"] for row in published["Office_Ledger"]
                  if row["Item"] == item}  # fmt: skip
        assert counts.pop("read") == sum(map(int, map(str, counts.values())))


def _is_read(line: dict[str, Any]) -> bool:
    """Only items that have a message id of their own become a further copy of the same e-mail."""
    message_id = line.get("internetMessageId")
    return isinstance(message_id, str) and bool(message_id.strip())


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


def _read(mailbox: Path, kind: str) -> list[bytes]:
    """Return the lines that can be read; what is broken is left out."""
    lines: list[bytes] = []
    for path in sorted(mailbox.glob(f"{kind}*.ndjson*")):
        opener: Any = {".gz": gzip.open, ".zst": zstd.open}.get(path.suffix, open)
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
    for old in mailbox.glob(f"{kind}*.ndjson*"):
        old.unlink()
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def _parts(lines: list[bytes], rng: random.Random) -> Iterator[list[bytes]]:
    while lines:
        size = rng.randrange(1, len(lines) + 1)
        yield lines[:size]
        lines = lines[size:]


def _remove_data(config_file: Path) -> None:
    shutil.rmtree(config_file.parent / "data")


def _parquet(published: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in published.glob("parquet/*")}


def _assert_same(before: Any, after: Any, but: frozenset[str] | set[str] = frozenset()) -> None:
    ignored = {*NOT_COMPUTED, *but, "Office_Run", "Office_ScoreHistory"}
    assert differences(before, after, ignore=ignored) == []
