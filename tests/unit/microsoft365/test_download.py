# ruff: noqa: PT012 - a run dies within its block
"""Killed runs go on where they were; mailboxes side by side; memory; what a run logs."""

import logging
import os
import threading
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.errors import SourceError
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.microsoft365.sign_in import SignIn
from engagement_assets.microsoft365.source import ROUND_LIFE, GraphSource
from tests.support.building import message
from tests.support.graph_reading import FakeTime, Store, ids, later, run
from tests.support.graph_server import ANN, AS_OF, BOB, SECRET, WINDOW, Reply, Tenant, error


class Killed(BaseException):
    pass


@pytest.mark.parametrize("after", range(0, 22, 3))
def test_a_killed_run_goes_on(
    after: int, year: Tenant, source: GraphSource, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann's mailbox dies after so many requests, as if the process did."""
    answered = iter(range(1_000))
    send = source.graph._send

    def send_or_die(*args: Any) -> Any:
        if next(answered) >= after:
            raise Killed
        return send(*args)

    monkeypatch.setattr(source.graph, "_send", send_or_die)
    with pytest.raises(Killed):
        run(source, store, [ANN])
    monkeypatch.undo()
    first = [a.query.get("$filter", "") for a in year.asked_for("/messages")]
    year.asked.clear()
    ann = run(source, store, [ANN])[ANN]
    assert ids(store.items(ann, "message")) == [f"AAMk-{n}" for n in range(13)]
    assert ids(store.items(ann, "event")) == [f"EVT-{n}" for n in range(13)]
    second = [a.query.get("$filter", "") for a in year.asked_for("/messages")]
    assert not set(first) & set(second)


def test_finished_mailboxes_are_not_read_again_by_the_run_after_a_kill(
    year: Tenant, source: GraphSource, store: Store, settings: GraphSettings, sign_in: SignIn
) -> None:
    with pytest.raises(Killed), source.reading([ANN, BOB], WINDOW, store.is_landed):
        source.mailbox(ANN)
        source.mailbox(BOB)
        raise Killed
    year.asked.clear()
    window = later(source, timedelta(minutes=5))
    outcomes = run(source, store, window=window)
    assert year.asked == []
    assert len(store.items(outcomes[ANN], "message")) == 13
    assert outcomes[ANN].covered == (window.start, AS_OF)
    assert outcomes[ANN].status == "processed"
    run(source, store, window=window)  # that round is over: now they are
    assert year.asked


def test_an_old_round_is_not_gone_on_with(year: Tenant, source: GraphSource, store: Store) -> None:
    with pytest.raises(Killed), source.reading([ANN], WINDOW, store.is_landed):
        source.mailbox(ANN)
        raise Killed
    year.asked.clear()
    run(source, store, window=later(source, ROUND_LIFE))
    assert year.asked_for(f"{ANN}/messages")


@pytest.mark.parametrize("change", ["nothing", "time", "size", "gone"])
def test_a_file_that_is_not_as_it_was_is_read_again(
    change: str, year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    """Killed before landing: what lies on disk counts only while nobody touched it."""
    with pytest.raises(Killed), source.reading([ANN], WINDOW, store.is_landed):
        source.mailbox(ANN)
        raise Killed
    file = min((tmp_path / "data" / "download" / "mailboxes" / ANN).glob("messages-*.zst"))
    before = file.stat()
    if change == "gone":
        file.unlink()
    elif change == "size":
        file.write_bytes(file.read_bytes() + b"x")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "time":
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    year.asked.clear()
    outcomes = run(source, store, [ANN])
    assert len(year.asked_for("/messages")) == (0 if change == "nothing" else 1)
    assert sorted(ids(store.items(outcomes[ANN], "message"))) == sorted(
        f"AAMk-{number}" for number in range(13)
    )


def test_killed_between_landing_and_deleting(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(Killed), source.reading([ANN], WINDOW, store.is_landed):
        store.land(source, source.mailbox(ANN))
        raise Killed
    store.landed_names.clear()
    run(source, store, [ANN])
    assert store.landed_names == []
    assert not list((tmp_path / "data").rglob("*.zst"))


def test_remains_are_removed(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "download" / "mailboxes" / ANN
    folder.mkdir(parents=True)
    (folder / "messages-2026-01-r0009.ndjson.zst").write_bytes(b"x")
    (folder / "messages-2026-01-r0009.ndjson.zst.part").write_bytes(b"x")
    run(source, store)
    assert sorted(path.name for path in folder.iterdir()) == ["excluded_folders.json", "state.json"]


# many at once


def test_mailboxes_are_read_side_by_side_and_a_bounded_number_ahead(
    tenant: Tenant, settings: GraphSettings, sign_in: SignIn, time: FakeTime, tmp_path: Path
) -> None:
    users = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(12)]
    for user in users:
        tenant.users[user] = {"id": user}
        tenant.messages[user] = []
        tenant.events[user] = []
    source = GraphSource(
        settings,
        tmp_path / "data",
        sign_in=sign_in,
        budget=lambda: RunBudget(clock=time.clock()),
        now=lambda: AS_OF,
        workers=3,
        ahead=5,
    )
    meet = threading.Barrier(3, timeout=10)
    met = threading.Event()

    def together(asked: Any) -> bool:
        if asked.path.endswith("/mailFolders/drafts") and not met.is_set():
            tenant.lock.release()
            try:
                meet.wait()
                met.set()
            finally:
                tenant.lock.acquire()
        return False

    tenant.breaks_if(together, error(500, "x"))
    with source.reading(users, WINDOW, lambda *_: False):
        assert source.mailbox(users[0]).status == "processed"
        wait_until(lambda: len(begun(tenant)) >= 6)
        assert len(begun(tenant)) == 6
        assert [source.mailbox(user).status for user in users[1:]] == ["processed"] * 11
    assert met.is_set()


def begun(tenant: Tenant) -> set[str]:
    return {a.path.split("/")[3] for a in list(tenant.asked) if "/mailFolders/drafts" in a.path}


def wait_until(true: Callable[[], bool]) -> None:
    event = threading.Event()
    for _ in range(1000):
        if true():
            return
        event.wait(0.01)
    raise AssertionError


def test_mailboxes_are_read_within_reading_only(source: GraphSource) -> None:
    with pytest.raises(SourceError):
        source.mailbox(ANN)


def test_nothing_personal_in_the_log_of_a_run(
    year: Tenant, source: GraphSource, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    source.resolve("ann@contoso.com")
    source.organisation_domains()
    year.breaks(f"{ANN}/messages", Reply(504))
    year.breaks(f"{BOB}/messages", error(403, "ErrorAccessDenied"))
    outcomes = run(source, store)
    text = caplog.text + repr([(o.status, o.reason) for o in outcomes.values()]) + repr(source)
    for word in ("customer.com", "ann@contoso", "AAMk", "EVT-", "inbox-id", SECRET, "TOKEN."):
        assert word not in text
    assert BOB in text


def test_memory_does_not_grow_with_the_mailbox(
    tenant: Tenant, source: GraphSource, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = [message(number, "2026-11-01T00:00:00Z") for number in range(999)]
    get = source.graph.get

    last = 0

    def answer(where: str, query: Any = None, **more: Any) -> Any:
        is_first = where.endswith("/messages") and "ge 2026-11" in query["$filter"]
        if not is_first and "page=" not in where:
            return get(where, query, **more)
        number = 0 if is_first else int(where.rpartition("page=")[2])
        link = {"@odata.nextLink": f"{tenant.url}/v1.0/x?page={number + 1}"}
        return {"value": page} | (link if number < last else {})

    monkeypatch.setattr(source.graph, "get", answer)
    peaks = []
    for last in (1, 15):  # noqa: B007 - `answer` sees it
        tracemalloc.start()
        with source.reading([ANN], WINDOW, store.is_landed):
            source.mailbox(ANN)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
