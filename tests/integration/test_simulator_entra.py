"""Entra as the simulator plays it: tokens, their errors, and consent (reference 13: 1-7, 9)."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from simulator.activity import Activity
from simulator.generated_tenant import GeneratedTenant
from simulator.organisation import Organisation
from simulator.registration import NEEDED_ROLES
from simulator.server import SimulatedServer, simulate
from simulator.visitor import Visitor

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
SCOPE = "https://graph.microsoft.com/.default"


@pytest.fixture(scope="module")
def tenant() -> GeneratedTenant:
    organisation = Organisation.generate(7, people=6, accounts=12)
    return GeneratedTenant(Activity(organisation, AS_OF, days=40))


@pytest.fixture
def server(tenant: GeneratedTenant) -> Iterator[SimulatedServer]:
    with simulate(tenant) as running:
        yield running


@pytest.fixture
def visitor(server: SimulatedServer) -> Iterator[Visitor]:
    with Visitor(server) as visitor:
        yield visitor


def roles_in(answer: requests.Response) -> object:
    token = answer.json()["access_token"]
    return jwt.decode(token, options={"verify_signature": False}).get("roles")


def key_and_certificate() -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(65_537, 2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "engagement")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private, certificate.public_bytes(serialization.Encoding.PEM)


def test_without_consent_there_is_a_token_without_roles(visitor: Visitor) -> None:
    answer = visitor.ask_token()
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"  # noqa: S105 - a kind of token, no secret
    assert answer.json()["expires_in"] == 3_599
    assert roles_in(answer) is None


REFUSALS: list[tuple[str, dict[str, Any], dict[str, str], int, str, int]] = [
    ("wrong secret", {}, {"client_secret": "x"}, 401, "invalid_client", 7000215),
    ("expired secret", {"secret_expired": True}, {}, 401, "invalid_client", 7000222),
    ("other client", {}, {"client_id": "x"}, 400, "unauthorized_client", 700016),
    ("unknown app", {"exists": False}, {}, 400, "unauthorized_client", 700016),
    ("no principal", {"principal": False}, {}, 401, "invalid_client", 7000229),
    ("disabled", {"disabled": True}, {}, 400, "unauthorized_client", 7000112),
    ("common", {}, {"tenant": "common"}, 400, "invalid_request", 9001023),
    ("other tenant", {}, {"tenant": "fabrikam.example"}, 400, "invalid_tenant", 90002),
    ("no default scope", {}, {"scope": "Mail.Read"}, 400, "invalid_scope", 1002012),
    (
        "another cloud",
        {},
        {"scope": "https://graph.microsoft.us/.default"},
        400,
        "invalid_resource",
        500011,
    ),
    (
        "bad assertion",
        {},
        {"client_assertion": "x", "client_assertion_type": "y"},
        401,
        "invalid_client",
        700027,
    ),
]


@pytest.mark.parametrize(
    ("state", "fields", "status", "error", "code"),
    [case[1:] for case in REFUSALS],
    ids=[case[0] for case in REFUSALS],
)
def test_refused_tokens(
    server: SimulatedServer,
    visitor: Visitor,
    state: dict[str, Any],
    fields: dict[str, str],
    status: int,
    error: str,
    code: int,
) -> None:
    for name, value in state.items():
        setattr(server.registration, name, value)
    answer = visitor.ask_token(**fields)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= body.keys()


def test_msal_signs_in_with_secret_and_with_certificate(tenant: GeneratedTenant) -> None:
    private, certificate = key_and_certificate()
    with simulate(tenant, certificate=certificate, granted=["User.Read.All"]) as server:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(server.ca_bundle)
        credentials: list[Any] = [
            server.client_secret,
            {"private_key": private.decode(), "public_certificate": certificate.decode()},
        ]
        for credential in credentials:
            app = msal.ConfidentialClientApplication(
                server.client_id,
                client_credential=credential,
                authority=f"{server.login_url}/{server.tenant_id}",
                instance_discovery=False,
                http_client=session,
            )
            answer = app.acquire_token_for_client([SCOPE])
            assert "access_token" in answer, answer
        session.close()
    other_private, _ = key_and_certificate()
    assert other_private != private


def test_discovery_names_region_and_knows_its_tenant(
    server: SimulatedServer, visitor: Visitor
) -> None:
    path = "v2.0/.well-known/openid-configuration"
    for tenant in (server.tenant_id, "contoso.com"):
        document = visitor.session.get(f"{server.login_url}/{tenant}/{path}", timeout=9).json()
        assert document["tenant_region_scope"] == "EU"
        assert server.tenant_id in document["token_endpoint"]
    assert visitor.session.get(f"{server.login_url}/other/{path}", timeout=9).status_code == 400


def test_roles_are_frozen_in_the_token(server: SimulatedServer, visitor: Visitor) -> None:
    assert visitor.ask("/organization").status_code == 403
    server.grant(["User.Read.All"])
    assert visitor.ask("/organization").status_code == 403, "the token is older than the grant"
    visitor.renew()
    assert visitor.ask("/organization").status_code == 200
    server.withdraw()
    assert visitor.ask("/organization").status_code == 200, "the token outlives the withdrawal"
    visitor.renew()
    assert visitor.ask("/organization").status_code == 403


def test_expired_revoked_and_garbage_tokens(tenant: GeneratedTenant) -> None:
    with (
        simulate(tenant, granted=NEEDED_ROLES, token_life=1) as server,
        Visitor(server) as visitor,
    ):
        assert visitor.ask("/organization").status_code == 200
        time.sleep(1.1)
        texts = [visitor.session.headers["Authorization"], "Bearer rubbish", ""]
        server.registration.token_life = 60
        visitor.renew()
        assert visitor.ask("/organization").status_code == 200
        server.registration.revoke_all()
        texts.append(visitor.session.headers["Authorization"])
        for text in texts:
            answer = visitor.ask("/organization", {"Authorization": str(text)})
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
            assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="", authorization_u')


def test_each_area_says_no_in_its_own_way(server: SimulatedServer, visitor: Visitor) -> None:
    user = next(iter(server.service.tenant.directory().users))
    window = {"startDateTime": "2026-11-01", "endDateTime": "2026-11-02"}
    for path, query, code in (
        ("/users", {}, "Authorization_RequestDenied"),
        ("/groups", {}, "Authorization_RequestDenied"),
        (f"/users/{user}/messages", {}, "ErrorAccessDenied"),
        (f"/users/{user}/mailFolders", {}, "ErrorAccessDenied"),
        (f"/users/{user}/calendarView", window, "ErrorAccessDenied"),
    ):
        answer = visitor.ask(path, **query)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)


def test_exchange_can_allow_mailboxes_without_any_role(
    tenant: GeneratedTenant, server: SimulatedServer, visitor: Visitor
) -> None:
    inside, outside = (tenant.activity.organisation.users[place].user_id for place in (0, 1))
    server.registration.mail_scope.add(inside)
    assert visitor.ask(f"/users/{inside}/messages").status_code == 200
    assert visitor.ask(f"/users/{outside}/messages").status_code == 403
    server.grant(["Mail.ReadBasic.All"])
    server.registration.denied.add(outside)
    visitor.renew()
    answer = visitor.ask(f"/users/{outside}/messages")
    assert answer.json()["error"]["message"] == "Access to OData is disabled."


CONSENT = {"state": "a b&c", "redirect_uri": "https://localhost/done?x=1"}


@pytest.mark.parametrize("version", ["", "v2.0/"])
@pytest.mark.parametrize("decision", ["accept", "cancel"])
def test_consent_page(
    server: SimulatedServer, visitor: Visitor, version: str, decision: str
) -> None:
    server.registration.principal = False
    server.registration.granted = {"Mail.Send"}
    query = {**CONSENT, "client_id": server.client_id, "scope": SCOPE}
    address = f"{server.login_url}/organizations/{version}adminconsent"
    page = visitor.session.get(address, params=query, timeout=9)
    assert all(role in page.text for role in NEEDED_ROLES)
    answer = visitor.session.post(
        address, params=query, data={"decision": decision}, allow_redirects=False, timeout=9
    )
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://localhost/done?x=1&")
    said = {name: v[0] for name, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    assert said["state"] == "a b&c"
    if decision == "accept":
        assert said["admin_consent"] == "True"
        assert said["tenant"] == server.tenant_id
        assert ("scope" in said) == (version == "v2.0/")
        assert server.registration.granted == set(NEEDED_ROLES), "what is no longer asked for goes"
        assert roles_in(visitor.ask_token()) == sorted(NEEDED_ROLES)
    else:
        assert said["error"] == ("consent_required" if version else "permission_denied")
        assert said.get("admin_consent") == ("True" if version else None)
        assert server.registration.granted == {"Mail.Send"}


@pytest.mark.parametrize("decision", ["accept", "cancel"])
def test_the_older_consent_page_counts_and_ends_in_an_error_without_an_address_to_return_to(
    server: SimulatedServer, visitor: Visitor, decision: str
) -> None:
    server.withdraw()
    address = f"{server.login_url}/{server.tenant_id}/adminconsent?client_id={server.client_id}"
    answer = visitor.session.post(address, data={"decision": decision}, timeout=9)
    assert answer.status_code == 400
    assert "AADSTS500113" in answer.text
    assert bool(server.registration.granted) == (decision == "accept")


def test_the_older_consent_page_leads_to_the_registered_address(
    server: SimulatedServer, visitor: Visitor
) -> None:
    server.registration.reply_address = "https://localhost/registered"
    address = f"{server.login_url}/{server.tenant_id}/adminconsent?client_id={server.client_id}"
    answer = visitor.session.post(
        address, data={"decision": "accept"}, timeout=9, allow_redirects=False
    )
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://localhost/registered?admin_consent=True")


def test_consent_page_refuses_what_it_does_not_know(
    server: SimulatedServer, visitor: Visitor
) -> None:
    base = {**CONSENT, "client_id": server.client_id, "scope": SCOPE}
    for tenant, change in (
        ("other", {}),
        ("organizations", {"client_id": "<script>"}),
        ("organizations", {"scope": "Mail.Read"}),
        ("organizations", {"redirect_uri": ""}),
    ):
        address = f"{server.login_url}/{tenant}/v2.0/adminconsent"
        answer = visitor.session.get(address, params={**base, **change}, timeout=9)
        assert answer.status_code == 400
        assert "<script>" not in answer.text


def test_administrator_by_http(server: SimulatedServer, visitor: Visitor) -> None:
    def do(action: str, **body: object) -> requests.Response:
        return visitor.session.post(f"{server.url}/simulator/{action}", json=body, timeout=9)

    assert do("grant").json()["granted"] == sorted(NEEDED_ROLES)
    assert do("withdraw", roles=["User.Read.All"]).json()["granted"] == sorted(
        set(NEEDED_ROLES) - {"User.Read.All"}
    )
    assert do("fault", kind="503-bare").status_code == 200
    assert do("fault", kind="no such").status_code == 400
    visitor.renew()
    assert visitor.ask("/groups").status_code == 503
    assert visitor.ask("/groups").status_code == 200
    assert do("remove").json()["principal"] is False
    assert visitor.ask_token().status_code == 401
    assert do("nonsense").status_code == 404
