"""`engagement configure` in a terminal: against a simulated tenant, and against a folder."""

import os
import stat
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import yaml

from engagement_assets import config
from simulator.folder import write_activity_folder, write_customers
from simulator.generated_tenant import GeneratedTenant
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from tests.support import terminal
from tests.support.asking import (
    ACCOUNTS,
    ADMINS,
    CONTACTS,
    EXCLUDED,
    GRAPH,
    KEEP,
    PEOPLE,
    SURE,
    TIME,
)
from tests.support.command import ENGAGEMENT, assert_published, environment, run_engagement, tree
from tests.support.tenant import ACTIVITY, AS_OF, write_graph
from tests.support.terminal import CLEAR, CTRL_C, DOWN, ENTER, Terminal

FILE = "engagement.yaml"
PERSONS = len(ACTIVITY.organisation.selected_users)


def configure(
    folder: Path, extra: Mapping[str, str] | None = None
) -> AbstractContextManager[Terminal]:
    return terminal.opened(
        [ENGAGEMENT, "configure", "-c", FILE], environment=environment(extra), folder=folder
    )


def secret_of(server: SimulatedServer) -> dict[str, str]:
    return {"ENGAGEMENT_CLIENT_SECRET": server.client_secret}


def content(folder: Path) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load((folder / FILE).read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatedServer]:
    with simulate(GeneratedTenant(ACTIVITY)) as server:
        yield server


@pytest.fixture
def server(shared: SimulatedServer) -> Iterator[SimulatedServer]:
    """The tenant, which nobody has consented to yet."""
    yield shared
    shared.registration.granted.clear()


def test_a_folder_from_nothing_to_results(tmp_path: Path) -> None:
    write_activity_folder(ACTIVITY.organisation, tmp_path / "activity", as_of=AS_OF, days=30)
    write_customers(ACTIVITY.organisation, tmp_path / "crm")
    (tmp_path / "crm" / "notes.txt").write_text("no table")
    (tmp_path / "crm" / "accounts.csv").rename(tmp_path / "crm" / "all.csv")
    with configure(tmp_path) as asked:
        asked.through(("Where does activity come from?", DOWN), ("The activity folder:", "crm"))
        asked.correct("users.ndjson: it is missing", "activity")
        addresses, opted_out, sure = PEOPLE
        shown = asked.through(
            (addresses, "all-sales@contoso.com, Ada@Contoso.com"),
            (opted_out, "noor.haddad@contoso.com who@contoso.com"),
            (sure, DOWN),
        )
        assert f"all-sales@contoso.com   │       {PERSONS} │" in shown
        assert "who@contoso.com         │       0 │ Opted out. No user" in shown
        assert f"{PERSONS} persons' mailboxes will be read." in shown
        asked.through(addresses, (opted_out, CLEAR, "noor.haddad@contoso.com"), sure)
        asked.answer("Type 'I agree'", "yes")
        asked.correct("Type 'I agree', or nothing.", "i agree")
        asked.answer("Your address:", "ada@contoso.com")
        asked.answer("The contacts file:", "crm/notes.txt")
        asked.correct("It must be a .csv or a .parquet file.", "crm/contacts.csv")
        asked.through(*CONTACTS[1:])
        exists, file, name, parent = ACCOUNTS
        asked.through((exists, "y"), (file, "crm/all.csv"), name, (parent, DOWN, DOWN))
        asked.answer(EXCLUDED, "mailer.example")
        assert "rows accepted, for 10 account(s)" in asked.answer(SURE)
        for account in ACTIVITY.organisation.accounts:
            assert all(contact.address not in asked.shown for contact in account.contacts)
        called, zone, schedule = TIME
        asked.through((called, CLEAR, "Contoso's customers"), (zone, CLEAR, "Europe/Amsterdm"))
        asked.correct("did you mean Europe/Amsterdam", "Europe/Amsterdam")
        asked.through((schedule, DOWN, DOWN, DOWN), ("Cron expression:", CLEAR, "30 5 * * 2"))
        assert "schedule: 30 5 * * 2" in asked.answer("What now?")
        asked.expect(f"Saved: {tmp_path / FILE}")
        assert asked.wait() == 0
    loaded = config.load(tmp_path / FILE)
    assert loaded.mailboxes.addresses == ("all-sales@contoso.com", "ada@contoso.com")
    assert loaded.privacy_terms
    assert content(tmp_path) == {
        "name": "Contoso's customers",
        "source": {"kind": "folder", "path": "activity"},
        "mailboxes": {
            "addresses": ["all-sales@contoso.com", "ada@contoso.com"],
            "opted_out": ["noor.haddad@contoso.com"],
        },
        "customers": {
            "contacts": "crm/contacts.csv",
            "account_id": "CustomerId",
            "email": "Email",
            "accounts": "crm/all.csv",
            "account_name": "Name",
            "parent": "ParentId",
            "excluded": ["mailer.example"],
        },
        "privacy_terms": {
            "accepted_by": "ada@contoso.com",
            "accepted_at": loaded.privacy_terms.accepted_at,
        },
        "time_zone": "Europe/Amsterdam",
        "schedule": "30 5 * * 2",
    }
    assert_published(run_engagement(tmp_path / FILE))


def test_a_tenant_before_and_after_consent(server: SimulatedServer, tmp_path: Path) -> None:
    write_customers(ACTIVITY.organisation, tmp_path)
    source, tenant, client, cloud, others, login, graph, bundle = GRAPH
    addresses, opted_out, sure = PEOPLE
    with configure(tmp_path, secret_of(server)) as asked:
        asked.through(source, (tenant, server.tenant_id), (client, server.client_id), cloud)
        asked.through((others, "y"), (login, "http://localhost"))
        asked.correct("begins with https://", server.login_url)
        asked.through((graph, server.graph_url), (bundle, str(server.ca_bundle)))
        shown = asked.answer(addresses, "all-sales@contoso.com")
        assert "The tenant lies in Europe (EU)." in shown
        assert "Signing in works." in shown
        assert "cannot be told yet; the set-up goes on." in asked.through(opted_out, sure)
        asked.through(("Type 'I agree'", "I agree"), ("Your address:", "ada@contoso.com"))
        asked.through((CONTACTS[0], "contacts.csv"), *CONTACTS[1:])
        asked.through((ACCOUNTS[0], "n"), EXCLUDED, SURE, *TIME, (ADMINS, "admin@contoso.com"))
        asked.answer("What now?")
        asked.expect(f"{server.login_url}/{server.tenant_id}/adminconsent?client_id=")
        assert asked.wait() == 0
        assert server.client_secret not in asked.shown
    assert server.client_secret not in (tmp_path / FILE).read_text()
    first = config.load(tmp_path / FILE)
    assert first.source.kind == "graph"
    assert first.tenant_admins == ("admin@contoso.com",)

    server.grant(NEEDED_ROLES)
    with configure(tmp_path, secret_of(server)) as asked:
        asked.through(*GRAPH)
        shown = asked.through(*PEOPLE)
        assert f"all-sales@contoso.com │       {PERSONS} │" in shown
        assert f"{PERSONS} persons' mailboxes will be read." in shown
        asked.through("Does that still hold?", *CONTACTS, ACCOUNTS[0], EXCLUDED, SURE, *TIME)
        asked.through(ADMINS, "What now?", "Replace it?")
        asked.expect("has granted everything that is needed")
        assert asked.wait() == 0
    assert config.load(tmp_path / FILE) == first
    assert not [r for r in server.requests if "/messages" in r.path]


def test_without_a_credential(server: SimulatedServer, tmp_path: Path) -> None:
    """Nothing can be looked up, and everything can be edited; what nobody asks about stays."""
    file = write_graph(tmp_path, server)
    more = {
        "score_weights": dict.fromkeys(config.DEFAULT_WEIGHTS, 10) | {"Recency": 40},
        "regions": ["EU"],
        "data_dir": "elsewhere",
        "smtp": {"host": "mail.contoso.com", "sender": "engagement@contoso.com"},
    }
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"# settled in May\n{yaml.safe_dump(more)}")
    file.chmod(0o640)
    before = config.load(file)
    written = file.read_text(encoding="utf-8")
    with configure(tmp_path) as asked:
        asked.through(*GRAPH, *KEEP, ADMINS)
        assert "data_dir: elsewhere" in asked.answer("What now?", *[DOWN] * 5)
        assert "ENGAGEMENT_CLIENT_SECRET" in asked.shown
        asked.through((TIME[0], CLEAR, "Another name"), *TIME[1:], ADMINS, "What now?")
        asked.through(("Replace it?", "n"))
        asked.expect("What now?")
        assert config.load(file) == before, "nothing is replaced without a yes"
        asked.press(ENTER)
        asked.through(("Replace it?", "y"))
        assert asked.wait() == 0
    assert config.load(file) == before.model_copy(update={"name": "Another name"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    columns = "  account_id: CustomerId\n  email: Email\n  account_name: Name\n"
    assert file.read_text(encoding="utf-8") == (
        written.replace("accounts.csv\n", f"accounts.csv\n{columns}")
        + "name: Another name\nschedule: 0 6 * * 1\n"
    )


@pytest.mark.parametrize("exists", [True, False])
def test_ctrl_c_leaves_the_file_as_it_is(
    exists: bool, server: SimulatedServer, tmp_path: Path
) -> None:
    file = write_graph(tmp_path, server)
    if not exists:
        file.unlink()
    before = tree(tmp_path)
    with configure(tmp_path) as asked:
        asked.answer("Where does activity come from?")
        asked.expect("Tenant id")
        asked.press(CLEAR, "other", CTRL_C)
        asked.expect(f"engagement: {file}: stopped; the file is as it was.")
        assert asked.wait() == os.EX_TEMPFAIL
        assert "Traceback" not in asked.shown
    assert tree(tmp_path) == before


def test_to_leave_without_saving(tmp_path: Path, server: SimulatedServer) -> None:
    write_activity_folder(ACTIVITY.organisation, tmp_path / "activity", as_of=AS_OF, days=3)
    file = write_graph(tmp_path, server)
    before = tree(tmp_path)
    with configure(tmp_path) as asked:
        asked.through(
            ("Where does activity come from?", DOWN), ("The activity folder:", "activity")
        )
        shown = asked.through(*KEEP, ("What now?", *[DOWN] * 6))
        assert "kind: folder\n  path: activity\nmailboxes:" in shown
        asked.expect(f"Not saved. {file} is as it was.")
        assert asked.wait() == 0
    assert tree(tmp_path) == before


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ENGAGEMENT, "configure"],
        env=environment(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_terminal(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 1
    assert "needs a terminal" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_yaml(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("source: [")
    with configure(tmp_path) as asked:
        assert asked.wait() == 2
        asked.expect("line 1")
    assert (tmp_path / FILE).read_text() == "source: ["
