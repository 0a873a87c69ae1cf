"""People: whom an address stands for, and what is said of those who cannot be read."""

from typing import Any

import pytest

from engagement_assets.errors import ConsentError
from engagement_assets.microsoft365.directory import (
    GROUP_FIELDS,
    ORGANISATION_FIELDS,
    USER_FIELDS,
    Directory,
)
from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.retry_budget import RunBudget
from tests.support.graph_reading import FakeTime
from tests.support.graph_server import (
    ANN,
    BOB,
    Tenant,
    error,
    json_reply,
)

GROUP = "99999999-0000-4000-8000-000000000009"


@pytest.fixture
def directory(graph: Graph, time: FakeTime) -> Directory:
    return Directory(graph, RunBudget(clock=time.clock()))


def _member(tenant: Tenant, user_id: str, **changes: Any) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.user"} | tenant.users[user_id] | changes


def _group(tenant: Tenant, members: list[dict[str, Any]], **changes: Any) -> None:
    tenant.groups[GROUP] = {
        "id": GROUP,
        "mail": "Team@contoso.com",
        "proxyAddresses": ["SMTP:Team@contoso.com", "smtp:old.team@contoso.com"],
    } | changes
    tenant.members[GROUP] = members


def _ids(directory: Directory, address: str) -> list[str]:
    return [user.id for user in directory.resolve(address).users]


def test_domains(directory: Directory) -> None:
    found = directory.organisation_domains()
    assert found == frozenset({"contoso.com", "contoso.onmicrosoft.com"})


@pytest.mark.parametrize("code", ["Authorization_RequestDenied", "accessDenied", ""])
def test_domains_that_graph_refuses_to_tell(
    code: str, directory: Directory, tenant: Tenant
) -> None:
    tenant.breaks("/organization", error(403, code))
    assert directory.organisation_domains() is None


@pytest.mark.parametrize(
    "organisation", [{}, {"verifiedDomains": None}, {"verifiedDomains": [{"name": None}]}]
)
def test_an_organisation_without_domains_does_not_tell_them(
    organisation: dict[str, Any], directory: Directory, tenant: Tenant
) -> None:
    tenant.breaks("/organization", json_reply({"value": [organisation]}))
    assert directory.organisation_domains() is None


def test_domains_that_cannot_be_read_are_not_refused(directory: Directory, tenant: Tenant) -> None:
    tenant.breaks("/organization", error(501, "NotImplemented"))
    with pytest.raises(GraphError):
        directory.organisation_domains()


@pytest.mark.parametrize("address", ["ann@contoso.com", "ann.x@contoso.com"])
def test_a_user_by_mail_name_or_alias(address: str, directory: Directory, tenant: Tenant) -> None:
    found = directory.resolve(address)
    (user,) = found.users
    assert user.id == ANN
    assert user.addresses[0] == "ann@contoso.com"
    assert "ann.x@contoso.com" in user.addresses
    assert (found.reason, dict(found.notes)) == (None, {})
    text = tenant.asked_for("/users")[0].query["$filter"]
    assert f"eq 'smtp:{address}'" in text
    assert f"eq 'SMTP:{address}'" in text


def test_an_answer_is_compared_again(directory: Directory, tenant: Tenant) -> None:
    tenant.users[ANN]["proxyAddresses"] = ["X500:ann.y@contoso.com"]
    assert _ids(directory, "ann.y@contoso.com") == []


def test_a_quote_is_doubled(directory: Directory, tenant: Tenant) -> None:
    tenant.users[ANN]["mail"] = "ann.o'neill@contoso.com"
    assert _ids(directory, "ann.o'neill@contoso.com") == [ANN]
    assert "mail eq 'ann.o''neill@contoso.com'" in tenant.asked_for("/users")[0].query["$filter"]


@pytest.mark.parametrize("address", ["team@contoso.com", "old.team@contoso.com"])
def test_a_group_stands_for_its_users(address: str, directory: Directory, tenant: Tenant) -> None:
    _group(
        tenant,
        [
            _member(tenant, BOB),
            {"@odata.type": "#microsoft.graph.group", "id": GROUP},
            {"@odata.type": "#microsoft.graph.orgContact", "id": "c", "mail": "x@y.com"},
            _member(tenant, ANN),
            _member(tenant, ANN),
        ],
    )
    assert _ids(directory, address) == [ANN, BOB]
    (asked,) = tenant.asked_for("transitiveMembers")
    assert asked.path.endswith("/transitiveMembers/microsoft.graph.user")
    assert asked.headers["ConsistencyLevel"] == "eventual"
    assert (asked.query["$count"], asked.query["$top"]) == ("true", "999")


def test_a_graph_that_refuses_the_cast(directory: Directory, tenant: Tenant) -> None:
    _group(tenant, [_member(tenant, BOB), {"@odata.type": "#microsoft.graph.device", "id": "d"}])
    tenant.breaks("microsoft.graph.user", error(400, "Request_UnsupportedQuery"))
    assert _ids(directory, "team@contoso.com") == [BOB]


def test_members_without_addresses_are_a_missing_permission(
    directory: Directory, tenant: Tenant
) -> None:
    nothing = dict.fromkeys(("mail", "userPrincipalName", "proxyAddresses"))
    _group(tenant, [{"@odata.type": "#microsoft.graph.user", "id": BOB, **nothing}])
    with pytest.raises(ConsentError, match=r"User\.Read\.All"):
        directory.resolve("team@contoso.com")


@pytest.mark.parametrize(
    ("path", "permission", "other"),
    [
        ("/users", "User.Read.All", "GroupMember.Read.All"),
        ("/groups", "GroupMember.Read.All", "User.Read.All"),
        ("/transitiveMembers", "GroupMember.Read.All", "User.Read.All"),
    ],
)
def test_a_refused_directory_names_the_permission_that_is_missing(
    path: str, permission: str, other: str, directory: Directory, tenant: Tenant
) -> None:
    _group(tenant, [_member(tenant, ANN)])
    tenant.breaks(path, error(403, "Authorization_RequestDenied"))
    with pytest.raises(ConsentError) as caught:
        directory.resolve("team@contoso.com")
    assert permission in str(caught.value)
    assert other not in str(caught.value)
    assert "team@" not in str(caught.value)


def test_an_x500_name_finds_whom_the_filter_finds(directory: Directory, tenant: Tenant) -> None:
    tenant.users[ANN]["proxyAddresses"].append("X500:/O=Exchange/cn=Recipients/cn=Ann")
    assert _ids(directory, "/o=exchange/cn=recipients/cn=ann") == [ANN]


def test_an_x500_name_is_asked_for_by_its_mark_and_may_not_be_found(
    directory: Directory, tenant: Tenant
) -> None:
    found = directory.resolve("/o=exchange/cn=recipients/cn=ann o'neill")
    assert found.users == ()
    assert "X.500" in str(found.reason)
    name = "/o=exchange/cn=recipients/cn=ann o''neill"
    for asked in (*tenant.asked_for("/users"), *tenant.asked_for("/groups")):
        assert asked.query["$filter"] == " or ".join(
            f"proxyAddresses/any(p:p eq '{mark}:{name}')" for mark in ("x500", "X500")
        )


def test_a_directory_that_fails_is_not_an_unknown_address(
    directory: Directory, tenant: Tenant
) -> None:
    tenant.breaks("/groups", error(501, "NotImplemented"))
    with pytest.raises(GraphError):
        directory.resolve("ann@contoso.com")


def test_unknown_empty_hidden_and_ambiguous(directory: Directory, tenant: Tenant) -> None:
    unknown = directory.resolve("nobody@contoso.com")
    assert unknown.users == ()
    assert "dynamic" in str(unknown.reason)

    _group(tenant, [])
    assert "no members" in str(directory.resolve("team@contoso.com").reason)

    _group(tenant, [], mail="hidden@contoso.com", visibility="HiddenMembership")
    assert "hides" in str(directory.resolve("hidden@contoso.com").reason)

    tenant.users[BOB]["proxyAddresses"] = ["smtp:ann@contoso.com"]
    both = directory.resolve("ann@contoso.com")
    assert [user.id for user in both.users] == [ANN, BOB]
    assert "Ambiguous: 2 user(s)" in str(both.reason)


def test_guests_and_disabled_accounts_are_noted(directory: Directory, tenant: Tenant) -> None:
    guest = {
        "userType": None,
        "userPrincipalName": "eve_customer.com#EXT#@contoso.onmicrosoft.com",
    }
    _group(tenant, [_member(tenant, ANN, **guest), _member(tenant, BOB, accountEnabled=False)])
    notes = directory.resolve("team@contoso.com").notes
    assert "guest" in notes[ANN]
    assert "disabled" in notes[BOB]
    assert directory.note(ANN) == notes[ANN]
    assert directory.note(BOB) == notes[BOB]
    assert directory.note("somebody else") is None


def test_a_guest_that_is_listed_itself(directory: Directory, tenant: Tenant) -> None:
    tenant.users[ANN]["userType"] = "guest"
    found = directory.resolve("ann@contoso.com")
    assert [user.is_guest for user in found.users] == [True]
    assert found.notes[ANN] == directory.note(ANN)
    assert "another organisation's" in found.notes[ANN]


def test_an_address_is_asked_for_once(directory: Directory, tenant: Tenant) -> None:
    directory.resolve("ann@contoso.com")
    asked = len(tenant.asked)
    directory.resolve("ann@contoso.com")
    assert len(tenant.asked) == asked


def test_odd_values_do_no_harm(directory: Directory, tenant: Tenant) -> None:
    tenant.users[ANN] |= {"proxyAddresses": None, "userType": 7, "id": ANN}
    assert _ids(directory, "ann@contoso.com") == [ANN]


def test_the_fields_that_are_asked_for(directory: Directory, tenant: Tenant) -> None:
    _group(tenant, [_member(tenant, ANN)])
    directory.organisation_domains()
    directory.resolve("team@contoso.com")
    selected = {asked.query.get("$select") for asked in tenant.asked if "/v1.0/" in asked.path}
    assert selected == {USER_FIELDS, GROUP_FIELDS, ORGANISATION_FIELDS}
