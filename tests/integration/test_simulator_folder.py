"""An activity folder served as a tenant: what the files hold comes through Graph."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.activity import Activity
from simulator.folder import write_activity_folder
from simulator.folder_tenant import FolderTenant
from simulator.organisation import Organisation
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from simulator.visitor import Visitor

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
ORGANISATION = Organisation.generate(7, people=6, accounts=12)
MESSAGE_FIELDS = (
    "id,internetMessageId,conversationId,parentFolderId,sentDateTime,lastModifiedDateTime,isDraft,"
    "toRecipients,ccRecipients,bccRecipients,from,sender"
)
VIEW = {"startDateTime": "2023-01-01", "endDateTime": "2027-01-01"}


@contextmanager
def serving(tenant: FolderTenant) -> Iterator[tuple[SimulatedServer, Visitor]]:
    with simulate(tenant, granted=NEEDED_ROLES) as server, Visitor(server) as visitor:
        yield server, visitor


def write(folder: Path, messages: list[Any], events: list[Any] | None = None) -> FolderTenant:
    """A folder with one person, called one."""
    mailbox = folder / "mailboxes" / "one"
    mailbox.mkdir(parents=True, exist_ok=True)
    (folder / "organization.json").write_text('{"verifiedDomains": [{"name": "contoso.com"}]}')
    (folder / "users.ndjson").write_text('{"id": "one", "mail": "one@contoso.com"}\n\n')
    for name, lines in (("messages", messages), ("events", events or [])):
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (mailbox / f"{name}.ndjson").write_text(text)
    return FolderTenant(folder)


def message(number: int, sent: object = "2026-03-01T10:00:00Z", **more: object) -> dict[str, Any]:
    return {"id": f"m{number}", "sentDateTime": sent, "parentFolderId": "in", **more}


def event(number: int, start: object, end: object = None, **more: object) -> dict[str, Any]:
    return {"id": f"e{number}", "start": start, "end": end or start, **more}


def at(text: str, zone: str | None = "UTC") -> dict[str, str | None]:
    return {"dateTime": text, "timeZone": zone}


@pytest.mark.parametrize("compression", ["zst", "gz"])
def test_a_generated_folder_comes_through_unchanged(tmp_path: Path, compression: Any) -> None:
    folder = tmp_path / "activity"
    activity = Activity(ORGANISATION, AS_OF, 60)
    write_activity_folder(ORGANISATION, folder, as_of=AS_OF, days=60, compression=compression)
    with serving(FolderTenant(folder)) as (server, visitor):
        assert server.tenant_id == ORGANISATION.organisation_id
        assert len(list(visitor.items("/users"))) == len(ORGANISATION.users)
        assert len(list(visitor.items("/groups"))) == len(ORGANISATION.groups)
        for user in ORGANISATION.selected_users:
            path = f"/users/{user.user_id}"
            if not user.has_mailbox:
                assert visitor.ask(f"{path}/messages").status_code == 404
                continue
            for found, expected in (
                (
                    visitor.items(f"{path}/messages", select=MESSAGE_FIELDS, top="100"),
                    activity.messages(user),
                ),
                (visitor.items(f"{path}/calendarView", top="50", **VIEW), activity.events(user)),
            ):
                plain = [
                    {k: v for k, v in one.items() if k not in {"@odata.etag", "subject"}}
                    for one in found
                ]
                assert sorted(plain, key=lambda one: str(one["id"])) == sorted(
                    expected, key=lambda one: str(one["id"])
                )
            excluded = {
                visitor.ask(f"{path}/mailFolders/{name}").json()["id"]
                for name in ("drafts", "junkemail")
            } | {f["id"] for f in visitor.items(f"{path}/mailFolders/drafts/childFolders")}
            assert excluded == set(activity.excluded_folders(user))


def test_windows_and_orders(tmp_path: Path) -> None:
    messages = [
        message(n, f"2026-03-{(n * 5) % 28 + 1:02}T10:00:00.123456+02:00") for n in range(28)
    ]
    with serving(write(tmp_path, messages)) as (_, visitor):
        path = "/users/one/messages"
        listed = [m["id"] for m in visitor.items(path, top="5")]
        assert listed == [m["id"] for m in messages], "the order of the file"
        for order, backwards in (("receivedDateTime", False), ("sentDateTime desc", True)):
            name = order.partition(" ")[0]
            found = list(visitor.items(path, orderby=order, top="5", select=f"id,{name}"))
            assert len(found) == 28
            times = [m[name] for m in found]
            assert times == sorted(times, reverse=backwards)
        text = (
            "receivedDateTime ge 2026-03-10T00:00:00Z and receivedDateTime lt 2026-03-20T00:00:00Z"
        )
        for query in ({}, {"orderby": "receivedDateTime desc"}):
            found = list(visitor.items(path, filter=text, select="id", top="3", **query))
            assert len({m["id"] for m in found}) == len(found) == 10


def test_one_version_of_each_item_unless_verbatim(tmp_path: Path) -> None:
    old, new = "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"
    messages = [
        message(1, lastModifiedDateTime=new, subject="kept"),
        message(1, lastModifiedDateTime=old),
        message(2),
        message(2, isDraft=True),
        {"@removed": {"reason": "deleted"}, "id": "m3"},
    ]
    events = [
        event(1, at("2026-03-01T10:00:00"), type="seriesMaster"),
        event(2, at("2026-03-01T10:00:00"), type="occurrence"),
    ]
    write(tmp_path, messages, events)
    for verbatim, mails, meetings in ((False, 2, 1), (True, 5, 2)):
        with serving(FolderTenant(tmp_path, verbatim=verbatim)) as (_, visitor):
            found = list(visitor.items("/users/one/messages"))
            assert len(found) == mails
            assert len(list(visitor.items("/users/one/calendarView", **VIEW))) == meetings
            if not verbatim:
                assert found[0]["lastModifiedDateTime"] == new
                assert found[1]["isDraft"] is True
            else:
                assert "@removed" in found[-1]


def test_items_without_a_readable_time_are_somewhere(tmp_path: Path) -> None:
    messages = [message(1), message(2, None), message(3, "yesterday"), {"id": "m4"}]
    events = [event(1, at("2026-03-01T10:00:00")), event(2, at("soon")), event(3, None)]
    tenant = write(tmp_path, messages, events)
    window = {"filter": "receivedDateTime ge 2026-03-01 and receivedDateTime lt 2026-03-02"}
    with serving(tenant) as (_, visitor):
        assert len(list(visitor.items("/users/one/messages", **window))) == 4
        assert len(list(visitor.items("/users/one/calendarView", **VIEW))) == 3
    elsewhere = FolderTenant(tmp_path, undated=datetime(2025, 1, 1, tzinfo=UTC))
    with serving(elsewhere) as (_, visitor):
        assert len(list(visitor.items("/users/one/messages", **window))) == 1


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("UTC", 12), (None, 12), ("Europe/Amsterdam", 11), ("W. Europe Standard Time", 11)],
)
def test_zones_of_events(tmp_path: Path, zone: str | None, hour: int) -> None:
    meeting = event(1, at("2026-03-01T12:00:00.0000000", zone), at("2026-03-01T12:30:00", zone))
    with serving(write(tmp_path, [], [meeting])) as (_, visitor):
        for first, number in ((hour, 1), (hour + 1, 0)):
            window = {
                "startDateTime": f"2026-03-01T{first}:00:00",
                "endDateTime": f"2026-03-01T{first}:20:00",
            }
            assert len(list(visitor.items("/users/one/calendarView", **window))) == number


def test_times_that_are_none_stay_as_they_are_in_every_zone(tmp_path: Path) -> None:
    """The first moments of the calendar have no local time west of Greenwich."""
    odd: list[Any] = [
        at("2026-02-30T10:00:00"),
        at("soon"),
        at("0001-01-01T00:00:00"),
        {"timeZone": "UTC"},
    ]
    events = [event(n, one, isAllDay=n == 4) for n, one in enumerate(odd, 1)]
    prefer = {"Prefer": 'outlook.timezone="Pacific Standard Time"'}
    tenant = write(tmp_path, [], [*events, event(9, at("2026-03-01T12:00:00"))])
    with serving(tenant) as (_, visitor):
        answer = visitor.ask("/users/one/calendarView", prefer, top="50", **VIEW)
        assert answer.status_code == 200
        found = {one["id"]: one["start"] for one in answer.json()["value"]}
    assert found.pop("e9") == at("2026-03-01T04:00:00.0000000", "Pacific Standard Time")
    assert found
    assert all(one == odd[int(key[1:]) - 1] for key, one in found.items())


def test_changes_of_the_files_are_seen(tmp_path: Path) -> None:
    with serving(write(tmp_path, [message(1)])) as (_, visitor):
        assert len(list(visitor.items("/users/one/messages"))) == 1
        write(tmp_path, [message(1), message(2)])
        assert len(list(visitor.items("/users/one/messages"))) == 2
        (tmp_path / "users.ndjson").write_text('{"id": "one"}\n{"id": "two"}\n')
        assert visitor.ask("/users/two").status_code == 200
        assert visitor.ask("/users/two/messages").status_code == 404


@pytest.mark.parametrize("text", ["{broken", "[]", '{"id": "\udcff"}'])
def test_a_broken_file_breaks_its_mailbox_only(tmp_path: Path, text: str) -> None:
    with serving(write(tmp_path, [message(1)])) as (_, visitor):
        path = tmp_path / "mailboxes" / "one" / "messages-2.ndjson"
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        answer = visitor.ask("/users/one/messages")
        assert answer.status_code == 500
        assert answer.json()["error"]["code"] == "ErrorCorruptData"
        assert visitor.ask("/users/one").status_code == 200
