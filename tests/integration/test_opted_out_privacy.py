"""Who opted out is told by nothing: no address of theirs is in what a run writes or says.

They are listed all the same, by an address of their own, by an alias or through a group, and
colleagues write to them and meet them. All bytes below the data folder are searched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from engagement_assets import preflight
from tests.support.command import read_settings, run_here, write_settings
from tests.support.markers import Markers

CONTACT = "jane@customer.example"
BOB, CY, DEE = (f"{name}@contoso.example" for name in ("bob", "cy", "dee"))

ADDRESSES: Mapping[str, str] = {
    "listed and opted out": "zq9fay.marker@contoso.example",
    "listed, opted out by an alias": "zq9ada.marker@contoso.example",
    "the alias": "zq9adaalias.marker@contoso.example",
    "principal name": "zq9adaprincipal.marker@contoso.example",
    "X.500 name": "/o=zq9contoso/ou=marker/cn=recipients/cn=ada",
    "listed through a group": "zq9eve.marker@contoso.example",
    "group that opted out": "zq9circle.marker@contoso.example",
    "opted out and not listed": "zq9guy.marker@contoso.example",
}
FAY, ADA, ALIAS, PRINCIPAL, X500, EVE, CIRCLE, GUY = ADDRESSES.values()
LOOK = Markers(ADDRESSES)
NOBODY = "zq9nobody@contoso.example"


def _id(number: int) -> str:
    return f"10000000-0000-4000-8000-{number:012}"


def _user(number: int, *addresses: str) -> dict[str, object]:
    mail, *others = addresses
    marked = [f"smtp:{each}" if "@" in each else f"X500:{each}" for each in others]
    return {"id": _id(number), "mail": mail, "userPrincipalName": mail, "proxyAddresses": marked}


USERS = [
    *(_user(number, address) for number, address in enumerate((BOB, CY, DEE), start=1)),
    _user(4, FAY),
    {**_user(5, ADA, ALIAS, X500), "userPrincipalName": PRINCIPAL},
    _user(6, EVE),
    _user(7, GUY),
]
GROUPS = [
    {"id": "g1", "mail": "sales@contoso.example", "members": [_id(2), _id(3), _id(6)]},
    {"id": "g2", "mail": CIRCLE, "members": [_id(6)]},
]


def _who(address: str) -> dict[str, object]:
    return {"emailAddress": {"address": address}}


def _message(number: int) -> dict[str, object]:
    return {
        "id": f"message{number}",
        "internetMessageId": f"<{number}@contoso.example>",
        "sentDateTime": f"2026-06-{number:02}T10:00:00Z",
        "from": _who(CONTACT),
        "toRecipients": [_who(address) for address in (BOB, *ADDRESSES.values())],
    }


EVENT = {
    "id": "event",
    "iCalUId": "event",
    "start": {"dateTime": "2026-06-03T10:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-06-03T11:00:00", "timeZone": "UTC"},
    "organizer": _who(ADA),
    "attendees": [_who(address) for address in (BOB, CONTACT, *ADDRESSES.values())],
}


def _write(file: Path, *items: Mapping[str, object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")


def _organisation(folder: Path) -> Path:
    activity = folder / "activity"
    _write(activity / "organization.json", {"verifiedDomains": [{"name": "contoso.example"}]})
    _write(activity / "users.ndjson", *USERS)
    _write(activity / "groups.ndjson", *GROUPS)
    for number in range(1, 8):
        _write(activity / "mailboxes" / _id(number) / "messages.ndjson", _message(number))
    _write(activity / "mailboxes" / _id(1) / "events.ndjson", EVENT)
    # one that fails in the middle of what must not be told
    broken = json.dumps(_message(9))[:-9]
    (activity / "mailboxes" / _id(3) / "messages.ndjson").write_text(broken, encoding="utf-8")
    (folder / "contacts.csv").write_text(f"CustomerId,Email\nA,{CONTACT}\nA,{FAY}\n", "utf-8")
    return write_settings(
        folder / "engagement.yaml",
        {
            "source": {"kind": "folder", "path": "activity"},
            "mailboxes": {
                "addresses": [BOB, FAY, ADA, "sales@contoso.example"],
                "opted_out": [FAY, ALIAS, CIRCLE, GUY, NOBODY],
            },
            "customers": {"contacts": "contacts.csv", "excluded": [EVE, "idle.example"]},
            # in a name and brackets, as people write it
            "privacy_terms": {
                "accepted_by": f"Ada <{ADA}>",
                "accepted_at": "2026-06-01T09:00:00Z",
            },
            "as_of": "2026-06-30T07:00:00Z",
        },
    )


@dataclass(frozen=True)
class Runs:
    """An organisation after a run that warns and one that is refused: its file, all they said."""

    config_file: Path
    said: str

    @property
    def data(self) -> Path:
        return self.config_file.parent / "data"

    @property
    def in_one_line(self) -> str:
        return " ".join(self.said.split())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    config_file = _organisation(tmp_path_factory.mktemp("opted-out"))
    whole = run_here(config_file)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    settings = read_settings(config_file)
    few: dict[str, Any] = {**settings["mailboxes"], "addresses": [BOB, FAY, ADA, NOBODY]}
    write_settings(config_file, {**settings, "mailboxes": few})
    refused = run_here(config_file)
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert "selects 1 person(s)" in refused.stderr
    write_settings(config_file, settings)
    said = f"{whole.stdout}{whole.stderr}{refused.stdout}{refused.stderr}"
    return Runs(config_file, said)


def test_they_are_not_read_and_stay_colleagues(runs: Runs) -> None:
    published = runs.data / "published" / "engagement.duckdb"
    with duckdb.connect(published, read_only=True) as connection:
        users = connection.execute("select UserId from Office_UserEntity order by 1").fetchall()
        ledger = dict(
            connection.execute(
                "select Outcome, Count from Office_Ledger where Item = 'contact' and Count > 0"
            ).fetchall()
        )
        (row,) = connection.execute(
            "select NoOfEmails_FromAccount, NoOfMeetings_ToAccount from Office "
            "where AggregationLevel = 'year'"
        ).fetchall()
    assert users == [(_id(1),), (_id(2),), (_id(3),)]
    assert ledger == {"read": 2, "accepted": 1, "own_organisation": 1}
    assert row == (2, 1), "the meeting that one of them called is the organisation's"


def test_what_resolves_to_nobody_is_named(runs: Runs) -> None:
    assert f"{NOBODY} resolves to nobody, so nobody is opted out by it" in runs.in_one_line
    assert f"These resolve to nobody: {NOBODY}" in runs.in_one_line


def test_an_exclusion_that_nobody_carries_is_told_by_its_place(runs: Runs) -> None:
    assert "no row of the contacts file carries entry 1, entry 2 (idle.example)" in runs.in_one_line


def test_nothing_is_said(runs: Runs) -> None:
    assert LOOK.found(runs.said.encode()) == set()
    assert LOOK.found("".join(runs.said.split()).encode()) == set()


def test_nothing_is_written(runs: Runs) -> None:
    """In files and, where values may be compressed, in the values of all tables."""
    assert LOOK.in_files(runs.data) == {}
    assert LOOK.in_tables(runs.data / "warehouse" / "warehouse.duckdb") == {}
    assert LOOK.in_published(runs.data / "snapshots") == {}
    landed = sorted((runs.data / "activity").glob("*.parquet"))
    assert landed
    for file in landed:
        with duckdb.connect() as connection:
            assert LOOK.in_values(connection, f"read_parquet('{file}')") == {}


def test_preflight_tells_them_by_their_place(runs: Runs) -> None:
    console = Console(file=StringIO(), width=200)
    preflight.show(console, preflight.inspect(runs.config_file))
    assert isinstance(console.file, StringIO)
    said = console.file.getvalue()
    assert LOOK.found(said.encode()) == set()
    for shown in (BOB, NOBODY, "sales@contoso.example", "mailboxes.addresses, entry 3"):
        assert f"│ {shown} " in said
    assert said.count("mailboxes.addresses, entry ") == 2
    assert said.count("mailboxes.opted_out, entry ") == 4
