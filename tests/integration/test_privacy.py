"""Personal data has one way out: none. What is in the input is looked for in everything written.

Where values may be compressed (Parquet, DuckDB) every value is read; besides, all files are
searched as bytes. Landed activity may hold ids of conversations; no address, nothing else of a
person, and never a subject, a body or a preview. The files that nobody but the pipeline reads are
the only ones.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.support.command import SAME_ID, models_with, run_engagement, run_here, write_sample
from tests.support.markers import Markers

SENDER = "zq7sender.marker@zq7customer.example"
OTHER = "zq7other.marker@zq7customer.example"
MARKERS: Mapping[str, str] = {
    "sender": SENDER,
    "other contact": OTHER,
    "contact that is not valid": "zq7invalid marker",
    "name of a contact": "Zq7name Marker",
    "message id": "<zq7messageid.marker@mail.example>",
    "item id": "zq7itemidMARKERaaaa",
    "conversation": "zq7conversationMARKERbbbb",
    "folder": "zq7folderMARKERcccc",
    "subject": "Zq7subject marker of an e-mail",
    "body": "Zq7body marker of an e-mail",
    "preview": "Zq7preview marker of an e-mail",
    "attachment": "zq7attachment-marker.xlsx",
    "event id": "zq7eventidMARKERdddd",
    "calendar id": "zq7icaluidMARKEReeee",
    "event subject": "Zq7subject marker of a meeting",
    "event place": "Zq7place marker of a meeting",
}
LOOK = Markers(MARKERS)

# marker: the columns of landed activity that may hold it
LANDED: Mapping[str, frozenset[str]] = {
    "conversation": frozenset({"thread"}),
}


def _recipient(address: str) -> dict[str, object]:
    return {"emailAddress": {"address": address, "name": MARKERS["name of a contact"]}}


def _message(number: int) -> dict[str, object]:
    return {
        "id": f"{MARKERS['item id']}{number}",
        "internetMessageId": f"{MARKERS['message id']}{number}",
        "conversationId": MARKERS["conversation"],
        "parentFolderId": MARKERS["folder"],
        "sentDateTime": f"2026-11-{number:02}T10:00:00Z",
        "subject": MARKERS["subject"],
        "bodyPreview": MARKERS["preview"],
        "body": {"contentType": "text", "content": MARKERS["body"]},
        "attachments": [{"name": MARKERS["attachment"]}],
        "from": _recipient(SENDER if number % 2 else "ada.vermeer@contoso.com"),
        "toRecipients": [
            _recipient("ada.vermeer@contoso.com" if number % 2 else SENDER),
            _recipient(OTHER),
        ],
    }


def _event(number: int) -> dict[str, object]:
    return {
        "id": f"{MARKERS['event id']}{number}",
        "iCalUId": f"{MARKERS['calendar id']}{number}",
        "subject": MARKERS["event subject"],
        "bodyPreview": MARKERS["preview"],
        "body": {"contentType": "text", "content": MARKERS["body"]},
        "location": {"displayName": MARKERS["event place"]},
        "organizer": _recipient(SENDER),
        "attendees": [_recipient("ada.vermeer@contoso.com"), _recipient(OTHER)],
        "start": {"dateTime": f"2026-11-{number:02}T11:00:00", "timeZone": "UTC"},
        "end": {"dateTime": f"2026-11-{number:02}T12:00:00", "timeZone": "UTC"},
    }


def _lines(items: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


@dataclass(frozen=True)
class Runs:
    """An organisation after runs that succeed, warn and fail: its folder, and all they said."""

    folder: Path
    said: bytes

    @property
    def data(self) -> Path:
        return self.folder / "data"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("private")
    config_file = write_sample(folder)
    with (folder / "contacts.csv").open("a", encoding="utf-8") as contacts:
        contacts.write(f"C-PRIVATE,{SENDER}\nC-PRIVATE,{OTHER}\n")
        contacts.write(f"C-PRIVATE,{MARKERS['contact that is not valid']}\n")
    whole, half, broken, *_ = sorted((folder / "activity" / "mailboxes").iterdir())
    (whole / "messages-2.ndjson").write_bytes(_lines([_message(n) for n in range(1, 20)]))
    (whole / "events-2.ndjson").write_bytes(_lines([_event(n) for n in range(1, 20)]))
    # two mailboxes that fail in the middle of what must not be told
    text = _lines([_message(n) for n in range(1, 5)])
    (half / "messages-2.ndjson").write_bytes(text[:-30])
    (broken / "messages-2.ndjson").write_bytes(text + f"[{json.dumps(MARKERS)}]\n".encode())

    same = models_with(folder / "same", *SAME_ID)
    # a model that stops at a value: the database's own message quotes it
    cast = models_with(folder / "cast", "email_head", "min(thread)", "min(cast(thread as integer))")
    said = b""
    for models, says in (
        (None, "succeeded with warnings"),
        (same, "engagement: "),
        (cast, "email_head.sql: DuckDB stopped with ConversionException"),
        (None, "2 failed"),
    ):
        # as a process, but where other models are put in the place of the product's
        run = run_here(config_file, models=models) if models else run_engagement(config_file)
        assert (run.returncode == 0) == (models is None), run.stdout + run.stderr
        assert says in run.stdout + run.stderr
        said += (run.stdout + run.stderr).encode()
    return Runs(folder, said)


# --- looking ------------------------------------------------------------------------------------


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    for number, spelling in enumerate(sorted(LOOK.spellings["sender"])):
        (tmp_path / str(number)).write_bytes(b"x" + spelling + b"x")
    assert all("sender" in markers for markers in LOOK.in_files(tmp_path).values())
    assert len(LOOK.in_files(tmp_path)) == len(LOOK.spellings["sender"])
    encoded = base64.b64encode(b"ab" + SENDER.encode() + b"cd")
    assert LOOK.found(encoded) == {"sender"}


def test_the_private_activity_was_read(runs: Runs) -> None:
    """Otherwise nothing could be found, wherever one looks."""
    with duckdb.connect(
        runs.data / "published" / "engagement.duckdb", read_only=True
    ) as connection:
        counts = connection.execute(
            "select NoOfEmails_ToAccount, NoOfEmails_FromAccount from Office "
            "where CustomerId = 'C-PRIVATE' and AggregationLevel = 'year'"
        ).fetchall()
        statuses = connection.execute("select Status, count(*) from Office_Mailbox group by all")
        assert dict(statuses.fetchall())["failed"] == 2
    assert counts == [(9, 10)]


# --- what a run may not tell --------------------------------------------------------------------


def test_nothing_is_said(runs: Runs) -> None:
    assert LOOK.found(runs.said) == set()


def test_nothing_is_in_what_dagster_keeps(runs: Runs) -> None:
    """Runs, events, checks, materialisations, logs, and what steps printed."""
    assert any((runs.data / "dagster").rglob("*.db"))
    assert LOOK.in_files(runs.data / "dagster") == {}


def test_nothing_is_published(runs: Runs) -> None:
    assert LOOK.in_published(runs.data / "snapshots") == {}


def test_nothing_is_in_the_manifest(runs: Runs) -> None:
    manifest = runs.data / "activity" / "manifest.json"
    assert LOOK.found(manifest.read_bytes()) == set()


def test_landed_activity_holds_conversations_only(runs: Runs) -> None:
    files = sorted((runs.data / "activity").iterdir())
    assert [file.name for file in files if file.suffix not in {".parquet", ".json"}] == []
    for parquet in files:
        if parquet.suffix == ".parquet":
            with duckdb.connect() as connection:
                for column, markers in LOOK.in_values(
                    connection, f"read_parquet('{parquet}')"
                ).items():
                    wrong = {m for m in markers if column not in LANDED.get(m, ())}
                    assert wrong == set(), f"{parquet.name}, {column}"


def test_the_warehouse_holds_conversations_only(runs: Runs) -> None:
    found = LOOK.in_tables(runs.data / "warehouse" / "warehouse.duckdb")
    wrong = {
        f"{table}.{column}: {marker}"
        for table, columns in found.items()
        for column, markers in columns.items()
        for marker in markers
        if column not in LANDED.get(marker, ())
    }
    assert wrong == set()
    markers = set().union(*LOOK.in_files(runs.data / "warehouse").values())
    assert markers <= LANDED.keys()
