"""Mail as the simulator plays them (reference 13: 8, 17-19, 21-23, 25-28)."""

from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.generated_tenant import MAX_DELAY, GeneratedTenant
from simulator.mailbox_access import CANARY_BODY, CANARY_SUBJECT
from simulator.organisation import User
from simulator.visitor import Visitor
from tests.support.visiting import (
    ACTIVITY,
    ALL_TIME,
    AS_OF,
    BUSY,
    PATH,
    by_id,
    code_of,
    visiting,
)

MESSAGE_FIELDS = (
    "id,internetMessageId,conversationId,parentFolderId,sentDateTime,lastModifiedDateTime,isDraft,"
    "toRecipients,ccRecipients,bccRecipients,from,sender"
)


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    with visiting() as visitor:
        yield visitor


def test_messages_are_those_of_the_activity(visitor: Visitor) -> None:
    expected = list(ACTIVITY.messages(BUSY))
    assert len(expected) > 300
    found = list(visitor.items(f"{PATH}/messages", select=MESSAGE_FIELDS, top="100"))
    assert len(found) == len(expected)
    assert by_id(found) == by_id(expected)


def test_page_sizes(visitor: Visitor) -> None:
    def size(headers: dict[str, str] | None = None, **query: str) -> int:
        return len(visitor.ask(f"{PATH}/messages", headers, select="id", **query).json()["value"])

    assert size() == 10
    assert size(top="37") == 37
    assert size({"Prefer": "odata.maxpagesize=20"}) == 20
    assert size({"Prefer": "odata.maxpagesize=20"}, top="5") == 5
    assert size(top="5000") == min(1_000, len(list(ACTIVITY.messages(BUSY))))
    for top in ("0", "-1", "many"):
        assert visitor.ask(f"{PATH}/messages", top=top).status_code == 400
    with visiting(large_top="refused") as strict:
        assert strict.ask(f"{PATH}/messages", top="1001").status_code == 400
        assert strict.ask(f"{PATH}/messages", top="1000").status_code == 200


def test_links_are_opaque_and_skip_jumps(visitor: Visitor) -> None:
    query = {"top": "7", "select": "id,subject", "filter": "receivedDateTime ge 2026-09-01"}
    first = visitor.ask(f"{PATH}/messages", **query).json()
    assert "skip=7&" not in first["@odata.nextLink"]
    second = visitor.ask(first["@odata.nextLink"]).json()
    again = visitor.ask(first["@odata.nextLink"]).json()
    assert second == again, "asking twice gives the same page"
    assert all(set(m) == {"@odata.etag", "id", "subject"} for m in map(_untyped, second["value"]))
    expected = [m["id"] for m in visitor.items(f"{PATH}/messages", **{**query, "top": "14"})]
    assert [m["id"] for page in (first, second) for m in page["value"]] == expected[:14]


def _untyped(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "@odata.type"}


def test_a_rare_filter_gives_short_and_empty_pages(visitor: Visitor) -> None:
    answer = visitor.ask(f"{PATH}/messages", filter="isDraft eq true", top="5")
    sizes = []
    while "@odata.nextLink" in (body := answer.json()):
        sizes.append(len(body["value"]))
        answer = visitor.ask(body["@odata.nextLink"])
    assert min(sizes) == 0
    drafts = [m for m in ACTIVITY.messages(BUSY) if m["isDraft"]]
    assert sum(sizes) + len(answer.json()["value"]) == len(drafts) > 0


def received_within(low: str, high: str) -> set[str]:
    begin, end = datetime.fromisoformat(low), datetime.fromisoformat(high)
    with visiting() as visitor:
        everything = visitor.items(f"{PATH}/messages", select="id,receivedDateTime", top="1000")
        return {
            m["id"]
            for m in everything
            if begin <= datetime.fromisoformat(m["receivedDateTime"]) < end
        }


@pytest.mark.parametrize("order", ["", "receivedDateTime", "receivedDateTime desc"])
def test_windows_of_received_time(visitor: Visitor, order: str) -> None:
    low, high = "2026-09-10T00:00:00Z", "2026-10-02T12:30:00Z"
    query = {"filter": f"receivedDateTime ge {low} and receivedDateTime lt {high}"}
    if order:
        query["orderby"] = order
    found = list(visitor.items(f"{PATH}/messages", select="id,receivedDateTime", top="9", **query))
    assert {m["id"] for m in found} == received_within(low, high)
    assert len(found) == len({m["id"] for m in found}) > 50
    times = [m["receivedDateTime"] for m in found]
    assert times == sorted(times, reverse=order.endswith("desc"))


@pytest.mark.parametrize("order", ["", "sentDateTime", "sentDateTime desc"])
def test_windows_of_sent_time(visitor: Visitor, order: str) -> None:
    low, high = datetime(2026, 9, 10, tzinfo=UTC), datetime(2026, 10, 2, 12, 30, tzinfo=UTC)
    text = f"sentDateTime ge {low:%Y-%m-%dT%H:%M:%SZ} and sentDateTime lt {high:%Y-%m-%dT%H:%M:%SZ}"
    query = {"filter": text, "orderby": order} if order else {"filter": text}
    found = list(visitor.items(f"{PATH}/messages", select="id,sentDateTime", top="50", **query))
    expected = list(ACTIVITY.messages(BUSY, low, high))
    assert sorted(m["id"] for m in found) == sorted(m["id"] for m in expected)
    if order:
        times = [m["sentDateTime"] for m in found]
        assert times == sorted(times, reverse=order.endswith("desc"))


def test_newest_first_can_be_the_usual_order() -> None:
    with visiting(newest_first=True) as visitor:
        found = list(visitor.items(f"{PATH}/messages", select="id,receivedDateTime", top="100"))
    times = [m["receivedDateTime"] for m in found]
    assert times == sorted(times, reverse=True)
    assert len(by_id(found)) == len(list(ACTIVITY.messages(BUSY)))


def test_mail_is_received_a_little_after_it_was_sent(visitor: Visitor) -> None:
    for message in visitor.items(f"{PATH}/messages", select="sentDateTime,receivedDateTime"):
        sent, received = (
            datetime.fromisoformat(message[name]) for name in ("sentDateTime", "receivedDateTime")
        )
        assert timedelta() <= received - sent <= timedelta(seconds=MAX_DELAY)


def test_mail_of_the_future_is_not_there() -> None:
    tenant = GeneratedTenant(ACTIVITY, now=AS_OF - timedelta(days=20))
    with visiting(tenant=tenant) as visitor:
        before = len(list(visitor.items(f"{PATH}/messages", top="1000")))
        tenant.now = AS_OF + timedelta(days=1)
        after = len(list(visitor.items(f"{PATH}/messages", top="1000")))
    assert 0 < before < after == len(list(ACTIVITY.messages(BUSY)))


REFUSED = [
    (
        {"filter": "isDraft eq false", "orderby": "receivedDateTime"},
        "InefficientFilter",
    ),
    (
        {
            "filter": "isDraft eq false and receivedDateTime ge 2026-01-01",
            "orderby": "receivedDateTime desc",
        },
        "InefficientFilter",
    ),
    (
        {"filter": "toRecipients/any(r:r/emailAddress/address eq 'x')"},
        "ErrorInvalidUrlQueryFilter",
    ),
    ({"filter": "receivedDateTime ge"}, "ErrorInvalidUrlQueryFilter"),
    ({"filter": "colour eq 'red'"}, "ErrorInvalidUrlQueryFilter"),
    ({"orderby": "colour"}, "ErrorInvalidProperty"),
    ({"orderby": "sentDateTime upwards"}, "ErrorInvalidUrlQuery"),
    ({"select": "id,recieved"}, "RequestBroker--ParseUri"),
    ({"search": "x"}, "ErrorInvalidUrlQuery"),
]


@pytest.mark.parametrize(("query", "code"), REFUSED)
def test_refused_mail_queries(visitor: Visitor, query: dict[str, str], code: str) -> None:
    assert code_of(visitor.ask(f"{PATH}/messages", **query)) == (400, code)


def test_allowed_combination_of_filter_and_order(visitor: Visitor) -> None:
    query = {
        "filter": "receivedDateTime ge 2026-11-01 and isDraft eq false",
        "orderby": "receivedDateTime desc",
    }
    assert visitor.ask(f"{PATH}/messages", **query).status_code == 200


def test_basic_permission_withholds_bodies(visitor: Visitor) -> None:
    asked = {"select": "id,subject,body,bodyPreview,uniqueBody"}
    for path, query in ((f"{PATH}/messages", {}), (f"{PATH}/calendarView", ALL_TIME)):
        assert CANARY_BODY not in visitor.ask(path, **query).text
        assert CANARY_SUBJECT in visitor.ask(path, **query).text
        assert CANARY_SUBJECT not in visitor.ask(path, **query, select="id").text
    (message, *_) = visitor.ask(f"{PATH}/messages", **asked).json()["value"]
    assert set(_untyped(message)) == {"@odata.etag", "id", "subject"}
    with visiting(["Mail.Read", "Calendars.Read"]) as full:
        assert CANARY_BODY in full.ask(f"{PATH}/messages").text
        assert CANARY_BODY in full.ask(f"{PATH}/calendarView", **ALL_TIME).text


def folder_tree(visitor: Visitor, path: str, **query: str) -> dict[str, dict[str, Any]]:
    found = {}
    for folder in visitor.items(path, **query):
        found[folder["id"]] = folder
        if folder["childFolderCount"]:
            found |= folder_tree(visitor, f"{PATH}/mailFolders/{folder['id']}/childFolders")
    return found


def test_folders(visitor: Visitor) -> None:
    top = list(visitor.items(f"{PATH}/mailFolders", top="100"))
    root = visitor.ask(f"{PATH}/mailFolders/msgfolderroot").json()["id"]
    assert {folder["parentFolderId"] for folder in top} == {root}
    assert len(list(visitor.items(f"{PATH}/mailFolders"))) == len(top), "ten at a time"
    hidden = list(visitor.items(f"{PATH}/mailFolders", includeHiddenFolders="true"))
    assert {f["displayName"] for f in hidden if f["isHidden"]} == {"Clutter"}
    assert len(hidden) == len(top) + 1
    searches = [f for f in top if f.get("@odata.type") == "#microsoft.graph.mailSearchFolder"]
    assert len(searches) == 1
    excluded = set()
    for name in ("drafts", "junkemail"):
        folder = visitor.ask(f"{PATH}/mailFolders/{name}").json()
        below = folder_tree(visitor, f"{PATH}/mailFolders/{name}/childFolders")
        assert len(below) == 2
        excluded |= {folder["id"], *below}
    assert set(ACTIVITY.excluded_folders(BUSY)) < excluded
    assert code_of(visitor.ask(f"{PATH}/mailFolders/nowhere")) == (404, "ErrorItemNotFound")
    everything = folder_tree(visitor, f"{PATH}/mailFolders", top="100")
    used = {m["parentFolderId"] for m in ACTIVITY.messages(BUSY)}
    assert used <= everything.keys()
    assert visitor.ask(f"{PATH}/mailFolders", select="id,wellKnownName").status_code == 400


def test_folder_names_are_localised(visitor: Visitor) -> None:
    names = {
        visitor.ask(f"/users/{user.user_id}/mailFolders/junkemail").json()["displayName"]
        for user in ACTIVITY.organisation.users
        if user.has_mailbox
    }
    assert len(names) > 2


def test_messages_of_a_folder(visitor: Visitor) -> None:
    found = visitor.items(f"{PATH}/mailFolders/sentitems/messages", select="id", top="500")
    folder = visitor.ask(f"{PATH}/mailFolders/sentitems").json()["id"]
    expected = [m["id"] for m in ACTIVITY.messages(BUSY) if m["parentFolderId"] == folder]
    assert sorted(m["id"] for m in found) == sorted(expected)
    assert expected


def test_teams_chats_lie_in_a_folder_that_nobody_lists() -> None:
    with visiting(tenant=GeneratedTenant(ACTIVITY, teams_chats=True)) as visitor:
        messages = list(visitor.items(f"{PATH}/messages", select="parentFolderId", top="1000"))
        known = folder_tree(visitor, f"{PATH}/mailFolders", includeHiddenFolders="true")
        homeless = [m for m in messages if m["parentFolderId"] not in known]
        usual = len(list(ACTIVITY.messages(BUSY)))
        assert homeless
        assert len(messages) - len(homeless) == usual
        for query in ({"orderby": "receivedDateTime desc"}, {"orderby": "sentDateTime"}):
            again = list(visitor.items(f"{PATH}/messages", select="id", top="33", **query))
            assert len(again) == len(by_id(again)) == len(messages)


def test_clutter_holds_mail_and_only_its_name_leads_there() -> None:
    usual = by_id(ACTIVITY.messages(BUSY))
    with visiting(tenant=GeneratedTenant(ACTIVITY, clutter=True)) as visitor:
        messages = by_id(visitor.items(f"{PATH}/messages", select="parentFolderId", top="1000"))
        clutter = visitor.ask(f"{PATH}/mailFolders/clutter").json()
        shown = folder_tree(visitor, f"{PATH}/mailFolders", top="100")
    assert messages.keys() == usual.keys()
    inside = [m for m in messages.values() if m["parentFolderId"] == clutter["id"]]
    assert len(usual) / 20 < len(inside) < len(usual) / 2
    assert clutter["isHidden"] is True
    assert clutter["id"] not in shown


def test_chats_lie_in_conversation_history() -> None:
    usual = by_id(ACTIVITY.messages(BUSY))
    simulated = GeneratedTenant(ACTIVITY, teams_chats=True, conversations=True)
    with visiting(tenant=simulated) as visitor:
        messages = by_id(visitor.items(f"{PATH}/messages", select="parentFolderId", top="1000"))
        history = visitor.ask(f"{PATH}/mailFolders/conversationhistory").json()
        shown = folder_tree(visitor, f"{PATH}/mailFolders", top="100")
        below = folder_tree(visitor, f"{PATH}/mailFolders/conversationhistory/childFolders")
    more = [messages[id_] for id_ in messages.keys() - usual.keys()]
    chats = [m for m in more if m["parentFolderId"] == history["id"]]
    assert chats
    assert len(more) == 2 * len(chats), "as many of Teams, in a folder that nobody lists"
    assert history["id"] in shown
    assert len(below) == 1


def test_meeting_mail_is_typed_and_other_mail_is_not(visitor: Visitor) -> None:
    kinds = Counter(
        m.get("@odata.type", "") for m in visitor.items(f"{PATH}/messages", select="id", top="1000")
    )
    assert kinds[""] > kinds["#microsoft.graph.eventMessageRequest"] > 0
    assert kinds["#microsoft.graph.eventMessageResponse"] > 0
    assert "#microsoft.graph.message" not in kinds


def test_copies_of_one_message_in_two_mailboxes(visitor: Visitor) -> None:
    def copies(user: User) -> dict[str, bytes]:
        found = visitor.items(
            f"/users/{user.user_id}/messages", select="internetMessageId,conversationId", top="1000"
        )
        return {
            m["internetMessageId"]: b64decode(
                m["conversationId"].replace("-", "/").replace("_", "+")
            )
            for m in found
        }

    left, right = copies(BUSY), copies(ACTIVITY.organisation.users[5])
    both = left.keys() & right.keys()
    assert both
    assert all(left[key] != right[key] and left[key][-16:] == right[key][-16:] for key in both)


def test_preferences_are_echoed(visitor: Visitor) -> None:
    headers = {"Prefer": 'IdType="ImmutableId", odata.maxpagesize=3'}
    applied = visitor.ask(f"{PATH}/messages", headers).headers["Preference-Applied"]
    assert 'IdType="ImmutableId"' in applied
    assert "odata.maxpagesize=3" in applied
    assert "Preference-Applied" not in visitor.ask(f"{PATH}/messages").headers
