"""The gate: every step that reads data meets it, however the run was started."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from engagement_assets import definitions
from engagement_assets.consent import grants
from engagement_assets.errors import ConfigurationError, ConsentError
from engagement_assets.pipeline import instance
from simulator.generated_tenant import GeneratedTenant
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from tests.support import tenant
from tests.support.command import (
    assert_published,
    copied,
    published_tree,
    read_settings,
    write_settings,
)
from tests.support.tenant import ACTIVITY

MAIL, CALENDARS, USERS, MEMBERS = NEEDED_ROLES
READING = [
    ("consent_status",),
    ("person", "person_address", "opted_out_person", "colleague_address", "organisation_domain"),
    ("contact_row", "account_row", "exclusion"),
    ("landed_message", "landed_event", "mailbox", "excluded_folder"),
]
# how every token begins: the text {" in base64
TOKEN = b"eyJ"


@pytest.fixture(scope="module")
def running() -> Iterator[SimulatedServer]:
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES) as server:
        yield server


@pytest.fixture
def server(running: SimulatedServer, monkeypatch: pytest.MonkeyPatch) -> SimulatedServer:
    """The tenant with everything granted; what a test changes is undone before the next one."""
    registration = running.registration
    registration.withdraw()
    registration.grant(NEEDED_ROLES)
    registration.mail_scope.clear()
    registration.calendar_scope.clear()
    running.service.requests.clear()
    monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", running.client_secret)
    return running


@pytest.fixture(scope="module")
def finished_graph(
    running: SimulatedServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The organisation after one run of the command, and what it printed."""
    running.grant([*NEEDED_ROLES, "Mail.Send"])
    config_file = tenant.write_graph(tmp_path_factory.mktemp("tenant"), running)
    run = tenant.run(config_file, running.client_secret)
    assert_published(run)
    return config_file, run.stdout


@pytest.fixture
def published(finished_graph: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of it, to do anything with."""
    return copied(finished_graph[0], tmp_path / "organisation")


@pytest.fixture
def fresh(server: SimulatedServer, tmp_path: Path) -> Path:
    """The configuration of an organisation in which nothing ran yet."""
    return tenant.write_graph(tmp_path / "organisation", server)


def run_some(config_file: Path, *assets: str, lasting: bool = True) -> dg.ExecuteInProcessResult:
    """Run some assets of the job, in the instance of the data folder or in one that goes away."""
    job = definitions.build(config_file).resolve_job_def("engagement")
    selection = [dg.AssetKey(name) for name in assets] or None
    if not lasting:
        return job.execute_in_process(asset_selection=selection)
    with instance.opened(config_file.parent / "data") as opened:
        return job.execute_in_process(instance=opened, asset_selection=selection)


def facts(event: dg.AssetMaterialization | dg.AssetObservation) -> dict[str, Any]:
    return {name: value.value for name, value in event.metadata.items()}


def status_table(config_file: Path) -> list[tuple[Any, ...]]:
    file = config_file.parent / "data" / "warehouse" / "warehouse.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(
            "select item, status, proof, granted_at is not null from consent_status order by all"
        ).fetchall()


def asked_for_data(server: SimulatedServer) -> list[str]:
    return [request.path for request in server.requests]


# --- withdrawn ----------------------------------------------------------------------------------


def test_withdrawn_consent_stops_the_next_run_and_keeps_what_is_published(
    server: SimulatedServer, published: Path
) -> None:
    before = published_tree(published)
    server.withdraw([CALENDARS])
    run = tenant.run(published, server.client_secret)
    assert run.returncode == 3, run.stdout + run.stderr
    assert CALENDARS in run.stderr
    assert MAIL not in run.stderr
    assert "Traceback" not in run.stderr
    assert published_tree(published) == before
    assert grants.last_seen(published.parent / "data") is None


def test_an_app_that_the_tenant_no_longer_knows(server: SimulatedServer, published: Path) -> None:
    before = published_tree(published)
    server.registration.principal = False
    with pytest.raises(ConsentError, match=server.client_id):
        run_some(published)
    assert published_tree(published) == before


def test_no_credential_is_a_mistake_of_the_configuration(
    server: SimulatedServer, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published_tree(published)
    monkeypatch.delenv("ENGAGEMENT_CLIENT_SECRET")
    with pytest.raises(ConfigurationError, match="ENGAGEMENT_CLIENT_SECRET"):
        run_some(published)
    assert published_tree(published) == before


@pytest.mark.parametrize(
    ("assets", "lasting"),
    [*((assets, True) for assets in READING), ((), False), (READING[3], False)],
    ids=["consent", "people", "customers", "activity", "all in memory", "activity in memory"],
)
def test_every_step_that_reads_meets_the_gate(
    assets: tuple[str, ...], lasting: bool, server: SimulatedServer, published: Path
) -> None:
    server.withdraw([MAIL])
    data = published.parent / "data"
    landed = (data / "activity" / "manifest.json").stat().st_mtime_ns
    with pytest.raises(ConsentError, match=MAIL.replace(".", r"\.")):
        run_some(published, *assets, lasting=lasting)
    # the mailbox of one listed person was asked whether it answers, and nobody's was read
    assert {path.rpartition("/")[2] for path in asked_for_data(server)} <= {
        "users",
        "groups",
        "microsoft.graph.user",
        "messages",
    }
    assert all(
        request.query.get("$top") == "1" and request.select == ("id",) and request.status == 403
        for request in server.requests
        if request.path.endswith("/messages")
    )
    assert (data / "activity" / "manifest.json").stat().st_mtime_ns == landed


def test_the_tenant_is_asked_once_in_a_run(server: SimulatedServer, fresh: Path) -> None:
    before = server.registration.tokens_issued
    run_some(fresh, "consent_status", *READING[1], *READING[2])
    assert server.registration.tokens_issued == before + 1


def test_without_privacy_terms_the_tenant_is_not_even_probed(
    server: SimulatedServer, published: Path
) -> None:
    settings = read_settings(published)
    del settings["privacy_terms"]
    write_settings(published, settings)
    server.withdraw([MAIL])
    with pytest.raises(ConfigurationError, match="privacy_terms are not accepted"):
        run_some(published, *READING[3])
    assert asked_for_data(server) == []
    assert grants.last_seen(published.parent / "data") is None


# --- consent as data ----------------------------------------------------------------------------


def test_what_is_missing_is_recorded_before_the_run_stops(
    server: SimulatedServer, fresh: Path
) -> None:
    server.withdraw([CALENDARS, MEMBERS])
    with pytest.raises(ConsentError):
        run_some(fresh, "consent_status")
    with instance.opened(fresh.parent / "data") as opened:
        (record,) = opened.fetch_observations(dg.AssetKey("consent_status"), limit=9).records
        assert opened.get_latest_materialization_event(dg.AssetKey("consent_status")) is None
    assert record.asset_observation is not None
    seen = facts(record.asset_observation)
    assert seen["missing"] == f"{CALENDARS}, {MEMBERS}"
    assert seen["granted"] == {MAIL: "role", USERS: "role"}
    assert "privacy terms accepted at" in seen
    assert "ada@contoso.com" not in str(seen), "who accepted them may opt out one day"
    assert "granted since" not in seen
    assert (CALENDARS, "missing", None, False) in status_table(fresh)


def test_a_mailbox_that_answers_is_proof_enough(server: SimulatedServer, fresh: Path) -> None:
    server.withdraw([MAIL, CALENDARS])
    person = ACTIVITY.organisation.selected_users[2].user_id
    server.registration.mail_scope.add(person)
    server.registration.calendar_scope.add(person)
    result = run_some(fresh, "consent_status")
    (event,) = result.filter_events(lambda event: event.is_step_materialization)
    seen = facts(event.step_materialization_data.materialization)
    assert seen["granted"] == {MAIL: "probe", CALENDARS: "probe", USERS: "role", MEMBERS: "role"}
    assert (seen["missing"], seen["excess"]) == ("nothing", "nothing")
    assert status_table(fresh) == [
        (CALENDARS, "granted", "probe", True),
        (MEMBERS, "granted", "role", True),
        (MAIL, "granted", "probe", True),
        (USERS, "granted", "role", True),
        ("privacy terms", "granted", "configuration", True),
    ]
    grant = grants.last_seen(fresh.parent / "data")
    assert grant is not None
    assert seen["granted since"] == pytest.approx(grant.granted_at.timestamp())


def test_what_is_excess_is_named_and_stops_nothing(
    finished_graph: tuple[Path, str], server: SimulatedServer, fresh: Path
) -> None:
    printed = [line for line in finished_graph[1].splitlines() if "does not need" in line]
    assert len(printed) == 1
    assert "warning" in printed[0]
    assert "Mail.Send" in printed[0]
    assert (finished_graph[0].parent / "data" / "published").exists()

    server.grant(["Mail.Send", "Mail.ReadWrite"])
    result = run_some(fresh, "consent_status")
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.metadata["excess"].value == "Mail.ReadWrite, Mail.Send"
    server.withdraw(["Mail.Send", "Mail.ReadWrite"])
    (check,) = run_some(fresh, "consent_status").get_asset_check_evaluations()
    assert check.passed


def test_no_secret_and_no_token_anywhere(server: SimulatedServer, published: Path) -> None:
    """After a run that succeeded, one that was refused, and one with a wrong secret."""
    server.withdraw([MAIL])
    refused = tenant.run(published, server.client_secret, talkative=True)
    wrong = tenant.run(published, "another-secret-that-is-wrong", talkative=True)
    assert (refused.returncode, wrong.returncode) == (3, 1)
    output = f"{refused.stdout}{refused.stderr}{wrong.stdout}{wrong.stderr}"
    contents = {"output": output.encode()}
    data = published.parent / "data"
    contents |= {str(file): file.read_bytes() for file in data.rglob("*") if file.is_file()}
    assert sum(len(content) for content in contents.values()) > 1_000_000
    for name, content in contents.items():
        assert server.client_secret.encode() not in content, name
        assert b"another-secret" not in content, name
        if not name.endswith((".duckdb", ".parquet")):  # keys and compressed rows are any bytes
            assert TOKEN not in content, name


# --- since when ---------------------------------------------------------------------------------


def test_since_when_is_kept_over_runs_and_begins_anew_with_a_new_grant(
    server: SimulatedServer, fresh: Path
) -> None:
    data = fresh.parent / "data"

    def since() -> str | None:
        try:
            run_some(fresh, "consent_status", lasting=False)
        except ConsentError:
            return None
        return str(json.loads((data / grants.FILE).read_bytes())["granted_at"])

    first = since()
    assert first is not None
    assert since() == first
    server.withdraw([USERS])
    assert since() is None
    assert not (data / grants.FILE).exists()
    server.grant([USERS])
    again = since()
    assert again is not None
    assert again > first
