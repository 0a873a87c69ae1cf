"""Guests by the same rule, whatever kind of source tells of them (numbers 1)."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import orjson
import pytest

from engagement_assets import config, sources
from engagement_assets.activity import people
from engagement_assets.activity import resource as of_graph
from engagement_assets.activity.source import ActivitySource
from simulator.generated_tenant import GeneratedTenant
from simulator.registration import NEEDED_ROLES
from simulator.server import simulate
from simulator.strangers import CYCLE_GROUP, GUEST, GUEST_MAIL, MIXED_GROUP, draw_strangers
from tests.support.memory_source import MemorySource
from tests.support.tenant import ACTIVITY

ORGANISATION = ACTIVITY.organisation
STRANGERS = draw_strangers(ORGANISATION)
USERS = [*(user.resource() for user in ORGANISATION.users), *STRANGERS.users]
ADA, BERT = (of_graph.user(user.resource()) for user in ORGANISATION.users[:2])
GUEST_ADDRESSES = {GUEST_MAIL, GUEST.lower()}

# both groups, which are in each other, have all strangers and one of the organisation
MEMBERS = len(STRANGERS.users) + 1


@contextmanager
def _graph(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ActivitySource]:
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES) as server:
        monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", server.client_secret)
        settings = config.GraphSource.model_validate(server.source)
        yield sources.GRAPH.open(settings, folder / "data")


@contextmanager
def _folder(folder: Path, _: pytest.MonkeyPatch) -> Iterator[ActivitySource]:
    for stem, resources in (("users", USERS), ("groups", STRANGERS.groups)):
        lines = b"".join(orjson.dumps(resource) + b"\n" for resource in resources)
        (folder / f"{stem}.JSONL.gz").write_bytes(gzip.compress(lines))
    settings = config.FolderSource(kind="folder", path=folder)
    yield sources.FOLDER.open(settings, folder / "data")


@contextmanager
def _memory(_folder: Path, _: pytest.MonkeyPatch) -> Iterator[ActivitySource]:
    members = [ADA.id, *(of_graph.user(resource).id for resource in STRANGERS.users)]
    groups = {MIXED_GROUP: members, CYCLE_GROUP: members}
    yield MemorySource(map(of_graph.user, USERS), {}, groups=groups)


Opener = Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[ActivitySource]]
OPENERS: Mapping[str, Opener] = {"graph": _graph, "folder": _folder, "memory": _memory}


@pytest.fixture(params=OPENERS)
def source(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ActivitySource]:
    with OPENERS[request.param](tmp_path, monkeypatch) as opened:
        yield opened


def test_every_kind_is_asked() -> None:
    assert set(OPENERS) == {*(kind.name for kind in sources.KINDS), "memory"}


def test_a_source_says_who_is_a_guest(source: ActivitySource) -> None:
    for address in GUEST_ADDRESSES:
        (guest,) = source.resolve(address)
        assert guest.is_guest
        assert set(guest.addresses) == GUEST_ADDRESSES
    for group in (MIXED_GROUP, CYCLE_GROUP):
        members = source.resolve(group)
        assert len(members) == MEMBERS
        assert [user for user in members if user.is_guest] == [guest]


@pytest.mark.parametrize("group", [MIXED_GROUP, CYCLE_GROUP])
def test_a_group_brings_no_guests_in(source: ActivitySource, group: str) -> None:
    found = people.select(source, [group, BERT.addresses[0]], ())
    assert len(found.persons) == MEMBERS, "one for the guest, who is left out"
    assert not [person for person in found.persons if person.is_guest]
    assert found.colleague_addresses.isdisjoint(GUEST_ADDRESSES)
    assert found.resolved[group] == MEMBERS - 1


@pytest.mark.parametrize("own", sorted(GUEST_ADDRESSES))
def test_an_address_of_its_own_does(source: ActivitySource, own: str) -> None:
    found = people.select(source, [own, BERT.addresses[0]], ())
    assert [person.is_guest for person in found.persons].count(True) == 1
    assert found.colleague_addresses.issuperset(GUEST_ADDRESSES)


def test_an_opted_out_group_takes_its_guests_out(source: ActivitySource) -> None:
    others = [
        of_graph.user(user.resource()).addresses[0] for user in ORGANISATION.selected_users[:4]
    ]
    found = people.select(source, [GUEST_MAIL, *others], [MIXED_GROUP])
    (guest,) = source.resolve(GUEST_MAIL)
    assert guest.id in found.opted_out
    assert guest not in found.persons
    assert found.colleague_addresses.issuperset(GUEST_ADDRESSES), "it is listed"
