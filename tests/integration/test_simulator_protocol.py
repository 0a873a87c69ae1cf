"""Graph as the simulator plays it: directory and errors (reference 13: 10-16, 35, 36, 38, 39)."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from simulator import strangers
from simulator.activity import Activity
from simulator.generated_tenant import GeneratedTenant
from simulator.organisation import Organisation
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from simulator.service import Behaviour
from simulator.tenant import NO_MAILBOX_CODES
from simulator.throttling import Limits
from simulator.visitor import Visitor

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
EVENTUAL = {"ConsistencyLevel": "eventual"}
USER_CAST = "microsoft.graph.user"


@pytest.fixture(scope="module")
def tenant() -> GeneratedTenant:
    organisation = Organisation.generate(7, people=8, accounts=12)
    return GeneratedTenant(Activity(organisation, AS_OF, days=40))


@pytest.fixture(scope="module")
def server(tenant: GeneratedTenant) -> Iterator[SimulatedServer]:
    with simulate(tenant, granted=NEEDED_ROLES) as running:
        yield running


@pytest.fixture(scope="module")
def visitor(server: SimulatedServer) -> Iterator[Visitor]:
    with Visitor(server) as visitor:
        yield visitor


@contextmanager
def visiting(
    tenant: GeneratedTenant, roles: Iterable[str] = NEEDED_ROLES, **choices: Any
) -> Iterator[Visitor]:
    with (
        simulate(tenant, granted=roles, behaviour=Behaviour(**choices)) as running,
        Visitor(running) as visitor,
    ):
        yield visitor


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def group_id(visitor: Visitor, address: str) -> str:
    (found,) = visitor.items("/groups", filter=f"mail eq '{address}'")
    return str(found["id"])


def test_organization(server: SimulatedServer, visitor: Visitor) -> None:
    (found,) = visitor.items("/organization")
    assert found["id"] == server.tenant_id
    assert {d["name"] for d in found["verifiedDomains"]} == {
        "contoso.com",
        "contoso.onmicrosoft.com",
    }
    assert found["countryLetterCode"] == "NL"
    (chosen,) = visitor.items("/organization", select="verifiedDomains")
    assert set(chosen) == {"verifiedDomains"}


def test_organization_may_want_a_permission_of_its_own(tenant: GeneratedTenant) -> None:
    for roles, status in (
        (NEEDED_ROLES, 403),
        ((*NEEDED_ROLES, "Organization.Read.All"), 200),
        (("Directory.Read.All",), 200),
    ):
        with visiting(tenant, roles, domains_for_users=False) as visitor:
            assert visitor.ask("/organization").status_code == status
            assert visitor.ask("/users").status_code == 200


def test_a_tenant_without_exchange_has_a_directory_only(tenant: GeneratedTenant) -> None:
    user = tenant.activity.organisation.users[0].user_id
    with visiting(tenant, exchange=False) as visitor:
        assert visitor.ask("/users").status_code == 200
        code = (401, "OrganizationFromTenantGuidNotFound")
        view = {"startDateTime": "2026-11-01", "endDateTime": "2026-11-02"}
        for path, query in (("messages", {}), ("mailFolders/drafts", {}), ("calendarView", view)):
            assert code_of(visitor.ask(f"/users/{user}/{path}", **query)) == code


def test_narrower_permissions_for_groups(tenant: GeneratedTenant) -> None:
    with visiting(tenant, ["Group.ReadBasic.All", "GroupMember.ReadBasic.All"]) as visitor:
        group = group_id(visitor, "all-sales@contoso.com")
        assert list(visitor.items(f"/groups/{group}/members"))
    with visiting(tenant, ["GroupMember.ReadBasic.All"]) as visitor:
        assert visitor.ask("/groups").status_code == 403
        assert visitor.ask(f"/groups/{group}/members").status_code == 200


def test_users_have_default_properties_unless_selected(visitor: Visitor) -> None:
    usual = next(visitor.items("/users"))
    assert not {"proxyAddresses", "accountEnabled", "userType"} & usual.keys()
    chosen = next(visitor.items("/users", select="id,proxyAddresses,accountEnabled,userType"))
    assert set(chosen) == {"id", "proxyAddresses", "accountEnabled", "userType"}
    assert chosen["userType"] == "Member"


def test_users_come_in_pages(server: SimulatedServer, visitor: Visitor) -> None:
    everybody = server.service.tenant.directory().users
    assert [user["id"] for user in visitor.items("/users", top="3")] == list(everybody)
    body = visitor.ask("/users", top="3").json()
    assert len(body["value"]) == 3
    assert body["@odata.nextLink"].startswith(server.graph_url)


def test_user_by_id_or_name(visitor: Visitor, tenant: GeneratedTenant) -> None:
    ada = tenant.activity.organisation.users[0]
    for key in (ada.user_id, ada.principal_name, ada.principal_name.upper()):
        assert visitor.ask(f"/users/{key}").json()["id"] == ada.user_id
    guest = visitor.ask(f"/users/{strangers.GUEST.replace('#', '%23')}", select="userType,mail")
    assert guest.json()["userType"] == "Guest"
    assert code_of(visitor.ask("/users/nobody@contoso.com")) == (404, "Request_ResourceNotFound")
    assert code_of(visitor.ask(f"/users/{ada.aliases[0]}")) == (404, "Request_ResourceNotFound")


FILTERS = [
    ("mail eq 'ADA.Vermeer@contoso.com'", 1),
    ("userPrincipalName eq 'ada.vermeer@contoso.com'", 1),
    ("proxyAddresses/any(p:p eq 'smtp:ada@contoso.com')", 1),
    ("proxyAddresses/any(p:p eq 'SMTP:ada@contoso.com')", 0),
    ("proxyAddresses/any(x:x eq 'smtp:ADA@contoso.com' or x eq 'SMTP:ADA@contoso.com')", 1),
    ("(mail eq 'no') or (userPrincipalName eq 'ada.vermeer@contoso.com')", 1),
    ("mail in ('ada.vermeer@contoso.com', 'admin@contoso.com')", 2),
    ("startswith(mail,'ada.')", 1),
    ("mail eq 'o''neil@contoso.com'", 0),
    ("accountEnabled eq false and userType eq 'Member'", 2),
]


@pytest.mark.parametrize(("text", "number"), FILTERS)
def test_user_filters(visitor: Visitor, text: str, number: int) -> None:
    assert len(list(visitor.items("/users", filter=text))) == number


def test_case_of_proxy_addresses_can_matter(tenant: GeneratedTenant) -> None:
    text = "proxyAddresses/any(p:p eq 'smtp:ADA@contoso.com')"
    with visiting(tenant, exact_case=True) as visitor:
        assert not list(visitor.items("/users", filter=text))
        assert list(visitor.items("/users", filter=text.replace("ADA", "ada")))


REFUSED = [
    ("/users", {"filter": "mail ne 'x'"}, "Request_UnsupportedQuery"),
    ("/users", {"filter": "not startswith(mail,'x')", "orderby": "mail"}, None),
    ("/users", {"filter": "proxyAddresses eq 'x'"}, "Request_UnsupportedQuery"),
    ("/users", {"filter": "businessPhones/any(p:p eq 'x')"}, "Request_UnsupportedQuery"),
    ("/users", {"filter": "mail eq"}, "Request_BadRequest"),
    ("/users", {"filter": "mail eq 'x' §"}, "Request_BadRequest"),
    ("/users", {"skip": "10"}, "Request_BadRequest"),
    ("/users", {"select": "id,email"}, "BadRequest"),
    ("/users", {"search": '"mail:x"'}, "Request_UnsupportedQuery"),
    ("/contacts", {}, "BadRequest"),
    ("/users", {"top": "0"}, None),
    ("/users", {"skiptoken": "rubbish"}, None),
]


@pytest.mark.parametrize(("path", "query", "code"), REFUSED)
def test_refused_directory_queries(
    visitor: Visitor, path: str, query: dict[str, str], code: str | None
) -> None:
    status, found = code_of(visitor.ask(path, **query))
    assert status == 400
    assert code in (None, found)


def test_mailbox_settings_are_not_for_the_collection(visitor: Visitor) -> None:
    assert code_of(visitor.ask("/users", select="mailboxSettings")) == (501, "NotImplemented")


def test_advanced_queries_need_header_and_count(visitor: Visitor) -> None:
    query = {"filter": "userType ne 'Guest'"}
    assert visitor.ask("/users", EVENTUAL, **query).status_code == 400
    assert visitor.ask("/users", **query, count="true").status_code == 400
    body = visitor.ask("/users", EVENTUAL, **query, count="true").json()
    assert body["@odata.count"] == len(body["value"]) > 5
    assert "@odata.count" not in visitor.ask("/users", count="true").json(), "silently ignored"


def test_groups(visitor: Visitor) -> None:
    by_alias = visitor.items(
        "/groups", filter="proxyAddresses/any(p:p eq 'SMTP:all-sales@contoso.com')"
    )
    (found,) = by_alias
    assert found["mail"] == "all-sales@contoso.com"
    assert "members" not in found
    assert found["proxyAddresses"], "groups show them without asking"
    assert not list(visitor.items("/groups", filter=f"mail eq '{strangers.DYNAMIC_LIST}'"))
    assert visitor.ask(f"/groups/{found['id']}").json()["id"] == found["id"]
    assert code_of(visitor.ask("/groups/unknown"))[0] == 404
    assert code_of(visitor.ask("/groups/unknown/transitiveMembers"))[0] == 404
    assert len(list(visitor.items("/groups", filter="groupTypes/any(t:t eq 'Unified')"))) == 2


def test_transitive_members_are_flat_and_cycles_end(
    visitor: Visitor, tenant: GeneratedTenant
) -> None:
    mixed = group_id(visitor, strangers.MIXED_GROUP)
    path = f"/groups/{mixed}/transitiveMembers"
    members = list(visitor.items(path, top="2"))
    kinds = [member["@odata.type"].rpartition(".")[2] for member in members]
    assert len({member["id"] for member in members}) == len(members)
    assert sorted(set(kinds)) == ["group", "orgContact", "user"]
    users = {member["id"] for member in members if member["@odata.type"].endswith("user")}
    assert tenant.activity.organisation.users[0].user_id in users
    query = {"select": "id,mail,userPrincipalName,proxyAddresses,userType", "count": "true"}
    cast = list(visitor.items(f"{path}/{USER_CAST}", EVENTUAL, top="999", **query))
    assert {member["id"] for member in cast} == users
    assert {"id", "mail", "proxyAddresses"} <= cast[0].keys()
    assert len(list(visitor.items(f"/groups/{mixed}/members"))) == len(members)
    assert len(list(visitor.items(f"/groups/{mixed}/members/{USER_CAST}", EVENTUAL, **query))) == 8
    sales = group_id(visitor, "all-sales@contoso.com")
    assert [m["@odata.type"] for m in visitor.items(f"/groups/{sales}/members")] == [
        "#microsoft.graph.group"
    ] * 2


def test_casts(tenant: GeneratedTenant, visitor: Visitor) -> None:
    path = f"/groups/{group_id(visitor, 'all-sales@contoso.com')}/transitiveMembers"
    code = (400, "Request_UnsupportedQuery")
    assert code_of(visitor.ask(f"{path}/{USER_CAST}")) == code
    assert code_of(visitor.ask(f"{path}/{USER_CAST}", EVENTUAL)) == code
    query = {"count": "true"}
    assert code_of(visitor.ask(f"{path}/microsoft.graph.site", EVENTUAL, **query)) == code
    with visiting(tenant, cast_needs_header=False) as lenient:
        assert lenient.ask(f"{path}/{USER_CAST}").status_code == 200


def test_members_without_permission_for_users_are_ids(tenant: GeneratedTenant) -> None:
    with visiting(tenant, ["GroupMember.Read.All"]) as visitor:
        path = f"/groups/{group_id(visitor, 'all-company@contoso.com')}/transitiveMembers"
        for member in visitor.items(path, select="id,mail,displayName"):
            assert set(member) == {"@odata.type", "id", "mail", "displayName"}
            assert member["id"]
            assert member["mail"] is None
            assert member["displayName"] is None


def test_hidden_membership(tenant: GeneratedTenant, visitor: Visitor) -> None:
    path = f"/groups/{group_id(visitor, strangers.HIDDEN_GROUP)}/transitiveMembers"
    assert not list(visitor.items(path))
    with visiting(tenant, [*NEEDED_ROLES, "Member.Read.Hidden"]) as other:
        assert len(list(other.items(path))) == 2


def test_four_ways_of_having_no_mailbox(visitor: Visitor, tenant: GeneratedTenant) -> None:
    window = {"startDateTime": "2026-11-01", "endDateTime": "2026-11-02"}
    codes = set()
    for address in (strangers.GUEST_MAIL, strangers.INACTIVE, strangers.GONE, None):
        text = f"mail eq '{address}'" if address else "startswith(userPrincipalName,'no.licence')"
        (user,) = visitor.items("/users", filter=text)
        for path, query in (("messages", {}), ("calendarView", window), ("mailFolders", {})):
            status, code = code_of(visitor.ask(f"/users/{user['id']}/{path}", **query))
            assert status == 404
            codes.add(code)
    assert codes == set(NO_MAILBOX_CODES)
    on_premises = next(u for u in tenant.activity.organisation.users if not u.has_mailbox)
    answer = visitor.ask(f"/users/{on_premises.user_id}/messages")
    assert code_of(answer) == (404, "MailboxNotEnabledForRESTAPI")
    status, code = code_of(visitor.ask("/users/nobody@contoso.com/messages"))
    assert status == 404
    assert code in NO_MAILBOX_CODES
    (disabled,) = visitor.items("/users", filter=f"mail eq '{strangers.DISABLED}'")
    assert not list(visitor.items(f"/users/{disabled['id']}/messages"))


def test_headers_and_error_bodies(visitor: Visitor) -> None:
    answer = visitor.ask("/users/unknown", {"client-request-id": "mine"})
    assert answer.headers["client-request-id"] == "mine"
    assert answer.headers["request-id"]
    assert "ServerInfo" in answer.headers["x-ms-ags-diagnostic"]
    inner = answer.json()["error"]["innerError"]
    assert inner["request-id"] == answer.headers["request-id"]
    assert datetime.fromisoformat(inner["date"]).tzinfo is None
    answer = visitor.ask("/users", {"ConsistencyLevel": "eventual"}, filter="mail ne 'x'")
    assert "innerError" not in answer.json()["error"]


def test_resource_units(tenant: GeneratedTenant, visitor: Visitor) -> None:
    def units(path: str, **query: str) -> str:
        return str(visitor.ask(path, **query).headers["x-ms-resource-unit"])

    group = group_id(visitor, "all-sales@contoso.com")
    assert units("/users") == "2"
    assert units("/users", select="id", top="5") == "1"
    assert units(f"/groups/{group}/transitiveMembers") == "5"
    assert units(f"/groups/{group}/transitiveMembers", select="id") == "4"
    with visiting(tenant, limits=Limits(directory_units=3, retry_after="2.128")) as other:
        answers = [other.ask("/users") for _ in range(4)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].headers["Retry-After"] == "2.128"
    assert refused[0].headers["x-ms-throttle-scope"]
    assert float(refused[0].headers["x-ms-throttle-limit-percentage"]) > 1


def test_a_fifth_request_to_one_mailbox_is_refused(tenant: GeneratedTenant) -> None:
    first, _, _, second = (user.user_id for user in tenant.activity.organisation.users[:4])
    slow = Behaviour(latency=0.5, limits=Limits(retry_after=""))
    with simulate(tenant, granted=NEEDED_ROLES, behaviour=slow) as server:
        with Visitor(server) as visitor, ThreadPoolExecutor(10) as threads:
            asked = [f"/users/{first}/messages"] * 5 + [f"/users/{second}/mailFolders"] * 4
            answers = list(threads.map(visitor.ask, asked))
            assert visitor.ask(asked[0]).status_code == 200, "the limit is on what goes on at once"
        assert server.most_in_flight[first] == 5
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses[:5]) == [200, 200, 200, 200, 429]
    assert statuses[5:] == [200] * 4
    refused = answers[statuses.index(429)]
    assert refused.json()["error"]["code"] == "ApplicationThrottled"
    assert "Retry-After" not in refused.headers


def test_requests_may_be_counted_over_all_mailboxes(tenant: GeneratedTenant) -> None:
    users = [user.user_id for user in tenant.activity.organisation.users if user.has_mailbox][:5]
    slow = Behaviour(latency=0.5, limits=Limits(concurrent_in_all=4, retry_after=""))
    with (
        simulate(tenant, granted=NEEDED_ROLES, behaviour=slow) as server,
        Visitor(server) as visitor,
        ThreadPoolExecutor(5) as threads,
    ):
        asked = [f"/users/{user}/messages" for user in users]
        statuses = [answer.status_code for answer in threads.map(visitor.ask, asked)]
    assert sorted(statuses) == [200, 200, 200, 200, 429]


def test_requests_to_one_mailbox_are_limited(tenant: GeneratedTenant) -> None:
    first, _, _, second = (user.user_id for user in tenant.activity.organisation.users[:4])
    with visiting(tenant, limits=Limits(mailbox_requests=3)) as visitor:
        statuses = [visitor.ask(f"/users/{first}/messages").status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert visitor.ask(f"/users/{second}/messages").status_code == 200


def test_requests_are_recorded(tenant: GeneratedTenant) -> None:
    with simulate(tenant, granted=NEEDED_ROLES) as server, Visitor(server) as visitor:
        visitor.ask("/users", select="id, mail")
        visitor.ask("/users/unknown")
        first, second = server.requests
    assert (first.method, first.path, first.select) == ("GET", "/v1.0/users", ("id", "mail"))
    assert (first.status, second.status) == (200, 404)
