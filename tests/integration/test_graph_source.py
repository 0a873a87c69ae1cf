"""The Graph source against the simulator: the same results as the same organisation as a folder.

Faults at random, people who cannot be read, requests and their fields. Kills and the command line
are in `test_graph_run`.
"""

import logging
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from engagement_assets import config
from engagement_assets.activity import people
from engagement_assets.activity.folder import FolderSource
from engagement_assets.config import Configuration
from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.microsoft365 import calendar, mail
from engagement_assets.microsoft365.consent import check
from engagement_assets.microsoft365.directory import GROUP_FIELDS, ORGANISATION_FIELDS, USER_FIELDS
from engagement_assets.microsoft365.retry_budget import Clock, RunBudget
from engagement_assets.microsoft365.sign_in import Credential, SignIn
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.window import Window
from simulator.activity import Activity
from simulator.faults import Faults
from simulator.folder import write_activity_folder, write_customers
from simulator.folder_tenant import FolderTenant
from simulator.generated_tenant import GeneratedTenant
from simulator.mailbox_access import CANARY_BODY, CANARY_SUBJECT
from simulator.organisation import OPTED_OUT_ADDRESSES, Organisation
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from tests.organisations import write_organisation
from tests.support import pipeline
from tests.support.comparing import WITHIN, differences

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
WINDOW = Window.until(AS_OF, "Europe/Amsterdam")
ACTIVITY = Activity(Organisation.generate(3, people=6, accounts=10, volume=0.5), AS_OF, days=380)
LISTED = ("all-sales@contoso.com", "ada@contoso.com")


class Waiting:
    """Waits for a moment only, and counts what would have been waited."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> Clock:
        return Clock(monotonic=time.monotonic, wait=self._wait)

    def _wait(self, stopped: object, seconds: float) -> bool:
        self.seconds += seconds
        time.sleep(0.001)
        return False


def settings_of(server: SimulatedServer) -> GraphSettings:
    return GraphSettings.model_validate(server.source)


def source_of(server: SimulatedServer, data_dir: Path, **choices: object) -> GraphSource:
    settings = settings_of(server)
    return GraphSource(
        settings,
        data_dir,
        sign_in=SignIn(settings, Credential("secret", server.client_secret)),
        budget=lambda: RunBudget(clock=Waiting().clock()),
        **choices,  # type: ignore[arg-type] # each test's own, by name
    )


def publish(
    source: FolderSource | GraphSource, settings: Configuration, run_id: str = "run"
) -> Path:
    """Run the pipeline over a source, whatever the settings say; return the published folder."""
    assert settings.as_of
    return pipeline.publish(source, settings, run_id, settings.as_of, batch_bytes=200_000)


def configuration(customers: Path, data_dir: Path) -> Configuration:
    return Configuration.model_validate(
        {
            "source": {"kind": "folder", "path": customers},
            "mailboxes": {"addresses": LISTED, "opted_out": OPTED_OUT_ADDRESSES},
            "customers": {
                "contacts": customers / "contacts.csv",
                "accounts": customers / "accounts.csv",
            },
            "as_of": AS_OF,
            "time_zone": WINDOW.time_zone,
            "data_dir": data_dir,
        }
    )


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("customers")
    write_customers(ACTIVITY.organisation, folder)
    return folder


@pytest.fixture(scope="module")
def from_folder(tmp_path_factory: pytest.TempPathFactory, customers: Path) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    write_activity_folder(ACTIVITY.organisation, folder / "activity", as_of=AS_OF, days=380)
    settings = configuration(customers, folder / "data")
    return publish(FolderSource(folder / "activity"), settings)


def test_the_same_as_from_a_folder(from_folder: Path, customers: Path, tmp_path: Path) -> None:
    tenant = GeneratedTenant(ACTIVITY, teams_chats=True)
    with simulate(tenant, granted=NEEDED_ROLES) as server:
        source = source_of(server, tmp_path)
        assert check(source, LISTED).is_granted
        assert differences(publish(source, configuration(customers, tmp_path)), from_folder) == []
        assert max(server.most_in_flight.values()) == 1
        allowed = {
            "messages": mail.MESSAGE_FIELDS,
            "calendarView": calendar.EVENT_FIELDS,
            "organization": ORGANISATION_FIELDS,
            "users": USER_FIELDS,
            "groups": GROUP_FIELDS,
            "microsoft.graph.user": USER_FIELDS,
            "transitiveMembers": USER_FIELDS,
        }
        for request in server.requests:
            fields = allowed.get(request.path.rpartition("/")[2], mail.FOLDER_FIELDS)
            assert request.select, request
            assert set(request.select) <= set(fields.split(",")), request
        written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
        for canary in (CANARY_SUBJECT, CANARY_BODY):
            assert canary.encode() not in written
        assert not list(tmp_path.rglob("*.zst"))
        requests = len(server.requests)
        again = publish(source, configuration(customers, tmp_path), "another run")
        assert len(server.requests) - requests < requests
        office = Path("parquet", "Office.parquet")
        assert (again / office).read_bytes() == (from_folder / office).read_bytes()


@pytest.mark.parametrize("seed", range(4))
def test_faults_at_random_change_nothing(
    seed: int,
    from_folder: Path,
    customers: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    faults = Faults(seed=seed, rate=0.3, wait=0.01, large_page=50)
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES, faults=faults) as server:
        published = publish(source_of(server, tmp_path), configuration(customers, tmp_path))
        assert differences(published, from_folder) == []
        assert faults.injected
        own = {user.address for user in ACTIVITY.organisation.users}
        for account in ACTIVITY.organisation.accounts:
            for contact in account.contacts:
                assert contact.address in own or contact.address not in caplog.text
        assert server.client_secret not in caplog.text


@pytest.mark.parametrize("seed", range(4))
def test_organisations_full_of_edge_cases(seed: int, tmp_path: Path) -> None:
    """Odd values, broken files, versions, groups in groups; every other one with faults."""
    folder = tmp_path / "organisation"
    settings = config.load(write_organisation(folder, random.Random(seed), odd_forms=False))
    assert settings.source.kind == "folder"
    from_folder = publish(FolderSource(settings.source.path), settings)
    tenant = FolderTenant(settings.source.path, undated=settings.as_of)
    faults = Faults(seed=seed, rate=0.2 if seed % 2 else 0.0)
    with simulate(tenant, granted=NEEDED_ROLES, faults=faults) as server:
        other = settings.model_copy(update={"data_dir": tmp_path / "data"})
        published = publish(source_of(server, other.data_dir), other)
        assert differences(published, from_folder) == []


def test_mailboxes_that_cannot_be_read(tmp_path: Path) -> None:
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES) as server:
        source = source_of(server, tmp_path)
        found = people.select(source, LISTED, OPTED_OUT_ADDRESSES)
        ids = [person.id for person in found.persons]
        server.registration.denied.add(ids[0])
        server.faults.permanent = {ids[1]: "404", ids[2]: "404-item"}
        with source.reading(ids, WINDOW, lambda *_: False):
            outcomes = {user_id: source.mailbox(user_id) for user_id in ids}
    assert outcomes[ids[0]].status == "denied"
    assert outcomes[ids[1]].status == "no_mailbox"
    assert outcomes[ids[2]].status == "failed"
    for outcome in outcomes.values():
        assert (outcome.status == "processed") == (outcome.reason is None)


@pytest.mark.parametrize("fault", ["no-calendar", "denied-calendar"])
def test_a_calendar_that_cannot_be_read(
    fault: str, from_folder: Path, customers: Path, tmp_path: Path
) -> None:
    """It costs the calendar, and that only when it was never read."""
    settings = configuration(customers, tmp_path)
    expected = pipeline.published(from_folder)
    person = str(expected["Office_Mailbox"][0]["UserId"])
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES) as server:
        source = source_of(server, tmp_path)
        server.faults.permanent = {person: fault}
        without = pipeline.published(publish(source, settings, "without"))
        row = without["Office_Mailbox"][0]
        assert (row["Status"], row["CoveredFrom"], row["CoveredTo"]) == (
            *("partly", WINDOW.start, WINDOW.as_of),
        )
        assert str(row["Reason"]).endswith("None of its meetings counts: they were never read.")
        run = without["Office_Run"][-1]
        assert run["Status"] == "succeeded_with_warnings"
        assert run["ProcessedAddresses"] == expected["Office_Run"][-1]["ProcessedAddresses"]
        assert _processed(without, "email") == _processed(expected, "email")
        assert _processed(without, "meeting") < _processed(expected, "meeting")

        server.faults.permanent = {}
        publish(source, settings, "with")
        server.faults.permanent = {person: fault}
        again = pipeline.published(publish(source, settings, "again"))
    assert again["Office_Mailbox"][0]["Status"] == "partly"
    assert "Its meetings still count as they were read before" in str(
        again["Office_Mailbox"][0]["Reason"]
    )
    assert again["Office"] == expected["Office"]
    assert _processed(again, "meeting") == _processed(expected, "meeting")


def _processed(tables: Mapping[str, pipeline.Rows], item: str) -> int:
    """Return how many were processed; what lies outside the window depends on the source."""
    return sum(
        int(str(row["Count"]))
        for row in tables["Office_Ledger"]
        if row["Item"] == item and row["Outcome"] in WITHIN
    )


def test_scoped_by_exchange_without_a_role(tmp_path: Path) -> None:
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES[2:]) as server:
        source = source_of(server, tmp_path)
        assert check(source, LISTED).missing == NEEDED_ROLES[:2]
        person = people.select(source, LISTED, OPTED_OUT_ADDRESSES).persons[3].id
        server.registration.mail_scope.add(person)
        server.registration.calendar_scope.add(person)
        status = check(source, LISTED)
        assert status.is_granted
        assert set(status.granted.values()) == {"role", "probe"}


def test_consent_comes_and_goes(tmp_path: Path) -> None:
    with simulate(GeneratedTenant(ACTIVITY)) as server:
        source = source_of(server, tmp_path)
        server.registration.principal = False
        assert check(source, LISTED).reason
        server.grant({*NEEDED_ROLES, "Mail.Send"})
        status = check(source, LISTED)
        assert (status.is_granted, status.excess) == (True, ("Mail.Send",))
        server.withdraw(["Mail.ReadBasic.All"])
        assert check(source, LISTED).missing == ("Mail.ReadBasic.All",)


def test_the_configuration_names_the_same_things(tmp_path: Path) -> None:
    """The YAML of a simulated tenant is one that the product accepts."""
    (tmp_path / "contacts.csv").write_text("CustomerId,Email\n")
    with simulate(GeneratedTenant(ACTIVITY)) as server:
        content = {
            "source": settings_of(server).model_dump(mode="json"),
            "mailboxes": {"addresses": list(LISTED)},
            "customers": {"contacts": "contacts.csv"},
        }
        file = tmp_path / "engagement.yaml"
        file.write_text(yaml.safe_dump(content))
        assert config.load(file).source == settings_of(server)
