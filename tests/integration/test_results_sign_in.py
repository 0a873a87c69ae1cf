"""Signing in to the results app with a real OpenID provider, over HTTPS."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
from fastapi.testclient import TestClient

from engagement_assets.results.sign_in import SESSION_COOKIE
from tests.support import openid, results

PUBLIC = "https://engagement.test"


@dataclass(frozen=True)
class Person:
    """Somebody with a browser: the app on one side, the provider on the other."""

    app: TestClient
    provider: openid.Provider
    outside: httpx.Client

    def to_provider(self, wanted: str = "/") -> str:
        """Ask for a page and go to the provider; return the address that it sends back to."""
        first = self.app.get(wanted, follow_redirects=False)
        assert first.status_code == 303
        second = self.app.get(first.headers["location"], follow_redirects=False)
        assert second.status_code == 302
        return str(self.outside.get(second.headers["location"]).headers["location"])

    def sign_in(self, wanted: str = "/") -> httpx.Response:
        """Sign in on the way to a page, and return the app's last answer but for that page."""
        answer: httpx.Response = self.app.get(self.to_provider(wanted), follow_redirects=False)
        return answer


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openid.Provider]:
    certificates = openid.Certificates.made(tmp_path_factory.mktemp("certificates"))
    with (
        openid.running(certificates) as running,
        mock.patch.dict(os.environ, {"SSL_CERT_FILE": str(certificates.authority)}),
    ):
        yield running


@pytest.fixture
def person(results_sample: Path, provider: openid.Provider) -> Iterator[Person]:
    provider.fault, provider.roles = "", ["viewer"]
    settings = results.settings_with_sign_in(results_sample, provider.issuer, PUBLIC)
    with (
        results.client_of(settings, PUBLIC) as app,
        httpx.Client(verify=openid.trusting_file(provider.authority)) as outside,
    ):
        yield Person(app, provider, outside)


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (["viewer"], 200),
        (["contributor"], 200),
        (["administrator"], 200),
        (["viewer", "something else", 7], 200),
        ("viewer", 200),
        (["VIEWER"], 403),
        (["something else"], 403),
        ([], 403),
        (None, 403),
        ({"viewer": True}, 403),
    ],
)
def test_only_a_known_role_lets_in(person: Person, roles: object, status: int) -> None:
    person.provider.roles = roles
    answer = person.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = person.app.get("/")
    assert page.status_code == status
    if status == 403:
        assert "Ask your administrator" in page.text


def test_the_name_is_shown_as_text(person: Person) -> None:
    person.sign_in()
    text = person.app.get("/").text
    assert "Ada &lt;Admin&gt;" in text
    assert "Ada <Admin>" not in text


@pytest.mark.parametrize(
    "fault",
    [
        "state",
        "nonce",
        "issuer",
        "audience",
        "audience with azp",
        "expiry",
        "signature",
        "no signature",
        "public key as secret",
        "no ID token",
        "refused",
    ],
)
def test_a_fault_lets_nobody_in(person: Person, fault: str) -> None:
    person.provider.fault = fault
    answer = person.sign_in()
    assert answer.status_code == 400
    assert "could not be signed in" in answer.text
    assert person.app.get("/", follow_redirects=False).status_code == 303


def test_a_code_holds_once(person: Person) -> None:
    back = person.to_provider()
    before = person.app.cookies[SESSION_COOKIE]
    assert person.app.get(back, follow_redirects=False).status_code == 303
    # somebody who saw the address and has the cookie of before
    person.app.cookies.clear()
    person.app.cookies.set(SESSION_COOKIE, before)
    assert person.app.get(back, follow_redirects=False).status_code == 400
    # without that cookie the state is unknown
    person.app.cookies.clear()
    assert person.app.get(back, follow_redirects=False).status_code == 400


def test_the_answer_to_another_browser_is_of_no_use(person: Person, results_sample: Path) -> None:
    back = person.to_provider()
    person.app.cookies.clear()
    person.to_provider()
    assert person.app.get(back, follow_redirects=False).status_code == 400


@pytest.mark.parametrize(
    "wanted", ["/customers/C-1%2F%3Fa%26b?embed=1&period=week", "/?q=a%20b&sort=Name"]
)
def test_a_deep_link_is_kept(person: Person, wanted: str) -> None:
    assert person.sign_in(wanted).headers["location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/",
        "/\\evil.example/",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil.example",
        "/a\r\nSet-Cookie: x=y",
        "",
    ],
)
def test_a_sign_in_leads_to_no_other_site(person: Person, wanted: str) -> None:
    begun = person.app.get("/login", params={"next": wanted}, follow_redirects=False)
    back = person.outside.get(begun.headers["location"]).headers["location"]
    assert person.app.get(back, follow_redirects=False).headers["location"] == "/"


def test_the_provider_is_asked_with_proof_and_for_little(person: Person) -> None:
    person.to_provider()
    asked = person.provider.asked
    assert asked["redirect_uri"] == f"{PUBLIC}/login/callback"
    assert asked["scope"] == "openid profile"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) > 20
    assert len(asked["nonce"]) > 15


def test_a_session_ends_by_itself(person: Person) -> None:
    person.sign_in()
    assert person.app.get("/").status_code == 200
    with mock.patch("time.time", return_value=time.time() + 3601):
        assert person.app.get("/", follow_redirects=False).status_code == 303


def test_a_forged_session_is_not_a_session(person: Person) -> None:
    person.sign_in()
    payload, rest = person.app.cookies[SESSION_COOKIE].split(".", 1)
    person.app.cookies.clear()
    person.app.cookies.set(SESSION_COOKIE, f"{payload[:-4]}AAAA.{rest}")
    assert person.app.get("/", follow_redirects=False).status_code == 303


def test_signing_out_forgets(person: Person) -> None:
    person.sign_in()
    answer = person.app.post("/logout", headers={"Origin": PUBLIC}, follow_redirects=False)
    assert answer.headers["location"] == "/signed-out"
    assert "signed out" in person.app.get("/signed-out").text
    assert person.app.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_other_site_can_sign_somebody_out(person: Person, headers: dict[str, str]) -> None:
    person.sign_in()
    assert person.app.post("/logout", headers=headers).status_code == 403
    assert person.app.get("/").status_code == 200


def _cookie(person: Person) -> str:
    return str(person.app.get("/login", follow_redirects=False).headers["set-cookie"]).lower()


def test_the_cookie_is_for_this_host_over_https_only(person: Person) -> None:
    cookie = _cookie(person)
    assert cookie.startswith(f"{SESSION_COOKIE.lower()}=")
    for flag in ("path=/", "httponly", "secure", "samesite=lax", "max-age=3600"):
        assert f"; {flag}" in cookie
    assert "domain=" not in cookie


def test_a_frame_of_another_site_gets_the_cookie_where_that_is_configured(
    results_sample: Path, provider: openid.Provider
) -> None:
    settings = results.settings_with_sign_in(
        results_sample, provider.issuer, PUBLIC, frame_origins=["https://crm.test"]
    )
    with results.client_of(settings, PUBLIC) as app:
        begun = app.get("/login", follow_redirects=False)
        assert "; samesite=none; secure" in begun.headers["set-cookie"].lower()
        framed = app.get("/", headers={"Sec-Fetch-Dest": "iframe"}, follow_redirects=False)
    assert framed.status_code == 401  # the provider would refuse to be shown in the frame
    assert 'target="_blank"' in framed.text
    assert "frame-ancestors https://crm.test;" in framed.headers["content-security-policy"] + ";"
    assert "x-frame-options" not in framed.headers


def test_a_script_that_is_not_signed_in_any_more_loads_the_page_again(person: Person) -> None:
    answer = person.app.get("/", headers={"HX-Request": "true"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (401, "true")


def test_a_provider_that_is_down_is_named_and_nobody_gets_in(results_sample: Path) -> None:
    nowhere = "https://localhost:9"
    settings = results.settings_with_sign_in(results_sample, nowhere, PUBLIC)
    with results.client_of(settings, PUBLIC) as app:
        answer = app.get("/login", follow_redirects=False)
    assert answer.status_code == 502
    assert "does not answer" in answer.text


def test_what_somebody_writes_into_an_address_is_in_no_log(
    person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    person.to_provider()
    state = {"state": person.provider.asked["state"]}
    for error in ("access_denied", "x\nforged line", "<script>"):
        person.app.get("/login/callback", params={"error": error, **state})
    logged = [record.getMessage() for record in caplog.records if "sign-in" in record.getMessage()]
    assert logged == [
        "The sign-in failed: access_denied.",
        "The sign-in failed: unknown error.",
        "The sign-in failed: unknown error.",
    ]


def test_secrets_are_in_no_text(person: Person) -> None:
    settings: Any = person.app.app.state.settings  # type: ignore[attr-defined] # the client takes any ASGI app
    assert openid.CLIENT_SECRET not in repr(settings)
    assert openid.SESSION_KEY not in repr(settings)
