"""The activity folder: what is found in it, and what is said when it is not as it should be."""

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from backports import zstd

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import BrokenFileError, User
from engagement_assets.errors import SourceError
from engagement_assets.window import Window

Resource = dict[str, object]
ADA: Resource = {"id": "ada", "mail": "ada@contoso.com", "userPrincipalName": "ada@contoso.com"}
WINDOW = Window.until(datetime(2026, 6, 30, tzinfo=UTC), "UTC")
PRIVATE = "ann.secret@customer.example"


def ndjson(*resources: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mailboxes" / "ada").mkdir(parents=True)
    (tmp_path / "users.ndjson").write_bytes(ndjson(ADA))
    organisation = {"verifiedDomains": [{"name": "Contoso.com"}, {"name": " contoso.example "}]}
    (tmp_path / "organization.json").write_text(json.dumps(organisation), encoding="utf-8")
    return tmp_path


def test_domains(folder: Path) -> None:
    assert FolderSource(folder).organisation_domains() == {"contoso.com", "contoso.example"}


@pytest.mark.parametrize("name", ["organization.json", "Organization.JSON"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "mark"])
@pytest.mark.parametrize("is_page", [False, True], ids=["resource", "page of one"])
def test_an_organization_as_it_is_exported(
    folder: Path, name: str, mark: bytes, is_page: bool
) -> None:
    (folder / "organization.json").unlink()
    resource: Resource = {"displayName": "C \ud83d", "verifiedDomains": [{"name": "c.example"}]}
    content = {"@odata.context": "x", "value": [resource]} if is_page else resource
    (folder / name).write_bytes(mark + json.dumps(content, indent=2).encode())
    assert FolderSource(folder).organisation_domains() == {"c.example"}


NO_ORGANISATIONS = (
    *(b"", b"{", b"[]", b"5", b"{}", b'{"verifiedDomains": null}', b'{"verifiedDomains": 5}'),
    *(b'{"verifiedDomains": ["contoso.com"]}', b'{"verifiedDomains": [{}]}'),
    *(b'{"verifiedDomains": [{"name": 5}]}', b'{"VerifiedDomains": [{"Name": "contoso.com"}]}'),
    *(b'{"value": []}', b'{"value": [{"verifiedDomains": []}, {"verifiedDomains": []}]}'),
    *(b'{"value": ["contoso.com"]}', b'[{"verifiedDomains": []}]'),
)


@pytest.mark.parametrize("content", NO_ORGANISATIONS)
def test_what_is_not_an_organization(folder: Path, content: bytes) -> None:
    (folder / "organization.json").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        FolderSource(folder).organisation_domains()
    assert "organization.json, line 1: not an organization resource" in str(caught.value)
    assert "verifiedDomains" in str(caught.value)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"id": "a",\n "verifiedDomains": [,]}', "line 2: not an organization resource"),
        (b"\xff", "line 1: not UTF-8"),
        ('{"verifiedDomains": []}'.encode("utf-16"), "line 1: not UTF-8 but UTF-16"),
    ],
)
def test_an_organization_that_cannot_be_read(folder: Path, content: bytes, problem: str) -> None:
    (folder / "organization.json").write_bytes(content)
    with pytest.raises(SourceError, match=rf"organization\.json, {problem}"):
        FolderSource(folder).organisation_domains()


def test_no_organization(folder: Path) -> None:
    (folder / "organization.json").unlink()
    with pytest.raises(SourceError, match=r"organization\.json, line 1: cannot be read \(No such"):
        FolderSource(folder).organisation_domains()


def test_two_organizations(folder: Path) -> None:
    (folder / "Organization.json").write_text('{"verifiedDomains": []}', encoding="utf-8")
    with pytest.raises(SourceError, match=r"Organization\.json and organization\.json: which"):
        FolderSource(folder).organisation_domains()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="it cannot be read: No such file"):
        FolderSource(tmp_path / "activity")


def test_no_users(folder: Path) -> None:
    (folder / "users.ndjson").unlink()
    with pytest.raises(SourceError, match=r"users\.ndjson: it is missing"):
        FolderSource(folder)


@pytest.mark.parametrize("stem", ["users", "groups"])
@pytest.mark.parametrize("name", ["{}.json", "{}.csv", "{}.ndjson.bz2", "{}"])
def test_users_or_groups_under_a_name_that_is_not_read(folder: Path, stem: str, name: str) -> None:
    named = name.format(stem)
    (folder / f"{stem}.ndjson").unlink(missing_ok=True)
    (folder / named).write_bytes(ndjson(ADA))
    with pytest.raises(SourceError, match=rf"/{named}: the name has none of the endings \.ndjson"):
        FolderSource(folder)


@pytest.mark.parametrize("name", ["users.csv", "users-of-2023.ndjson", "usersnotes.txt"])
def test_other_files_beside_the_users_are_nobodys_business(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"x")
    assert len(FolderSource(folder).resolve("ada@contoso.com")) == 1


@pytest.mark.parametrize("stem", ["users", "groups"])
def test_a_page_of_users_or_groups(folder: Path, stem: str) -> None:
    (folder / f"{stem}.ndjson").write_bytes(ndjson({"id": "x"}, {"value": [ADA]}))
    with pytest.raises(SourceError, match=rf"{stem}\.ndjson, line 2: a page of Graph") as caught:
        FolderSource(folder)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("stem", ["users", "groups"])
def test_users_or_groups_without_ids(folder: Path, stem: str) -> None:
    """Names of fields in another case are other fields: nobody would be found."""
    for old in folder.glob(f"{stem}.*"):
        old.unlink()
    (folder / f"{stem}.jsonl").write_bytes(b"\n" + ndjson({"Id": "ada", "Mail": PRIVATE}))
    (folder / f"{stem}.ndjson").write_bytes(b"")
    with pytest.raises(
        SourceError, match=rf"{stem}\.jsonl, line 2: no line of the {stem} has an id"
    ) as caught:
        FolderSource(folder)
    assert PRIVATE not in str(caught.value)


def test_users_or_groups_may_be_none(folder: Path) -> None:
    (folder / "users.ndjson").write_bytes(b"\n")
    (folder / "groups.ndjson").write_bytes(b"")
    assert FolderSource(folder).resolve("ada@contoso.com") == ()


def test_all_files_of_users_and_groups_are_read_in_the_order_of_names(folder: Path) -> None:
    """Whoever occurs twice is the later line, as a whole: what is gone from it is gone."""
    (folder / "users.ndjson").unlink()
    first = ndjson(
        {"id": "ADA", "mail": "old@contoso.com"},
        {"id": "bob", "mail": "bob@contoso.com"},
        {"id": "Ada", "mail": "older@contoso.com"},
    )
    (folder / "Users.JSONL.gz").write_bytes(gzip.compress(first))
    (folder / "users.NDJSON").write_bytes(
        ndjson({"id": "ada", "userPrincipalName": "a@contoso.com"})
    )
    one = {"id": "T", "mail": "team@contoso.com", "members": ["ada", "bob"]}
    other = {"id": "t", "mail": "crew@contoso.com", "members": ["BOB"]}
    (folder / "Groups.jsonl").write_bytes(ndjson(one))
    (folder / "groups.ndjson").write_bytes(ndjson(other))
    source = FolderSource(folder)
    ada, bob = User("ada", ("a@contoso.com",)), User("bob", ("bob@contoso.com",))
    assert source.resolve("a@contoso.com") == (ada,)
    assert source.resolve("bob@contoso.com") == source.resolve("crew@contoso.com") == (bob,)
    for gone in ("old@contoso.com", "older@contoso.com", "team@contoso.com"):
        assert source.resolve(gone) == ()


def test_files_whose_names_differ_in_case_only(folder: Path) -> None:
    (folder / "USERS.ndjson").write_bytes(ndjson({"id": "bob", "mail": "bob@contoso.com"}))
    source = FolderSource(folder)
    assert source.resolve("bob@contoso.com")
    assert source.resolve("ada@contoso.com")


@pytest.mark.parametrize("stem", ["users", "groups"])
def test_users_or_groups_that_cannot_be_read(folder: Path, stem: str) -> None:
    broken = ndjson(ADA) + f'{{"id": "{PRIVATE}",}}\n'.encode()
    (folder / f"{stem}.ndjson").write_bytes(broken)
    with pytest.raises(SourceError, match=rf"{stem}\.ndjson, line 2: not a JSON object") as caught:
        FolderSource(folder)
    assert PRIVATE not in str(caught.value)


@pytest.mark.parametrize(
    ("ending", "pack"), [(".gz", gzip.compress), (".zst", zstd.compress)], ids=["gzip", "zstd"]
)
def test_users_and_groups_may_be_compressed(folder: Path, ending: str, pack: type[bytes]) -> None:
    (folder / "users.ndjson").unlink()
    (folder / f"users.ndjson{ending}").write_bytes(pack(ndjson(ADA)))
    team = {"id": "team", "mail": "team@contoso.com", "members": ["ada"]}
    (folder / f"groups.ndjson{ending}").write_bytes(pack(ndjson(team)))
    assert [user.id for user in FolderSource(folder).resolve("team@contoso.com")] == ["ada"]


@pytest.mark.parametrize(
    ("mail", "principal", "proxies", "expected"),
    [
        ("m@x", "u@x", ("smtp:s@x", "SMTP:P@x"), ("p@x", "m@x", "u@x", "s@x")),
        ("M@x", "u@x", ("smtp:s@x",), ("m@x", "u@x", "s@x")),
        (None, "U@x", ("smtp:s@x",), ("u@x", "s@x")),
        ("", "u@x", (), ("u@x",)),
        ("m@x", "m@x", (" SMTP:m@x",), ("m@x",)),
        ("m@x", None, ("X500:/o=X", "SIP:s@x", "Smtp:q@x"), ("m@x", "q@x", "/o=x")),
        (None, None, ("X500:/o=X", "smtp:q@x"), ("q@x", "/o=x")),
        (None, None, ("SMTP:IMCEAEX-_o=X@x", "smtp:q@x"), ("q@x", "/o=x")),
        (None, None, ("X500:/o=X",), ("/o=x",)),
        (None, None, (), ()),
    ],
    ids=[
        *("SMTP", "mail", "principal", "empty", "once", "other kinds", "X.500 last"),
        *("X.500 in mail form", "X.500 only", "none"),
    ],
)
def test_the_primary_address_is_first(
    mail: str | None, principal: str | None, proxies: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert User.of("ADA", mail, principal, proxies) == User("ada", expected)


@pytest.mark.parametrize(
    "odd",
    [
        {"mail": 5, "userPrincipalName": {}, "proxyAddresses": "SMTP:ada@contoso.com"},
        {"mail": None, "userPrincipalName": [], "proxyAddresses": [None, 5, ["x@y"]]},
        {},
    ],
)
def test_unexpected_kinds_of_values_count_as_absent(folder: Path, odd: Resource) -> None:
    lines = ndjson(
        ADA, {"id": "odd", **odd}, {"id": 5, "mail": "five@contoso.com"}, {"mail": "x@y"}
    )
    (folder / "users.ndjson").write_bytes(lines)
    members: list[object] = ["odd", None, 5, ["ada"], "ada"]
    groups = ndjson(
        {"id": "team", "mail": "team@contoso.com", "members": members},
        {"id": "none", "mail": "none@contoso.com", "members": "ada"},
        {"id": None, "mail": "no-id@contoso.com", "members": ["ada"]},
    )
    (folder / "groups.ndjson").write_bytes(groups)
    source = FolderSource(folder)
    assert source.resolve("team@contoso.com") == (
        User("ada", ("ada@contoso.com",)),
        User("odd", ()),
    )
    for address in ("none@contoso.com", "no-id@contoso.com", "five@contoso.com", "x@y"):
        assert source.resolve(address) == ()


def test_members_are_ids_or_objects_in_any_case(folder: Path) -> None:
    (folder / "users.ndjson").write_bytes(ndjson(ADA, {"id": "BOB"}, {"id": "cy"}))
    team = {"id": "Team", "mail": "team@contoso.com", "members": [{"id": "Bob"}, "INNER", "x"]}
    inner = {"id": "inner", "members": [{"@odata.type": "#microsoft.graph.group", "id": "TEAM"}]}
    (folder / "groups.ndjson").write_bytes(
        ndjson(team, inner | {"members": [*inner["members"], "ADA"]})
    )
    assert [user.id for user in FolderSource(folder).resolve("team@contoso.com")] == ["ada", "bob"]


def test_an_address_of_several_users_stands_for_all_of_them(folder: Path) -> None:
    bob: Resource = {"id": "bob", "proxyAddresses": ["smtp:ADA@contoso.com"]}
    (folder / "users.ndjson").write_bytes(ndjson(ADA, bob))
    assert [user.id for user in FolderSource(folder).resolve("ada@contoso.com")] == ["ada", "bob"]


def test_a_user_is_found_by_a_name_of_exchange(folder: Path) -> None:
    name = "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=0123-ada"
    (folder / "users.ndjson").write_bytes(ndjson(ADA | {"proxyAddresses": [f"X500:{name}"]}))
    (ada,) = FolderSource(folder).resolve(name.lower())
    assert ada.addresses == ("ada@contoso.com", name.lower())


def test_guests_are_told(folder: Path) -> None:
    guest = {"id": "eve", "mail": "eve@customer.example", "userType": "Guest"}
    (folder / "users.ndjson").write_bytes(ndjson(ADA, guest))
    source = FolderSource(folder)
    assert [user.is_guest for user in source.resolve("eve@customer.example")] == [True]
    assert [user.is_guest for user in source.resolve("ada@contoso.com")] == [False]


@pytest.mark.parametrize("container", ["mailboxes", "Mailboxes"])
@pytest.mark.parametrize("name", ["ada", "ADA"])
@pytest.mark.parametrize("user_id", ["ada", "Ada"])
def test_a_mailbox_is_found_in_any_case(
    folder: Path, container: str, name: str, user_id: str
) -> None:
    (folder / "mailboxes" / "ada").rmdir()
    (folder / "mailboxes").rmdir()
    mailbox = folder / container / name
    mailbox.mkdir(parents=True)
    (mailbox / "messages.ndjson").write_bytes(ndjson({"id": "m"}))
    found = FolderSource(folder).mailbox(user_id)
    assert found is not None
    assert [file.name for file in found.files] == [f"{container}/{name}/messages.ndjson"]


def test_folders_that_differ_in_case_only_are_one_mailbox(folder: Path) -> None:
    """Two exports of one mailbox: of an item in both, the later version counts as always."""
    (folder / "mailboxes" / "ada" / "Messages-1.ndjson").write_bytes(ndjson({"id": "a"}))
    for other, name in (("mailboxes/ADA", "messages-2.ndjson"), ("MAILBOXES/Ada", "events.jsonl")):
        (folder / other).mkdir(parents=True)
        (folder / other / name).write_bytes(ndjson({"id": "b"}))
    (folder / "mailboxes" / "ada" / "excluded_folders.json").write_text('["d", "j"]')
    (folder / "mailboxes" / "ADA" / "excluded_folders.json").write_text('["j", "c"]')
    found = FolderSource(folder).mailbox("ada")
    assert found is not None
    assert [file.name for file in found.files] == [
        "mailboxes/ada/Messages-1.ndjson",
        "MAILBOXES/Ada/events.jsonl",
        "mailboxes/ADA/messages-2.ndjson",
    ]
    assert set(found.excluded_folders) == {"c", "d", "j"}


def test_a_mailbox_that_came_since(folder: Path) -> None:
    """A run looks when it begins to read: who looked before does not matter."""
    source = FolderSource(folder)
    assert source.mailbox("bob") is None
    (folder / "mailboxes" / "bob").mkdir()
    with source.reading(["bob"], WINDOW, lambda *_: False):
        assert source.mailbox("bob") is not None


@pytest.mark.parametrize("user_id", ["bob", "", ".", "..", "../mailboxes/ada", "ada/../ada", "a/b"])
def test_no_mailbox(folder: Path, user_id: str) -> None:
    """An id is one name: whatever else it says, no other folder is read."""
    (folder / "messages.ndjson").write_bytes(b"{}\n")
    assert FolderSource(folder).mailbox(user_id) is None


def test_a_file_is_not_a_mailbox(folder: Path) -> None:
    (folder / "mailboxes" / "bob").write_bytes(b"")
    assert FolderSource(folder).mailbox("bob") is None


@pytest.mark.parametrize("name", ["mailboxes/bob", "mailboxes"])
def test_a_link_to_nowhere_is_not_a_missing_mailbox(folder: Path, name: str) -> None:
    """What was read of a mailbox that is missing is erased; a disk that is not there comes back."""
    (folder / "mailboxes" / "ada").rmdir()
    if name == "mailboxes":
        (folder / name).rmdir()
    (folder / name).symlink_to("nowhere")
    source = FolderSource(folder)
    with pytest.raises((BrokenFileError, SourceError), match="cannot be read"):
        source.mailbox("bob")


def test_lines_are_named_after_the_source(folder: Path) -> None:
    (folder / "mailboxes" / "ada" / "events.ndjson").write_bytes(b'{"id": "a"}\n\n[]\n')
    source = FolderSource(folder)
    mailbox = source.mailbox("ada")
    assert mailbox is not None
    with pytest.raises(BrokenFileError) as caught:
        list(source.lines(mailbox.files[0]))
    assert str(caught.value) == "mailboxes/ada/events.ndjson, line 3: not a JSON object"
