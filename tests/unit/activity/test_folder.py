"""The activity folder: what is found in it, and what is said when it is not as it should be."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from backports import zstd

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import BrokenFileError, User
from engagement_assets.errors import SourceError

Resource = dict[str, object]
ADA: Resource = {"id": "ada", "mail": "ada@contoso.com", "userPrincipalName": "ada@contoso.com"}
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


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"5", b"{}", b'{"verifiedDomains": null}', b'{"verifiedDomains": 5}'),
        *(b'{"verifiedDomains": ["contoso.com"]}', b'{"verifiedDomains": [{}]}', b"\xff"),
    ],
)
def test_what_is_not_an_organization(folder: Path, content: bytes) -> None:
    (folder / "organization.json").write_bytes(content)
    with pytest.raises(SourceError, match=r"organization\.json: it is not an organization"):
        FolderSource(folder).organisation_domains()


def test_no_organization(folder: Path) -> None:
    (folder / "organization.json").unlink()
    with pytest.raises(SourceError, match=r"organization\.json: it cannot be read: No such file"):
        FolderSource(folder).organisation_domains()


def test_no_users(folder: Path) -> None:
    (folder / "users.ndjson").unlink()
    with pytest.raises(SourceError, match=r"users\.ndjson: it is missing"):
        FolderSource(folder)


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
        ("m@x", None, ("X500:/o=x", "SIP:m@x", "Smtp:q@x"), ("m@x", "sip:m@x", "q@x")),
        (None, None, (), ()),
    ],
    ids=["SMTP", "mail", "principal", "empty", "once", "other kinds", "none"],
)
def test_the_primary_address_is_first(
    mail: str | None, principal: str | None, proxies: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert User.of("ada", mail, principal, proxies).addresses == expected


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


def test_the_files_of_a_mailbox(folder: Path) -> None:
    mailbox = folder / "mailboxes" / "ada"
    names = ("messages.ndjson", "messages-2.ndjson.gz", "messages-10.ndjson.zst", "events_b.ndjson")
    for name in names:
        (mailbox / name).write_bytes(b"x" * len(name))
    for name in ("old-messages.ndjson", "messages.json", "messages.ndjson.bz2", "notes.txt"):
        (mailbox / name).write_bytes(b"")
    (mailbox / "excluded_folders.json").write_text('["d", "j", "d"]', encoding="utf-8")
    found = FolderSource(folder).mailbox("ada")
    assert found is not None
    assert [(file.kind, file.path.name) for file in found.files] == [
        ("event", "events_b.ndjson"),
        ("message", "messages-10.ndjson.zst"),
        ("message", "messages-2.ndjson.gz"),
        ("message", "messages.ndjson"),
    ]
    for file in found.files:
        assert file.name == f"mailboxes/ada/{file.path.name}"
        assert file.size == len(file.path.name)
        assert file.modified_ns == file.path.stat().st_mtime_ns
    assert found.excluded_folders == ("d", "j")


def test_an_empty_mailbox_is_one(folder: Path) -> None:
    found = FolderSource(folder).mailbox("ada")
    assert found is not None
    assert (found.files, found.excluded_folders) == ((), ())


@pytest.mark.parametrize("user_id", ["bob", "", ".", "..", "../mailboxes/ada", "ada/../ada", "a/b"])
def test_no_mailbox(folder: Path, user_id: str) -> None:
    """An id is one name: whatever else it says, no other folder is read."""
    (folder / "messages.ndjson").write_bytes(b"{}\n")
    assert FolderSource(folder).mailbox(user_id) is None


def test_a_file_is_not_a_mailbox(folder: Path) -> None:
    (folder / "mailboxes" / "bob").write_bytes(b"")
    assert FolderSource(folder).mailbox("bob") is None


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'"d"', b"[5]", b'["d", null]', b"[", b'["\xff"]', b"\xef\xbb\xbf[]"]
)
def test_excluded_folders_that_cannot_be_read(folder: Path, content: bytes) -> None:
    """Without them drafts and junk would count: the mailbox fails."""
    (folder / "mailboxes" / "ada" / "excluded_folders.json").write_bytes(content)
    with pytest.raises(BrokenFileError, match=r"mailboxes/ada/excluded_folders\.json, line 1"):
        FolderSource(folder).mailbox("ada")


def test_a_link_to_nowhere_fails_the_mailbox(folder: Path) -> None:
    """A mailbox that cannot be read fails alone; a FileNotFoundError would end the run."""
    (folder / "mailboxes" / "ada" / "messages.ndjson").symlink_to("nowhere")
    source = FolderSource(folder)

    def read() -> None:
        mailbox = source.mailbox("ada")
        assert mailbox is not None
        for file in mailbox.files:
            list(source.lines(file))

    with pytest.raises(BrokenFileError, match=r"messages\.ndjson"):
        read()


def test_lines_are_named_after_the_source(folder: Path) -> None:
    (folder / "mailboxes" / "ada" / "events.ndjson").write_bytes(b"{}\n\n[]\n")
    source = FolderSource(folder)
    mailbox = source.mailbox("ada")
    assert mailbox is not None
    with pytest.raises(BrokenFileError) as caught:
        list(source.lines(mailbox.files[0]))
    assert str(caught.value) == "mailboxes/ada/events.ndjson, line 3: not a JSON object"
