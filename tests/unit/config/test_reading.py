"""The configuration file: a whole example, and every mistake in words (docs/configuration.md)."""

import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from engagement_assets import config, consent
from engagement_assets.errors import (
    BusyError,
    ConfigurationError,
    ConsentError,
    EngagementError,
    PublishingError,
    SourceError,
)

PRIVATE = "hunter2-do-not-print"

# a whole file, with keys that must keep loading
EXAMPLE = """
name: Account engagement
source:
  kind: graph                      # graph: Microsoft 365 | folder: activity already exported
  tenant_id: 11111111-1111-1111-1111-111111111111
  client_id: 22222222-2222-2222-2222-222222222222
  # cloud: global                  # graph only: global | us_government | us_government_dod | china
mailboxes:
  addresses: [us-sales-team@contoso.com, ada@contoso.com]
  opted_out: []
  organisation_domains: []         # added to the tenant's own
customers:
  contacts: contacts.csv           # .csv or .parquet
  account_id: CustomerId           # column names
  email: Email
  accounts: accounts.csv           # optional: all accounts with their names
  account_name: Name
  excluded: []                     # addresses or domains
privacy_terms: {accepted_by: ada@contoso.com, accepted_at: 2026-11-24T09:00:00Z}
tenant_admins: [admin@contoso.com] # who is asked for consent
time_zone: UTC
as_of: null                        # an instant for a reproducible run
first_run_delay_hours: 6
schedule: "0 6 * * 1"
score_weights: {}                  # overrides, all seven or none
data_dir: data
"""
MINIMAL: dict[str, Any] = {
    "source": {"kind": "folder", "path": "activity"},
    "mailboxes": {"addresses": ["ada@contoso.com"]},
    "customers": {"contacts": "contacts.csv"},
}
EVEN_WEIGHTS = dict.fromkeys(config.DEFAULT_WEIGHTS, 10) | {"Recency": 40}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "activity").mkdir()
    for name in ("contacts.csv", "accounts.csv", "list.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def write(folder: Path, content: dict[str, Any] | str) -> Path:
    file = folder / "engagement.yaml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    return file


def changed(key: str, value: object) -> dict[str, Any]:
    """Return the smallest right content with one (dotted) key set."""
    content = {
        name: dict(part) if isinstance(part, dict) else part for name, part in MINIMAL.items()
    }
    *sections, last = key.split(".")
    target = content
    for section in sections:
        target = target.setdefault(section, {})
    target[last] = value
    return content


def mistakes(folder: Path, content: dict[str, Any] | str) -> list[str]:
    """Return the lines of the refusal, and check that refusing wrote nothing."""
    file = write(folder, content)
    before = sorted(folder.rglob("*"))
    with pytest.raises(ConfigurationError) as caught:
        config.load(file)
    assert sorted(folder.rglob("*")) == before
    message = str(caught.value)
    assert str(file) in message.splitlines()[0]
    assert PRIVATE not in message
    return [line.strip() for line in message.splitlines()]


def test_the_whole_example_loads(folder: Path) -> None:
    settings = config.load(write(folder, EXAMPLE))
    assert isinstance(settings.source, config.GraphSource)
    assert settings.source.cloud == "global"
    assert settings.mailboxes.addresses == ("us-sales-team@contoso.com", "ada@contoso.com")
    assert settings.customers.accounts == folder / "accounts.csv"
    assert settings.privacy_terms is not None
    assert settings.privacy_terms.accepted_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert settings.as_of is None
    assert settings.score_weights == config.DEFAULT_WEIGHTS
    assert settings.data_dir == folder / "data"
    assert not settings.data_dir.exists()


def test_the_defaults_are_those_of_the_example(folder: Path) -> None:
    example = config.load(write(folder, EXAMPLE))
    smallest = config.load(write(folder, MINIMAL))
    stated = {"source", "mailboxes", "customers", "privacy_terms", "tenant_admins"}
    for name in set(config.Configuration.model_fields) - stated:
        assert getattr(smallest, name) == getattr(example, name), name
    assert smallest.customers.account_id == example.customers.account_id
    assert smallest.customers.email == example.customers.email
    assert smallest.customers.account_name == example.customers.account_name
    assert sum(config.DEFAULT_WEIGHTS.values()) == 100
    assert tuple(config.DEFAULT_WEIGHTS.values()) == (20, 15, 10, 25, 10, 10, 10)


@pytest.mark.parametrize(
    "key",
    [
        *("name", "tenant_admins", "time_zone", "as_of", "first_run_delay_hours", "schedule"),
        *("score_weights", "data_dir", "privacy_terms", "mailboxes.opted_out"),
        *("mailboxes.organisation_domains", "customers.account_id", "customers.excluded"),
    ],
)
def test_an_empty_key_means_its_default(folder: Path, key: str) -> None:
    assert config.load(write(folder, changed(key, None))) == config.load(write(folder, MINIMAL))


def test_paths_are_relative_to_the_file(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    absolute = elsewhere / "results"
    settings = config.load(write(folder, changed("data_dir", str(absolute))))
    assert isinstance(settings.source, config.FolderSource)
    assert settings.source.path == folder / "activity"
    assert settings.customers.contacts == folder / "contacts.csv"
    assert settings.data_dir == absolute
    monkeypatch.chdir(folder)
    relative = config.load(Path("engagement.yaml"))
    monkeypatch.chdir(elsewhere)
    assert relative.customers.contacts.exists(), "whatever the working directory becomes"


def test_addresses_are_normalised(folder: Path) -> None:
    content = changed("mailboxes.addresses", [" SMTP:Ada@Contoso.com "])
    content["customers"]["excluded"] = ["Bot@X.example", " Competitor.Example "]
    settings = config.load(write(folder, content))
    assert settings.mailboxes.addresses == ("ada@contoso.com",)
    assert settings.customers.excluded == ("bot@x.example", "competitor.example")


def test_a_refused_entry_is_named_by_its_place(folder: Path) -> None:
    _, line = mistakes(folder, changed("customers.excluded", ["x.example", "*@y.example"]))
    assert line.startswith("customers.excluded.1: '*@y.example' is not allowed. Expected: ")
    assert line.endswith("did you mean y.example?"), "one mark at the end is enough"


# key, value, what the line must say of the value, and of what is allowed
WRONG: list[tuple[str, object, str, str]] = [
    ("name", 5, "'5'", "string"),
    ("name", "", "''", "at least 1 character"),
    ("source.kind", "imap", "'imap'", "graph, folder"),
    ("source.path", "nowhere", "nowhere'", "exists"),
    ("mailboxes.addresses", [], "a list", "at least one address"),
    ("mailboxes.addresses", "ada@contoso.com", "'ada@contoso.com'", "list"),
    ("mailboxes.addresses", ["ada"], "'ada'", "one @"),
    ("mailboxes.addresses", ["a@b@c"], "'a@b@c'", "one @"),
    ("mailboxes.addresses", [None], "nothing", "string"),
    ("mailboxes.opted_out", ["@contoso.com"], "'@contoso.com'", "one @"),
    ("mailboxes.organisation_domains", ["a@contoso.com"], "'a@contoso.com'", "without @"),
    (
        "mailboxes.opted_out",
        ["Ada <ada@x.example>"],
        "'Ada <ada@x.example>'",
        "mean ada@x.example?",
    ),
    (
        "mailboxes.addresses",
        ["a@x.example;b@x.example"],
        "'a@x.example;b@x.example'",
        "entry of its",
    ),
    ("mailboxes.organisation_domains", ["contoso"], "'contoso'", "such as contoso.com"),
    ("mailboxes", "ada@contoso.com", "'ada@contoso.com'", "dictionary"),
    ("customers.contacts", "list.txt", "list.txt'", ".csv or .parquet"),
    ("customers.contacts", "missing.csv", "missing.csv'", "exists"),
    ("customers.accounts", "missing.parquet", "missing.parquet'", "exists"),
    ("customers.email", "", "''", "at least 1 character"),
    ("customers.parent", "ParentId", "'ParentId'", "customers.accounts beside it"),
    ("sql_folder", "nowhere", "nowhere'", "exists"),
    ("customers.excluded", ["a@b@c"], "'a@b@c'", "one @"),
    ("customers.excluded", ["*@kunde.example"], "'*@kunde.example'", "mean kunde.example?"),
    ("customers.excluded", ["/o=X/cn=ada"], "'/o=X/cn=ada'", "never has an X.500 name"),
    ("privacy_terms", True, "'True'", "dictionary"),
    ("privacy_terms", {"accepted_by": "x", "accepted_at": "noon"}, "'noon'", "datetime"),
    ("tenant_admins", ["admin"], "'admin'", "one @"),
    ("tenant_admins", ["/o=X/cn=ada"], "'/o=X/cn=ada'", "not an X.500 name"),
    ("time_zone", "CET+1", "'CET+1'", "IANA time zone"),
    ("time_zone", "europe/amsterdam", "'europe/amsterdam'", "did you mean Europe/Amsterdam?"),
    ("time_zone", "../../etc/passwd", "'../../etc/passwd'", "IANA time zone"),
    ("as_of", "yesterday", "'yesterday'", "datetime"),
    ("as_of", datetime(2026, 11, 24, 9), "'2026-11-24 09:00:00'", "time zone"),  # noqa: DTZ001 - refused for that
    ("as_of", "2026-11-24T09:00:00", "'2026-11-24T09:00:00'", "time zone"),
    ("as_of", datetime(2026, 11, 24, tzinfo=UTC).date(), "'2026-11-24'", "time zone"),
    ("as_of", 2026, "'2026'", "time zone"),
    ("as_of", "20261124", "'20261124'", "time zone"),
    ("first_run_delay_hours", -1, "'-1'", "greater than or equal to 0"),
    ("first_run_delay_hours", "soon", "'soon'", "number"),
    ("first_run_delay_hours", float("nan"), "'nan'", "finite"),
    ("first_run_delay_hours", float("inf"), "'inf'", "finite"),
    ("schedule", "0 6 * *", "'0 6 * *'", "five fields"),
    ("schedule", "0 0 6 * * 1", "'0 0 6 * * 1'", "five fields"),
    ("schedule", "0 25 * * *", "'0 25 * * *'", "five fields"),
    ("schedule", "0 6 30 2 *", "'0 6 30 2 *'", "five fields"),
    ("schedule", "@weekly", "'@weekly'", "five fields"),
    ("schedule", "0 6 LW * *", "'0 6 LW * *'", "five fields"),  # Dagster refuses it when it loads
    ("score_weights", {"Meetings": 100}, "a dict", "missing: EmailsFromAccount, TwoWayEmails"),
    ("score_weights", EVEN_WEIGHTS | {"Recency": 41}, "a dict", "sum to 100, not to 101"),
    ("score_weights", EVEN_WEIGHTS | {"Recency": -40}, "'-40'", "greater than or equal to 0"),
    ("score_weights", EVEN_WEIGHTS | {"Recency": "x"}, "'x'", "number"),
    ("score_weights", EVEN_WEIGHTS | {"Recency": float("nan")}, "'nan'", "finite"),
    ("score_weights", EVEN_WEIGHTS | {"Charm": 0}, "Charm", "'EmailsFromAccount', 'TwoWayEmails'"),
    ("score_weights", [100], "a list", "dictionary"),
    ("data_dir", 5, "'5'", "path"),
]


@pytest.mark.parametrize(
    ("key", "value", "shown", "allowed"), WRONG, ids=[f"{key}={value}" for key, value, *_ in WRONG]
)
def test_a_wrong_value_is_refused_in_one_line(
    folder: Path, key: str, value: object, shown: str, allowed: str
) -> None:
    first, *lines = mistakes(folder, changed(key, value))
    assert len(lines) == 1
    assert "1 mistake(s)" in first
    assert lines[0].startswith(key)
    assert shown in lines[0]
    assert allowed in lines[0]


@pytest.mark.parametrize("key", ["source", "mailboxes", "customers"])
@pytest.mark.parametrize("left", ["absent", "empty"])
def test_what_has_no_default_is_missing(folder: Path, key: str, left: str) -> None:
    content = changed(key, None)
    if left == "absent":
        del content[key]
    assert mistakes(folder, content)[1:] == [f"{key} is missing."]


def test_a_source_without_kind(folder: Path) -> None:
    content = changed("source", {"path": "activity"})
    assert mistakes(folder, content)[1:] == ["source.kind is missing. Allowed: graph, folder."]


def test_every_mistake_has_a_line(folder: Path) -> None:
    content = changed("name", 5) | {"time_zone": "Mars", "schedule": "x", "nmae": "x"}
    lines = mistakes(folder, content)
    assert "4 mistake(s)" in lines[0]
    assert sorted(line.split(":")[0].split(" ")[0] for line in lines[1:]) == [
        *("name", "nmae", "schedule", "time_zone")
    ]


@pytest.mark.parametrize(
    ("key", "suggestion"),
    [
        ("nmae", "Did you mean name?"),
        ("mailboxes.opted-out", "Did you mean opted_out?"),
        ("customers.acount_id", "Did you mean account_id?"),
        ("source.pth", "Did you mean path?"),
        ("client_secret", "Allowed: as_of, "),
        ("source.client_secret", "Allowed: kind, path"),
        ("source.tenant_id", "Allowed: kind, path"),
    ],
)
@pytest.mark.parametrize(
    "value", [PRIVATE, {"value": PRIVATE}, [PRIVATE]], ids=["text", "map", "list"]
)
def test_an_unknown_key_suggests_and_never_shows_its_value(
    folder: Path, key: str, suggestion: str, value: object
) -> None:
    lines = mistakes(folder, changed(key, value))
    assert len(lines) == 2
    assert lines[1].startswith(f"{key} is unknown.")
    assert suggestion in lines[1]


@pytest.mark.parametrize("key", ["5", "true", "null", "2026-11-24", "[a, b]", "{a: b}"])
def test_a_key_that_is_not_text(folder: Path, key: str) -> None:
    lines = mistakes(folder, f"{yaml.safe_dump(MINIMAL)}? {key}\n: {PRIVATE}\n")
    assert len(lines) <= 2


BROKEN = {
    "duplicate key": (
        "name: a\ntime_zone: UTC\nname: b\n",
        "line 3: the key name is written twice",
    ),
    "duplicate inside": ("source:\n  kind: graph\n  kind: folder\n", "line 3: the key kind is"),
    "not closed": ("name: [\n", "line 2: "),
    "tab": ("source:\n\tkind: graph\n", "line 2: "),
    "a tag": ("name: !!python/object:os.system x\n", "line 1: could not determine"),
    "a control character": ("name: \x01\n", "not valid YAML"),
    "a wildcard": ("customers: {excluded: [*@x.example]}\n", "begins with *, &, @, ` or % needs"),
    "an at in front": ("customers: {excluded: [@x.example]}\n", "% needs quotes"),
    "no such month": ("as_of: 2026-13-01T00:00:00Z\n", "not valid YAML: month"),
    "only text": ("hello\n", "must hold keys and values"),
    "a list": ("- name\n", "must hold keys and values"),
    "empty": ("", "must hold keys and values"),
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_not_such_yaml(folder: Path, text: str, expected: str) -> None:
    assert expected in " ".join(mistakes(folder, text))


def test_not_utf_8(folder: Path) -> None:
    file = folder / "engagement.yaml"
    file.write_bytes("name: Müller".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"engagement\.yaml: it is not UTF-8 text"):
        config.load(file)


def test_a_byte_order_mark_is_allowed(folder: Path) -> None:
    file = folder / "engagement.yaml"
    file.write_text(yaml.safe_dump(MINIMAL), encoding="utf-8-sig")
    assert config.load(file) == config.load(write(folder, MINIMAL))


@pytest.mark.parametrize("name", ["missing.yaml", "activity"], ids=["missing", "a folder"])
def test_no_file(folder: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name}: it cannot be read: .* with -c"):
        config.load(folder / name)


def test_weights_may_be_overridden(folder: Path) -> None:
    weights = EVEN_WEIGHTS | {"Replies": 0, "Meetings": 20.5, "Recency": 39.5}
    reverse = dict(reversed(weights.items()))
    settings = config.load(write(folder, changed("score_weights", reverse)))
    assert list(settings.score_weights.items()) == list(weights.items()), "ordered as in numbers 6"


def test_files_may_be_missing_where_nothing_is_read(folder: Path) -> None:
    file = write(folder, changed("customers.contacts", "missing.csv"))
    settings = config.load(file, files_must_exist=False)
    assert settings.customers.contacts == folder / "missing.csv"


def test_a_secret_has_no_place_in_the_file() -> None:
    """Secrets come from the environment only: no key of the graph source may take one."""
    assert set(config.GraphSource.model_fields) == {
        *("kind", "tenant_id", "client_id", "cloud", "login_url", "graph_url", "ca_bundle")
    }


@pytest.mark.parametrize("key", ["login_url", "graph_url"])
@pytest.mark.parametrize("url", ["http://graph.example", "https://", "graph.example"])
def test_other_hosts_are_https(folder: Path, key: str, url: str) -> None:
    content = yaml.safe_load(EXAMPLE)
    content["source"][key] = url
    lines = mistakes(folder, content)
    assert lines[1:] == [
        f"source.{key}: '{url}' is not allowed. Expected: an address that begins with https://."
    ]


def test_consent_for_a_folder_is_the_privacy_terms(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="privacy_terms"):
        consent.require_terms(config.load(write(folder, MINIMAL)))
    terms = textwrap.dedent("""
        privacy_terms: {accepted_by: ada@contoso.com, accepted_at: 2026-11-24T09:00:00+01:00}
    """)
    accepted = consent.require_terms(config.load(write(folder, yaml.safe_dump(MINIMAL) + terms)))
    assert accepted.accepted_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        *((ConfigurationError, 2), (ConsentError, 3), (EngagementError, 1)),
        *((SourceError, 1), (PublishingError, 1), (BusyError, 1)),
    ],
)
def test_exit_codes(error: type[EngagementError], code: int) -> None:
    assert error("x").exit_code == code
