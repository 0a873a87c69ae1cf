"""Faults on demand, lasting and at random (reference 13: 18, 20, 36, 37)."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from simulator.activity import Activity
from simulator.faults import LASTING, PAGE_LIMITS, TRANSIENT, Faults, Permanent
from simulator.generated_tenant import GeneratedTenant
from simulator.organisation import Organisation
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from simulator.visitor import Visitor

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
ACTIVITY = Activity(Organisation.generate(7, people=8, accounts=12, volume=2.0), AS_OF, days=90)
BUSY, OTHER = ACTIVITY.organisation.users[4], ACTIVITY.organisation.users[5]
PATH = f"/users/{BUSY.user_id}/messages"
ATTEMPTS = 8


@contextmanager
def faulty(**plan: Any) -> Iterator[tuple[SimulatedServer, Visitor]]:
    with (
        simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES, faults=Faults(**plan)) as server,
        Visitor(server) as visitor,
    ):
        yield server, visitor


def persistent(visitor: Visitor, path: str, **query: str) -> dict[str, Any]:
    """What a careful client gets in the end."""
    for _ in range(ATTEMPTS):
        try:
            answer = visitor.ask(path, **query)
            if answer.status_code == 200:
                return dict(answer.json())
        except requests.RequestException:
            continue
        if answer.status_code == 401:
            visitor.renew()
    raise AssertionError(f"{ATTEMPTS} attempts failed")


def all_ids(visitor: Visitor, **query: str) -> list[str]:
    found: list[str] = []
    body = persistent(visitor, PATH, select="id", **query)
    while True:
        found += [message["id"] for message in body["value"]]
        if "@odata.nextLink" not in body:
            return found
        body = persistent(visitor, body["@odata.nextLink"])


EXPECTED = {message["id"] for message in ACTIVITY.messages(BUSY)}

ANSWERS = [
    ("429-seconds", 429, "0"),
    ("429-fraction", 429, "0.004"),
    ("429-date", 429, "date"),
    ("429-bare", 429, None),
    ("503-seconds", 503, "0"),
    ("503-fraction", 503, "0.004"),
    ("503-date", 503, "date"),
    ("503-bare", 503, None),
    ("502", 502, None),
    ("504", 504, None),
    ("500-transient", 500, None),
    ("500-corrupt", 500, None),
    ("410", 410, None),
    ("403", 403, None),
    ("403-odata", 403, None),
    ("404", 404, None),
    ("404-item", 404, None),
    ("404-folder", 404, None),
    ("404-root", 404, None),
    ("no-exchange", 401, None),
]


def test_answers() -> None:
    with faulty() as (server, visitor):
        for kind, status, retry_after in ANSWERS:
            server.faults.inject(kind)
            answer = visitor.ask(PATH)
            assert answer.status_code == status, kind
            assert answer.headers["request-id"]
            if retry_after == "date":
                wait = parsedate_to_datetime(answer.headers["Retry-After"]) - datetime.now(UTC)
                assert abs(wait) < timedelta(seconds=3)
            else:
                assert answer.headers.get("Retry-After") == retry_after
            if kind == "503-bare":
                assert answer.content == b""
            elif kind == "504":
                assert answer.headers["content-type"].startswith("text/html")
            else:
                assert "code" in answer.json()["error"]
            assert visitor.ask(PATH).status_code == 200
        assert server.faults.injected.total() == len(ANSWERS)
        assert server.requests[0].fault == ANSWERS[0][0]


def test_broken_connections() -> None:
    with faulty() as (server, visitor):
        for kind in ("reset", "truncated"):
            server.faults.inject(kind, times=2)
            for _ in range(2):
                with pytest.raises(
                    (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
                ):
                    visitor.ask(PATH)
            assert visitor.ask(PATH).status_code == 200


def test_a_token_is_revoked_in_mid_run() -> None:
    with faulty() as (server, visitor):
        server.faults.inject("401")
        assert [visitor.ask(PATH).status_code for _ in range(2)] == [401, 401]
        visitor.renew()
        assert visitor.ask(PATH).status_code == 200


def test_odd_pages() -> None:
    with faulty() as (server, visitor):
        usual = visitor.ask(PATH, top="20").json()
        server.faults.inject("repeated_link")
        odd = visitor.ask(PATH, top="20").json()
        assert odd["value"] == usual["value"]
        assert visitor.ask(odd["@odata.nextLink"]).json()["value"] == usual["value"]
        server.faults.inject("empty_page")
        empty = visitor.ask(PATH, top="20").json()
        assert empty["value"] == []
        assert visitor.ask(empty["@odata.nextLink"]).json()["value"] == usual["value"]
        server.faults.inject("short_page")
        short = visitor.ask(PATH, top="20").json()
        assert short["value"] == usual["value"][:10]
        assert visitor.ask(short["@odata.nextLink"]).json()["value"][:10] == usual["value"][10:]
        server.faults.inject("duplicates")
        first = visitor.ask(PATH, top="21").json()
        second = visitor.ask(first["@odata.nextLink"]).json()
        assert second["value"][:2] == first["value"][-2:]
        server.faults.inject("short_page", path_has="/messages")
        assert visitor.ask(PATH.replace("messages", "mailFolders")).status_code == 200
        assert server.faults.injected["short_page"] == 1, "another path is left alone"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everything_at_once_still_gives_everything(seed: int) -> None:
    with faulty(seed=seed, rate=0.5, large_page=5) as (server, visitor):
        found = all_ids(visitor, top="15", filter="receivedDateTime ge 2026-01-01")
        assert set(found) == EXPECTED
        assert len(server.faults.injected) > 8


def test_every_kind_comes_at_random() -> None:
    seen: Counter[str] = Counter()
    for seed in range(6):
        with faulty(seed=seed, rate=0.9, large_page=5) as (server, visitor):
            all_ids(visitor, top="10")
            seen += server.faults.injected
    assert set(seen) == set(TRANSIENT)


def test_same_seed_gives_same_faults_whatever_the_order() -> None:
    paths = [f"{PATH}?$top={number}" for number in range(1, 30)]
    seen = []
    for threads in (1, 4):
        with faulty(seed=5, rate=0.4, kinds=("429-bare", "503-bare", "504")) as (server, visitor):
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(visitor.ask, paths))
            seen.append({(r.query["$top"], r.fault) for r in server.requests})
    assert seen[0] == seen[1]
    with faulty(seed=6, rate=0.4, kinds=("429-bare", "503-bare", "504")) as (server, visitor):
        for path in paths:
            visitor.ask(path)
        assert {(r.query["$top"], r.fault) for r in server.requests} != seen[0]


def test_the_same_request_fails_only_so_often() -> None:
    with faulty(rate=1.0, kinds=("503-bare",), most_in_a_row=3) as (_, visitor):
        statuses = [visitor.ask(PATH).status_code for _ in range(8)]
    assert statuses == [503, 503, 503, 200] * 2


def test_large_pages_time_out_for_good() -> None:
    with faulty(page_limit=50) as (_, visitor):
        assert [visitor.ask(PATH, top=top).status_code for top in ("51", "51", "50")] == [
            504,
            504,
            200,
        ]
        smaller = {"Prefer": "odata.maxpagesize=20"}
        assert visitor.ask(PATH, smaller, top="1000").status_code == 200


@pytest.mark.parametrize("kind", PAGE_LIMITS)
def test_large_pages_of_one_kind_fail_in_many_ways(kind: str) -> None:
    plan = {"page_limit": 50, "page_limit_of": "/messages", "page_limit_kind": kind}
    with faulty(**plan) as (_, visitor):
        assert visitor.ask(PATH, top="51").status_code == int(kind[:3])
        assert visitor.ask(PATH, top="50").status_code == 200
        assert visitor.ask("/users", top="99").status_code == 200
    with pytest.raises(ValueError, match="is not one of"):
        Faults(page_limit_kind="403")


@pytest.mark.parametrize(("kind", "status"), [("no-calendar", 404), ("denied-calendar", 403)])
def test_a_calendar_that_cannot_be_read_leaves_the_mail_alone(kind: str, status: int) -> None:
    view = {"startDateTime": "2026-11-01", "endDateTime": "2026-11-02"}
    calendar = f"/users/{BUSY.user_id}/calendarView"
    with faulty(permanent={BUSY.user_id: kind}) as (server, visitor):
        assert visitor.ask(calendar, **view).status_code == status
        assert visitor.ask(PATH).status_code == 200
        assert visitor.ask(f"/users/{OTHER.user_id}/calendarView", **view).status_code == 200
        server.faults.permanent = {}
        server.faults.inject(kind)
        assert visitor.ask(PATH).status_code == 200
        assert visitor.ask(calendar, **view).status_code == status
        assert visitor.ask(calendar, **view).status_code == 200


def test_a_fault_that_lasts_can_concern_one_folder() -> None:
    junk = Permanent("404-folder", path_has="/mailFolders/junkemail")
    with faulty(permanent={BUSY.user_id: junk}) as (_, visitor):
        folders = f"/users/{BUSY.user_id}/mailFolders"
        answer = visitor.ask(f"{folders}/junkemail")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "ErrorFolderNotFound")
        assert visitor.ask(f"{folders}/drafts").status_code == 200


def test_a_mailbox_without_a_root_says_so_in_its_message() -> None:
    with faulty(permanent={BUSY.user_id: "404-root"}) as (_, visitor):
        assert "Default folder Root not found" in visitor.ask(PATH).json()["error"]["message"]


def test_faults_that_last_concern_one_mailbox() -> None:
    permanent = {BUSY.user_id: "403", OTHER.user_id: Permanent("404", after=1)}
    with faulty(permanent=permanent) as (_, visitor):
        assert [visitor.ask(PATH).status_code for _ in range(3)] == [403] * 3
        assert visitor.ask(f"/users/{BUSY.user_id}").status_code == 200
        other = f"/users/{OTHER.user_id}"
        assert visitor.ask(other).status_code == 200
        assert visitor.ask(f"{other}/messages").status_code == 200
        assert visitor.ask(f"{other}/messages").status_code == 404, "deleted in mid-run"
        assert visitor.ask(other).status_code == 404, "gone from the directory too"


@pytest.mark.parametrize("kind", ["repeated_link", "500-corrupt", "503-seconds", "410"])
def test_transient_kinds_can_last_too(kind: str) -> None:
    with faulty(permanent={BUSY.user_id: kind}) as (_, visitor):
        answers = [visitor.ask(PATH, top="10") for _ in range(4)]
        if kind == "repeated_link":
            links = {answer.json()["@odata.nextLink"] for answer in answers}
            assert [visitor.ask(link).json()["@odata.nextLink"] for link in links] == list(links)
        else:
            assert {str(answer.status_code) for answer in answers} == {kind[:3]}


def test_unknown_kinds_are_refused() -> None:
    plans: tuple[dict[str, Any], ...] = (
        {"kinds": ("429",)},
        {"permanent": {"x": "nonsense"}},
    )
    for plan in plans:
        with pytest.raises(ValueError, match="is not a fault"):
            Faults(**plan)
    with pytest.raises(ValueError, match="is not a fault"):
        Faults().inject("teapot")
    assert not set(LASTING) & set(TRANSIENT)
