"""Sign-in: credentials, clouds, error texts, and that no secret ever shows."""

import datetime as dt
import logging
import os
import pickle
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.errors import ConfigurationError, ConsentError
from engagement_assets.microsoft365.clouds import Endpoints
from engagement_assets.microsoft365.sign_in import Credential, SignIn, SignInError
from engagement_assets.microsoft365.transport import Session
from tests.support.graph_server import (
    CLIENT,
    SECRET,
    TENANT,
    Reply,
    Tenant,
    json_reply,
)


def _refusal(code: int, error: str = "invalid_client", status: int = 400) -> Reply:
    return json_reply(
        {
            "error": error,
            "error_description": f"AADSTS{code}: Text with {SECRET}.\r\nTrace ID: 0f",
            "error_codes": [code],
        },
        status,
    )


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app")])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "app.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_a_token_is_asked_for_once_and_named_roles_are_read(
    tenant: Tenant, sign_in: SignIn
) -> None:
    assert sign_in.token() == sign_in.token()
    assert "User.Read.All" in sign_in.roles()
    assert tenant.tokens == 1
    (asked,) = tenant.asked_for("/token")
    assert asked.path == f"/{TENANT}/oauth2/v2.0/token"
    assert "scope=https%3A%2F%2Fgraph.microsoft.com%2F.default" in asked.body


def test_a_token_without_roles_and_one_that_is_unreadable_name_none(
    tenant: Tenant, sign_in: SignIn
) -> None:
    tenant.roles = None
    assert sign_in.roles() == frozenset()
    tenant.token_reply = json_reply(
        {"token_type": "Bearer", "expires_in": 9, "access_token": "opaque"}
    )
    sign_in.forget()
    assert sign_in.roles() == frozenset()


def test_a_new_grant_shows_after_forgetting(tenant: Tenant, sign_in: SignIn) -> None:
    tenant.roles = []
    assert sign_in.roles() == frozenset()
    tenant.roles = ["User.Read.All"]
    assert sign_in.roles() == frozenset()
    sign_in.forget()
    assert sign_in.roles() == {"User.Read.All"}


def test_a_refused_token_is_dropped_once_for_all_threads(tenant: Tenant, sign_in: SignIn) -> None:
    first = sign_in.token()
    sign_in.renew(first)
    second = sign_in.token()
    sign_in.renew(first)  # a thread that comes late
    assert sign_in.token() == second != first


def test_the_certificate_is_preferred_and_signs_with_ps256(
    tenant: Tenant, settings: GraphSettings, pem: Path
) -> None:
    environment = {
        "ENGAGEMENT_CLIENT_SECRET": SECRET,
        "ENGAGEMENT_CLIENT_CERTIFICATE": str(pem),
    }
    credential = Credential.from_environment(environment)
    assert credential.kind == "certificate"
    SignIn(settings, credential).token()
    (asked,) = tenant.asked_for("/token")
    assert "client_assertion=" in asked.body
    assert "client_secret" not in asked.body


def test_the_secret_serves_without_a_certificate() -> None:
    credential = Credential.from_environment({"ENGAGEMENT_CLIENT_SECRET": f" {SECRET} "})
    assert (credential.kind, credential.for_msal()) == ("secret", SECRET)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        ("nothing", "must be a PEM file"),
        ("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", "must be a PEM file"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n-----END ENCRYPTED PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",  # noqa: E501
            "passphrase",
        ),
    ],
)
def test_a_certificate_that_is_of_no_use(content: str | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigurationError, match=message):
        Credential.from_environment({"ENGAGEMENT_CLIENT_CERTIFICATE": str(file)})


def test_a_damaged_key_is_explained_without_being_shown(
    tenant: Tenant, settings: GraphSettings, pem: Path
) -> None:
    damaged = pem.read_text().replace("MII", "AAA", 1)
    pem.write_text(damaged)
    credential = Credential.from_environment({"ENGAGEMENT_CLIENT_CERTIFICATE": str(pem)})
    with pytest.raises(SignInError, match="cannot be used") as caught:
        SignIn(settings, credential).token()
    assert caught.value.__context__ is None
    assert "AAA" not in str(caught.value)


def test_without_a_credential() -> None:
    with pytest.raises(ConfigurationError, match="ENGAGEMENT_CLIENT_SECRET"):
        Credential.from_environment({})


@pytest.mark.parametrize("code", [700016, 7000229])
def test_an_app_that_the_tenant_does_not_know_has_no_consent(
    code: int, tenant: Tenant, sign_in: SignIn
) -> None:
    tenant.token_reply = _refusal(code, "unauthorized_client")
    with pytest.raises(ConsentError, match=CLIENT):
        sign_in.token()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (7000215, "not its id"),
        (7000222, "expired"),
        (700027, "certificate is not accepted"),
        (7000112, "disabled"),
        (500011, "source.cloud"),
        (90002, f"no tenant {TENANT}"),
        (90038, "national cloud"),
        (53003, "Conditional Access"),
        (123456, "AADSTS123456"),
    ],
)
def test_codes_become_words(code: int, words: str, tenant: Tenant, sign_in: SignIn) -> None:
    tenant.token_reply = _refusal(code, status=401)
    with pytest.raises(SignInError, match=words) as caught:
        sign_in.token()
    assert caught.value.code == code
    assert not caught.value.transient
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("error", ["temporarily_unavailable", "AADSTS90033"])
def test_a_busy_sign_in_is_worth_another_try(error: str, tenant: Tenant, sign_in: SignIn) -> None:
    code = 90033 if error.startswith("AADSTS") else 50000
    tenant.token_reply = _refusal(code, error)
    with pytest.raises(SignInError) as caught:
        sign_in.token()
    assert caught.value.transient
    tenant.token_reply = None
    assert sign_in.token()  # at once: MSAL's memory of the failure is dropped


@pytest.mark.parametrize(
    ("reply", "transient"),
    [
        (Reply(503, b""), True),
        (Reply(200, b'{"access_token":"SPLIT-TOKEN'), True),
        (Reply(200, b'{"access_token":"SPLIT-TOKEN"}', act="truncate"), True),
        (Reply(act="reset"), True),
        (Reply(404, b"<html>proxy</html>"), True),
    ],
)
def test_no_answer_or_a_broken_one(
    reply: Reply,
    transient: bool,
    tenant: Tenant,
    sign_in: SignIn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    tenant.token_reply = reply
    with pytest.raises(SignInError) as caught:
        sign_in.token()
    assert caught.value.transient is transient
    assert caught.value.__context__ is None
    assert "SPLIT-TOKEN" not in caplog.text
    tenant.token_reply = None
    assert sign_in.token()


def test_a_tenant_that_does_not_exist_fails_at_its_discovery(
    tenant: Tenant, sign_in: SignIn
) -> None:
    tenant.breaks("openid-configuration", _refusal(90002, "invalid_tenant"))
    with pytest.raises(SignInError, match="no tenant"):
        sign_in.token()


def test_no_secret_in_any_repr_log_or_pickle(
    tenant: Tenant, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = sign_in.token()
    tenant.token_reply = _refusal(7000215)
    sign_in.forget()
    with pytest.raises(SignInError) as caught:
        sign_in.token()
    credential = Credential("secret", SECRET)
    shown = (
        f"{sign_in!r} {credential!r} {credential} {vars(sign_in)} {caught.value!r} {caplog.text}"
    )
    assert SECRET not in shown
    assert token not in shown
    with pytest.raises(TypeError):
        pickle.dumps(credential)


@pytest.mark.parametrize(
    ("cloud", "login", "graph"),
    [
        ("global", "login.microsoftonline.com", "graph.microsoft.com"),
        ("us_government", "login.microsoftonline.us", "graph.microsoft.us"),
        ("us_government_dod", "login.microsoftonline.us", "dod-graph.microsoft.us"),
        ("china", "login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_national_clouds(cloud: Any, login: str, graph: str) -> None:
    endpoints = Endpoints.of(
        GraphSettings(kind="graph", tenant_id=TENANT, client_id=CLIENT, cloud=cloud)
    )
    assert endpoints.authority == f"https://{login}/{TENANT}"
    assert endpoints.graph == f"https://{graph}/v1.0"
    assert endpoints.scope == f"https://{graph}/.default"
    assert endpoints.is_microsoft_login


def test_other_hosts_keep_the_scope_of_the_cloud(settings: GraphSettings) -> None:
    endpoints = Endpoints.of(settings)
    assert not endpoints.is_microsoft_login
    assert endpoints.scope == "https://graph.microsoft.com/.default"


def test_the_ca_bundle_beats_the_environment_and_proxies_still_work(
    settings: GraphSettings,
    tenant: Tenant,
    sign_in: SignIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(trustme.CA().cert_pem.bytes())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(other))
    assert sign_in.token()
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    session = Session(Endpoints.of(settings))
    merged = session.merge_environment_settings("https://graph.example/", {}, None, None, None)
    assert merged["proxies"]["https"] == "http://proxy.example:8080"
    assert merged["verify"] == str(settings.ca_bundle)


def test_an_untrusted_certificate_is_not_retried(settings: GraphSettings, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(trustme.CA().cert_pem.bytes())
    untrusting = SignIn(
        settings.model_copy(update={"ca_bundle": other}), Credential("secret", SECRET)
    )
    with pytest.raises(SignInError, match="ca_bundle") as caught:
        untrusting.token()
    assert not caught.value.transient


def test_a_netrc_does_not_replace_the_token(
    settings: GraphSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine localhost login somebody password else")
    monkeypatch.setenv("NETRC", str(file))
    session = Session(Endpoints.of(settings))
    request = requests.Request(
        "GET", f"{settings.graph_url}/", headers={"Authorization": "Bearer t"}
    )
    assert session.prepare_request(request).headers["Authorization"] == "Bearer t"


def test_the_environment_is_where_credentials_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGEMENT_CLIENT_SECRET", SECRET)
    monkeypatch.delenv("ENGAGEMENT_CLIENT_CERTIFICATE", raising=False)
    assert Credential.from_environment(os.environ).kind == "secret"
    assert orjson.dumps(repr(Credential.from_environment())) == b'"<Credential: secret>"'
