"""Every kind of source by the same rules: the same organisation through each, and its parts.

A new kind fails here until it has all of them. `memory` is the tests' own.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest

from engagement_assets import config, configure, preflight, reading, sources
from engagement_assets.activity import resource as of_graph
from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import (
    FIELDS,
    ActivityFile,
    ActivitySource,
    Kind,
    Resource,
    User,
)
from engagement_assets.config import Configuration
from engagement_assets.config.sources import KINDS as SETTINGS
from engagement_assets.configure.sources import QUESTIONS
from engagement_assets.microsoft365.consent import Proof
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.preflight.sources import CHECKS
from engagement_assets.sources import Reach, SourceKind
from engagement_assets.warehouse import database
from engagement_assets.window import Window
from simulator.folder import write_activity_folder, write_customers
from simulator.generated_tenant import GeneratedTenant
from simulator.organisation import OPTED_OUT_ADDRESSES
from simulator.registration import NEEDED_ROLES
from simulator.server import simulate
from tests.support.memory_source import MemorySource
from tests.support.tenant import ACTIVITY, AS_OF, LISTED

WINDOW = Window.until(AS_OF, "Europe/Amsterdam")
ORGANISATION = ACTIVITY.organisation
PERSONS = tuple(sorted(ORGANISATION.selected_users, key=lambda user: user.user_id))
IDS = [person.user_id for person in PERSONS]
WITHOUT_MAILBOX = [person.user_id for person in PERSONS if not person.has_mailbox]
WITH_MAILBOX = [person.user_id for person in PERSONS if person.has_mailbox]


@dataclass
class Case:
    """An opened source of one kind, and what only this kind can be asked.

    Attributes:
        source: it holds the organisation.
        spoil: makes a person's mailbox one that cannot be read to its end.
        held: what the source itself keeps of a person: names of files or lines.
    """

    source: ActivitySource
    spoil: Callable[[str], None]
    held: Callable[[str], list[str]]


@contextmanager
def _graph(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES) as server:
        monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", server.client_secret)
        settings = config.GraphSource.model_validate(server.source)

        def spoil(user_id: str) -> None:
            server.faults.permanent = {user_id: "404-item"}

        def held(user_id: str) -> list[str]:
            downloads = folder / "data" / "download" / "mailboxes" / user_id
            return [file.name for file in downloads.glob("*.ndjson.zst")]

        yield Case(sources.GRAPH.open(settings, folder / "data"), spoil, held)


@contextmanager
def _folder(folder: Path, _: pytest.MonkeyPatch) -> Iterator[Case]:
    activity = folder / "activity"
    write_activity_folder(ORGANISATION, activity, as_of=AS_OF, days=380)
    before = _content(activity)
    settings = config.FolderSource(kind="folder", path=activity)

    def spoil(user_id: str) -> None:
        (activity / "mailboxes" / user_id / "events-2.ndjson").write_bytes(b"[]\n")
        before.update(_content(activity))

    def held(_: str) -> list[str]:
        assert _content(activity) == before, "the folder is somebody else's"
        return []

    yield Case(sources.FOLDER.open(settings, folder / "data"), spoil, held)


@contextmanager
def _memory(_folder: Path, _: pytest.MonkeyPatch) -> Iterator[Case]:
    lines: dict[str, dict[Kind, list[object]]] = {
        person.user_id: {
            "message": list(ACTIVITY.messages(person)),
            "event": list(ACTIVITY.events(person)),
        }
        for person in PERSONS
        if person.has_mailbox
    }

    source = MemorySource(
        map(_user, ORGANISATION.users),
        lines,
        groups={group.address: _members(group.group_id) for group in ORGANISATION.groups},
        domains=_domains(),
        excluded_folders={person.user_id: ACTIVITY.excluded_folders(person) for person in PERSONS},
    )

    def spoil(user_id: str) -> None:
        source.put(user_id, {"message": [], "event": [*lines[user_id]["event"], []]})

    yield Case(source, spoil, lambda user_id: list(source.held.get(user_id, ())))


Opener = Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[Case]]
CASES: Mapping[str, Opener] = {"graph": _graph, "folder": _folder, "memory": _memory}


@pytest.fixture(params=CASES)
def case(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Case]:
    with CASES[request.param](tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(tmp_path / "data" / "warehouse" / "warehouse.duckdb") as connection:
        yield connection


@pytest.fixture
def settings(tmp_path: Path) -> Configuration:
    """The configuration, of a kind that does not matter: the source is handed in."""
    contacts, _ = write_customers(ORGANISATION, tmp_path)
    return Configuration.model_validate(
        {
            "source": {"kind": "folder", "path": tmp_path},
            "mailboxes": {"addresses": LISTED, "opted_out": OPTED_OUT_ADDRESSES},
            "customers": {"contacts": contacts},
            "as_of": AS_OF,
            "time_zone": WINDOW.time_zone,
            "data_dir": tmp_path / "data",
        }
    )


def _content(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _user(user: Any) -> User:
    return of_graph.user(user.resource())


def _members(group_id: str) -> list[str]:
    """Return the ids of the users in a group and in the groups in it."""
    groups = {group.group_id: group.members for group in ORGANISATION.groups}
    waiting, seen = [group_id], set[str]()
    while waiting:
        member = waiting.pop()
        if member not in seen:
            seen.add(member)
            waiting += groups.get(member, ())
    return sorted(seen & {user.user_id for user in ORGANISATION.users})


def _domains() -> list[str]:
    verified = ORGANISATION.resource()["verifiedDomains"]
    assert isinstance(verified, list)
    return [domain["name"] for domain in verified]


def _moment(value: object) -> datetime:
    text = value["dateTime"] if isinstance(value, Mapping) else value
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _counts(kind: Kind, resource: Resource, excluded: tuple[str, ...]) -> bool:
    """Tell whether a line is one that a run is about: of the window, in no excluded folder."""
    if kind == "event":
        begin, end = _moment(resource["start"]), _moment(resource["end"])
        return begin < WINDOW.as_of and end > WINDOW.start
    sent = _moment(resource["sentDateTime"])
    return WINDOW.start <= sent < WINDOW.as_of and resource["parentFolderId"] not in excluded


def _kept(kind: Kind, resource: Resource) -> dict[str, object]:
    return {field: resource[field] for field in FIELDS[kind] if field in resource}


# --- the same organisation ----------------------------------------------------------------------


def test_the_same_users(case: Case) -> None:
    source = case.source
    assert source.organisation_domains() == frozenset(_domains())
    everybody = {user.user_id: _user(user) for user in ORGANISATION.users}
    for group in ORGANISATION.groups:
        members = tuple(everybody[user_id] for user_id in _members(group.group_id))
        assert source.resolve(group.address) == members, "nested groups count"
    ada = next(user for user in ORGANISATION.users if LISTED[1] in _user(user).addresses)
    for address in _user(ada).addresses:
        assert source.resolve(address) == (_user(ada),), "an alias is as good"
    assert source.resolve("nobody@contoso.com") == ()
    for address in (*LISTED, "nobody@contoso.com"):
        found = source.resolution(address)
        assert (found.address, found.users) == (address, source.resolve(address))
        assert (found.reason is None) == bool(found.users), "people hear why there is nobody"


def test_the_same_lines(case: Case) -> None:
    read: dict[tuple[str, Kind, object], Mapping[str, object]] = {}
    with case.source.reading(IDS, WINDOW, lambda *_: False):
        for user_id in IDS:
            mailbox = case.source.mailbox(user_id)
            for file in mailbox.files if mailbox else ():
                for _, line in case.source.lines(file):
                    assert mailbox is not None
                    if _counts(file.kind, line, mailbox.excluded_folders):
                        read[user_id, file.kind, line["id"]] = _kept(file.kind, line)
    expected: dict[tuple[str, Kind, object], Mapping[str, object]] = {}
    for person in PERSONS:
        excluded = tuple(ACTIVITY.excluded_folders(person))
        kinds: tuple[tuple[Kind, Iterator[Any]], ...] = (
            ("message", iter(ACTIVITY.messages(person))),
            ("event", iter(ACTIVITY.events(person))),
        )
        for kind, lines in kinds if person.has_mailbox else ():
            for line in lines:
                if _counts(kind, line, excluded):
                    expected[person.user_id, kind, line["id"]] = _kept(kind, line)
    assert len(expected) > 3_000
    assert read == expected


def test_the_same_errors(
    case: Case, warehouse: duckdb.DuckDBPyConnection, settings: Configuration
) -> None:
    """A mailbox that cannot be read fails alone; who has none is said to have none."""
    spoilt, *others = WITH_MAILBOX
    case.spoil(spoilt)
    outcomes = {
        outcome.user_id: outcome
        for outcome in reading.read_everything(warehouse, settings, case.source, "run", AS_OF)
    }
    assert {user_id: outcome.status for user_id, outcome in outcomes.items()} == {
        spoilt: "failed",
        **dict.fromkeys(others, "processed"),
        **dict.fromkeys(WITHOUT_MAILBOX, "no_mailbox"),
    }
    for outcome in outcomes.values():
        assert (outcome.reason is None) == (outcome.status == "processed")
        assert "@" not in (outcome.reason or ""), "no address of anybody"
    landed = "select distinct user_id from landed_message join person using (person_no)"
    assert {row[0] for row in warehouse.execute(landed).fetchall()} == set(others)


def test_what_was_last_read_whole_counts(
    case: Case, warehouse: duckdb.DuckDBPyConnection, settings: Configuration
) -> None:
    """Whatever the source: of a mailbox that fails counts what the run before read of it."""
    query = "select person_no from landed_message union all select -person_no from landed_event"
    reading.read_everything(warehouse, settings, case.source, "first", AS_OF)
    before = sorted(warehouse.execute(query).fetchall())
    case.spoil(WITH_MAILBOX[0])
    found = reading.read_everything(warehouse, settings, case.source, "second", AS_OF)
    covered = {each.user_id: each.covered for each in found if each.status == "failed"}
    assert covered == {WITH_MAILBOX[0]: (WINDOW.start, AS_OF)}
    assert sorted(warehouse.execute(query).fetchall()) == before


def test_what_is_landed_is_let_go_and_not_asked_for_again(
    case: Case,
    warehouse: duckdb.DuckDBPyConnection,
    settings: Configuration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[ActivityFile] = []
    lines = case.source.lines

    def counted(file: ActivityFile) -> Iterator[tuple[int, Resource]]:
        asked.append(file)
        return lines(file)

    monkeypatch.setattr(case.source, "lines", counted)
    tables = ("landed_message", "landed_event", "mailbox", "excluded_folder")
    seen = []
    for run in ("first", "second"):
        reading.read_everything(warehouse, settings, case.source, run, AS_OF)
        seen.append([warehouse.table(table).count("*").fetchall() for table in tables])
        assert [name for user_id in IDS for name in case.held(user_id)] == []
    assert seen[0] == seen[1]
    assert len(asked) >= len(WITH_MAILBOX)
    assert len(asked) == len(set(asked)), "no file twice"


def test_nothing_is_kept_of_who_opted_out(
    case: Case, warehouse: duckdb.DuckDBPyConnection, settings: Configuration
) -> None:
    gone = WITH_MAILBOX[0]
    with case.source.reading([gone], WINDOW, lambda *_: False):
        assert case.source.mailbox(gone) is not None
    address = next(_user(person).addresses[0] for person in PERSONS if person.user_id == gone)
    listed = settings.mailboxes.model_copy(update={"opted_out": (*OPTED_OUT_ADDRESSES, address)})
    changed = settings.model_copy(update={"mailboxes": listed})
    outcomes = reading.read_everything(warehouse, changed, case.source, "run", AS_OF)
    assert gone not in {outcome.user_id for outcome in outcomes}
    assert case.held(gone) == []


# --- the parts of a kind ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sources.KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_whole(kind: SourceKind[Any, Any]) -> None:
    assert SETTINGS[kind.name] is kind.settings
    assert kind.name in CASES, "no case runs the organisation through it"
    assert kind.name in QUESTIONS, "configure does not ask for it"
    assert kind.name in CHECKS, "preflight does not check it"
    assert sources.named(kind.name) is kind
    assert kind.title
    assert kind.settings.__doc__
    for room, listed in ((configure, QUESTIONS), (preflight, CHECKS)):
        file = Path(inspect.getfile(listed[kind.name]))
        assert file == Path(inspect.getfile(room)).with_name("sources") / f"{kind.name}.py"
    assert kind.name in str(Configuration.model_fields["source"].description)


def test_nothing_is_of_no_kind() -> None:
    names = [kind.name for kind in sources.KINDS]
    assert names == list(SETTINGS), "messages and questions have the same order"
    assert set(CASES) == {*names, "memory"}
    assert set(QUESTIONS) == set(CHECKS) == set(names)


@pytest.mark.parametrize("source", [GraphSource, FolderSource, MemorySource])
def test_every_source_offers_what_the_protocol_names(source: type) -> None:
    for name, offered in vars(ActivitySource).items():
        if not name.startswith("_") and inspect.isfunction(offered):
            expected, found = inspect.signature(offered), inspect.signature(getattr(source, name))
            assert list(found.parameters) == list(expected.parameters), name


@pytest.mark.parametrize("kind", sources.KINDS, ids=lambda kind: kind.name)
def test_the_estimate_is_near(
    kind: SourceKind[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CASES[kind.name](tmp_path, monkeypatch) as opened:
        persons = tuple(user for user in map(_user, PERSONS) if user.id in WITH_MAILBOX)
        messages = [len(list(ACTIVITY.messages(p))) for p in PERSONS if p.has_mailbox]
        found = kind.estimate(opened.source, Reach(persons, len(LISTED), WINDOW, messages))
    assert found.mailboxes == len(persons)
    assert sum(messages) / 1.5 < found.copies < sum(messages) * 2
    assert found.seconds > 0
    assert (found.requests == 0) == (found.basis == ""), "who guesses says from what"


@pytest.mark.parametrize(
    "kind", [kind for kind in sources.KINDS if kind.consent], ids=lambda kind: kind.name
)
def test_what_an_administrator_is_asked(
    kind: SourceKind[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = kind.consent
    assert asked is not None
    assert set(asked.proofs) == set(get_args(Proof)), "a proof without words cannot be shown"
    settings = kind.settings(kind=kind.name, tenant_id="tenant", client_id="app")
    assert asked.link(settings).startswith("https://")
    other = settings.model_copy(update={"client_id": "another"})
    assert asked.of(settings) != asked.of(other), "another app's consent is another grant"
    request = asked.request(settings)
    with CASES[kind.name](tmp_path, monkeypatch) as opened:
        status = asked.check(opened.source, LISTED)
    assert status.is_granted
    assert set(request.permissions) == set(status.granted), "who asks names all that is needed"
    for text in vars(request).values():
        for line in str(text).splitlines() if isinstance(text, str) else ():
            assert len(line) <= 80
