"""The client: what is asked again, how long it waits, and what it never says."""

import email.utils
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from engagement_assets.microsoft365 import faults, redaction
from engagement_assets.microsoft365 import retry_budget as limits
from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.microsoft365.http import RENEWALS, Graph
from engagement_assets.microsoft365.paging import (
    Query,
    read_all,
)
from engagement_assets.microsoft365.retry_budget import (
    ATTEMPTS,
    RetryBudget,
    RunBudget,
    RunBudgetSpentError,
    RunStoppedError,
)
from engagement_assets.microsoft365.sign_in import SignInError
from tests.support.building import message
from tests.support.graph_reading import FakeTime
from tests.support.graph_server import ANN, Reply, Tenant, error, json_reply

WHERE = f"/users/{ANN}"
MESSAGES = Query(f"/users/{ANN}/messages", {"$select": "id"}, {"Prefer": "x"})


def _fill(tenant: Tenant, number: int) -> None:
    tenant.messages[ANN] = [
        message(n, f"2026-11-01T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z")
        for n in range(number)
    ]


def _ids(items: list[dict[str, object]]) -> list[object]:
    return [item["id"] for item in items]


# what is asked again


@pytest.mark.parametrize(
    "reply",
    [
        error(429, "TooManyRequests"),
        error(429, "ApplicationThrottled", Retry_After="2"),
        error(503, "ServiceUnavailable", Retry_After="2.128"),
        Reply(503),
        Reply(504, b"<html>gateway</html>"),
        error(500, "ErrorInternalServerTransientError"),
        Reply(502),
        Reply(act="reset"),
        Reply(200, orjson.dumps({"id": ANN, "long": "x" * 2000}), act="truncate"),
        Reply(200, b'{"id": "aaaa'),
        Reply(200, b"[1]"),
        Reply(200, b"\x1f\x8b broken", {"Content-Encoding": "gzip"}),
    ],
    ids=lambda reply: f"{reply.status}-{reply.act or reply.body[:12]}",
)
def test_what_may_pass_is_asked_again(
    reply: Reply, tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    tenant.breaks(WHERE, reply, times=2)
    assert graph.get(WHERE, retry_budget=retry_budget) == {"id": ANN}
    assert len(time.waits) == 2
    assert len(tenant.asked_for(WHERE)) == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ErrorInvalidUrlQueryFilter"),
        (403, "ErrorAccessDenied"),
        (404, "ResourceNotFound"),
        (410, "SyncStateNotFound"),
        (500, "ErrorCorruptData"),
        (501, "NotImplemented"),
        (507, "ErrorQuotaExceeded"),
        (302, ""),
    ],
)
def test_what_will_not_pass_is_not(
    status: int, code: str, tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    tenant.breaks(WHERE, error(status, code, Location="https://elsewhere.example/"))
    with pytest.raises(GraphError) as caught:
        graph.get(WHERE, retry_budget=retry_budget)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert "0f0f0f0f-1111" in str(caught.value)
    assert time.waits == []


def test_an_error_without_a_usable_body(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    for body in (b"", b"<html>", b"[]", b'{"error": "text"}', b'{"error": {"code": 7}}'):
        tenant.breaks(WHERE, Reply(403, body))
        with pytest.raises(GraphError) as caught:
            graph.get(WHERE, retry_budget=retry_budget)
        assert (caught.value.status, caught.value.code) == (403, "")


def test_a_fault_that_stays_ends_after_the_last_attempt(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    tenant.breaks(WHERE, Reply(503), times=100)
    with pytest.raises(GraphError):
        graph.get(WHERE, retry_budget=retry_budget)
    assert len(tenant.asked_for(WHERE)) == ATTEMPTS
    assert 150 < sum(time.waits) < 6 * 60 + 1  # backoff alone
    assert time.waits == sorted(time.waits) or max(time.waits) <= limits.LONGEST_BACKOFF


def test_a_token_that_ends_in_between_is_renewed(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    graph.get(WHERE, retry_budget=retry_budget)
    tenant.breaks(WHERE, error(401, "InvalidAuthenticationToken"))
    assert graph.get(WHERE, retry_budget=retry_budget) == {"id": ANN}
    first, _, third = (asked.headers["Authorization"] for asked in tenant.asked_for(WHERE))
    assert first != third
    tenant.breaks(WHERE, error(401, "InvalidAuthenticationToken"), times=RENEWALS + 1)
    with pytest.raises(GraphError) as caught:
        graph.get(WHERE, retry_budget=retry_budget)
    assert caught.value.status == 401
    assert len(tenant.asked_for(WHERE)) == 3 + RENEWALS + 1
    assert time.waits == []


def test_a_busy_sign_in_is_asked_again_and_a_refusal_is_not(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    tenant.breaks("/token", Reply(503), times=2)
    assert graph.get(WHERE, retry_budget=retry_budget) == {"id": ANN}
    assert len(time.waits) == 2
    graph.sign_in.forget()
    tenant.token_reply = json_reply({"error": "invalid_client", "error_codes": [7000222]}, 401)
    with pytest.raises(SignInError, match="expired"):
        graph.get(WHERE, retry_budget=retry_budget)
    assert len(time.waits) == 2


# how long it waits


NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("2.128", 2.128),
        ("0", 0.0),
        ("-3", 0.0),
        (email.utils.format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (email.utils.format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Tue, 24 Nov 2026 10:00:05", 5.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert faults.retry_after(header, NOW) == seconds


def test_the_longer_of_what_is_asked_for_and_backoff() -> None:
    for attempt in range(1, 20):
        for _ in range(20):
            alone = limits.seconds_to_wait(attempt, None)
            assert min(2.0 * 2 ** (attempt - 1), 60) / 2 <= alone <= 60
            assert 100 <= limits.seconds_to_wait(attempt, 100.0) <= 110  # never undercut
            assert limits.seconds_to_wait(attempt, 1.0) >= min(2.0 ** (attempt - 1), 30)
    assert len({limits.seconds_to_wait(5, None) for _ in range(10)}) > 1


def test_a_wait_that_the_mailbox_cannot_afford_ends_it_at_once(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    tenant.breaks(WHERE, error(429, "TooManyRequests", Retry_After="86400"))
    with pytest.raises(GraphError) as caught:
        graph.get(WHERE, retry_budget=retry_budget)
    assert caught.value.status == 429
    assert time.waits == []


def test_the_mailbox_budget_is_shared_by_its_requests(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    tenant.breaks(WHERE, error(429, "TooManyRequests", Retry_After="300"), times=100)
    with pytest.raises(GraphError):
        graph.get(WHERE, retry_budget=retry_budget)
    waited = sum(time.waits)
    assert 1200 < waited <= limits.WAIT_PER_MAILBOX
    with pytest.raises(GraphError):
        graph.get(WHERE, retry_budget=retry_budget)
    assert sum(time.waits) <= limits.WAIT_PER_MAILBOX


def test_the_run_budget(tenant: Tenant, graph: Graph, time: FakeTime) -> None:
    run = RunBudget(clock=time.clock(), time_left=100)
    tenant.breaks(WHERE, error(429, "TooManyRequests", Retry_After="60"), times=100)
    with pytest.raises(RunBudgetSpentError):
        graph.get(WHERE, retry_budget=RetryBudget(run))
    assert time.seconds < 100
    time.seconds = 100
    asked = len(tenant.asked)
    with pytest.raises(RunBudgetSpentError):
        graph.get(WHERE, retry_budget=RetryBudget(run))
    assert len(tenant.asked) == asked


def test_the_run_budget_of_waiting_and_stopping(
    tenant: Tenant, graph: Graph, time: FakeTime
) -> None:
    run = RunBudget(clock=time.clock(), wait_left=10)
    tenant.breaks(WHERE, error(429, "TooManyRequests", Retry_After="60"), times=1)
    with pytest.raises(RunBudgetSpentError):
        graph.get(WHERE, retry_budget=RetryBudget(run))
    run.stop()
    with pytest.raises(RunStoppedError):
        graph.get(WHERE, retry_budget=RetryBudget(run))


def test_stopping_ends_a_real_wait() -> None:
    run = RunBudget()
    run.stop()
    with pytest.raises(RunStoppedError):
        run.wait(3600)


# what it never says


def test_urls_are_redacted() -> None:
    assert redaction.url(
        f"https://graph.microsoft.com/v1.0/users/{ANN}/mailFolders/AAMkAGI2/childFolders"
        "?$filter=mail eq 'eve@customer.com'&%24select=id&eve@customer.com=1&$top=9#eve"
    ) == (
        f"https://graph.microsoft.com/v1.0/users/{ANN}/mailFolders/*/childFolders"
        "?$filter=*&$select=*&*=*&$top=*"
    )
    for path in (
        "/v1.0/users/eve@customer.com",
        "/users/eve%40customer.com",
        "/users('eve@x.com')",
    ):
        assert "eve" not in redaction.url(path)
    assert redaction.url("https://eve:secret@graph.example/x") == "https://graph.example/x"
    assert redaction.code("eve@customer.com") == ""
    assert redaction.code("ErrorAccessDenied") == "ErrorAccessDenied"
    assert redaction.request_id("eve@customer.com") == ""


@pytest.mark.parametrize(
    ("shown", "longest"),
    [
        (lambda word: redaction.url(f"/{word}") == f"/{word}", 40),
        (lambda word: redaction.url(f"/?{word}=1") == f"/?{word}=*", 40),
        (lambda word: redaction.code(word) == word, 80),
        (lambda word: redaction.request_id(word) == word, 64),
    ],
    ids=["path", "parameter", "code", "request id"],
)
def test_what_is_longer_than_graphs_own_words_is_hidden(
    shown: Callable[[str], bool], longest: int
) -> None:
    """An id of an item, which is longer than any word of Graph's, may consist of letters."""
    assert shown("a" * longest)
    assert not shown("a" * (longest + 1))


@pytest.mark.parametrize("length", [7, 8])
def test_a_request_id_has_eight_letters_or_more(length: int) -> None:
    assert bool(redaction.request_id("a" * length)) is (length == 8)


def test_nothing_personal_in_logs_or_exceptions(
    tenant: Tenant,
    graph: Graph,
    retry_budget: RetryBudget,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    query = Query("/users", {"$filter": "mail eq 'mallory@customer.com'", "$select": "id"}, {})
    said = []
    replies = (
        error(403, "mallory@customer.com"),
        Reply(503, b"mallory@customer.com"),
        Reply(200, b'{"value": "mallory@customer.com'),
        Reply(200, b'{"value": "mallory@customer.com and much more text"}', act="truncate"),
        Reply(act="reset"),
        json_reply({"value": [], "@odata.nextLink": "https://x.example/?mallory@customer.com"}),
        error(400, "BadRequest"),
    )
    for reply in replies:
        tenant.breaks("/users", reply, times=10 * ATTEMPTS)
        with pytest.raises(GraphError) as caught:
            read_all(graph, query, retry_budget)
        said.append("".join(traceback.format_exception(caught.value)))
        seen: BaseException | None = caught.value
        while seen is not None:  # what a debugger or an error reporter would walk through
            said.append(f"{seen!r} {seen.args} {vars(seen)}")
            seen = seen.__cause__ or seen.__context__
        tenant.broken.clear()
        retry_budget.wait_left = limits.WAIT_PER_MAILBOX
    text = "\n".join(said) + caplog.text
    assert "mallory" not in text
    assert "customer.com" not in text
    assert "TOKEN." not in text
    assert f"{ANN}" not in text


def test_every_request_names_itself(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    for _ in range(2):
        graph.get(WHERE, retry_budget=retry_budget)
    first, second = tenant.asked_for(WHERE)
    assert first.headers["client-request-id"] != second.headers["client-request-id"]
    assert first.headers["User-Agent"].startswith("engagement-assets/")


def test_half_an_emoji_is_not_a_broken_answer(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    tenant.breaks(WHERE, Reply(200, b'{"name": "\\ud83d"}'))
    assert graph.get(WHERE, retry_budget=retry_budget) == {"name": "\ud83d"}
    assert time.waits == []


def test_an_answer_that_does_not_end(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engagement_assets.microsoft365.http.LARGEST_ANSWER", 1000)
    _fill(tenant, 20)
    items = read_all(graph, MESSAGES, retry_budget)  # in pages that are small enough
    assert len(items) == 20
    assert int(tenant.asked[-1].query["$top"]) == 1
