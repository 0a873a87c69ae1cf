"""More of the kind of time-zone-names and message-ids: what calendars and mail programs write."""

from datetime import date
from pathlib import Path

import pytest

from tests.field.cases import FROM, MEETINGS_TO, MINUTES, ONE_FROM
from tests.field.made import ADA, ADA_ID, BERT_ID, Item, Made
from tests.field.reading import Expected, assert_right


def at(wall: str, zone: object = "UTC") -> Item:
    """Return a start or an end."""
    return {"dateTime": wall, "timeZone": zone}


TEN, ELEVEN = "2026-05-04T10:00:00.0000000", "2026-05-04T11:00:00.0000000"
DAY, NEXT_DAY = "2026-05-04T00:00:00.0000000", "2026-05-05T00:00:00.0000000"

# names in which 10 to 11 o'clock is an hour
KNOWN = (
    "TZONE://MICROSOFT/UTC",
    " UTC ",
    "Utc",
    "etc/utc",
    "",
    None,
    "  ",
    "w. europe standard time",
    "EUROPE/AMSTERDAM",
    "US/Eastern",
    "Asia/Calcutta",
    "kamchatka standard time",
    "Mid-Atlantic Standard Time",
    "Mexico Standard Time",
    "Armenian Standard Time",
    "Central America Standard Time ",
)
UNKNOWN = ("Customized Time Zone", "tzone://Microsoft/Custom", "(UTC+01:00) Amsterdam", "CEST")


def test_names_of_time_zones(tmp_path: Path) -> None:
    """Those that are known, and for whole days any."""
    made = Made(tmp_path)
    for number, name in enumerate(KNOWN):
        made.contact(f"K{number}", f"k{number}@kunde.example")
        made.meeting(f"k{number}@kunde.example", start=at(TEN, name), end=at(ELEVEN, name))
    for number, name in enumerate(UNKNOWN):
        made.contact(f"U{number}", f"u{number}@kunde.example")
        made.meeting(f"u{number}@kunde.example", start=at(TEN, name), end=at(ELEVEN, name))
        offset = at("2026-05-04T10:00:00Z", name)
        made.meeting(f"u{number}@kunde.example", start=offset, end=at(ELEVEN))
        made.contact(f"D{number}", f"d{number}@kunde.example")
        day, next_day = at(DAY, name), at(NEXT_DAY, name)
        made.meeting(f"d{number}@kunde.example", start=day, end=next_day, isAllDay=True)
    accounts: dict[str, dict[str, object]] = {
        **{f"K{number}": {MEETINGS_TO: 1, MINUTES: 60} for number in range(len(KNOWN))},
        **{f"D{number}": {MEETINGS_TO: 1, MINUTES: None} for number in range(len(UNKNOWN))},
    }
    ledger = {"meeting no_valid_time": 2 * len(UNKNOWN)}
    assert_right(made.write(), Expected(accounts, ledger))


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Kamchatka Standard Time", date(2026, 5, 3)),
        ("Mid-Atlantic Standard Time", date(2026, 5, 4)),
        ("Mexico Standard Time", date(2026, 5, 4)),
        ("Armenian Standard Time", date(2026, 5, 3)),
        ("tzone://Microsoft/Utc", date(2026, 5, 4)),
    ],
)
def test_old_names_mean_their_zones(zone: str, day: date, tmp_path: Path) -> None:
    """Half past two in the morning there, as a day in UTC."""
    made = Made(tmp_path)
    made.contact("A", "jane@kunde.example")
    start, end = at("2026-05-04T02:30:00", zone), at("2026-05-04T03:00:00", zone)
    made.meeting("jane@kunde.example", start=start, end=end)
    expected = Expected({"A": {"EngagementStartDate": day, MINUTES: 30}})
    assert_right(made.write(), expected)


# start, end, and the minutes that count; "unreadable" when the meeting does not
LENGTHS: dict[str, tuple[Item, Item, object]] = {
    "never ends": (at(TEN), at("9999-12-31T23:59:59.9999999"), None),
    "seven days": (at(TEN), at("2026-05-11T10:00:00"), 10_080),
    "a moment more": (at(TEN), at("2026-05-11T10:00:00.000001"), None),
    "no time": (at(TEN), at(TEN), None),
    "small letters": (at("2026-05-04t10:00z"), at("2026-05-04 10:30:00"), 30),
    "offsets": (at("2026-05-04T12:00:00+0200"), at("2026-05-04T05:15:00.5-05:00"), 15 + 0.5 / 60),
    "date only": (at("2026-05-04"), at(ELEVEN), "unreadable"),
    "midnight as 24": (at(TEN), at("2026-05-04T24:00:00"), "unreadable"),
    "basic form": (at("20260504T100000Z"), at(ELEVEN), "unreadable"),
    "half an offset": (at("2026-05-04T10:00:00+02"), at(ELEVEN), "unreadable"),
    "text": (at("4 May 2026 10:00"), at(ELEVEN), "unreadable"),
}


def test_lengths_and_forms_of_times(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for number, (account, (start, end, _)) in enumerate(LENGTHS.items()):
        made.contact(account, f"l{number}@kunde.example")
        made.meeting(f"l{number}@kunde.example", start=start, end=end)
    accounts = {
        account: {MEETINGS_TO: 1, MINUTES: minutes}
        for account, (_, _, minutes) in LENGTHS.items()
        if minutes != "unreadable"
    }
    assert_right(made.write(), Expected(accounts, {"meeting no_valid_time": 5}))


def test_message_ids(tmp_path: Path) -> None:
    """Those without text are none, in one mailbox or in two; blanks around them do not matter."""
    made = Made(tmp_path)
    for account in ("empty", "blank", "null", "spaced", "one", "brackets"):
        made.contact(account, f"{account}@kunde.example")
    for sender, text, owner in (
        ("empty", "<>", ADA_ID),
        ("empty", "<>", BERT_ID),
        ("empty", " <> ", ADA_ID),
        ("spaced", "< >", ADA_ID),
        ("spaced", "<\t>", BERT_ID),
        ("blank", "   ", ADA_ID),
        ("blank", "", ADA_ID),
        ("null", None, ADA_ID),
        ("null", 5, ADA_ID),
        ("one", "<one@mx.example>", ADA_ID),
        ("one", "\r\n <one@mx.example>\t", BERT_ID),
        ("brackets", "<<two@mx.example>>", ADA_ID),
        ("brackets", "two@mx.example", BERT_ID),
    ):
        made.email(f"{sender}@kunde.example", ADA, owner=owner, internetMessageId=text)
    assert_right(
        made.write(),
        Expected(
            {
                "empty": {FROM: 3},
                **{account: {FROM: 2} for account in ("blank", "null", "spaced", "brackets")},
                "one": ONE_FROM,
            },
            {"email another_copy": 1},
        ),
    )
