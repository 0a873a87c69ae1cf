"""`engagement run` against a simulated tenant: the same results as from a folder, whatever happens.

Every fault at random, kills at any moment, mailboxes that cannot be read. `ENGAGEMENT_KILLS` says
how many organisations are read by killed runs (1 when it says nothing).
"""

import os
import random
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from simulator.faults import FAILURES, SHAPES, Faults, Permanent
from simulator.generated_tenant import GeneratedTenant
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from simulator.service import Behaviour
from tests.support import pipeline, tenant
from tests.support.command import TIMEOUT, assert_published, environment, run_here
from tests.support.comparing import differences
from tests.support.sharing import made_once
from tests.support.tenant import ACTIVITY, published

FAULT_SEEDS = (1,)
KILLS = int(os.environ.get("ENGAGEMENT_KILLS", "1"))
SEED = 20_261_124

PERSONS = [user for user in ACTIVITY.organisation.selected_users if user.has_mailbox]
WITHOUT_MAILBOX = {
    user.user_id for user in ACTIVITY.organisation.selected_users if not user.has_mailbox
}
# at most so many requests to one mailbox at once: Exchange allows four
MOST_AT_ONCE = 4


@pytest.fixture(scope="session")
def from_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is published of the organisation as an activity folder."""

    def run(folder: Path) -> Path:
        config_file = tenant.write_folder(folder)
        assert_published(run_here(config_file))
        return published(config_file)

    return made_once(tmp_path_factory, "tenant from folder", run)


@pytest.fixture
def server() -> Iterator[SimulatedServer]:
    simulated = GeneratedTenant(ACTIVITY, teams_chats=True)
    with simulate(simulated, granted=NEEDED_ROLES) as running:
        yield running


def test_a_run_and_the_next_one(server: SimulatedServer, from_folder: Path, tmp_path: Path) -> None:
    config_file = tenant.write_graph(tmp_path / "organisation", server)
    assert_published(tenant.run_within(config_file, server.client_secret))
    assert differences(published(config_file), from_folder) == []
    first = _asked_for_mail(server)
    assert max(server.most_in_flight.values()) <= MOST_AT_ONCE
    data = config_file.parent / "data"
    assert not list(data.rglob("*.ndjson*")), "raw files go once they are landed"

    assert_published(tenant.run(config_file, server.client_secret))
    assert differences(published(config_file), from_folder, same_past=False) == []
    again = _asked_for_mail(server) - first
    assert 0 < again < first / 3, "settled months are not read again"
    assert len(pipeline.published(published(config_file))["Office_Run"]) == 2


def _asked_for_mail(server: SimulatedServer) -> int:
    return sum(request.path.endswith("/messages") for request in server.requests)


@pytest.mark.parametrize("seed", FAULT_SEEDS)
def test_every_fault_at_random_changes_nothing(
    seed: int, server: SimulatedServer, from_folder: Path, tmp_path: Path
) -> None:
    faults = Faults(seed, rate=0.3, wait=0.01, large_page=5)
    server.service.faults = faults
    config_file = tenant.write_graph(tmp_path / "organisation", server)
    run = tenant.run_within(config_file, server.client_secret)
    assert_published(run)
    assert "warning" not in run.stdout
    assert differences(published(config_file), from_folder) == []
    assert len(faults.injected) > len((*FAILURES, *SHAPES)) // 2


def _kill_after(config_file: Path, server: SimulatedServer, requests: int) -> int:
    """Start a run, and kill it when it has sent so many requests, or has begun the models."""
    before = len(server.requests)
    process = subprocess.Popen(
        tenant.command(config_file),
        env=environment({"ENGAGEMENT_CLIENT_SECRET": server.client_secret}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    ended = threading.Event()

    def strike() -> None:
        while not ended.wait(0.005):
            if len(server.requests) - before >= requests:
                break
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    watcher = threading.Thread(target=strike)
    watcher.start()
    said = ""
    try:
        for line in process.stdout:
            said += line
            if re.match(r"\d+/\d+ Office_Ledger\n", line):
                ended.set()
        process.wait(TIMEOUT)
    finally:
        ended.set()
        watcher.join()
        process.stdout.close()
    assert process.returncode == -signal.SIGKILL, said
    return len(server.requests) - before


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_any_moment(number: int, from_folder: Path, tmp_path: Path) -> None:
    """Twice, and then once to its end: with faults, and what is finished is not asked for again."""
    dice = random.Random(SEED + number)
    faults = Faults(number, rate=0.15, wait=0.01, large_page=5)
    slow = Behaviour(latency=0.01)
    with simulate(
        GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES, faults=faults, behaviour=slow
    ) as server:
        config_file = tenant.write_graph(tmp_path / "organisation", server)
        for _ in range(2):
            _kill_after(config_file, server, dice.randrange(1, 150))
            assert not published(config_file).exists()
        assert_published(tenant.run_within(config_file, server.client_secret))
        assert differences(published(config_file), from_folder) == []
        data = config_file.parent / "data"
        assert not [*data.rglob("*.part"), *data.rglob("*.building")]


def test_mailboxes_that_cannot_be_read(
    server: SimulatedServer, from_folder: Path, tmp_path: Path
) -> None:
    denied, deleted, failing, *whole = (user.user_id for user in PERSONS)
    server.registration.denied.add(denied)
    # the folders are read first: these go wrong in the middle of the mail
    server.faults.permanent = {
        deleted: Permanent("404", after=6),
        failing: Permanent("503-bare", after=6),
    }
    config_file = tenant.write_graph(tmp_path / "organisation", server)
    run = tenant.run_within(config_file, server.client_secret)
    assert_published(run)
    assert "succeeded with warnings" in run.stdout
    rows = {
        str(row["UserId"]): row
        for row in pipeline.published(published(config_file))["Office_Mailbox"]
    }
    expected = {
        denied: ("denied", "Exchange does not let the app read this mailbox"),
        deleted: ("no_mailbox", "This person was deleted from the directory (404"),
        failing: ("failed", "Microsoft 365 did not give the whole mailbox (503)"),
        **dict.fromkeys(WITHOUT_MAILBOX, ("no_mailbox", "This person has no mailbox that")),
    }
    for user_id, (status, reason) in expected.items():
        row = rows[user_id]
        assert row["Status"] == status, row
        assert str(row["Reason"]).startswith(reason), row
        assert re.fullmatch(r"[A-Z].*\.", str(row["Reason"]))
        assert row["CoveredFrom"] is None, "half a mailbox counts for nothing"
    for user_id in whole:
        assert (rows[user_id]["Status"], rows[user_id]["Reason"]) == ("processed", None)

    # what stood in the way is gone: nothing is missing, as if it had never been there
    server.registration.denied.clear()
    server.faults.permanent = {}
    assert_published(tenant.run_within(config_file, server.client_secret))
    assert differences(published(config_file), from_folder, same_past=False) == []
