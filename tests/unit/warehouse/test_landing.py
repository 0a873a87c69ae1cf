"""Landing: what the statements in `warehouse/landing/` make of Graph's JSON (numbers 2, 3)."""

import base64
import binascii
import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engagement_assets.schemas.input_tables import INPUT_TABLES
from tests.support.building import recipient
from tests.support.landing import Connection, Json, Land


@pytest.mark.parametrize("kind", ["message", "event"])
def test_the_columns_are_those_of_the_source(prepared: Connection, land: Land, kind: str) -> None:
    missing = {"person_no", "file_no"}
    assert (
        set(land(kind, {})[0]) - {"file_id"}
        == set(INPUT_TABLES[f"landed_{kind}"].columns) - missing
    )


# Instants


INSTANTS = {
    "2024-06-14T10:11:12Z": "2024-06-14T10:11:12",
    "2024-06-14T10:11:12.1234567Z": "2024-06-14T10:11:12.123456",
    "2024-06-14T10:11:12.9999999Z": "2024-06-14T10:11:12.999999",
    "2024-06-14T10:11:12.99999999Z": "2024-06-14T10:11:12.999999",
    "2024-06-14T10:11:12.999999999Z": "2024-06-14T10:11:12.999999",
    "1969-12-31T23:59:59.9999999Z": "1969-12-31T23:59:59.999999",
    "2024-06-14T10:11:12.1Z": "2024-06-14T10:11:12.100000",
    "2024-06-14T10:11:12": "2024-06-14T10:11:12",
    "2024-06-14T10:11Z": "2024-06-14T10:11:00",
    "2024-06-14T10:11:12+05:45": "2024-06-14T04:26:12",
    "2024-06-14T10:11:12.5-03:30": "2024-06-14T13:41:12.500000",
    "2024-12-31T23:59:59-00:01": "2025-01-01T00:00:59",
    "2024-02-29T00:00:00Z": "2024-02-29T00:00:00",
    "2023-02-29T00:00:00Z": None,
    "2024-06-14T24:00:00Z": None,
    "2024-06-14T23:59:60Z": None,
    "2024-06-14t10:11z": "2024-06-14T10:11:00",
    "2024-06-14 10:11": "2024-06-14T10:11:00",
    "2024-06-14T10:11:12-0530": "2024-06-14T15:41:12",
    "2024-06-14T23:59:59.5-23:59": "2024-06-15T23:58:59.500000",
    "2024-06-14T10:60:00Z": None,
    "2024-06-14T10:11:12+24:00": None,
    "2024-06-14T10:11:12+01": None,
    "2024-06-14T10:11:12 Z": None,
    "2024-06-14T10:11:12,5Z": None,
    "20240614T101112Z": None,
    "0000-06-14T10:11:12Z": None,
    "2024-06-14T10": None,
    "2024-06-14": None,
    " 2024-06-14T10:11:12Z": None,
    "2024-06-14T10:11:12Z\n": None,
    "\uff12024-06-14T10:11:12Z": None,
    "infinity": None,
    "": None,
}


@pytest.mark.parametrize(("text", "expected"), INSTANTS.items(), ids=INSTANTS)
def test_instants(land: Land, text: str, expected: str | None) -> None:
    instant = None if expected is None else datetime.fromisoformat(expected).replace(tzinfo=UTC)
    (message,) = land("message", {"sentDateTime": text, "lastModifiedDateTime": text})
    assert (message["sent_at"], message["modified_at"]) == (instant, instant)
    (event,) = land("event", {"start": {"dateTime": text}, "lastModifiedDateTime": text})
    assert (event["start_at"], event["modified_at"]) == (instant, instant)


def test_the_date_that_start_names_is_the_one_on_the_wall(land: Land) -> None:
    """An all-day meeting is about its date, whatever zone or offset stands beside it."""
    (event,) = land(
        "event",
        {
            "start": {"dateTime": "2024-06-14T23:30:00-05:00", "timeZone": "Asia/Tokyo"},
            "end": {"dateTime": "2024-06-16T00:00:00", "timeZone": "Pacific Standard Time"},
        },
    )
    assert (event["start_day"], event["end_day"]) == (date(2024, 6, 14), date(2024, 6, 16))
    assert event["start_at"] == datetime(2024, 6, 15, 4, 30, tzinfo=UTC)
    assert event["end_at"] == datetime(2024, 6, 16, 7, tzinfo=UTC)


# Time zones (wall times near changes of the clocks: test_window.py)


ZONES: dict[str, tuple[object, str | None]] = {
    "UTC": ("UTC", "2024-07-01T10:00"),
    "none": (None, "2024-07-01T10:00"),
    "empty": ("", "2024-07-01T10:00"),
    "IANA": ("Europe/Amsterdam", "2024-07-01T08:00"),
    "IANA, southern": ("America/Santiago", "2024-07-01T14:00"),
    "IANA, old name": ("Asia/Calcutta", "2024-07-01T04:30"),
    "Windows": ("W. Europe Standard Time", "2024-07-01T08:00"),
    "Windows, quarter": ("Nepal Standard Time", "2024-07-01T04:15"),
    "Windows, no summer": ("US Mountain Standard Time", "2024-07-01T17:00"),
    "unknown": ("Middle Earth Standard Time", None),
    "custom": ("tzone://Microsoft/Custom", None),
    "number": (5, "2024-07-01T10:00"),
    "object": ({"name": "UTC"}, "2024-07-01T10:00"),
}


@pytest.mark.parametrize(("zone", "expected"), ZONES.values(), ids=ZONES)
def test_time_zones(land: Land, zone: object, expected: str | None) -> None:
    moment = {"dateTime": "2024-07-01T10:00:00.0000000", "timeZone": zone}
    (event,) = land("event", {"start": moment, "end": moment})
    instant = expected and datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert event["start_at"] == event["end_at"] == instant


def test_a_wall_time_that_occurs_twice_is_the_first(land: Land) -> None:
    moment = {"dateTime": "2024-10-27T02:30:00.0000000", "timeZone": "W. Europe Standard Time"}
    (event,) = land("event", {"start": moment})
    assert event["start_at"] == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


# Threads


def thread(conversation_id: str) -> str | None:
    """Numbers 2.7, written a second time."""
    if conversation_id == "":
        return None
    if len(conversation_id) % 4 == 0 and not set(conversation_id) & set("+/"):
        standard = conversation_id.replace("-", "/").replace("_", "+")
        try:
            decoded = base64.b64decode(standard.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            decoded = b""
        if len(decoded) >= 32:
            return "0" + decoded[-16:].hex()
    return "1" + conversation_id


def exchange(raw: bytes) -> str:
    return base64.b64encode(raw).decode().replace("/", "-").replace("+", "_")


IDS = st.one_of(
    st.binary(min_size=0, max_size=80).map(exchange),
    st.binary(min_size=29, max_size=36).map(exchange),
    st.text("ABab09-_=+/ \n", max_size=60),
    st.tuples(
        st.binary(min_size=30, max_size=36).map(exchange),
        st.sampled_from(["=", "==", "===", "A", " ", "\n", "+", "/", "é", "\0", "AA==AAAA"]),
        st.integers(0, 60),
    ).map(lambda made: made[0][: made[2]] + made[1] + made[0][made[2] :]),
)


@settings(max_examples=60)
@given(st.lists(IDS, min_size=1, max_size=40))
@example([exchange(bytes(range(length))) for length in range(64)])
@example(
    [
        exchange(b"\xfb\xff\xbf" * 12),
        exchange(b"\xff" * 32),
        "A" * 43 + "=",
        "A" * 42 + "==",
        "A" * 44,
    ]
)
def test_threads(land: Land, ids: list[str]) -> None:
    rows = land("message", *({"conversationId": text} for text in ids))
    assert [row["thread"] for row in rows] == [thread(text) for text in ids]


def test_mailboxes_agree_in_the_last_16_bytes_only(land: Land) -> None:
    tail = bytes(range(16))
    one, other = exchange(b"\x01" * 26 + tail), exchange(b"\x02" * 26 + tail)
    short = exchange(b"\x01" * 15 + tail)
    rows = land("message", *({"conversationId": text} for text in (one, other, short)))
    assert rows[0]["thread"] == rows[1]["thread"] == "0" + tail.hex()
    assert rows[2]["thread"] == "1" + short


# Unexpected values


MESSAGE: Json = {
    "@odata.type": "#microsoft.graph.eventMessageRequest",
    "id": "item",
    "internetMessageId": " <1@x> ",
    "conversationId": "thread",
    "parentFolderId": "inbox",
    "sentDateTime": "2024-06-14T10:11:12Z",
    "lastModifiedDateTime": "2024-06-15T10:11:12Z",
    "isDraft": True,
    "from": recipient("Ada@contoso.com"),
    "sender": recipient("bob@contoso.com"),
    "toRecipients": [recipient("ann@x.example"), recipient("SMTP:ANN@x.example")],
    "ccRecipients": [recipient("cy@x.example")],
    "bccRecipients": [recipient("dot@x.example")],
}
EVENT: Json = {
    "id": "item",
    "iCalUId": "uid",
    "type": "seriesMaster",
    "isCancelled": True,
    "isOrganizer": True,
    "isAllDay": True,
    "lastModifiedDateTime": "2024-06-15T10:11:12Z",
    "start": {"dateTime": "2024-06-14T10:00:00", "timeZone": "Europe/Paris"},
    "end": {"dateTime": "2024-06-14T11:00:00", "timeZone": "Europe/Paris"},
    "organizer": recipient("ada@contoso.com"),
    "responseStatus": {"response": "declined"},
    "attendees": [
        recipient("ann@x.example") | {"type": "required", "status": {"response": "accepted"}},
        recipient("room@x.example") | {"type": "resource", "status": {"response": "none"}},
        recipient("bob@x.example") | {"type": "required", "status": {"response": "declined"}},
    ],
}
RESOURCES = {"message": MESSAGE, "event": EVENT}


def places(
    value: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Yield every value with its place, inner ones too."""
    if path:
        yield path, value
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def put(item: Json, path: tuple[str | int, ...], value: object) -> Json:
    """Return a copy with another value at a place; without it when the value is `TAKE`."""
    changed = copy.deepcopy(item)
    target: Any = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    if value is TAKE:
        del target[path[-1]]
    return changed


TAKE = object()
ODD: tuple[object, ...] = (
    *(None, 0, 5, -1.5, 10**18, [], [[]], [None, 5, "x@y"], {}, {"a": {"b": "x@y"}}, {"x@y": 1}),
    *(True, False, "true", "x@y", "", "2024-06-14T10:00:00"),
)


@pytest.mark.parametrize("kind", RESOURCES)
def test_a_value_of_an_unexpected_kind_counts_as_absent(land: Land, kind: str) -> None:
    resource = RESOURCES[kind]
    trials = [
        (path, odd)
        for path, right in places(resource)
        for odd in ODD
        if not (isinstance(right, str | bool) and type(odd) is type(right))
    ]
    assert len(trials) > 200
    rows = land(kind, *(put(resource, *trial) for trial in trials))
    absent = land(kind, *(put(resource, path, TAKE) for path, _ in trials))
    for trial, odd_row, absent_row in zip(trials, rows, absent, strict=True):
        assert odd_row == absent_row, trial


@pytest.mark.parametrize("kind", RESOURCES)
@pytest.mark.parametrize(
    ("note", "expected"), [({"reason": "deleted"}, True), ({}, True), (None, False)]
)
def test_removed(land: Land, kind: str, note: object, expected: bool) -> None:
    (row,) = land(kind, {"@removed": note, "id": "x"})
    assert row["is_removed"] is expected
    (row,) = land(kind, {"id": "x"})
    assert row["is_removed"] is False


def test_values_as_they_should_be(prepared: Connection, land: Land) -> None:
    def keys(*texts: str) -> list[int]:
        answer = prepared.execute("select key_of(unnest(?::varchar[]))", [list(texts)])
        return [key for (key,) in answer.fetchall()]

    (message,) = land("message", MESSAGE)
    assert [message["item_key"], message["email_key"], message["folder_key"]] == keys(
        "item", "<1@x>", "inbox"
    )
    assert message["is_invitation"] is message["is_draft"] is True
    assert [message["sender_key"], message["sender_domain_key"]] == keys(
        "ada@contoso.com", "contoso.com"
    )
    to, cc, bcc = keys("ann@x.example", "cy@x.example", "dot@x.example")
    assert sorted(message["recipient_keys"]) == sorted([to, cc, bcc])
    (event,) = land("event", EVENT)
    assert (event["file_id"], event["line"]) == (7, 1)
    assert [event["item_key"], event["meeting_key"]] == keys("item", "uid")
    flags = ("is_series_master", "is_cancelled", "is_organizer", "is_all_day", "is_declined")
    assert all(event[name] is True for name in flags)
    assert sorted(event["participant_keys"]) == sorted(keys("ada@contoso.com", "ann@x.example"))
    assert event["declined_keys"] == keys("bob@x.example")
    assert event["resource_keys"] == keys("room@x.example")
    assert [event["organizer_key"], event["organizer_domain_key"]] == keys(
        "ada@contoso.com", "contoso.com"
    )


def test_items_without_any_id_stay_apart(land: Land) -> None:
    messages = land("message", {}, {"internetMessageId": " ", "id": ""}, {})
    assert len({row["email_key"] for row in messages}) == 3
    assert len({row["meeting_key"] for row in land("event", {}, {"iCalUId": ""}, {})}) == 3


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | (
        st.sampled_from(
            ["ann@x.example", "UTC", "2024-06-14T10:00:00", "\0", "\u2028", "Pacific/Apia"]
        )
    )
)
NAMES = st.sampled_from(
    [*MESSAGE, *EVENT, "emailAddress", "address", "dateTime", "timeZone", "f", ""]
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)


@settings(max_examples=15)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=5), min_size=1, max_size=12))
@example([{"f": 5, "l": 6, "r": {"id": "x"}}])
def test_no_object_stops_the_landing(land: Land, items: list[Json]) -> None:
    lines = [json.dumps(item).encode() for item in items]
    readable = [line for line in lines if _is_readable(line)]
    for kind in RESOURCES:
        assert [row["file_id"] for row in land(kind, *readable)] == [7] * len(readable)


def _is_readable(line: bytes) -> bool:
    """Tell whether a mailbox file with this line would be read."""
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


ODD_JSON = {
    "key in other cases": b'{"id": "a", "ID": "b", "Id": 5}',
    "inner key twice": b'{"from": {"emailAddress": {"address": "a@b", "address": "c@d"}}}',
    "unknown key twice": b'{"x": 1, "x": 2}',
    "large number": b'{"id": "a", "x": ' + b"7" * 300 + b"}",
    "extreme numbers": b'{"id": 1.7976931348623157e308, "y": 5e-324, "z": -0}',
    "NUL and surrogates": rb'{"id": "\u0000", "iCalUId": "\ud83d\ude00"}',
    "deep": b'{"x": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    "white space": b'{"id":\r\t "a"}',
    "long": b'{"id": "' + b"x" * 1_000_000 + b'"}',
}


@pytest.mark.parametrize("line", ODD_JSON.values(), ids=ODD_JSON)
def test_odd_json_that_is_read_can_be_landed(land: Land, line: bytes) -> None:
    """What a mailbox file may hold must not stop the run of all mailboxes."""
    assert _is_readable(line)
    for kind in RESOURCES:
        assert len(land(kind, b"{}", line, b"{}")) == 3
