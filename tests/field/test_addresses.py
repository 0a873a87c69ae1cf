"""More of the kind of address-text and exchange-names: what stands where an address belongs."""

from pathlib import Path

from tests.field.cases import CONTACTS, FROM, MEETINGS_FROM, MEETINGS_TO, ONE_FROM, ONE_TO
from tests.field.made import ADA, ADA_ID, BERT, BERT_ID, Made, attendee, user, who
from tests.field.reading import Expected, assert_right

LABS = "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn="
LABS_BY_MAIL = (
    "IMCEAEX-_O=EXCHANGELABS_OU=EXCHANGE+20ADMINISTRATIVE+20GROUP+20+28FYDIBOHF23SPDLT+29"
    "_CN=RECIPIENTS_CN={}@contoso.prod.outlook.com"
)

# a cell of the contacts file, and from where the account's one e-mail comes
CELLS = {
    "quoted name": ('"Doe, Jane" <1@kunde.example>', "1@kunde.example"),
    "link": ("mailto:2@kunde.example?subject=Offer&cc=x@y.example", "2@kunde.example"),
    "capitals and a full stop": ("3@KUNDE.Example.", "3@kunde.example"),
    "rest of a list": ("4@kunde.example; ", "4@kunde.example"),
    "brackets": ("<5@kunde.example>", "5@kunde.example"),
    "marks of direction": ("\u202a6@kunde.example\u202c\u00a0", "6@kunde.example"),
    "soft hyphen": ("7\u00ad@kunde.example", "7@kunde.example"),
    "typographic quotes": ("\u201c8@kunde.example\u201d", "8@kunde.example"),
    "proxy address": ("SMTP:9@kunde.example", "9@kunde.example"),
    "decomposed": ("zoe\u0308@kunde.example", "zo\u00eb@kunde.example"),
    "Turkish": ("\u0130NFO@kunde.example", "info@kunde.example"),
    "Greek": ("\u039f\u0394\u039f\u03a3@kunde.example", "\u03bf\u03b4\u03bf\u03c3@kunde.example"),
    "IDN in capitals": ("a@XN--MNCHEN-3YA.example", "a@m\u00fcnchen.example"),
    "IDN decomposed": ("b@mu\u0308nchen.example", "b@xn--mnchen-3ya.example"),
    "sharp s": ("c@stra\u00dfe.example", "c@xn--strae-oqa.example"),
    "a name that is no domain": ("d@under_score.example", "d@under_score.example"),
    "one among rubbish": ("unknown; 10@kunde.example", "10@kunde.example"),
    "surrounded in mail": ("11@kunde.example", "'11@kunde.example'"),
    "a name in mail": ("12@kunde.example", "Twelve (Kunde) <12@kunde.example>"),
    "a link in mail": ("13@kunde.example", "mailto:13@kunde.example"),
    "zero width in mail": ("14@kunde.example", "\ufeff14@kunde.example\u200b"),
}
# cells of one account each, and how many contacts write to it
LISTS = {
    "new lines": ("a1@kunde.example\r\na2@kunde.example\na3@kunde.example", 3),
    "bars": ("b1@kunde.example|b2@kunde.example", 2),
    "colons": ("c1@kunde.example:::c2@kunde.example", 2),
    "commas and names": ("D One <d1@kunde.example>, D Two <d2@kunde.example>", 2),
    "twice": ("e1@kunde.example; E1@kunde.example", 1),
}
INVALID = (
    "two words@kunde.example",
    "a@kunde.example b@kunde.example",
    "http://kunde.example/a@b",
    "a@@kunde.example",
    f"{LABS}guest",
    LABS_BY_MAIL.format("GUEST"),
    "none; n/a",
)


def test_contacts(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for account, (cell, sender) in CELLS.items():
        made.contact(account, cell)
        made.email(sender, ADA)
    for number, cell in enumerate(INVALID):
        made.contact(f"invalid {number}", cell)
    # a domain of other letters is another one
    made.email("c@strasse.example", ADA)
    ledger = {
        "contact read": len(CELLS) + len(INVALID),
        "contact accepted": len(CELLS),
        "contact invalid_address": len(INVALID),
        "email no_account": 1,
    }
    assert_right(made.write(), Expected(dict.fromkeys(CELLS, ONE_FROM), ledger))


def test_cells_with_several_addresses(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for account, (cell, _) in LISTS.items():
        made.contact(account, cell)
    for name in ("a1", "a2", "a3", "b1", "b2", "c1", "c2", "d1", "d2", "e1"):
        made.email(f"{name}@kunde.example", ADA)
    expected = Expected(
        {account: {FROM: count, CONTACTS: count} for account, (_, count) in LISTS.items()},
        {"contact read": 11, "contact accepted": 10, "contact duplicate": 1},
    )
    assert_right(made.write(), expected)


def test_addresses_of_colleagues(tmp_path: Path) -> None:
    """The configuration and the directory are read by the same rule as e-mails."""
    made = Made(tmp_path, mailboxes={"addresses": [f"<{ADA}>", f"\u200b{BERT.upper()}."]})
    made.users = [
        user(ADA_ID, ADA, proxyAddresses=[f"SMTP:{ADA}", "smtp: Ada@M\u00fcnchen.example"]),
        user(BERT_ID, f" {BERT}"),
    ]
    made.contact("A", "a@kunde.example")
    made.contact("own", "ada@xn--mnchen-3ya.example")
    made.email("'ada@mu\u0308nchen.example'", "a@kunde.example", owner=BERT_ID)
    ledger = {"contact own_organisation": 1, "email counted": 1}
    assert_right(
        made.write(), Expected({"A": ONE_TO}, ledger, {ADA: "processed", BERT: "processed"})
    )


def test_names_of_exchange(tmp_path: Path) -> None:
    """X.500 names, in either form and any case, are their person's; of nobody's stands the owner.

    So it is where the copy says that its owner invited: for an attendee a stranger did.
    """
    made = Made(tmp_path)
    made.users[0]["proxyAddresses"] = [f"SMTP:{ADA}", f"x500:{LABS}ADA"]
    made.users.append(user("c1", "cleo@contoso.example", proxyAddresses=[f"X500:{LABS}cleo"]))
    made.mailboxes["opted_out"] = ["cleo@contoso.example"]
    for account in ("own", "by mail", "opted out", "nobody", "empty", "stranger", "colleague"):
        made.contact(account, f"{account.replace(' ', '.')}@kunde.example")
    made.email(f"{LABS}ada".upper(), "own@kunde.example")
    made.email(LABS_BY_MAIL.format("ADA"), "by.mail@kunde.example", owner=BERT_ID)
    made.meeting("nobody@kunde.example", organizer=who(LABS_BY_MAIL.format("OLD+2DADA")))
    made.meeting("empty@kunde.example", organizer=who(""))
    made.meeting("stranger@kunde.example", BERT_ID, organizer=who(f"{LABS}stranger"))
    invited = [attendee("colleague@kunde.example"), attendee(f"{LABS}ada")]
    made.meeting("", BERT_ID, attendees=invited, organizer=who("colleague@kunde.example"))
    made.email(f"{LABS}CLEO", "opted.out@kunde.example")
    one_meeting = {MEETINGS_TO: 1, MEETINGS_FROM: 0}
    assert_right(
        made.write(),
        Expected(
            {
                **dict.fromkeys(("own", "by mail", "opted out"), ONE_TO),
                **dict.fromkeys(("nobody", "empty"), one_meeting),
                "stranger": {MEETINGS_TO: 0, MEETINGS_FROM: 0},
                "colleague": {MEETINGS_FROM: 1, "NoOfContactsInvolved_Meetings": 2},
            },
            {"email no_sender_or_time": 0},
        ),
    )
