"""What is asked of Microsoft 365, and what may become of the answers: nothing personal leaks.

The app is granted more than it needs here, so that the tenant would give subjects and bodies to
whoever asked. Runs succeed, warn and fail in several ways, with every log there is; then all that
was said and written is searched.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from simulator.faults import Faults
from simulator.generated_tenant import GeneratedTenant
from simulator.mailbox_access import CANARY_BODY, CANARY_SUBJECT
from simulator.registration import NEEDED_ROLES
from simulator.server import simulate
from simulator.service import Recorded
from tests.support import tenant
from tests.support.markers import Markers
from tests.support.tenant import ACTIVITY

MORE_THAN_NEEDED = ("Mail.Read", "Calendars.Read")
SAID_WRONGLY = "zq7-wrong-secret-marker"
LOOKED_FOR = 20  # of each kind
# a JSON Web Token: two parts that begin with the base64 of {"
TOKEN = re.compile(rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}")

# docs/privacy.md: nothing else is ever asked for
FIELDS: Mapping[str, str] = {
    "messages": "id,internetMessageId,conversationId,parentFolderId,sentDateTime,isDraft,from,"
    "lastModifiedDateTime,sender,toRecipients,ccRecipients,bccRecipients",
    "calendarView": "id,iCalUId,type,isCancelled,isOrganizer,isAllDay,lastModifiedDateTime,start,"
    "end,organizer,attendees,responseStatus",
    "mailFolders": "id,childFolderCount",
    "users": "id,mail,userPrincipalName,proxyAddresses,accountEnabled,userType",
    "transitiveMembers": "id,mail,userPrincipalName,proxyAddresses,accountEnabled,userType",
    "groups": "id,mail,proxyAddresses,visibility",
    "organization": "id,verifiedDomains",
}


@dataclass(frozen=True)
class Runs:
    """What runs said, wrote and asked for."""

    data: Path
    said: bytes
    requests: list[Recorded]
    look: Markers


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("private")
    faults = Faults(5, rate=0.2, wait=0.01, large_page=5)
    granted = (*NEEDED_ROLES, *MORE_THAN_NEEDED)
    said = ""
    simulated = GeneratedTenant(ACTIVITY, teams_chats=True)
    with simulate(simulated, granted=granted, faults=faults, folder=folder) as server:
        config_file = tenant.write_graph(folder, server)
        persons = [user for user in ACTIVITY.organisation.selected_users if user.has_mailbox]
        server.registration.denied.add(persons[0].user_id)

        def run(secret: str) -> int:
            nonlocal said
            done = tenant.run(config_file, secret, talkative=True)
            said += done.stdout + done.stderr
            return done.returncode

        assert run(server.client_secret) == 0, said
        assert run(SAID_WRONGLY) == 1, said
        server.withdraw()
        assert run(server.client_secret) == 3, said
        requests, secret = server.requests, server.client_secret
    assert run(secret) == 1, said  # the tenant is gone
    assert "DEBUG" in said
    return Runs(folder / "data", said.encode(), requests, Markers(_markers(secret)))


def _markers(secret: str) -> dict[str, str]:
    own = {user.address for user in ACTIVITY.organisation.users}
    contacts = (
        contact.address
        for account in ACTIVITY.organisation.accounts
        for contact in account.contacts
        if contact.address not in own
    )
    user = next(user for user in ACTIVITY.organisation.selected_users if user.has_mailbox)
    messages = list(islice(ACTIVITY.messages(user), LOOKED_FOR))
    events = list(islice(ACTIVITY.events(user), LOOKED_FOR))
    return {
        "subject": CANARY_SUBJECT,
        "body": CANARY_BODY,
        "secret": secret,
        "wrong secret": SAID_WRONGLY,
        **{f"contact {n}": a for n, a in enumerate(islice(contacts, LOOKED_FOR))},
        **{f"message {n}": message["id"] for n, message in enumerate(messages)},
        **{f"message id {n}": m["internetMessageId"] for n, m in enumerate(messages)},
        **{f"event {n}": event["id"] for n, event in enumerate(events)},
    }


def test_every_request_asks_for_fields_of_the_privacy_page_only(runs: Runs) -> None:
    kinds = set()
    for request in runs.requests:
        words = request.path.split("/")
        kind = next(word for word in reversed(words) if word in FIELDS)
        kinds.add(kind)
        assert request.method == "GET"
        assert request.select, request.path
        assert set(request.select) <= set(FIELDS[kind].split(",")), request.path
        assert not {"$search", "$expand"} & request.query.keys()
    assert kinds == FIELDS.keys()


def test_no_log_and_no_message_tells(runs: Runs) -> None:
    assert runs.look.found(runs.said) == set()
    assert TOKEN.search(runs.said) is None


def test_the_search_would_find_a_token() -> None:
    head = b"eyJhbGciOiJFUzI1NiJ9"
    assert TOKEN.search(b"Bearer " + head + b"." + head + b".x")


def test_nothing_is_in_what_dagster_keeps(runs: Runs) -> None:
    assert any((runs.data / "dagster").rglob("*.db"))
    assert runs.look.in_files(runs.data / "dagster") == {}


def test_nothing_is_published(runs: Runs) -> None:
    assert runs.look.in_published(runs.data / "snapshots") == {}


def test_nothing_stays_of_the_download(runs: Runs) -> None:
    assert runs.look.in_files(runs.data / "download") == {}
    assert {path.suffix for path in (runs.data / "download").rglob("*") if path.is_file()} == {
        ".json"
    }


def test_no_file_holds_a_secret_a_token_or_what_was_never_asked_for(runs: Runs) -> None:
    never = Markers({"subject": CANARY_SUBJECT, "body": CANARY_BODY, "wrong secret": SAID_WRONGLY})
    never.spellings["secret"] = runs.look.spellings["secret"]
    assert never.in_files(runs.data) == {}
    for file in runs.data.rglob("*"):
        if file.is_file():
            assert TOKEN.search(file.read_bytes()) is None, file.name
    assert never.in_tables(runs.data / "warehouse" / "warehouse.duckdb") == {}
