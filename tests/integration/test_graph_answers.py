"""Answers of Graph that are neither data nor a usual fault, each read to what counts of it."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engagement_assets import config
from engagement_assets.activity.source import User
from engagement_assets.microsoft365.retry_budget import Clock, RunBudget
from engagement_assets.microsoft365.sign_in import Credential, SignIn
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.preflight import mailboxes
from engagement_assets.sources import GRAPH
from engagement_assets.window import Window
from simulator.faults import Faults, Permanent
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from simulator.service import Behaviour
from simulator.throttling import Limits
from tests.support import pipeline, small_tenant, tenant
from tests.support.command import assert_published, here
from tests.support.small_tenant import ADA, AS_OF, BERT, E_MAILS, IM, SmallMailbox, SmallTenant


@dataclass
class Waits:
    """Counts what would have been waited."""

    seconds: list[float] = field(default_factory=list)

    def budget(self) -> RunBudget:
        return RunBudget(clock=Clock(time.monotonic, self._wait))

    def _wait(self, _: object, seconds: float) -> bool:
        self.seconds.append(seconds)
        return False


@dataclass
class Published:
    """What a run published, and what it asked for."""

    server: SimulatedServer
    tables: Mapping[str, list[dict[str, Any]]]
    waited: list[float]

    def e_mails(self, account: str) -> int:
        rows = [
            row
            for row in self.tables["Office"]
            if (row["CustomerId"], row["AggregationLevel"]) == (account, "year")
        ]
        return sum(row["NoOfEmails_FromAccount"] for row in rows)

    @property
    def statuses(self) -> dict[str, str]:
        return {row["UserId"]: row["Status"] for row in self.tables["Office_Mailbox"]}

    @property
    def run_status(self) -> str:
        (row,) = self.tables["Office_Run"]
        return str(row["Status"])

    def pages(self, part: str) -> list[int]:
        """Return the sizes of the pages that were asked for in Ada's mailbox."""
        return [
            int(request.query["$top"])
            for request in self.server.requests
            if request.path.endswith(f"{ADA}/{part}")
        ]


Publish = Callable[..., Published]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    def run(
        simulated: SmallTenant | None = None,
        faults: Faults | None = None,
        roles: Iterable[str] = NEEDED_ROLES,
        behaviour: Behaviour | None = None,
        prepare: Callable[[SimulatedServer], None] = lambda _: None,
        **mailboxes: Any,
    ) -> Published:
        waits = Waits()
        with simulate(
            simulated or SmallTenant(), granted=roles, faults=faults, behaviour=behaviour
        ) as server:
            prepare(server)
            settings = config.load(small_tenant.write_graph(tmp_path, server, **mailboxes))
            of_tenant = GRAPH.settings_of(settings.source)
            sign_in = SignIn(of_tenant, Credential("secret", server.client_secret))
            source = GraphSource(of_tenant, settings.data_dir, sign_in=sign_in, budget=waits.budget)
            folder = pipeline.publish(source, settings, "run", AS_OF)
            return Published(server, pipeline.published(folder), waits.seconds)

    return run


def test_all_is_well(publish: Publish) -> None:
    found = publish()
    assert found.statuses == {ADA: "processed", BERT: "processed"}
    assert found.e_mails("A") == E_MAILS
    assert set(found.pages("messages")) == {999}
    assert found.waited == []


# --- folders ------------------------------------------------------------------------------------


def test_conversation_history_is_not_mail(publish: Publish) -> None:
    simulated = SmallTenant()
    ada = simulated.mailboxes[ADA]
    ada.children = {"old": "conversationhistory", "older": "old"}
    ada.items = [*ada.items, small_tenant.e_mail(IM, "older", 1)]
    found = publish(simulated)
    assert (found.e_mails("A"), found.e_mails("IM")) == (E_MAILS, 0)
    ledger = {(row["Item"], row["Outcome"]): row["Count"] for row in found.tables["Office_Ledger"]}
    assert ledger["email", "drafts_or_junk"] == 2


def test_clutter_is_mail_though_no_list_shows_it(publish: Publish) -> None:
    simulated = SmallTenant()
    ada = simulated.mailboxes[ADA]
    ada.children = {"kept": "clutter"}
    # a folder that is neither listed nor known by a name: what a chat leaves behind
    ada.items = [
        *ada.items,
        *(small_tenant.e_mail(small_tenant.JANE, "clutter", number) for number in range(3)),
        small_tenant.e_mail(small_tenant.JANE, "kept", 0),
        small_tenant.e_mail(small_tenant.JANE, "teams", 0),
    ]
    assert publish(simulated).e_mails("A") == E_MAILS + 4


@pytest.mark.parametrize(
    "missing", ["drafts", "junkemail", "conversationhistory", "clutter", "everything"]
)
def test_a_mailbox_without_a_folder_is_one_without_that_folder(
    missing: str, publish: Publish
) -> None:
    simulated = SmallTenant()
    ada = simulated.mailboxes[ADA]
    every = ("drafts", "junkemail", "conversationhistory", "clutter")
    gone = every if missing == "everything" else (missing,)
    ada.names = [name for name in ada.names if name not in gone]
    found = publish(simulated)
    assert found.statuses[ADA] == "processed"
    assert found.e_mails("A") == E_MAILS


@pytest.mark.parametrize(
    ("kind", "name"),
    [("404-folder", "junkemail"), ("404", "junkemail"), ("404-folder", "clutter")],
)
def test_which_code_says_that_a_folder_is_missing_does_not_matter(
    kind: str, name: str, publish: Publish
) -> None:
    faults = Faults()
    faults.inject(kind, times=100, path_has=f"/mailFolders/{name}")
    found = publish(faults=faults)
    assert found.statuses == {ADA: "processed", BERT: "processed"}
    assert found.e_mails("A") == E_MAILS
    assert found.run_status == "succeeded"


# --- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "limit", "size"),
    [
        *((kind, 100, 62) for kind in ("503-date", "503-bare", "502", "500-transient", "504")),
        ("502", 2, 1),
    ],
)
def test_pages_that_are_too_large_become_smaller_whatever_says_so(
    kind: str, limit: int, size: int, publish: Publish
) -> None:
    faults = Faults(page_limit=limit, page_limit_of="/messages", page_limit_kind=kind)
    found = publish(faults=faults)
    assert found.statuses == {ADA: "processed", BERT: "processed"}
    assert found.e_mails("A") == E_MAILS
    sizes = found.pages("messages")
    assert sizes[-1] == size, "what works is remembered"
    attempts = 1 if kind == "504" else 3
    assert sizes.count(999) == attempts
    assert sum(found.waited) < 120


def test_calendars_that_are_too_large_become_smaller_too(publish: Publish) -> None:
    faults = Faults(page_limit=20, page_limit_of="/calendarView", page_limit_kind="503-bare")
    found = publish(faults=faults)
    assert found.statuses[ADA] == "processed"
    (year,) = (row for row in found.tables["Office"] if row["AggregationLevel"] == "year")
    assert year["NoOfMeetings_ToAccount"] == 1
    assert found.pages("calendarView")[-1] == 15
    assert set(found.pages("messages")) == {999}


def test_what_no_page_cures_fails_one_mailbox(publish: Publish) -> None:
    faults = Faults(permanent={ADA: Permanent("503-bare", path_has="/messages")})
    found = publish(faults=faults)
    assert found.statuses == {ADA: "failed", BERT: "processed"}
    assert found.run_status == "succeeded_with_warnings"
    assert sum(found.waited) < 15 * 60


def test_an_outage_that_passes_does_not_make_a_mailbox_slow(publish: Publish) -> None:
    faults = Faults()
    faults.inject("503-bare", times=8, path_has=f"{ADA}/messages")
    found = publish(faults=faults)
    assert found.e_mails("A") == E_MAILS
    sizes = found.pages("messages")
    assert min(sizes) == 62
    assert sizes[-1] == 999


# --- mailboxes ----------------------------------------------------------------------------------


def test_a_mailbox_without_a_root_is_none(publish: Publish) -> None:
    found = publish(faults=Faults(permanent={BERT: "404-root"}))
    assert found.statuses == {ADA: "processed", BERT: "no_mailbox"}


@pytest.mark.parametrize("kind", ["404-item", "404-folder"])
def test_a_mailbox_whose_folders_are_not_there_is_not_taken_for_none(
    kind: str, publish: Publish
) -> None:
    """What was kept of somebody without a mailbox is erased; so it takes an answer that says so."""
    found = publish(faults=Faults(permanent={BERT: kind}))
    assert found.statuses == {ADA: "processed", BERT: "failed"}


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("no-calendar", "mail only"),
        ("denied-calendar", "mail only"),
        ("404-root", "no mailbox"),
        ("404-folder", "not there"),
        ("403", "denied"),
        ("no-exchange", "no exchange"),
    ],
)
def test_preflight_tells_them_apart(fault: str, outcome: str, tmp_path: Path) -> None:
    with simulate(
        SmallTenant(), granted=NEEDED_ROLES, faults=Faults(permanent={BERT: fault})
    ) as server:
        settings = config.load(small_tenant.write_graph(tmp_path, server))
        of_tenant = GRAPH.settings_of(settings.source)
        sign_in = SignIn(of_tenant, Credential("secret", server.client_secret))
        source = GraphSource(of_tenant, settings.data_dir, sign_in=sign_in)
        persons = [User(ADA, ()), User(BERT, ())]
        window = Window.until(AS_OF, "UTC")
        probes = mailboxes.probe(source.graph, persons, window, Waits().budget)
    assert probes.outcomes == {ADA: "answers", BERT: outcome}


# --- the tenant ---------------------------------------------------------------------------------


def test_a_tenant_without_exchange_is_one_error(tmp_path: Path) -> None:
    with simulate(
        SmallTenant(), granted=NEEDED_ROLES, behaviour=Behaviour(exchange=False)
    ) as server:
        config_file = small_tenant.write_graph(tmp_path / "organisation", server)
        run = tenant.run_within(config_file, server.client_secret)
        tokens = server.registration.tokens_issued
        secret = {"ENGAGEMENT_CLIENT_SECRET": server.client_secret}
        preflight = here("preflight", "-c", str(config_file), folder=tmp_path, extra=secret)
    said = run.stdout + run.stderr
    assert run.returncode == 1, said
    assert "this tenant has no Exchange Online" in said
    assert "next run" not in said
    assert not tenant.published(config_file).exists()
    assert tokens == 1, "no new token is of any use"
    assert preflight.returncode == 1
    assert "Exchange Online" in preflight.stdout


def test_one_odd_mailbox_is_not_a_tenant_without_exchange(publish: Publish) -> None:
    found = publish(faults=Faults(permanent={BERT: "no-exchange"}))
    assert found.statuses == {ADA: "processed", BERT: "failed"}
    assert found.e_mails("A") == E_MAILS


def test_domains_that_are_refused_are_those_of_the_persons(tmp_path: Path) -> None:
    guest = small_tenant.person(
        "10000000-0000-4000-8000-000000000003",
        "gast",
        mail="gast@partner.example",
        userPrincipalName="gast_partner.example#EXT#@contoso.com",
        userType="Guest",
        proxyAddresses=["SMTP:gast@partner.example"],
    )
    simulated = SmallTenant()
    simulated.users[1]["userPrincipalName"] = "bert@contoso.net"
    simulated.users[1]["proxyAddresses"].append("smtp:bert@alias.example")
    simulated.users.append(guest)
    simulated.mailboxes[guest["id"]] = SmallMailbox()
    colleagues = ("x@contoso.com", "x@contoso.net", "x@added.example")
    others = ("x@contoso.example", "x@alias.example", "x@partner.example")
    with simulate(
        simulated, granted=NEEDED_ROLES, behaviour=Behaviour(domains_for_users=False)
    ) as server:
        listed = ["ada@contoso.com", "bert@contoso.com", "gast@partner.example"]
        config_file = small_tenant.write_graph(
            tmp_path / "organisation",
            server,
            addresses=listed,
            organisation_domains=["added.example"],
        )
        rows = "".join(f"X,{address}\n" for address in (*colleagues, *others))
        with (config_file.parent / "contacts.csv").open("a", encoding="utf-8") as contacts:
            contacts.write(rows)
        run = tenant.run_within(config_file, server.client_secret)
        secret = {"ENGAGEMENT_CLIENT_SECRET": server.client_secret}
        preflight = here("preflight", "-c", str(config_file), folder=tmp_path, extra=secret)
        server.grant(["Organization.Read.All"])
        told = here("preflight", "-c", str(config_file), folder=tmp_path, extra=secret)
    assert_published(run)
    tables = pipeline.published(tenant.published(config_file))
    ledger = {(row["Item"], row["Outcome"]): row["Count"] for row in tables["Office_Ledger"]}
    assert ledger["contact", "own_organisation"] == len(colleagues)
    assert ledger["contact", "accepted"] == 2 + len(others)
    said = " ".join(preflight.stdout.replace("│", " ").split())
    assert "The tenant does not tell them." in said
    assert "contoso.com, contoso.net." in said
    assert "Organization.Read.All" in said
    assert "The tenant does not tell them." not in told.stdout
    assert "contoso.example" in told.stdout
    assert "Excess" not in told.stdout


def test_fewer_at_once_when_the_tenant_counts_over_all_mailboxes(
    publish: Publish, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "engagement_assets.microsoft365")
    names = {f"20000000-0000-4000-8000-{number:012d}": f"p{number}" for number in range(8)}
    simulated = SmallTenant(
        users=[small_tenant.person(user_id, name) for user_id, name in names.items()],
        mailboxes={user_id: SmallMailbox() for user_id in names},
    )
    limits = Limits(concurrent_in_all=2, retry_after="0")
    found = publish(
        simulated,
        behaviour=Behaviour(limits=limits, latency=0.02),
        addresses=[f"{name}@contoso.com" for name in names.values()],
    )
    assert set(found.statuses.values()) == {"processed"}
    said = [record.getMessage() for record in caplog.records]
    assert [text for text in said if "4 mailbox(es) at once from now on" in text]
    refused = [request for request in found.server.requests if request.status == 429]
    assert len(refused) < len(found.server.requests) / 4
