# ruff: noqa: PT012 - a run dies within its block
"""What can go wrong with a mailbox, and what of it is read all the same."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engagement_assets.errors import ConsentError, SourceError
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.microsoft365.source import GraphSource
from tests.support.building import message
from tests.support.graph_reading import WEEK, FakeTime, Store, ids, later, run
from tests.support.graph_server import (
    ANN,
    BOB,
    WINDOW,
    Asked,
    Reply,
    Tenant,
    error,
    json_reply,
)


@pytest.mark.parametrize(
    "code",
    [
        "MailboxNotEnabledForRESTAPI",
        "ResourceNotFound",
        "ErrorInvalidUser",
        "Request_ResourceNotFound",
        "MailboxNotSupportedForRESTAPI",
        "errornonexistentmailbox",
        "ErrorMailboxNotFound",
    ],
)
def test_the_ways_of_saying_no_mailbox(
    code: str, tenant: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    tenant.breaks_if(lambda asked: f"{ANN}/" in asked.path, error(404, code))
    outcomes = run(source, store)
    ann = outcomes[ANN]
    assert (ann.status, ann.files, ann.read) == ("no_mailbox", (), frozenset())
    assert code in str(ann.reason)
    assert outcomes[BOB].status == "processed"
    assert not (tmp_path / "data" / "download" / "mailboxes" / ANN).exists()


@pytest.mark.parametrize("code", ["ErrorItemNotFound", "errorfoldernotfound"])
def test_a_mailbox_without_a_root_is_none(
    code: str, year: Tenant, source: GraphSource, store: Store
) -> None:
    said = "The specified object was not found in the store., Default folder Root not found."
    root = json_reply({"error": {"code": code, "message": said}}, 404)
    year.breaks_if(lambda asked: f"{ANN}/" in asked.path, root)
    ann = run(source, store)[ANN]
    assert ann.status == "no_mailbox"
    assert code in str(ann.reason)


@pytest.mark.parametrize(
    "reply",
    [
        error(404, "ErrorItemNotFound"),
        error(404, "ERRORFOLDERNOTFOUND"),
        error(404, "UnknownError"),
        Reply(404, b"<html>a proxy</html>"),
    ],
    ids=lambda reply: repr(reply.body[:40]),
)
def test_what_does_not_say_that_there_is_no_mailbox(
    reply: Reply, year: Tenant, source: GraphSource, store: Store
) -> None:
    run(source, store)
    window = later(source, WEEK)
    year.breaks_if(lambda asked: f"{ANN}/" in asked.path, reply)
    ann = run(source, store, window=window)[ANN]
    assert (ann.status, ann.read) == ("failed", frozenset())


def test_no_mailbox_with_another_status(tenant: Tenant, source: GraphSource, store: Store) -> None:
    refused = error(403, "MailboxNotEnabledForRESTAPI")
    tenant.breaks_if(lambda asked: f"{ANN}/" in asked.path, refused)
    assert run(source, store)[ANN].status == "no_mailbox"


def test_a_tenant_without_exchange_ends_the_run(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    code = "organizationFromTenantGuidNotFound"
    tenant.breaks_if(lambda asked: "/users/" in asked.path, error(401, code))
    with pytest.raises(SourceError, match="this tenant has no Exchange Online") as caught:
        run(source, store)
    assert "source.tenant_id" in str(caught.value)
    assert tenant.tokens == 1


def test_one_mailbox_that_says_so_is_not_the_tenant(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    code = "OrganizationFromTenantGuidNotFound"
    tenant.breaks_if(lambda asked: f"{ANN}/" in asked.path, error(401, code))
    outcomes = run(source, store)
    assert (outcomes[ANN].status, outcomes[BOB].status) == ("failed", "processed")
    assert tenant.tokens == 1


def test_a_guest_and_a_disabled_account_say_so(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    tenant.users[ANN]["userType"] = "Guest"
    tenant.users[BOB]["accountEnabled"] = False
    del tenant.messages[ANN]
    source.resolve("ann@contoso.com")
    source.resolve("bob@contoso.com")
    outcomes = run(source, store)
    assert outcomes[ANN].status == "no_mailbox"
    assert "guest" in str(outcomes[ANN].reason)
    assert (outcomes[BOB].status, outcomes[BOB].reason) == ("processed", None)


def test_a_user_deleted_in_the_middle(year: Tenant, source: GraphSource, store: Store) -> None:
    def deletes(asked: Any) -> bool:
        if f"{ANN}/messages" in asked.path and "2026-03" in asked.query["$filter"]:
            year.users.pop(ANN, None)
        return False

    year.breaks_if(deletes, error(500, "x"))
    ann = run(source, store)[ANN]
    assert (ann.status, ann.files, ann.read) == ("no_mailbox", (), frozenset())
    assert "deleted" in str(ann.reason)


HOUR = timedelta(hours=1)


def _asks_for(part: str, asked: Asked) -> bool:
    return part in asked.path


@pytest.mark.parametrize("part", ["/mailFolders", "/messages", "/calendarView"])
@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (error(403, "ErrorAccessDenied"), "denied"),
        (error(507, "ErrorQuotaExceeded"), "failed"),
        (error(503, "Busy"), "failed"),
        (error(404, "MailboxNotEnabledForRESTAPI"), "no_mailbox"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_not_handed_on(
    reply: Reply, status: str, part: str, year: Tenant, source: GraphSource, store: Store
) -> None:
    """Never half a read: what counts then is the store's. Of a calendar alone see below."""
    run(source, store, [ANN])
    window = later(source, WEEK)
    year.messages[ANN].append(message(40, "2026-11-26T00:00:00Z"))
    for user in (ANN, BOB):
        year.breaks_if(partial(_asks_for, f"{user}{part}"), reply)
    outcomes = run(source, store, [ANN, BOB], window=window)
    is_partly = part == "/calendarView" and status != "failed"
    for mailbox in outcomes.values():
        assert mailbox.status == ("partly" if is_partly else status)
        assert mailbox.read == ({"message"} if is_partly else set())
        assert all(file.kind in mailbox.read for file in mailbox.files)
        assert "contoso" not in str(mailbox.reason)
    if is_partly:
        assert ids(store.items(outcomes[ANN], "message"))[-1] == "AAMk-40"


def test_of_a_mailbox_that_is_gone_nothing_is_kept(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    root = tmp_path / "data" / "download" / "mailboxes"
    run(source, store)
    assert (root / ANN / "state.json").exists()
    year.breaks_if(partial(_asks_for, f"{ANN}/messages"), error(404, "ErrorInvalidUser"))
    assert run(source, store)[ANN].status == "no_mailbox"
    assert not (root / ANN).exists()
    assert (root / BOB).exists()


# a calendar that is not there, or refused


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (error(403, "ErrorAccessDenied"), "Exchange lets the app read this person's mail, but"),
        (error(404, "ErrorItemNotFound"), "This person has mail, but no calendar"),
        (error(404, "ErrorFolderNotFound"), "This person has mail, but no calendar"),
        (error(404, "MailboxNotEnabledForRESTAPI"), "This person has mail, but no calendar"),
        (error(410, "MailboxNotEnabledForRESTAPI"), "This person has mail, but no calendar"),
    ],
    ids=["denied", "item", "folder", "mailbox", "gone"],
)
def test_a_calendar_costs_the_calendar_only(
    reply: Reply, reason: str, year: Tenant, source: GraphSource, store: Store
) -> None:
    run(source, store)
    year.breaks_if(partial(_asks_for, f"{ANN}/calendarView"), reply)
    for hours in (1, 2):  # it does not come back by itself
        window = later(source, hours * HOUR)
        ann = run(source, store, window=window)[ANN]
        assert ann.status == "partly"
        assert ann.read == {"message"}
        assert str(ann.reason).startswith(reason)
        assert len(store.items(ann, "message")) == 13
        assert store.items(ann, "event") == []
        assert ann.covered is None, "all of the window"


def test_a_calendar_that_comes_back_is_landed_only_where_it_changed(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    run(source, store)
    year.breaks(f"{ANN}/calendarView", error(403, "ErrorAccessDenied"))
    assert run(source, store, window=later(source, HOUR))[ANN].status == "partly"
    year.events[ANN][2]["start"]["dateTime"] = "2026-01-24T09:00:00"
    store.landed_names.clear()
    ann = run(source, store, window=later(source, 2 * HOUR))[ANN]
    assert ann.status == "processed"
    assert len(store.items(ann, "event")) == 13
    landed = [name.split("/")[-1].partition("-r")[0] for name in store.landed_names]
    assert [name for name in landed if name.startswith("events")] == ["events-2026-01"]
    assert not list((tmp_path / "data").rglob("*.zst"))


def test_a_user_deleted_before_the_calendar_has_no_mailbox(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    def deletes(asked: Asked) -> bool:
        if f"{ANN}/calendarView" in asked.path:
            year.users.pop(ANN, None)
        return False

    year.breaks_if(deletes, error(500, "x"))
    ann = run(source, store)[ANN]
    assert (ann.status, ann.read) == ("no_mailbox", frozenset())
    assert "deleted" in str(ann.reason)


def test_a_killed_run_does_not_ask_for_the_mail_of_a_partly_read_mailbox_again(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    year.breaks_if(partial(_asks_for, "/calendarView"), error(403, "ErrorAccessDenied"))
    with pytest.raises(KeyboardInterrupt), source.reading([ANN], WINDOW, store.is_landed):
        assert source.mailbox(ANN).status == "partly"
        raise KeyboardInterrupt
    year.asked.clear()
    ann = run(source, store, [ANN])[ANN]
    assert ann.status == "partly"
    assert len(store.items(ann, "message")) == 13
    assert year.asked_for(f"{ANN}/messages") == []


def test_a_mailbox_that_failed_goes_on_where_it_was(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    year.breaks_if(lambda asked: "/calendarView" in asked.path, error(507, "x"), times=2)
    assert run(source, store)[ANN].status == "failed"
    year.asked.clear()
    ann = run(source, store)[ANN]
    assert ann.status == "processed"
    assert len(store.items(ann, "message")) == 13
    assert len(year.asked_for(f"{ANN}/messages")) == 2  # what may still change


def test_a_run_out_of_time_leaves_the_rest_pending(
    year: Tenant, source: GraphSource, store: Store, time: FakeTime
) -> None:
    run(source, store, [ANN])
    source._budget = lambda: RunBudget(clock=time.clock(), time_left=0)
    outcomes = run(source, store)
    assert outcomes[ANN].status == outcomes[BOB].status == "pending"
    for mailbox in outcomes.values():
        assert (mailbox.files, mailbox.read) == ((), frozenset())
        assert mailbox.reason


def test_a_wait_longer_than_the_run_is_pending(
    year: Tenant, source: GraphSource, store: Store, time: FakeTime
) -> None:
    source._budget = lambda: RunBudget(clock=time.clock(), time_left=60)
    year.breaks(f"{ANN}/messages", error(429, "x", Retry_After="100"))
    assert run(source, store)[ANN].status == "pending"


def test_a_withdrawn_consent_ends_the_run(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    year.breaks(f"{ANN}/calendarView", error(401, "InvalidAuthenticationToken"))
    year.breaks_if(
        lambda asked: asked.path.endswith("/token") and year.tokens > 0,
        json_reply({"error": "invalid_client", "error_codes": [7000229]}, 401),
    )
    with pytest.raises(ConsentError):
        run(source, store)
    assert (tmp_path / "data" / "download" / "round.json").exists()


# people who are no longer read


def test_opted_out_people_are_erased_and_unlisted_ones_lose_raw_files(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    root = tmp_path / "data" / "download" / "mailboxes"
    with source.reading([ANN, BOB], WINDOW, store.is_landed):
        source.mailbox(ANN)
        source.mailbox(BOB)
    assert list((root / ANN).glob("*.zst"))
    run(source, store, [BOB])
    assert not list((root / ANN).glob("*.zst"))
    source.erase([ANN, "unknown", "..", ""])
    assert not (root / ANN).exists()
    assert (root / BOB).exists()


def test_an_id_that_is_a_path_has_no_mailbox(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    outcomes = run(source, store, ["../../x", "..", ANN])
    assert [outcome.status for outcome in outcomes.values()] == [
        "no_mailbox",
        "no_mailbox",
        "processed",
    ]
