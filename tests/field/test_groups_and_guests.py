"""More of the kind of group-members-objects and guest-in-team: who is one of us."""

from pathlib import Path

import pytest

from tests.field.cases import FROM, ONE_FROM, PERSONS
from tests.field.made import ADA, ADA_ID, BERT, BERT_ID, Item, Made, user
from tests.field.reading import Expected, assert_right

JANE, JANE_ID = "jane@kunde.example", "20000000-0000-4000-8000-0000000000AB"
TEAM, TEAM_ID = "sales@contoso.example", "30000000-0000-4000-8000-00000000000c"
INNER_ID = "30000000-0000-4000-8000-00000000000d"
GUESTS: dict[str, Item] = {
    "both marks": {
        "userPrincipalName": "jane_kunde.example#EXT#@contoso.onmicrosoft.example",
        "userType": "Guest",
    },
    "type in another case": {"userPrincipalName": JANE, "userType": "guest"},
    "name in another case": {"userPrincipalName": "jane_k#ext#@contoso.onmicrosoft.example"},
    "name of one who became a member": {
        "userPrincipalName": "jane_k#EXT#@contoso.onmicrosoft.example",
        "userType": "Member",
    },
}


def of_team(tmp_path: Path, guest: Item) -> Made:
    """Return an organisation whose team has Ada, Bert and a guest, who writes to Ada."""
    made = Made(tmp_path, mailboxes={"addresses": [TEAM]})
    made.users.append(user(JANE_ID, JANE, **guest))
    made.groups = [{"id": TEAM_ID, "mail": TEAM, "members": [ADA_ID, BERT_ID, JANE_ID.lower()]}]
    made.contact("A", JANE)
    made.email(JANE, ADA)
    return made


@pytest.mark.parametrize("guest", GUESTS)
def test_a_team_brings_no_guests(guest: str, tmp_path: Path) -> None:
    made = of_team(tmp_path, GUESTS[guest])
    assert_right(made.write(), Expected({"A": ONE_FROM}, {"contact accepted": 1}))


def test_a_guest_that_is_listed_is_one_of_us(tmp_path: Path) -> None:
    made = of_team(tmp_path, GUESTS["both marks"])
    made.mailboxes = {"addresses": [TEAM, JANE.upper()]}
    ledger = {"contact own_organisation": 1, "email no_account": 1}
    assert_right(made.write(), Expected({}, ledger, {JANE: "no_mailbox"}, persons=3))


def test_an_opted_out_team_takes_its_guests_out(tmp_path: Path) -> None:
    """Whoever is listed stays a colleague."""
    made = of_team(tmp_path, GUESTS["both marks"])
    out: Item = {"id": INNER_ID, "mail": "out@contoso.example", "members": [{"id": JANE_ID}]}
    made.groups.append(out)
    made.mailboxes = {"addresses": [TEAM, JANE], "opted_out": ["out@contoso.example"]}
    assert_right(made.write(), Expected({}, {"contact own_organisation": 1}))


def test_members_in_any_form(tmp_path: Path) -> None:
    """Objects, ids in capitals, nested teams in a circle, and what is neither user nor group."""
    made = of_team(tmp_path, GUESTS["both marks"])
    inner: Item = {
        "id": INNER_ID.upper(),
        "members": [{"id": BERT_ID}, JANE_ID, {"id": TEAM_ID.upper()}, {"id": "a contact"}],
    }
    made.groups[0]["members"] = [
        {"@odata.type": "#microsoft.graph.user", "id": ADA_ID.upper()},
        {"@odata.type": "#microsoft.graph.group", "id": INNER_ID},
        {"@odata.type": "#microsoft.graph.orgContact", "mail": "x@y.example"},
        None,
        "",
    ]
    made.groups.append(inner)
    assert_right(made.write(), Expected({"A": ONE_FROM}))


def test_ids_are_published_in_lower_case(tmp_path: Path) -> None:
    """A user who occurs twice, in whatever case, is the later line."""
    made = of_team(tmp_path, GUESTS["both marks"])
    made.users.append(user(JANE_ID.lower(), "new@contoso.example"))
    made.mailboxes = {"addresses": [ADA, "new@contoso.example"]}
    made.email(JANE, "new@contoso.example", owner=JANE_ID)
    expected = Expected({"A": {FROM: 2, PERSONS: 2}}, {"contact accepted": 1})
    assert_right(made.write(), expected)


def test_an_address_that_several_carry(tmp_path: Path) -> None:
    """A shared address stands for all of them."""
    made = of_team(tmp_path, GUESTS["both marks"])
    for each in made.users[:2]:
        each["proxyAddresses"] = [f"SMTP:{each['mail']}", "smtp:info@contoso.example"]
    made.mailboxes = {"addresses": ["info@contoso.example"]}
    made.messages.clear()
    made.email(JANE, "info@contoso.example")
    statuses = {ADA: "processed", BERT: "no_mailbox"}
    assert_right(made.write(), Expected({"A": {FROM: 1, PERSONS: 2}}, {}, statuses))
