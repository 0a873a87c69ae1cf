"""The simulator streams: a large mailbox never sits in memory."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from simulator.organisation import Organisation

ENOUGH = 200_000
SECRET = "of-this-test"  # noqa: S105 - of a simulator that lives for a test
PEOPLE, ACCOUNTS, VOLUME = 4, 30, 56.0
STATISTICS = Path("/proc")
MOST_GROWTH = 60 * 2**20


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[dict[str, str], subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "simulator", "serve", str(folder)]
    command += ["--port", "0", "--secret", SECRET, "--grant", "needed", *options]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + 60
            while not (folder / "simulator.json").exists():
                assert process.poll() is None, (folder / "output").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield json.loads((folder / "simulator.json").read_text()), process
        finally:
            process.terminate()
            assert process.wait(30) == 0


@contextmanager
def session(details: dict[str, str]) -> Iterator[requests.Session]:
    with requests.Session() as http:
        http.trust_env = False
        http.verify = details["ca_bundle"]
        answer = http.post(
            f"{details['login_url']}/{details['tenant_id']}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": details["client_id"],
                "client_secret": SECRET,
                "scope": "https://graph.microsoft.com/.default",
            },
            timeout=60,
        )
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield http


def pages(http: requests.Session, address: str) -> Iterator[dict[str, Any]]:
    link: str | None = address
    while link:
        answer = http.get(link, timeout=120)
        answer.raise_for_status()
        body = answer.json()
        yield body
        link = body.get("@odata.nextLink")


def resident(process_id: int) -> int:
    """Bytes of memory in use."""
    pages_in_use = (STATISTICS / str(process_id) / "statm").read_text().split()[1]
    return int(pages_in_use) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.skipif(not (STATISTICS / "self/statm").exists(), reason="memory is read from /proc")
def test_memory_is_flat_for_a_large_mailbox(folder: Path) -> None:
    options = f"--people {PEOPLE} --accounts {ACCOUNTS} --volume {VOLUME}".split()
    organisation = Organisation.generate(7, people=PEOPLE, accounts=ACCOUNTS, volume=VOLUME)
    busiest = max(organisation.selected_users, key=lambda u: len(organisation.accounts_of(u)))
    with served(folder, *options) as (details, process), session(details) as http:
        number, biggest, early = 0, 0, 0
        address = (
            f"{details['graph_url']}/v1.0/users/{busiest.user_id}/messages"
            "?$top=1000&$select=id,sentDateTime&$orderby=receivedDateTime"
        )
        for page in pages(http, address):
            number += len(page["value"])
            memory = resident(process.pid)
            biggest = max(biggest, memory)
            if number <= ENOUGH // 10:
                early = memory
            if number >= ENOUGH:
                break
    assert number >= ENOUGH
    assert biggest - early < MOST_GROWTH, f"{early:,} to {biggest:,} bytes"


def test_an_existing_folder_is_served(folder: Path) -> None:
    written = folder / "activity"
    options = ["--people", "5", "--accounts", "12", "--days", "30"]
    subprocess.run(
        [sys.executable, "-m", "simulator", "generate", str(folder), *options],
        check=True,
        capture_output=True,
    )
    with served(folder, "--activity", str(written)) as (details, _), session(details) as http:
        assert SECRET not in (folder / "output").read_text()
        assert SECRET not in (folder / "simulator.json").read_text()
        organisation = json.loads((written / "organization.json").read_text())
        assert details["tenant_id"] == organisation["id"]
        person = next(path.name for path in (written / "mailboxes").iterdir())
        address = f"{details['graph_url']}/v1.0/users/{person}/messages"
        assert next(pages(http, address))["value"]
    assert not (folder / "simulator.json").exists(), "who stops is no longer reachable"
