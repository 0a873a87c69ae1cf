"""Mailboxes: what is asked for and kept, and what later runs read."""

import itertools
import os
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import BrokenFileError
from engagement_assets.errors import DataFolderError
from engagement_assets.microsoft365 import calendar, mail
from engagement_assets.microsoft365.shape import keeper
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.window import Window
from tests.support.building import message
from tests.support.graph_reading import WEEK, Store, ids, later, run
from tests.support.graph_server import ANN, AS_OF, BOB, WINDOW, Reply, Tenant, error, json_reply

# what is asked for, and what is kept


def test_a_year_is_read_and_lands(year: Tenant, source: GraphSource, store: Store) -> None:
    outcomes = run(source, store)
    ann = outcomes[ANN]
    assert (ann.status, ann.reason, ann.covered) == ("processed", None, (WINDOW.start, AS_OF))
    assert ids(store.items(ann, "message")) == [f"AAMk-{n}" for n in range(13)]
    assert ids(store.items(ann, "event")) == [f"EVT-{n}" for n in range(13)]
    assert ann.excluded_folders == ("drafts-id", "junk-child-id", "junk-id")
    assert [file.name for file in ann.files] == sorted(file.name for file in ann.files)
    assert outcomes[BOB].status == "processed"


def test_no_request_asks_for_more_than_the_privacy_page(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    run(source, store)
    for asked in year.asked:
        if "/v1.0/users" not in asked.path:
            continue
        allowed = {
            "messages": set(mail.MESSAGE_FIELDS.split(",")),
            "calendarView": set(calendar.EVENT_FIELDS.split(",")),
        }.get(asked.path.rpartition("/")[2], {"id", "childFolderCount"})
        assert set(asked.query["$select"].split(",")) <= allowed
        assert not set(asked.query) & {"$expand", "$search"}
        assert 'IdType="ImmutableId"' in asked.headers["Prefer"]
    text = (mail.MESSAGE_FIELDS + calendar.EVENT_FIELDS).lower()
    for never in ("subject", "preview", "body", "attachment", "location", "header"):
        assert never not in text


def test_what_comes_beyond_is_not_kept(year: Tenant, source: GraphSource, store: Store) -> None:
    ann = run(source, store)[ANN]
    kept = orjson.dumps([store.items(ann, "message"), store.items(ann, "event")]).decode()
    for word in ("SUBJECT", "PREVIEW", "NAME", "PLACE", "etag", "receivedDateTime", 'time"'):
        assert word not in kept
    assert "eve@customer.com" in kept


def test_values_of_an_unexpected_kind_are_absent() -> None:
    assert keeper("message")(
        {
            "@odata.type": "#microsoft.graph.eventMessage",
            "@removed": {"reason": "deleted"},
            "id": {"a": 1},
            "from": "text",
            "sender": {"emailAddress": None},
            "toRecipients": {"emailAddress": {"address": "a@b"}},
            "ccRecipients": ["text", {"emailAddress": {"address": ["a@b"]}}, {}],
            "subject": "s",
        }
    ) == {
        "@odata.type": "#microsoft.graph.eventMessage",
        "@removed": {},
        "id": None,
        "from": None,
        "sender": {"emailAddress": None},
        "toRecipients": None,
        "ccRecipients": [None, {"emailAddress": {"address": None}}, {"emailAddress": None}],
    }
    assert keeper("event")(
        {
            "attendees": [{"status": "declined", "emailAddress": {"address": "a@b"}}, 3],
            "start": "2026",
            "responseStatus": {"response": "declined", "time": "x"},
            "subject": "s",
        }
    ) == {
        "attendees": [
            {"type": None, "status": None, "emailAddress": {"address": "a@b"}},
            None,
        ],
        "start": None,
        "responseStatus": {"response": "declined"},
    }


def test_a_download_is_an_activity_folder(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "download"
    with source.reading([ANN], WINDOW, store.is_landed):
        source.mailbox(ANN)
    (folder / "users.ndjson").touch()
    reader = FolderSource(folder)
    mailbox = reader.mailbox(ANN)
    assert mailbox is not None
    assert set(mailbox.excluded_folders) == {"drafts-id", "junk-id", "junk-child-id"}
    assert sum(1 for file in mailbox.files for _ in reader.lines(file)) == 26
    assert not list(folder.rglob("*.part"))


def test_the_windows_edges(tenant: Tenant, source: GraphSource, store: Store) -> None:
    run(source, store)
    first = tenant.asked_for(f"{ANN}/messages")[0].query["$filter"]
    assert first.startswith("receivedDateTime ge 2025-11-22T00:00:00Z and receivedDateTime lt ")
    assert all(a.query["$orderby"] == "receivedDateTime asc" for a in tenant.asked_for("/messages"))
    last = tenant.asked_for(f"{ANN}/messages")[-1].query["$filter"]
    assert last.endswith("lt 2026-11-24T10:30:01Z")
    views = tenant.asked_for(f"{ANN}/calendarView")
    assert views[0].query["startDateTime"] == "2025-11-23T00:00:00Z"
    assert views[-1].query["endDateTime"] == "2026-11-25T10:30:01Z"
    for before, after in itertools.pairwise(views):
        assert before.query["endDateTime"] == after.query["startDateTime"]


def test_a_run_about_the_past_reads_what_arrived_late(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    source._now = lambda: AS_OF + timedelta(days=400)
    outcomes = run(source, store)
    last = tenant.asked_for(f"{ANN}/messages")[-1].query["$filter"]
    assert last.endswith("lt 2026-12-25T10:30:01Z")
    assert outcomes[ANN].covered == (WINDOW.start, AS_OF)


def test_messages_in_folders_that_no_list_shows_are_not_mail(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    for number, folder in enumerate(("inbox-id", "teams-id", "junk-child-id", None, "search-id")):
        tenant.messages[ANN].append(message(number, "2026-11-01T00:00:00Z", parentFolderId=folder))
    tenant.folders["mailFolders"].append(
        {"id": "search-id", "@odata.type": "#microsoft.graph.mailSearchFolder"}
    )
    ann = run(source, store)[ANN]
    assert ids(store.items(ann, "message")) == ["AAMk-0", "AAMk-2", "AAMk-3"]
    assert len([a for a in tenant.asked if a.path.endswith(f"{ANN}/mailFolders")]) == 2


def test_clutter_is_mail_and_conversation_history_is_not(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    tenant.folders["mailFolders"].append({"id": "history-id", "childFolderCount": 1})
    tenant.folders["history-id"] = [{"id": "older-id", "childFolderCount": 0}]
    tenant.folders["hidden"] = [{"id": "clutter-id", "childFolderCount": 1}]
    tenant.folders["clutter-id"] = [{"id": "kept-id", "childFolderCount": 0}]
    for number, folder in enumerate(("clutter-id", "kept-id", "history-id", "older-id", "teams")):
        tenant.messages[ANN].append(message(number, "2026-11-01T00:00:00Z", parentFolderId=folder))
    ann = run(source, store)[ANN]
    assert ids(store.items(ann, "message")) == [f"AAMk-{number}" for number in range(4)]
    assert {"history-id", "older-id"} < set(ann.excluded_folders)
    assert not {"clutter-id", "kept-id"} & set(ann.excluded_folders)


@pytest.mark.parametrize("name", ["clutter", "conversationhistory"])
def test_a_name_that_a_data_centre_does_not_know(
    name: str, tenant: Tenant, source: GraphSource, store: Store
) -> None:
    unknown = error(400, "ErrorInvalidIdMalformed")
    tenant.breaks_if(lambda asked: asked.path.endswith(f"/mailFolders/{name}"), unknown)
    assert run(source, store)[ANN].status == "processed"
    tenant.breaks_if(lambda asked: asked.path.endswith("/mailFolders/junkemail"), unknown)
    source._now = lambda: AS_OF + timedelta(days=2)
    assert run(source, store)[ANN].status == "failed", "junk must never count as mail"


def test_who_has_no_mailbox_is_asked_once(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    del tenant.messages[ANN]
    assert run(source, store)[ANN].status == "no_mailbox"
    assert len(tenant.asked_for(f"{ANN}/")) == 1


def test_a_folder_made_meanwhile_is_found(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    tenant.messages[ANN].append(message(1, "2026-11-01T00:00:00Z", parentFolderId="new-id"))
    old = list(tenant.folders["mailFolders"])
    tenant.folders["mailFolders"].append({"id": "new-id", "childFolderCount": 0})
    tenant.breaks(f"{ANN}/mailFolders?", json_reply({"value": old}))
    ann = run(source, store)[ANN]
    assert ids(store.items(ann, "message")) == ["AAMk-1"]


def test_a_mailbox_without_drafts_and_a_tree_with_a_cycle(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    tenant.folders["mailFolders"] = [
        {"id": "junk-id", "childFolderCount": 1},
        {"id": "inbox-id", "childFolderCount": 1},
    ]
    tenant.folders["junk-id"] = [{"id": "junk-id", "childFolderCount": 1}]
    tenant.folders["inbox-id"] = [{"id": "a", "childFolderCount": 1}, {"no": "id"}]
    tenant.folders["a"] = [{"id": "inbox-id", "childFolderCount": 1}]
    assert run(source, store)[ANN].excluded_folders == ("junk-id",)


def test_half_a_character_is_written_as_text(
    tenant: Tenant, source: GraphSource, store: Store
) -> None:
    body = orjson.dumps({"value": [message(1, "2026-11-01T00:00:00Z")]})
    tenant.breaks(f"{ANN}/messages", Reply(200, body.replace(b"<1@mail", b"\\ud83d@mail")))
    (item,) = store.items(run(source, store)[ANN], "message")
    assert item["internetMessageId"] == "?@mail.contoso.com>"


# later runs


def test_a_later_run_reads_what_is_new_and_the_calendar(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    run(source, store)
    year.asked.clear()
    store.landed_names.clear()
    window = later(source, WEEK)
    year.messages[ANN].append(message(20, "2026-11-30T08:00:00Z"))
    year.messages[ANN][-2]["parentFolderId"] = "junk-id"  # moved since
    year.events[ANN] = [e for e in year.events[ANN] if e["id"] != "EVT-11"]  # called off
    ann = run(source, store, window=window)[ANN]
    messages = store.items(ann, "message")
    assert ids(messages) == [f"AAMk-{n}" for n in range(13)] + ["AAMk-20"]
    assert messages[-2]["parentFolderId"] == "junk-id"
    assert "EVT-11" not in ids(store.items(ann, "event"))
    assert ann.covered == (window.start, window.as_of)
    # 31 days before the first of November lies in the October that was read before it settled
    asked = [a.query["$filter"][20:27] for a in year.asked_for(f"{ANN}/messages")]
    assert asked == ["2026-10", "2026-11", "2026-12"]
    assert len(year.asked_for(f"{ANN}/calendarView")) == 5
    # what has not changed is not landed again
    landed = {name.split("/")[-1].partition("-r")[0] for name in store.landed_names if ANN in name}
    assert landed == {"messages-2026-11", "events-2025-11", "events-2026-10"}


def test_an_unchanged_mailbox_lands_nothing(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    first = run(source, store)[ANN]
    store.landed_names.clear()
    second = run(source, store)[ANN]
    assert store.landed_names == []
    assert second.files == first.files


def test_what_lies_before_the_window_is_dropped(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    run(source, store)
    window = later(source, timedelta(days=70))
    ann = run(source, store, window=window)[ANN]
    assert min(file.name for file in ann.files if file.kind == "message").endswith(
        "messages-2026-01-r0001.ndjson.zst"
    )
    assert ann.covered == (window.start, window.as_of)


def test_an_earlier_window_is_read_too(year: Tenant, source: GraphSource, store: Store) -> None:
    run(source, store)
    year.messages[ANN].append(message(30, "2025-10-20T00:00:00Z"))
    earlier = Window.until(AS_OF - timedelta(days=40), "UTC")
    ann = run(source, store, window=earlier)[ANN]
    assert "AAMk-30" in ids(store.items(ann, "message"))
    assert ann.covered == (earlier.start, earlier.as_of)


def test_raw_files_are_deleted_after_landing_and_not_asked_for_again(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    ann = run(source, store)[ANN]
    assert not list((tmp_path / "data").rglob("*.zst"))
    assert all(store.is_landed(ANN, file) for file in ann.files)
    year.breaks(f"{ANN}/messages", error(403, "ErrorAccessDenied"))
    assert run(source, store)[ANN].status == "denied"
    store.landed_names.clear()
    again = run(source, store)[ANN]
    assert again.files == ann.files
    assert store.landed_names == []


def test_a_store_that_lost_everything_gets_it_again(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    run(source, store)
    store.files.clear()
    ann = run(source, store)[ANN]
    assert len(store.items(ann, "message")) == 13


def test_without_the_store_and_without_the_mailbox_nothing_counts(
    year: Tenant, source: GraphSource, store: Store
) -> None:
    run(source, store)
    store.files.clear()
    year.breaks_if(lambda asked: ANN in asked.path, error(403, "ErrorAccessDenied"))
    ann = run(source, store)[ANN]
    assert (ann.status, ann.files, ann.covered) == ("denied", (), None)


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"format": "1"}'])
def test_a_damaged_state_is_read_again(
    damage: bytes, year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    run(source, store)
    (tmp_path / "data" / "download" / "mailboxes" / ANN / "state.json").write_bytes(damage)
    assert len(store.items(run(source, store)[ANN], "message")) == 13


def test_a_state_of_a_newer_version_is_refused(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    run(source, store)
    state = tmp_path / "data" / "download" / "mailboxes" / ANN / "state.json"
    state.write_bytes(b'{"format": 99}')
    with pytest.raises(DataFolderError, match=r"state\.json: a newer version wrote it"):
        run(source, store)
    assert state.read_bytes() == b'{"format": 99}'


def test_a_damaged_download_fails_once(
    year: Tenant, source: GraphSource, store: Store, tmp_path: Path
) -> None:
    with source.reading([ANN], WINDOW, store.is_landed):
        mailbox = source.mailbox(ANN)
        path = mailbox.files[-1].path
        times = path.stat()
        path.write_bytes(b"x" * times.st_size)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        with pytest.raises(BrokenFileError):
            store.land(source, mailbox)
    assert len(store.items(run(source, store)[ANN], "message")) == 13
