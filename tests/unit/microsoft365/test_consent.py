"""What is granted, how it was proved, since when, and the link that asks for it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.errors import ConsentError, SourceError
from engagement_assets.microsoft365.consent import MOST_PROBES, admin_consent_link, check
from engagement_assets.microsoft365.faults import GraphError, NoExchangeError
from engagement_assets.microsoft365.permissions import NEEDED
from engagement_assets.microsoft365.retry_budget import RetryBudget, RunBudget
from engagement_assets.microsoft365.sign_in import SignInError
from engagement_assets.microsoft365.source import GraphSource
from tests.support.graph_reading import FakeTime
from tests.support.graph_server import (
    ANN,
    CLIENT,
    ROLES,
    TENANT,
    Tenant,
    error,
    json_reply,
)

LISTED = ("ann@contoso.com", "bob@contoso.com")
DIRECTORY = ["User.Read.All", "GroupMember.Read.All"]


def test_exactly_what_is_needed(tenant: Tenant, source: GraphSource) -> None:
    status = check(source, LISTED)
    assert dict(status.granted) == dict.fromkeys(NEEDED, "role")
    assert (status.missing, status.excess, status.is_granted) == ((), (), True)
    status.require()
    assert tenant.asked_for("/users") == []


def test_broader_roles_are_enough_and_are_named(tenant: Tenant, source: GraphSource) -> None:
    tenant.roles = ["Mail.ReadWrite", "Calendars.Read", "Directory.Read.All", "Mail.Send"]
    status = check(source, LISTED)
    assert status.is_granted
    assert status.excess == ("Calendars.Read", "Directory.Read.All", "Mail.ReadWrite", "Mail.Send")


def test_what_a_broader_role_stands_for_is_granted_first(
    tenant: Tenant, source: GraphSource
) -> None:
    tenant.roles = ["Mail.ReadWrite", "Calendars.ReadBasic.All", *DIRECTORY, "Mail.Send"]
    status = check(source, LISTED)
    assert status.excess == ("Mail.ReadWrite", "Mail.Send")
    assert status.stands_for == {"Mail.ReadWrite": ("Mail.ReadBasic.All",), "Mail.Send": ()}
    works, useless = status.advice["Mail.ReadWrite"], status.advice["Mail.Send"]
    assert "Mail.ReadBasic.All: grant that first" in works
    assert useless.startswith("Not needed: an administrator should take it away.")


def test_mail_by_a_role_that_no_page_of_microsoft_promises(
    tenant: Tenant, source: GraphSource
) -> None:
    """Mail.ReadBasic says the same as Mail.ReadBasic.All; whether it is enough a mailbox tells."""
    tenant.roles = ["Mail.ReadBasic", "Calendars.ReadBasic.All", *DIRECTORY]
    status = check(source, LISTED)
    assert status.granted["Mail.ReadBasic.All"] == "probe"
    assert status.excess == ()
    tenant.breaks_if(lambda asked: "/messages" in asked.path, error(403, "ErrorAccessDenied"))
    assert check(source, LISTED).missing == ("Mail.ReadBasic.All",)


def test_a_guest_of_a_group_is_not_asked(tenant: Tenant, source: GraphSource) -> None:
    tenant.roles = DIRECTORY
    tenant.users[ANN]["userType"] = "Guest"
    tenant.groups["team"] = {"id": "team", "mail": "team@contoso.com"}
    tenant.members["team"] = [
        {"@odata.type": "#microsoft.graph.user"} | user for user in tenant.users.values()
    ]
    assert check(source, ["team@contoso.com"]).is_granted
    assert not tenant.asked_for(f"{ANN}/")
    check(source, ["ann@contoso.com"])
    assert tenant.asked_for(f"{ANN}/")


def test_a_tenant_without_exchange_is_not_missing_consent(
    tenant: Tenant, source: GraphSource
) -> None:
    tenant.roles = DIRECTORY
    tenant.breaks("/messages", error(401, "OrganizationFromTenantGuidNotFound"))
    with pytest.raises(NoExchangeError, match="no Exchange Online"):
        check(source, LISTED)
    assert tenant.tokens == 1


def test_nothing_granted(tenant: Tenant, source: GraphSource) -> None:
    tenant.roles = None
    status = check(source, LISTED)
    assert status.missing == NEEDED
    with pytest.raises(ConsentError, match=r"Mail\.ReadBasic\.All"):
        status.require()
    assert tenant.asked_for("/users") == []  # nobody may look anybody up


def test_a_mailbox_that_answers_proves_what_no_role_says(
    tenant: Tenant, source: GraphSource
) -> None:
    tenant.roles = DIRECTORY
    tenant.breaks_if(lambda asked: f"/users/{ANN}/" in asked.path, error(403, "ErrorAccessDenied"))
    status = check(source, LISTED)
    assert status.is_granted
    assert status.granted["Mail.ReadBasic.All"] == "probe"
    assert status.granted["User.Read.All"] == "role"
    for asked in (*tenant.asked_for("/messages"), *tenant.asked_for("/calendarView")):
        assert (asked.query["$select"], asked.query["$top"]) == ("id", "1")


def test_nobody_who_opted_out_is_asked(tenant: Tenant, source: GraphSource) -> None:
    tenant.roles = DIRECTORY
    assert check(source, LISTED, ["ann@contoso.com"]).is_granted
    assert not [asked for asked in tenant.asked_for(ANN) if "/messages" in asked.path]
    assert check(source, LISTED, LISTED).missing == (
        "Mail.ReadBasic.All",
        "Calendars.ReadBasic.All",
    )


def test_a_sign_in_that_is_busy_is_asked_again(
    tenant: Tenant, source: GraphSource, time: FakeTime
) -> None:
    tenant.token_reply = error(503, "Busy")
    retry_budget = RetryBudget(RunBudget(time.clock()), 60)
    with pytest.raises(SignInError):
        check(source, LISTED, retry_budget=retry_budget)
    assert sum(time.waits) > 10
    assert retry_budget.wait_left >= 0


def test_time_that_is_used_up_is_not_missing_consent(
    tenant: Tenant, source: GraphSource, time: FakeTime
) -> None:
    tenant.roles = DIRECTORY
    spent = RetryBudget(RunBudget(time.clock(), time_left=0), 60)
    with pytest.raises(SourceError, match="did not say in time"):
        check(source, LISTED, retry_budget=spent)


def test_only_mail_answers(tenant: Tenant, source: GraphSource) -> None:
    tenant.roles = DIRECTORY
    tenant.breaks_if(lambda asked: "/calendarView" in asked.path, error(403, "ErrorAccessDenied"))
    assert check(source, LISTED).missing == ("Calendars.ReadBasic.All",)
    assert len(tenant.asked_for("/messages")) == 1
    assert len(tenant.asked_for("/calendarView")) == 2


def test_people_without_a_mailbox_prove_nothing(tenant: Tenant, source: GraphSource) -> None:
    tenant.roles = DIRECTORY
    tenant.messages.clear()
    assert set(check(source, LISTED).missing) == {"Mail.ReadBasic.All", "Calendars.ReadBasic.All"}


def test_the_number_of_probes_is_bounded(tenant: Tenant, source: GraphSource) -> None:
    tenant.roles = DIRECTORY
    tenant.breaks_if(lambda asked: "/messages" in asked.path, error(403, "ErrorAccessDenied"))
    template = tenant.users[ANN]
    tenant.users = {
        f"{n:08d}-0000-4000-8000-000000000000": template
        | {"id": f"{n:08d}-0000-4000-8000-000000000000"}
        for n in range(50)
    }
    tenant.messages = {user: [] for user in tenant.users}
    tenant.events = {user: [] for user in tenant.users}
    check(source, LISTED)
    assert len(tenant.asked_for("/messages")) == MOST_PROBES


def test_probes_need_the_directory(tenant: Tenant, source: GraphSource) -> None:
    tenant.roles = ["User.Read.All"]
    tenant.breaks("/groups", error(403, "Authorization_RequestDenied"))
    assert check(source, LISTED).missing == tuple(n for n in NEEDED if n != "User.Read.All")


def test_an_app_that_the_tenant_does_not_know(tenant: Tenant, source: GraphSource) -> None:
    tenant.token_reply = json_reply({"error": "unauthorized_client", "error_codes": [700016]}, 400)
    status = check(source, LISTED)
    assert status.missing == NEEDED
    with pytest.raises(ConsentError, match=CLIENT):
        status.require()


def test_other_failures_are_not_missing_consent(tenant: Tenant, source: GraphSource) -> None:
    tenant.token_reply = json_reply({"error": "invalid_client", "error_codes": [7000222]}, 401)
    with pytest.raises(SignInError):
        check(source, LISTED)
    tenant.token_reply = None
    tenant.roles = DIRECTORY
    tenant.breaks("/messages", error(503, "Busy", Retry_After="3600"))
    with pytest.raises(GraphError):
        check(source, LISTED)


def test_a_change_shows_at_the_next_check(tenant: Tenant, source: GraphSource) -> None:
    assert check(source, LISTED).is_granted
    tenant.roles = ["User.Read.All"]
    assert not check(source, LISTED).is_granted
    tenant.roles = ROLES
    assert check(source, LISTED).is_granted


def test_the_link(settings: GraphSettings, tenant: Tenant) -> None:
    link = urlsplit(admin_consent_link(settings))
    assert f"{link.scheme}://{link.netloc}" == tenant.url
    assert link.path == f"/{TENANT}/adminconsent"
    assert parse_qs(link.query) == {"client_id": [CLIENT]}
    link = urlsplit(admin_consent_link(settings, "https://app.example/done?a=b", "x&y"))
    assert link.path == f"/{TENANT}/v2.0/adminconsent"
    assert parse_qs(link.query) == {
        "client_id": [CLIENT],
        "scope": ["https://graph.microsoft.com/.default"],
        "redirect_uri": ["https://app.example/done?a=b"],
        "state": ["x&y"],
    }
