"""Microsoft's own client reads the simulator: a client that nobody here wrote confirms it."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import requests

from tests.support import conformance

conformance.require()

from azure.core.pipeline.transport import RequestsTransport
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.groups.item.transitive_members.graph_user.graph_user_request_builder import (
    GraphUserRequestBuilder,
)
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_message import EventMessage
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.user import User
from msgraph.generated.users.item.calendar_view.calendar_view_request_builder import (
    CalendarViewRequestBuilder,
)
from msgraph.generated.users.item.mail_folders.mail_folders_request_builder import (
    MailFoldersRequestBuilder,
)
from msgraph.generated.users.item.messages.messages_request_builder import MessagesRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter, options
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory
from msgraph_core.tasks.page_iterator import PageIterator

from simulator.activity import Activity
from simulator.faults import Faults
from simulator.generated_tenant import GeneratedTenant
from simulator.graph_shape import JsonObject
from simulator.organisation import Organisation
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from tests.support.awaiting import result_of

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
SCOPE = "https://graph.microsoft.com/.default"
MESSAGE_FIELDS = (
    *("id", "internetMessageId", "conversationId", "parentFolderId", "sentDateTime", "isDraft"),
    *("lastModifiedDateTime", "toRecipients", "ccRecipients", "bccRecipients", "from", "sender"),
)
EVENT_FIELDS = (
    *("id", "iCalUId", "type", "isAllDay", "isCancelled", "isOrganizer", "start", "end"),
    *("organizer", "attendees", "responseStatus", "lastModifiedDateTime"),
)
ACTIVITY = Activity(Organisation.generate(7, people=8, accounts=12), AS_OF, days=90)
BUSY = ACTIVITY.organisation.users[4]

# The client warns of its own classes.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Reading = Callable[[GraphServiceClient], Awaitable[None]]


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatedServer]:
    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES) as running:
        yield running


@asynccontextmanager
async def graph(server: SimulatedServer) -> AsyncIterator[GraphServiceClient]:
    """The client as an application makes it, but for the hosts and the authority that it trusts."""
    session = requests.Session()
    session.trust_env = False
    credential = ClientSecretCredential(
        server.tenant_id,
        server.client_id,
        server.client_secret,
        authority=server.login_url,
        disable_instance_discovery=True,
        transport=RequestsTransport(
            session=session, session_owner=False, connection_verify=str(server.ca_bundle)
        ),
    )
    trusted = ssl.create_default_context(cafile=str(server.ca_bundle))
    # The client's middleware takes the place of the transport and does not close it.
    transport = httpx.AsyncHTTPTransport(verify=trusted, trust_env=False)
    async with transport, httpx.AsyncClient(transport=transport, timeout=30) as http:
        client = GraphClientFactory.create_with_default_middleware(client=http, options=options)
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=[SCOPE], allowed_hosts=["localhost"]
        )
        adapter = GraphRequestAdapter(provider, client)
        adapter.base_url = f"{server.graph_url}/v1.0"
        yield GraphServiceClient(request_adapter=adapter)
    credential.close()
    session.close()


def read(server: SimulatedServer, reading: Reading) -> None:
    async def run() -> None:
        async with graph(server) as client:
            await reading(client)

    result_of(run())


async def everything(client: GraphServiceClient, first: Any) -> list[Any]:
    """The items of all pages, by the client's own iterator."""
    found: list[Any] = []

    def keep(item: Any) -> bool:
        found.append(item)
        return True

    await PageIterator(first, client.request_adapter).iterate(keep)
    return found


def addresses(recipients: list[Recipient] | None) -> list[str | None]:
    return [r.email_address.address for r in recipients or [] if r.email_address]


def raw_addresses(recipients: list[JsonObject]) -> list[str]:
    return [r["emailAddress"]["address"] for r in recipients]


def same_message(model: Message, raw: JsonObject) -> None:
    assert model.internet_message_id == raw["internetMessageId"]
    assert model.conversation_id == raw["conversationId"]
    assert model.parent_folder_id == raw["parentFolderId"]
    assert model.is_draft == raw["isDraft"]
    assert model.sent_date_time == datetime.fromisoformat(raw["sentDateTime"])
    assert model.last_modified_date_time == datetime.fromisoformat(raw["lastModifiedDateTime"])
    for found, field in (
        (model.to_recipients, "toRecipients"),
        (model.cc_recipients, "ccRecipients"),
        (model.bcc_recipients, "bccRecipients"),
    ):
        assert addresses(found) == raw_addresses(raw[field])
    for one, field in ((model.from_, "from"), (model.sender, "sender")):
        assert addresses([one] if one else []) == raw_addresses(
            [raw[field]] if field in raw else []
        )
    assert isinstance(model, EventMessage) == ("@odata.type" in raw)
    assert (model.subject, model.body, model.body_preview) == (None, None, None)


def same_event(model: Event, raw: JsonObject) -> None:
    assert model.i_cal_u_id == raw["iCalUId"]
    assert (model.is_all_day, model.is_cancelled) == (raw["isAllDay"], raw["isCancelled"])
    assert model.is_organizer == raw["isOrganizer"]
    assert model.type is not None
    assert model.type.value == raw["type"]
    for found, field in ((model.start, "start"), (model.end, "end")):
        assert found is not None
        assert {"dateTime": found.date_time, "timeZone": found.time_zone} == raw[field]
    assert model.organizer is not None
    assert addresses([model.organizer]) == raw_addresses([raw["organizer"]])
    attendees = [
        (
            a.email_address and a.email_address.address,
            a.type and a.type.value,
            response_of(a.status),
        )
        for a in model.attendees or []
    ]
    assert attendees == [
        (a["emailAddress"]["address"], a["type"], a["status"]["response"]) for a in raw["attendees"]
    ]
    assert response_of(model.response_status) == raw["responseStatus"]["response"]
    assert model.last_modified_date_time is not None
    assert model.subject is None


def response_of(status: Any) -> str | None:
    return status.response.value if status and status.response else None


def test_organization(server: SimulatedServer) -> None:
    async def reading(client: GraphServiceClient) -> None:
        answer = await client.organization.get()
        assert answer is not None
        (organization,) = answer.value or []
        assert organization.id == server.tenant_id
        assert [d.name for d in organization.verified_domains or []] == [
            d["name"] for d in server.service.tenant.organization()["verifiedDomains"]
        ]

    read(server, reading)


def test_users(server: SimulatedServer) -> None:
    async def reading(client: GraphServiceClient) -> None:
        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
            select=["id", "mail", "userPrincipalName", "proxyAddresses"], top=3
        )
        first = await client.users.get(RequestConfiguration(query_parameters=query))
        users = {user.id: user for user in await everything(client, first)}
        for expected in ACTIVITY.organisation.users:
            user = users[expected.user_id]
            assert (user.mail, user.user_principal_name) == (
                expected.address,
                expected.principal_name,
            )
            assert user.proxy_addresses == expected.resource()["proxyAddresses"]
        by_alias = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
            filter="proxyAddresses/any(p:p eq 'smtp:ada@contoso.com')"
        )
        answer = await client.users.get(RequestConfiguration(query_parameters=by_alias))
        assert [user.mail for user in (answer and answer.value) or []] == [
            "ada.vermeer@contoso.com"
        ]
        ada = await client.users.by_user_id("ada.vermeer@contoso.com").get()
        assert isinstance(ada, User)
        assert ada.display_name == "Ada Vermeer"

    read(server, reading)


def test_group_members(server: SimulatedServer) -> None:
    async def reading(client: GraphServiceClient) -> None:
        by_mail = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters(
            filter="mail eq 'all-sales@contoso.com'"
        )
        groups = await client.groups.get(RequestConfiguration(query_parameters=by_mail))
        (group,) = (groups and groups.value) or []
        members = client.groups.by_group_id(str(group.id)).transitive_members
        flat = await everything(client, await members.get())
        sales = {
            ACTIVITY.organisation.users[place].user_id for place in ACTIVITY.organisation.sales
        }
        assert {one.id for one in flat if isinstance(one, User)} == sales
        assert len(flat) > len(sales), "nested groups are members too"
        headers = HeadersCollection()
        headers.add("ConsistencyLevel", "eventual")
        query = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters(
            select=["id", "mail"], count=True, top=2
        )
        configuration = RequestConfiguration(query_parameters=query, headers=headers)
        first = await members.graph_user.get(configuration)
        assert first is not None
        assert first.odata_count == len(sales)

    read(server, reading)


@pytest.mark.parametrize("faulty", [False, True])
def test_messages(faulty: bool) -> None:
    faults = Faults(wait=1.0)
    if faulty:
        # The client retries 429, 503 and 504 by itself and bears short pages. Its iterator takes
        # an empty page for the end, though Graph's documentation says otherwise.
        for kind in ("429-seconds", "short_page", "503-date", "short_page"):
            faults.inject(kind, path_has="/messages")

    async def reading(client: GraphServiceClient) -> None:
        query = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(
            select=list(MESSAGE_FIELDS),
            top=40,
            filter="receivedDateTime ge 2026-08-01T00:00:00Z",
            orderby=["receivedDateTime"],
        )
        messages = client.users.by_user_id(BUSY.user_id).messages
        first = await messages.get(RequestConfiguration(query_parameters=query))
        found = await everything(client, first)
        expected = {message["id"]: message for message in ACTIVITY.messages(BUSY)}
        assert len(found) == len(expected) > 100
        for model in found:
            same_message(model, expected[model.id])

    with simulate(GeneratedTenant(ACTIVITY), granted=NEEDED_ROLES, faults=faults) as server:
        read(server, reading)
        assert faults.injected.total() == (4 if faulty else 0)


def test_folders(server: SimulatedServer) -> None:
    async def reading(client: GraphServiceClient) -> None:
        folders = client.users.by_user_id(BUSY.user_id).mail_folders
        query = MailFoldersRequestBuilder.MailFoldersRequestBuilderGetQueryParameters(top=50)
        listed = await everything(
            client, await folders.get(RequestConfiguration(query_parameters=query))
        )
        excluded = []
        for name in ("drafts", "junkemail"):
            folder = await folders.by_mail_folder_id(name).get()
            assert folder is not None
            assert folder.id in {one.id for one in listed}
            excluded.append(folder.id)
        assert set(excluded) < set(ACTIVITY.excluded_folders(BUSY))

    read(server, reading)


def test_calendar_view(server: SimulatedServer) -> None:
    async def reading(client: GraphServiceClient) -> None:
        query = CalendarViewRequestBuilder.CalendarViewRequestBuilderGetQueryParameters(
            start_date_time="2026-08-01T00:00:00Z",
            end_date_time="2027-01-01T00:00:00Z",
            select=list(EVENT_FIELDS),
            top=7,
        )
        view = client.users.by_user_id(BUSY.user_id).calendar_view
        found = await everything(
            client, await view.get(RequestConfiguration(query_parameters=query))
        )
        expected = {event["id"]: event for event in ACTIVITY.events(BUSY)}
        assert len(found) == len(expected) > 10
        for model in found:
            same_event(model, expected[model.id])

    read(server, reading)


def test_errors_are_the_clients_own(server: SimulatedServer) -> None:
    async def reading(client: GraphServiceClient) -> None:
        with pytest.raises(ODataError) as raised:
            await client.users.by_user_id("nobody@contoso.com").get()
        assert raised.value.response_status_code == 404
        assert raised.value.error is not None
        assert raised.value.error.code == "Request_ResourceNotFound"
        assert raised.value.error.inner_error is not None
        assert raised.value.error.inner_error.request_id

    read(server, reading)
