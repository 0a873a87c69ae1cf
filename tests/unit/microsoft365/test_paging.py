"""Paging: to the true end of a collection, or not at all."""

import pytest

from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.microsoft365.http import ATTEMPTS_PER_SIZE, Graph
from engagement_assets.microsoft365.paging import (
    MOST_PAGES,
    RESTARTS,
    BrokenPagingError,
    Pace,
    Query,
    read,
    read_all,
)
from engagement_assets.microsoft365.retry_budget import ATTEMPTS, RetryBudget
from tests.support.building import message
from tests.support.graph_reading import FakeTime
from tests.support.graph_server import ANN, Reply, Tenant, error, json_reply

MESSAGES = Query(f"/users/{ANN}/messages", {"$select": "id"}, {"Prefer": "x"})


def _fill(tenant: Tenant, number: int) -> None:
    tenant.messages[ANN] = [
        message(n, f"2026-11-01T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z")
        for n in range(number)
    ]


def _ids(items: list[dict[str, object]]) -> list[object]:
    return [item["id"] for item in items]


def test_pages_are_followed_to_the_end(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    _fill(tenant, 2500)
    assert len(read_all(graph, MESSAGES, retry_budget)) == 2500
    assert [asked.query["$top"] for asked in tenant.asked_for("/messages")] == ["999"] * 3
    assert {asked.headers["Prefer"] for asked in tenant.asked_for("/messages")} == {"x"}


def test_a_next_link_is_followed_untouched(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    link = "?$skiptoken=a%2fB%2Bc~*'(x)&%24top=9&odd=%E2%82%AC+%20/|"
    tenant.breaks(
        "/messages",
        json_reply(
            {"value": [], "@odata.nextLink": f"{tenant.url}/v1.0/users/{ANN}/messages{link}"}
        ),
    )
    read_all(graph, MESSAGES, retry_budget)
    assert tenant.asked[-1].raw in {link[1:], link[1:].replace("|", "%7C").replace("2fB", "2FB")}


def test_empty_and_short_pages_go_on(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    _fill(tenant, 3)
    for number in range(5):
        link = f"{tenant.url}/v1.0/users/{ANN}/messages?$top=999&n={number}"
        tenant.breaks("/messages", json_reply({"value": [], "@odata.nextLink": link}))
    assert len(read_all(graph, MESSAGES, retry_budget)) == 3
    assert len(tenant.asked_for("/messages")) == 6


def test_a_link_that_repeats_for_ever_ends(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    link = f"{tenant.url}/v1.0/users/{ANN}/messages?x=1"
    tenant.breaks("/messages", json_reply({"value": [], "@odata.nextLink": link}), times=10_000)
    with pytest.raises(BrokenPagingError, match="came before"):
        read_all(graph, MESSAGES, retry_budget)
    assert len(tenant.asked_for("/messages")) == 2 * (RESTARTS + 1)


def test_a_link_that_repeats_once_costs_one_pass(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    _fill(tenant, 5)
    link = f"{tenant.url}/v1.0/users/{ANN}/messages?x=1"
    tenant.breaks(
        "/messages", json_reply({"value": [{"id": "a"}], "@odata.nextLink": link}), times=2
    )
    assert len(read_all(graph, MESSAGES, retry_budget)) == 5


def test_pages_without_end_end(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engagement_assets.microsoft365.paging.MOST_PAGES", 20)
    monkeypatch.setattr("engagement_assets.microsoft365.paging.RESTARTS", 1)
    assert MOST_PAGES > 1000
    _fill(tenant, 30)
    with pytest.raises(BrokenPagingError, match="without end"):
        read(graph, MESSAGES, retry_budget, list, Pace(1))
    assert len(tenant.asked_for("/messages")) == 2 * 21


@pytest.mark.parametrize(
    "reply",
    [
        error(410, "SyncStateNotFound"),
        error(400, "ErrorInvalidUrlQuery"),
        error(404, "ErrorItemNotFound"),
        error(404, "errorfoldernotfound"),
        json_reply({"no": "value"}),
        json_reply({"value": "text"}),
        json_reply({"value": [], "@odata.nextLink": 7}),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:30]!r}",
)
def test_a_page_that_is_no_longer_there_restarts_the_slice(
    reply: Reply, tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    _fill(tenant, 5)
    tenant.breaks("$skip", reply)
    items = read(
        graph, MESSAGES, retry_budget, lambda pages: [i for p in pages for i in p], Pace(2)
    )
    assert _ids(items) == [f"AAMk-{n}" for n in range(5)]


def test_a_first_page_that_is_refused_is_not_repeated(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    tenant.breaks("/messages", error(400, "ErrorInvalidUrlQueryFilter"))
    with pytest.raises(GraphError):
        read_all(graph, MESSAGES, retry_budget)
    assert len(tenant.asked_for("/messages")) == 1


@pytest.mark.parametrize(
    "reply", [Reply(504), error(500, "ErrorCorruptData"), error(500, "errorItemCorrupt")]
)
def test_large_pages_that_fail_become_smaller_and_stay_so(
    reply: Reply, tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    _fill(tenant, 100)
    tenant.breaks_if(
        lambda asked: "/messages" in asked.path and int(asked.query["$top"]) > 50, reply
    )
    pace = Pace()
    items = read(graph, MESSAGES, retry_budget, lambda pages: [i for p in pages for i in p], pace)
    assert len(items) == 100
    assert pace.size == 15
    tops = [int(asked.query["$top"]) for asked in tenant.asked_for("/messages")]
    assert tops == [999, 249, 62] + [15] * 7
    assert time.waits == []


def _too_large(tenant: Tenant, limit: int, reply: Reply) -> None:
    tenant.breaks_if(
        lambda asked: "/messages" in asked.path and int(asked.query["$top"]) > limit, reply
    )


def _sizes(tenant: Tenant) -> list[int]:
    return [int(asked.query["$top"]) for asked in tenant.asked_for("/messages")]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500),
        Reply(502, b"<html>"),
        error(503, "UnknownError"),
        error(500, "ErrorInternalServerTransientError"),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:30]!r}",
)
def test_pages_that_fail_again_and_again_become_smaller(
    reply: Reply, tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    _fill(tenant, 100)
    _too_large(tenant, 100, reply)
    assert len(read_all(graph, MESSAGES, retry_budget)) == 100
    attempts = ATTEMPTS_PER_SIZE
    assert _sizes(tenant) == [999] * attempts + [249] * attempts + [62] * 2
    assert len(time.waits) == 2 * (attempts - 1)


def test_a_larger_page_is_tried_once_more_and_then_no_more(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    _fill(tenant, 10)
    _too_large(tenant, 100, error(503, "UnknownError"))
    pace = Pace()
    tried = []
    for _ in range(4):
        tenant.asked.clear()
        read(graph, MESSAGES, retry_budget, list, pace)
        tried.append(sorted(set(_sizes(tenant)), reverse=True))
    assert tried == [[999, 249, 62], [248, 62], [62], [62]]


def test_after_an_outage_pages_grow_again(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    _fill(tenant, 10)
    tenant.breaks("/messages", error(503, "Busy"), times=2 * ATTEMPTS_PER_SIZE)
    pace = Pace()
    sizes = []
    for _ in range(4):
        read(graph, MESSAGES, retry_budget, list, pace)
        sizes.append(pace.size)
    assert sizes == [62, 248, 992, 999]
    assert not pace.is_doubted
    tenant.breaks("/messages", Reply(504))
    read(graph, MESSAGES, retry_budget, list, pace)
    read(graph, MESSAGES, retry_budget, list, pace)
    assert pace.size == 249, "what a gateway says of a size is beyond doubt"


def test_what_no_size_cures_fails_in_the_end(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    _fill(tenant, 1)
    tenant.breaks("/messages", error(503, "Busy"), times=10_000)
    with pytest.raises(GraphError):
        read_all(graph, MESSAGES, retry_budget)
    sizes = _sizes(tenant)
    assert [sizes.count(size) for size in (999, 249, 62, 15, 3, 1)] == [
        *[ATTEMPTS_PER_SIZE] * 5,
        ATTEMPTS,
    ]
    assert sum(time.waits) < 10 * 60


def test_throttling_is_not_a_matter_of_size(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    _fill(tenant, 1)
    tenant.breaks("/messages", error(429, "ApplicationThrottled"), times=ATTEMPTS - 1)
    assert len(read_all(graph, MESSAGES, retry_budget)) == 1
    assert set(_sizes(tenant)) == {999}


def test_504_on_the_smallest_page_is_waited_for_and_corrupt_data_is_not(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget, time: FakeTime
) -> None:
    _fill(tenant, 1)
    tenant.breaks("/messages", Reply(504), times=7)
    assert len(read_all(graph, MESSAGES, retry_budget)) == 1
    assert len(time.waits) == 2
    tenant.breaks("/messages", error(500, "errorcorruptdata"), times=100)
    with pytest.raises(GraphError) as caught:
        read_all(graph, MESSAGES, retry_budget)
    assert caught.value.has_code("ErrorCorruptData")
    assert len(time.waits) == 2


def test_a_link_to_another_host_is_not_followed(
    tenant: Tenant, graph: Graph, retry_budget: RetryBudget
) -> None:
    for link in (
        "https://evil.example/v1.0/users?x=ann@contoso.com",
        tenant.url.replace("https", "http") + "/v1.0/x",
        tenant.url + "0/v1.0/x",
        "//evil.example/x",
    ):
        tenant.breaks("/messages", json_reply({"value": [], "@odata.nextLink": link}))
        with pytest.raises(GraphError) as caught:
            read_all(graph, MESSAGES, retry_budget)
        assert "ann@" not in str(caught.value)
