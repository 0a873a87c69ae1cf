"""What is right for the inputs in the folders here."""

from collections.abc import Mapping, Sequence

from tests.field.reading import Expected

FROM, TO = "NoOfEmails_FromAccount", "NoOfEmails_ToAccount"
MEETINGS_TO, MEETINGS_FROM = "NoOfMeetings_ToAccount", "NoOfMeetings_FromAccount"
MINUTES = "AverageDuration_Of_Meetings"
CONTACTS, PERSONS = "NoOfAccountContactsInvolved_Emails", "NoOfContactsInvolved_Emails"

ONE_FROM = {FROM: 1, TO: 0, MEETINGS_TO: 0}
ONE_TO = {FROM: 0, TO: 1, MEETINGS_TO: 0}
ONE_MEETING = {FROM: 0, TO: 0, MEETINGS_TO: 1, MEETINGS_FROM: 0}
A_IS_READ = Expected(
    {"A": ONE_FROM}, ledger={"contact accepted": 1, "email counted": 1}, customers=["A"]
)

EXPECTED: Mapping[str, Expected] = {
    "address-text": Expected(
        {
            **dict.fromkeys(("A1", "A2", "A3", "A4", "A6", "A9"), ONE_FROM),
            "A5": {FROM: 2, TO: 0, CONTACTS: 2},
            "A7": {**ONE_MEETING, MINUTES: 60},
            "A8": ONE_TO,
        },
        ledger={"contact read": 10, "contact accepted": 10, "email counted": 9},
    ),
    "csv-empty-surplus": A_IS_READ,
    "csv-long-field": A_IS_READ,
    "csv-sep-line": A_IS_READ,
    "exchange-names": Expected(
        {"X1": ONE_MEETING, "X2": ONE_TO, "X3": ONE_TO},
        ledger={"email no_sender_or_time": 0, "email counted": 2, "meeting counted": 1},
    ),
    "group-members-objects": A_IS_READ,
    "guest-in-team": A_IS_READ,
    "json-files": Expected(
        dict.fromkeys(("J1", "J2", "J4", "J6"), ONE_FROM),
        ledger={"email read": 4, "email counted": 4, "email no_sender_or_time": 0},
        statuses={
            f"p{number}@contoso.example": "failed" if number in {3, 5} else "processed"
            for number in range(1, 7)
        },
        reasons={
            "p3@contoso.example": ["page", "messages.ndjson", "line 1"],
            "p5@contoso.example": [" id", "time"],
        },
        persons=6,
    ),
    "message-ids": Expected(
        {"M1": ONE_FROM, "M2": ONE_FROM, "M3": {FROM: 2}, "M4": {FROM: 2}},
        ledger={"email read": 6, "email counted": 6, "email another_copy": 0},
    ),
    "parquet-float-ids": Expected(
        {"12345678901": ONE_FROM},
        ledger={"contact no_account_id": 1, "contact accepted": 2},
        customers=["12345678901", "7"],
    ),
    "time-zone-names": Expected(
        {
            **{account: {**ONE_MEETING, MINUTES: 60} for account in ("Z1", "Z2", "Z3")},
            **{account: {**ONE_MEETING, MINUTES: None} for account in ("Z4", "Z5")},
            "Z6": {MEETINGS_TO: 2, MINUTES: 30},
        },
        ledger={"meeting no_valid_time": 0, "meeting counted": 7},
    ),
}

REFUSED: Mapping[str, Sequence[str]] = {
    "csv-duplicate-column": ["Email"],
    "exclusions": ["customers.excluded", "domain"],
    "opted-out-text": ["mailboxes.opted_out", "Ada Lovelace <ada@contoso.example>"],
}
"""What the message says where a run must not begin: exit code 2."""
