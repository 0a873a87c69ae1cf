"""What counts of mailboxes of Microsoft 365 that cannot be read: what the store has of them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.reading.mailboxes import MailboxOutcome, expose_mailboxes, read_mailboxes
from engagement_assets.warehouse.activity_store import ActivityStore
from engagement_assets.window import Window
from tests.support.building import event, message
from tests.support.graph_reading import FakeTime, later
from tests.support.graph_server import ANN, AS_OF, BOB, WINDOW, Reply, Tenant, error
from tests.support.landing import Connection, of_an_earlier_version

HOUR = timedelta(hours=1)
UNTIL = "up to 2026-11-24 10:30 UTC"
MAIL = [f"AAMk-{number}" for number in range(13)]
EVENTS = [f"EVT-{number}" for number in range(13)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def read(
    connection: Connection, folder: Path, source: GraphSource, window: Window = WINDOW
) -> Mapping[str, MailboxOutcome]:
    """Read as a run does: what counts is in the warehouse then."""
    store = ActivityStore(folder)
    outcomes = read_mailboxes(connection, store, source, [ANN, BOB], window, lambda *_: None)
    store.tidy(connection)
    expose_mailboxes(connection, store, outcomes)
    return {outcome.user_id: outcome for outcome in outcomes}


def counted(connection: Connection, prefix: str, table: str) -> list[str]:
    """Return the ids of items that count, each known by its key."""
    ids = [f"{prefix}-{number}" for number in range(50)]
    rows = connection.execute(
        f"select id from {table} inner join (select unnest(?) as id) on item_key = key_of(id)",
        [ids],
    ).fetchall()
    return sorted((id_ for (id_,) in rows), key=ids.index)


def mail(connection: Connection) -> list[str]:
    return counted(connection, "AAMk", "landed_message")


def events(connection: Connection) -> list[str]:
    return counted(connection, "EVT", "landed_event")


def kept(connection: Connection, folder: Path) -> int:
    """Return how many rows are on the disk, whether they count or not."""
    found = [
        connection.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall()[0][0]
        for path in folder.glob("*.parquet")
    ]
    return sum(found)


def news(year: Tenant) -> None:
    """Let there be a message and a meeting more, and a message moved."""
    year.messages[ANN].append(message(40, "2026-11-24T10:45:00Z"))
    year.messages[ANN][-2]["parentFolderId"] = "junk-id"
    year.events[ANN].append(event(40, "2026-11-24T10:45:00"))


@pytest.mark.parametrize(
    ("reply", "status"),
    [(error(403, "ErrorAccessDenied"), "denied"), (error(507, "ErrorQuotaExceeded"), "failed")],
    ids=["denied", "failed"],
)
def test_what_earlier_runs_read_counts(
    reply: Reply,
    status: str,
    connection: Connection,
    folder: Path,
    year: Tenant,
    source: GraphSource,
) -> None:
    read(connection, folder, source)
    news(year)
    window = later(source, HOUR)
    year.breaks(f"{ANN}/messages?$filter=receivedDateTime ge 2026-11", reply)
    ann = read(connection, folder, source, window)[ANN]
    assert (ann.status, ann.covered) == (status, (window.start, AS_OF))
    assert str(ann.reason).endswith(f" What was read of it before still counts, {UNTIL}.")
    assert (mail(connection), events(connection)) == (MAIL, EVENTS)
    assert kept(connection, folder) == 26

    ann = read(connection, folder, source, later(source, 2 * HOUR))[ANN]
    assert (ann.status, ann.reason) == ("processed", None)
    assert mail(connection) == [*MAIL, "AAMk-40"]
    assert events(connection) == [*EVENTS, "EVT-40"]
    assert kept(connection, folder) == 28, "nothing that nobody counts"


def test_a_mailbox_that_this_run_did_not_get_to(
    connection: Connection, folder: Path, year: Tenant, source: GraphSource, time: FakeTime
) -> None:
    read(connection, folder, source)
    year.events[BOB].append(event(30, "2026-11-01T09:00:00"))
    source._budget = lambda: RunBudget(clock=time.clock(), time_left=0)
    outcomes = read(connection, folder, source, later(source, HOUR))
    assert outcomes[ANN].status == outcomes[BOB].status == "pending"
    assert UNTIL in str(outcomes[BOB].reason)
    assert outcomes[BOB].covered, "it was read, and there was nothing in it"
    assert (mail(connection), events(connection)) == (MAIL, EVENTS)


def test_meetings_count_as_they_were_read_before(
    connection: Connection, folder: Path, year: Tenant, source: GraphSource
) -> None:
    read(connection, folder, source)
    news(year)
    window = later(source, HOUR)
    year.breaks(f"{ANN}/calendarView", error(403, "ErrorAccessDenied"))
    ann = read(connection, folder, source, window)[ANN]
    assert (ann.status, ann.covered) == ("partly", (window.start, window.as_of))
    assert str(ann.reason).endswith(f" Its meetings still count as they were read before, {UNTIL}.")
    assert mail(connection) == [*MAIL, "AAMk-40"]
    assert events(connection) == EVENTS

    # and when then all of it fails, each counts as it was last read
    year.breaks(f"{ANN}/mailFolders", error(403, "ErrorAccessDenied"))
    again = later(source, 2 * HOUR)
    ann = read(connection, folder, source, again)[ANN]
    assert (ann.status, ann.covered) == ("denied", (again.start, window.as_of))
    assert (mail(connection), events(connection)) == ([*MAIL, "AAMk-40"], EVENTS)

    read(connection, folder, source, later(source, 3 * HOUR))
    assert events(connection) == [*EVENTS, "EVT-40"]
    assert kept(connection, folder) == 28


def test_a_calendar_that_was_never_read(
    connection: Connection, folder: Path, year: Tenant, source: GraphSource
) -> None:
    year.breaks_if(lambda asked: "/calendarView" in asked.path, error(404, "ErrorItemNotFound"))
    ann = read(connection, folder, source)[ANN]
    assert (ann.status, ann.covered) == ("partly", (WINDOW.start, AS_OF))
    assert str(ann.reason).endswith(" None of its meetings counts: they were never read.")
    assert (mail(connection), events(connection)) == (MAIL, [])


def test_of_a_mailbox_that_is_gone_nothing_counts_and_nothing_is_kept(
    connection: Connection, folder: Path, year: Tenant, source: GraphSource
) -> None:
    read(connection, folder, source)
    year.breaks(f"{ANN}/mailFolders", error(404, "MailboxNotEnabledForRESTAPI"))
    ann = read(connection, folder, source)[ANN]
    assert (ann.status, ann.covered) == ("no_mailbox", None)
    assert (mail(connection), events(connection)) == ([], [])
    assert kept(connection, folder) == 0
    assert read(connection, folder, source)[ANN].status == "processed"
    assert mail(connection) == MAIL


def test_after_an_upgrade_everything_is_read_again_once(
    connection: Connection, folder: Path, year: Tenant, source: GraphSource, tmp_path: Path
) -> None:
    """The downloads are long gone: they are asked for again, and rows stay until they are there."""
    read(connection, folder, source)
    of_an_earlier_version(connection, folder)
    year.breaks(f"{ANN}/messages?$filter=receivedDateTime ge 2026-06", error(507, "x"))
    ann = read(connection, folder, source)[ANN]
    assert ann.status == "failed"
    assert str(ann.reason).endswith("with addresses compared as an earlier version did.")
    assert (mail(connection), events(connection)) == (MAIL, EVENTS)
    assert kept(connection, folder) == 26

    year.asked.clear()
    ann = read(connection, folder, source)[ANN]
    assert (ann.status, ann.reason) == ("processed", None)
    assert (mail(connection), events(connection)) == (MAIL, EVENTS)
    assert len(year.asked_for(f"{ANN}/messages")) == 6, "June to November"
    assert kept(connection, folder) == 26
    assert not list((tmp_path / "data").rglob("*.zst"))
    read_of = ActivityStore(folder).last_read(ANN, "message")
    assert read_of is not None
    assert not read_of.is_of_an_earlier_rule

    year.asked.clear()
    read(connection, folder, source)
    assert len(year.asked_for(f"{ANN}/messages")) == 2, "once is enough"


def test_after_an_upgrade_a_calendar_that_is_refused_keeps_its_rows(
    connection: Connection, folder: Path, year: Tenant, source: GraphSource
) -> None:
    read(connection, folder, source)
    of_an_earlier_version(connection, folder)
    year.breaks_if(lambda asked: "/calendarView" in asked.path, error(403, "ErrorAccessDenied"))
    for _ in range(2):
        ann = read(connection, folder, source)[ANN]
        assert ann.status == "partly"
        assert str(ann.reason).endswith("with addresses compared as an earlier version did.")
        assert (mail(connection), events(connection)) == (MAIL, EVENTS)
        store = ActivityStore(folder)
        read_of = [store.last_read(ANN, "message"), store.last_read(ANN, "event")]
        assert [read and read.is_of_an_earlier_rule for read in read_of] == [False, True]


def test_the_moment_is_that_of_the_read_not_of_the_landing(
    connection: Connection, folder: Path, year: Tenant, source: GraphSource
) -> None:
    """A run that was killed had read everything; the one after it lands it."""
    with pytest.raises(KeyboardInterrupt):
        _read_and_die(source)
    window = later(source, timedelta(minutes=5))
    assert year.messages
    ann = read(connection, folder, source, window)[ANN]
    assert (ann.status, ann.covered) == ("processed", (window.start, AS_OF))
    assert datetime(2026, 11, 24, 10, 30, tzinfo=UTC) == AS_OF


def _read_and_die(source: GraphSource) -> None:
    with source.reading([ANN, BOB], WINDOW, lambda *_: False):
        source.mailbox(ANN)
        source.mailbox(BOB)
        raise KeyboardInterrupt
