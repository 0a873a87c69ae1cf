"""`engagement preflight` against a simulated tenant and against a folder."""

import io
import json
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from engagement_assets import config, preflight
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.microsoft365.sign_in import Credential, SignIn
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.preflight.check import Check
from engagement_assets.preflight.findings import Report
from engagement_assets.sources import GRAPH
from engagement_assets.window import Window
from simulator.faults import Faults
from simulator.folder_tenant import FolderTenant
from simulator.generated_tenant import GeneratedTenant
from simulator.organisation import OPTED_OUT_ADDRESSES
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from simulator.service import Behaviour
from tests.support.command import ENGAGEMENT, environment, read_settings, tree, write_settings
from tests.support.tenant import ACTIVITY, AS_OF, LISTED, write_folder, write_graph

PERSONS = sorted(user.user_id for user in ACTIVITY.organisation.selected_users)


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatedServer]:
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES) as server:
        yield server


@pytest.fixture
def server(shared: SimulatedServer) -> Iterator[SimulatedServer]:
    """The tenant with everything granted and nothing wrong."""
    yield shared
    registration = shared.registration
    registration.principal, registration.secret_expired = True, False
    registration.granted = set(NEEDED_ROLES)
    for users in (registration.mail_scope, registration.calendar_scope, registration.denied):
        users.clear()


def changed(file: Path, **changes: Any) -> Path:
    """Change keys of a configuration; within a section when the value is a mapping."""
    content = read_settings(file)
    for key, value in changes.items():
        is_section = isinstance(value, dict) and isinstance(content.get(key), dict)
        content[key] = {**content[key], **value} if is_section else value
        if value is None:
            del content[key]
    return write_settings(file, content)


def inspect(
    file: Path, server: SimulatedServer, extra: Mapping[str, str] | None = None, **choices: Any
) -> Report:
    secret = {"ENGAGEMENT_CLIENT_SECRET": server.client_secret} if extra is None else extra
    return preflight.inspect(file, environment=secret, **choices)


def check(report: Report, subject: str) -> Check:
    (found,) = (each for each in report.checks if each.subject == subject)
    return found


def levels(report: Report) -> dict[str, str]:
    return {each.subject: each.level for each in report.checks if each.level != "ok"}


def printed(report: Report) -> str:
    console = Console(file=io.StringIO(), width=300)
    preflight.show(console, report)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_nothing_to_mend(server: SimulatedServer, tmp_path: Path) -> None:
    file = changed(write_graph(tmp_path, server), as_of=None)
    before, requests = tree(tmp_path), len(server.requests)
    report = inspect(file, server)
    # one of them has no mailbox in the cloud
    assert levels(report) == {"Mailboxes": "warning"}
    assert report.exit_code == 0
    assert [(each.address, each.persons) for each in report.addresses] == [
        (LISTED[0], len(PERSONS)),
        (LISTED[1], 1),
        (OPTED_OUT_ADDRESSES[0], 1),
    ]
    assert f"{len(PERSONS)} persons" in check(report, "Addresses").found
    assert f"{len(PERSONS)} of {len(PERSONS)} probed" in check(report, "Mailboxes").found
    assert "Europe (EU)" in check(report, "Region").found
    assert tree(tmp_path) == before, "preflight keeps nothing"
    for request in server.requests[requests:]:
        if "/messages" in request.path or "/calendarView" in request.path:
            assert (request.select, request.query["$top"]) == (("id",), "1")
    text = printed(report)
    assert server.client_secret not in text
    for account in ACTIVITY.organisation.accounts:
        for contact in account.contacts:
            assert contact.address not in text


def test_consent_missing_and_everything_else_is_checked(
    server: SimulatedServer, tmp_path: Path
) -> None:
    file = changed(write_graph(tmp_path, server), as_of=None)
    server.registration.granted.clear()
    report = inspect(file, server)
    assert report.exit_code == 3
    assert all(role in check(report, "Permissions").found for role in NEEDED_ROLES)
    assert check(report, "Contacts").level == "ok"
    assert check(report, "Disk").level == "ok"
    server.registration.principal = False
    report = inspect(file, server)
    assert report.exit_code == 3
    assert check(report, "Sign-in").level == "error"
    assert check(report, "Region").level == "ok"
    assert check(report, "Mailboxes").level == "not checked"


def test_one_permission_missing_another_excess(server: SimulatedServer, tmp_path: Path) -> None:
    file = write_graph(tmp_path, server)
    server.registration.granted.add("Mail.Send")
    report = inspect(file, server)
    assert report.exit_code == 0
    assert "Mail.Send" in check(report, "Excess permissions").found
    server.registration.granted.remove("Calendars.ReadBasic.All")
    report = inspect(file, server)
    assert report.exit_code == 3
    assert "Missing: Calendars.ReadBasic.All." in check(report, "Permissions").found


def test_mailboxes_that_exchange_refuses(server: SimulatedServer, tmp_path: Path) -> None:
    file = write_graph(tmp_path, server)
    server.registration.denied.add(PERSONS[0])
    found = check(inspect(file, server), "Mailboxes")
    assert found.level == "warning"
    addresses = {user.user_id: user.address for user in ACTIVITY.organisation.selected_users}
    who = f"{addresses[PERSONS[0]]} ({PERSONS[0]})"
    assert f"1 refused by Exchange: {who}" in found.found
    server.registration.denied.update(PERSONS)
    report = inspect(file, server)
    assert (check(report, "Mailboxes").level, report.exit_code) == ("error", 3)
    requests = len(server.requests)
    report = inspect(file, server, probes=2)
    assert f"2 of {len(PERSONS)} probed" in check(report, "Mailboxes").found
    asked = {r.path for r in server.requests[requests:] if "/messages" in r.path}
    assert len(asked) == 2


def test_scoped_by_exchange_without_a_role(server: SimulatedServer, tmp_path: Path) -> None:
    file = write_graph(tmp_path, server)
    server.registration.granted = set(NEEDED_ROLES[2:])
    in_scope = PERSONS[:3]
    server.registration.mail_scope.update(in_scope)
    server.registration.calendar_scope.update(in_scope)
    report = inspect(file, server)
    assert report.exit_code == 0
    assert check(report, "Permissions").found.count("by Exchange") == 2
    assert "refused by Exchange" in check(report, "Mailboxes").found


def test_no_mailbox_is_touched_before_the_terms_are_accepted(
    server: SimulatedServer, tmp_path: Path
) -> None:
    file = changed(write_graph(tmp_path, server), privacy_terms=None)
    server.registration.granted = set(NEEDED_ROLES[2:])
    requests = len(server.requests)
    report = inspect(file, server)
    assert report.exit_code == 2
    assert check(report, "Mailboxes").level == "not checked"
    paths = [request.path for request in server.requests[requests:]]
    assert paths
    assert not [path for path in paths if "/messages" in path or "/calendarView" in path]


def test_region(tmp_path: Path) -> None:
    behaviour = Behaviour(region="AS")
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES, behaviour=behaviour) as server:
        file = changed(write_graph(tmp_path, server), as_of=None)
        found = check(inspect(file, server, probes=0), "Region")
        assert (found.level, "Asia (AS). Expected: UK, EU, NA." in found.found) == ("warning", True)
        changed(file, regions=["as"])
        report = inspect(file, server, probes=0)
        assert check(report, "Region").level == "ok"
        assert levels(report) == {"Mailboxes": "not checked"}
        changed(file, source={"tenant_id": "somebody.example"})
        report = inspect(file, server)
        assert report.exit_code == 2
        assert "source.tenant_id" in check(report, "Region").advice
        changed(file, source={"tenant_id": server.tenant_id, "cloud": "us_government"})
        assert "source.cloud" in check(inspect(file, server), "Region").advice


def test_credentials_that_do_not_work(server: SimulatedServer, tmp_path: Path) -> None:
    file = write_graph(tmp_path, server)
    report = inspect(file, server, {})
    assert report.exit_code == 2
    assert check(report, "Credential").level == "error"
    assert (check(report, "Region").level, check(report, "Contacts").level) == ("ok", "ok")
    report = inspect(file, server, {"ENGAGEMENT_CLIENT_SECRET": "not-the-secret-at-all"})
    assert report.exit_code == 1
    assert "secret is wrong" in check(report, "Sign-in").found
    assert "not-the-secret-at-all" not in printed(report)


def test_nobody_answers(server: SimulatedServer, tmp_path: Path) -> None:
    file = write_graph(tmp_path, server)
    (tmp_path / "none.pem").write_text("no certificate")
    for bundle in ("none.pem", "missing.pem"):
        report = inspect(changed(file, source={"ca_bundle": bundle}), server)
        assert bundle in check(report, "Region").found
        assert check(report, "Sign-in").level == "error"
        assert check(report, "Contacts").level == "ok"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"https://localhost:{free.getsockname()[1]}"
        changed(file, source={"ca_bundle": str(server.ca_bundle), "login_url": nowhere})
        report = inspect(file, server)
    assert report.exit_code == 1
    assert "no answer" in check(report, "Region").found
    assert "no answer" in check(report, "Sign-in").found


def test_addresses_that_need_a_look(tmp_path: Path) -> None:
    """Unknown ones, a guest, a disabled account, an ambiguous address, and too few persons."""
    odd: dict[str, dict[str, object]] = {
        "ann": {"accountEnabled": False},
        "bob": {"userType": "Guest"},
        "cy": {"proxyAddresses": ["smtp:desk@contoso.com"]},
        "dot": {"proxyAddresses": ["smtp:desk@contoso.com"]},
    }
    users: list[dict[str, object]] = [
        {
            "id": f"0000000{n}-0000-4000-8000-000000000000",
            "mail": f"{name}@contoso.com",
            "userPrincipalName": f"{name}@contoso.com",
            "proxyAddresses": [],
            **more,
        }
        for n, (name, more) in enumerate(odd.items())
    ]
    groups = [
        {"id": "all", "mail": "all@contoso.com", "members": [user["id"] for user in users]},
        {"id": "none", "mail": "none@contoso.com", "members": []},
    ]
    activity = tmp_path / "activity"
    for user in users:
        (activity / "mailboxes" / str(user["id"])).mkdir(parents=True)
    write_directory(activity, users, groups)
    with simulate(FolderTenant(activity, undated=AS_OF), granted=NEEDED_ROLES) as server:
        listed = ["all@contoso.com", "desk@contoso.com", "none@contoso.com", "who@contoso.com"]
        file = changed(write_graph(tmp_path, server), mailboxes={"addresses": listed})
        report = inspect(file, server)
        remarks = {each.address: (each.persons, each.remark) for each in report.addresses}
        assert remarks[listed[0]][0] == 3
        assert "1 guest(s) of the group left out" in remarks[listed[0]][1]
        assert "disabled (1 person(s))" in remarks[listed[0]][1]
        assert remarks[listed[1]][0] == 2
        assert "Ambiguous" in remarks[listed[1]][1]
        assert remarks[listed[2]] == (0, "The group has no members that are users.")
        assert remarks[listed[3]][0] == 0
        assert check(report, "Addresses").level == "warning"
        assert "bob@contoso.com" not in printed(report), "a guest may be a contact"
        changed(file, mailboxes={"addresses": ["cy@contoso.com", "who@contoso.com"]})
        report = inspect(file, server)
        assert report.exit_code == 2
        assert "2 to 2,500" in check(report, "Addresses").found
        assert "1" in {str(each.persons) for each in report.addresses}


def write_directory(activity: Path, users: list[Any], groups: list[Any]) -> None:
    (activity / "organization.json").write_text('{"verifiedDomains": [{"name": "contoso.com"}]}')
    for stem, entries in (("users", users), ("groups", groups)):
        lines = "".join(json.dumps(entry) + "\n" for entry in entries)
        (activity / f"{stem}.ndjson").write_text(lines)


def test_the_estimate_is_near_what_a_run_asks(server: SimulatedServer, tmp_path: Path) -> None:
    file = write_graph(tmp_path, server)
    said = check(inspect(file, server), "First run").found
    assert "From 5 mailbox(es) counted" in said
    settings = config.load(file)
    graph = GRAPH.settings_of(settings.source)
    credential = Credential("secret", server.client_secret)
    source = GraphSource(graph, settings.data_dir, sign_in=SignIn(graph, credential))
    requests = len(server.requests)
    window = Window.until(AS_OF, settings.time_zone)
    with source.reading(PERSONS, window, lambda *_: False):
        files = [file for user_id in PERSONS for file in source.mailbox(user_id).files]
        items = sum(1 for file in files for _ in source.lines(file))
    asked = len(server.requests) - requests
    numbers = [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d(?= [mr])", said)]
    copies, mailboxes, estimated = numbers[:3]
    assert mailboxes == len(PERSONS)
    assert items / 1.5 < copies < items * 1.5
    assert asked / 1.5 < estimated < asked * 1.5


def test_a_busy_tenant_is_said_to_be_busy(tmp_path: Path) -> None:
    faults = Faults(seed=1, rate=1.0, wait=0.01)
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES, faults=faults) as server:
        report = preflight.inspect(
            write_graph(tmp_path, server),
            environment={"ENGAGEMENT_CLIENT_SECRET": server.client_secret},
            budget=lambda: RunBudget(wait_left=0.0),
        )
    assert report.exit_code == 1
    assert check(report, "Contacts").level == "ok"


def test_a_folder(tmp_path: Path) -> None:
    file = write_folder(tmp_path)
    report = preflight.inspect(file)
    assert report.exit_code == 0
    assert levels(report) == {"Mailboxes": "warning"}
    assert f"of {len(PERSONS)} persons have a folder" in check(report, "Mailboxes").found
    assert [each.persons for each in report.addresses] == [len(PERSONS), 1, 1]
    (broken,) = (tmp_path / "activity" / "mailboxes").glob(f"{PERSONS[0]}/excluded_folders.json")
    broken.write_text("{}")
    report = preflight.inspect(file)
    assert report.exit_code == 0, "a mailbox fails alone"
    assert f"({PERSONS[0]}): mailboxes/{PERSONS[0]}/" in check(report, "Mailboxes").found
    changed(file, source={"path": "elsewhere"})
    report = preflight.inspect(file)
    assert report.exit_code == 2
    assert "source.path" in check(report, "Configuration").found
    assert check(report, "Contacts").level == "ok"


def test_own_sql(tmp_path: Path) -> None:
    (tmp_path / "sql" / "segments").mkdir(parents=True)
    file = changed(write_folder(tmp_path), sql_folder="sql")
    assert "0 segment(s)" in check(preflight.inspect(file), "Own SQL").found
    (tmp_path / "sql" / "segments" / "mine.sql").write_text("select CustomerId frm Office")
    report = preflight.inspect(file)
    assert "mine.sql" in check(report, "Own SQL").found
    assert report.exit_code == 1


def test_the_command(server: SimulatedServer, tmp_path: Path) -> None:
    file = write_graph(tmp_path, server)

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ENGAGEMENT, "preflight", "-c", str(file), *options],
            env=environment({"ENGAGEMENT_CLIENT_SECRET": server.client_secret, "COLUMNS": "250"}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run("--probes", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Ready: engagement run -c {file}" in done.stdout
    assert LISTED[0] in done.stdout
    server.registration.granted.clear()
    done = run()
    assert (done.returncode, done.stderr) == (3, "")
    assert "error(s)" in done.stdout


def test_a_file_that_is_not_yaml(tmp_path: Path) -> None:
    file = tmp_path / "engagement.yaml"
    file.write_text("source: [")
    report = preflight.inspect(file)
    assert (len(report.checks), report.exit_code) == (1, 2)
    assert "line 1" in report.checks[0].found
