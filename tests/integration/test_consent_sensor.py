"""The sensor that waits for consent, at any moment, over restarts; and the schedule beside it."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from engagement_assets.config import load
from engagement_assets.consent import grants
from engagement_assets.pipeline import automation, sensor
from simulator.generated_tenant import GeneratedTenant
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from tests.support import tenant
from tests.support.command import read_settings, write_settings
from tests.support.tenant import ACTIVITY

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DELAY = timedelta(hours=6)
MINUTE = timedelta(minutes=1)


class Watch:
    """The sensor of one configuration: a clock, and the cursor as Dagster keeps it."""

    def __init__(self, config_file: Path, instance: dg.DagsterInstance) -> None:
        self.config_file = config_file
        self.data_dir = config_file.parent / "data"
        self.now = NOON
        self.cursor: str | None = None
        self.said: list[str] = []
        self._instance = instance

    def tick(self, after: timedelta = MINUTE, seconds: float = 20) -> list[str]:
        """Let time pass and the sensor look; return the keys of the runs that it requests.

        Every tick is one after a restart: the sensor is made anew.
        """
        self.now += after
        made = sensor.of(self.config_file, now=lambda: self.now, seconds=seconds)
        with dg.build_sensor_context(self._instance, cursor=self.cursor) as context:
            found = made.evaluate_tick(context)
        self.cursor = found.cursor
        self.said.append(found.skip_message or "")
        return [str(request.run_key) for request in found.run_requests or ()]

    def scheduled(self, seconds: float = 20) -> str:
        """Let the schedule tick; return why it waits, or nothing when it starts a run."""
        configuration = load(self.config_file, files_must_exist=False)
        weekly = automation.weekly(
            configuration, self.config_file, now=lambda: self.now, seconds=seconds
        )
        with dg.build_schedule_context(
            self._instance, scheduled_execution_time=self.now
        ) as context:
            found = weekly.evaluate_tick(context)
        assert bool(found.skip_message) != bool(found.run_requests)
        return found.skip_message or ""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture(scope="module")
def running() -> Iterator[SimulatedServer]:
    with simulate(GeneratedTenant(ACTIVITY)) as server:
        yield server


@pytest.fixture
def server(running: SimulatedServer, monkeypatch: pytest.MonkeyPatch) -> SimulatedServer:
    """A tenant in which nothing is granted."""
    running.withdraw()
    running.registration.principal = True
    monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", running.client_secret)
    return running


@pytest.fixture
def watch(server: SimulatedServer, instance: dg.DagsterInstance, tmp_path: Path) -> Watch:
    return Watch(tenant.write_graph(tmp_path / "organisation", server), instance)


@pytest.fixture
def granted(server: SimulatedServer, watch: Watch) -> Watch:
    """Consent was given, and seen at 12:01 UTC, which is 13:01 in Amsterdam."""
    server.grant(NEEDED_ROLES)
    assert watch.tick() == []
    return watch


@pytest.fixture
def folder(instance: dg.DagsterInstance, tmp_path: Path) -> Watch:
    """An activity folder: accepted privacy terms are all the consent there is."""
    (tmp_path / "activity").mkdir()
    return Watch(tenant.write_folder(tmp_path), instance)


# --- the first run ------------------------------------------------------------------------------


def test_it_is_on_and_starts_the_job(watch: Watch) -> None:
    made = sensor.of(watch.config_file)
    assert made.default_status is dg.DefaultSensorStatus.RUNNING
    assert made.job_name == automation.JOB.name


def test_without_consent_it_says_what_is_missing(server: SimulatedServer, watch: Watch) -> None:
    assert watch.tick() == []
    assert "has not granted" in watch.said[-1]
    server.grant(NEEDED_ROLES[1:])
    assert watch.tick(30 * DELAY) == []
    assert NEEDED_ROLES[0] in watch.said[-1]
    assert NEEDED_ROLES[1] not in watch.said[-1]
    assert "engagement consent" in watch.said[-1]
    assert not watch.data_dir.exists()


def test_an_app_that_the_tenant_does_not_know_has_no_consent(
    server: SimulatedServer, watch: Watch
) -> None:
    server.registration.principal = False
    assert watch.tick() == []
    assert server.client_id in watch.said[-1]


def test_the_first_run_is_requested_once_when_its_time_has_come(granted: Watch) -> None:
    assert granted.said[-1] == (
        "Consent seen at 2026-11-24 13:01 Europe/Amsterdam, "
        "first run at 2026-11-24 19:01 Europe/Amsterdam."
    )
    assert granted.tick(DELAY - 2 * MINUTE) == []
    (key,) = granted.tick(2 * MINUTE)
    assert "2026-11-24T12:01:00" in key
    for after in (MINUTE, DELAY, 90 * DELAY):
        assert granted.tick(after) == []
        assert "its first run was requested" in granted.said[-1]


def test_a_tick_that_dagster_forgot_asks_for_the_same_run(granted: Watch) -> None:
    """Killed before cursor and run were stored; had the run been stored, its key is known."""
    first = granted.tick(DELAY)
    granted.cursor = None
    assert granted.tick() == first != []


def test_it_is_not_requested_again_without_dagsters_history(granted: Watch) -> None:
    """docs/operations.md: deleting the folder of the instance loses history, nothing else."""
    assert granted.tick(DELAY) != []
    assert granted.tick() == []
    granted.cursor = None
    assert granted.tick(90 * DELAY) == []
    assert "its first run was requested" in granted.said[-1]


def test_the_delay_is_that_of_the_configuration(granted: Watch) -> None:
    write_settings(
        granted.config_file, read_settings(granted.config_file) | {"first_run_delay_hours": 0.5}
    )
    assert granted.tick(timedelta(minutes=29)) == []
    assert len(granted.tick()) == 1


def test_without_a_delay_it_is_requested_at_once(server: SimulatedServer, watch: Watch) -> None:
    write_settings(
        watch.config_file, read_settings(watch.config_file) | {"first_run_delay_hours": 0}
    )
    server.grant(NEEDED_ROLES)
    assert len(watch.tick()) == 1
    assert watch.tick() == []


# --- grants -------------------------------------------------------------------------------------


def test_a_renewed_consent_is_a_new_grant(server: SimulatedServer, granted: Watch) -> None:
    (first,) = granted.tick(DELAY)
    server.withdraw()
    assert granted.tick() == []
    assert "has not granted" in granted.said[-1]
    server.grant(NEEDED_ROLES)
    assert granted.tick() == []
    assert "first run at" in granted.said[-1]
    (second,) = granted.tick(DELAY)
    assert second != first
    assert granted.tick(DELAY) == []


def test_the_delay_begins_anew_when_it_is_withdrawn_meanwhile(
    server: SimulatedServer, granted: Watch
) -> None:
    server.withdraw([NEEDED_ROLES[3]])
    assert granted.tick(DELAY / 2) == []
    server.grant(NEEDED_ROLES)
    assert granted.tick(DELAY / 4) == []
    assert granted.tick(DELAY / 2) == []
    assert len(granted.tick(DELAY / 2)) == 1


def test_a_withdrawal_that_only_a_run_saw_counts(granted: Watch) -> None:
    assert granted.tick(DELAY) != []
    of = grants.last_seen(granted.data_dir)
    assert of is not None
    grants.remember(granted.data_dir, of.of, is_granted=False, checked_at=granted.now)
    assert granted.tick() == []
    assert "first run at" in granted.said[-1]
    assert len(granted.tick(DELAY)) == 1


def test_another_tenants_consent_is_another_grant(
    granted: Watch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (first,) = granted.tick(DELAY)
    with simulate(
        GeneratedTenant(ACTIVITY),
        granted=NEEDED_ROLES,
        client_id="0a0a0a0a-0000-4000-8000-000000000000",
    ) as other:
        elsewhere = tenant.write_graph(tmp_path_factory.mktemp("other"), other)
        settings = read_settings(granted.config_file)
        settings["source"] = read_settings(elsewhere)["source"]
        write_settings(granted.config_file, settings)
        assert granted.tick() == []
        assert "first run at" in granted.said[-1]
        assert granted.tick(DELAY) not in ([], [first])


def test_the_privacy_terms_are_the_consent_for_a_folder(folder: Watch) -> None:
    settings = read_settings(folder.config_file)
    terms = settings.pop("privacy_terms")
    write_settings(folder.config_file, settings)
    assert folder.tick() == []
    assert "privacy_terms are not accepted" in folder.said[-1]

    write_settings(folder.config_file, settings | {"privacy_terms": terms})
    assert folder.tick() == []
    (first,) = folder.tick(DELAY)
    assert folder.tick(DELAY) == []

    write_settings(folder.config_file, settings)
    assert folder.tick() == []
    write_settings(folder.config_file, settings | {"privacy_terms": terms})
    assert folder.tick() == []
    assert folder.tick(DELAY) not in ([], [first])


# --- what goes wrong ----------------------------------------------------------------------------


def test_a_graph_that_never_answers_does_not_hold_up_the_tick(granted: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = read_settings(granted.config_file)
        settings["source"]["login_url"] = f"https://localhost:{silent.getsockname()[1]}"
        write_settings(granted.config_file, settings)
        assert granted.tick(DELAY, seconds=0.3) == []
    assert granted.said[-1] == "No answer within 0.3 seconds."
    assert grants.last_seen(granted.data_dir) is not None, "nobody said that it was withdrawn"


def test_a_graph_that_cannot_be_reached_is_not_a_withdrawal(granted: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    settings = read_settings(granted.config_file)
    reachable = settings["source"]["login_url"]
    settings["source"]["login_url"] = f"https://localhost:{closed}"
    write_settings(granted.config_file, settings)
    assert granted.tick(DELAY, seconds=1) == []
    assert granted.said[-1]
    settings["source"]["login_url"] = reachable
    write_settings(granted.config_file, settings)
    assert len(granted.tick()) == 1


def test_a_wrong_secret_is_said_and_not_shown(
    granted: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", "wrong-and-still-secret")
    assert granted.tick(DELAY) == []
    assert "ENGAGEMENT_CLIENT_SECRET must hold the secret's value" in granted.said[-1]
    assert "wrong-and-still-secret" not in granted.said[-1]


def test_a_missing_credential_is_said(granted: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENGAGEMENT_CLIENT_SECRET")
    assert granted.tick(DELAY) == []
    assert "Set ENGAGEMENT_CLIENT_CERTIFICATE" in granted.said[-1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("source: [", "line 1"),
        ("source: {kind: graph}\n", "tenant_id is missing"),
    ],
    ids=["missing", "no YAML", "incomplete"],
)
def test_a_wrong_configuration_is_said(content: str | None, words: str, granted: Watch) -> None:
    good = granted.config_file.read_text()
    if content is None:
        granted.config_file.unlink()
    else:
        granted.config_file.write_text(content)
    assert granted.tick(DELAY) == []
    assert words in granted.said[-1]
    granted.config_file.write_text(good)
    assert len(granted.tick()) == 1


def test_the_first_run_waits_for_the_files_that_it_needs(granted: Watch) -> None:
    contacts = granted.config_file.parent / "contacts.csv"
    aside = contacts.rename(contacts.with_suffix(".aside"))
    assert granted.tick(DELAY) == []
    assert "customers.contacts" in granted.said[-1]
    aside.rename(contacts)
    assert len(granted.tick()) == 1


def test_it_writes_nothing_but_since_when(granted: Watch) -> None:
    granted.tick(DELAY)
    granted.tick()
    assert {path.name for path in granted.data_dir.iterdir()} <= {grants.FILE, "consent.lock"}


# --- the schedule -------------------------------------------------------------------------------


def test_before_the_first_results_the_schedule_waits_for_the_first_run(
    server: SimulatedServer, watch: Watch
) -> None:
    assert "has not granted" in watch.scheduled()
    server.grant(NEEDED_ROLES)
    watch.tick()
    assert watch.scheduled() == "The first run is at 2026-11-24 19:01 Europe/Amsterdam."
    watch.now += DELAY
    assert watch.scheduled() == ""  # the sensor may be switched off


def test_with_results_a_withdrawn_consent_is_seen_in_a_run_that_fails(watch: Watch) -> None:
    (watch.data_dir / "published").mkdir(parents=True)
    assert watch.scheduled() == ""


def test_what_the_schedule_cannot_know_it_leaves_to_the_run(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ENGAGEMENT_CLIENT_SECRET")
    assert watch.scheduled() == ""
