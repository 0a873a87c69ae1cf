"""Signing in with a real browser, an OpenID provider over HTTPS, and a CRM that shows a page."""

import os
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

from engagement_assets.results.settings import AppSettings
from tests.support import openid, results
from tests.support.results import Server

from .accessibility import violations
from .conftest import LONGEST_WAIT

APP, CRM = "engagement.test", "crm.test"  # two sites, both on this machine
_RULES = (
    f"MAP {APP} 127.0.0.1, MAP {CRM} 127.0.0.1, MAP localhost 127.0.0.1, "
    "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
)
FLAGS = ["--no-sandbox", "--disable-background-networking", f"--host-resolver-rules={_RULES}"]


@dataclass(frozen=True)
class Stage:
    """The app, its provider, and a CRM.

    Attributes:
        app: allows the CRM to show its pages.
        strict: allows nobody to.
        provider: whom both ask.
        crm: the CRM's address.
    """

    app: Server
    strict: Server
    provider: openid.Provider
    crm: str


@pytest.fixture(scope="module")
def stage(results_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    certificates = openid.Certificates.made(tmp_path_factory.mktemp("certificates"), APP, CRM)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        crm = f"https://{CRM}:{listening.getsockname()[1]}"

        def made(url: str, *origins: str) -> AppSettings:
            return results.settings_with_sign_in(
                results_sample, provider.issuer, url, frame_origins=list(origins)
            )

        with (
            openid.running(certificates) as provider,
            mock.patch.dict(os.environ, {"SSL_CERT_FILE": str(certificates.authority)}),
            results.serving_securely(lambda url: made(url, crm), APP, certificates) as app,
            results.serving_securely(made, APP, certificates) as strict,
            _crm(listening, certificates, {"open": app.url, "strict": strict.url}),
        ):
            yield Stage(app, strict, provider, crm)


@pytest.fixture(scope="module")
def secure_browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture
def fresh(secure_browser: Browser, stage: Stage) -> Iterator[BrowserContext]:
    stage.provider.fault, stage.provider.roles = "", ["viewer"]
    context = secure_browser.new_context(locale="en-GB", ignore_https_errors=True)
    context.set_default_timeout(LONGEST_WAIT)
    yield context
    context.close()


def _crm(
    listening: socket.socket, certificates: openid.Certificates, shown: dict[str, str]
) -> AbstractContextManager[None]:
    app = FastAPI()

    @app.get("/accounts/{which}")
    def account(which: str) -> HTMLResponse:
        address = f"{shown[which]}/?sort=Name&order=asc"
        return HTMLResponse(
            f'<h1>CRM</h1><iframe src="{address}" width="900" height="700"></iframe>'
        )

    config = uvicorn.Config(app, log_level="error", ssl_certfile=str(certificates.server))
    return results.running(config, listening)


def test_a_deep_link_leads_through_the_provider_to_the_page(
    fresh: BrowserContext, stage: Stage
) -> None:
    page = fresh.new_page()
    wanted = f"{stage.app.url}/?sort=Name&order=desc&q=a"
    page.goto(wanted)
    assert page.url == wanted
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_text("Ada <Admin>")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert violations(page) == []
    page.go_back()
    page.reload()  # the provider still knows the browser, so a page asks it and is there again
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_without_a_role_the_page_says_what_to_do(fresh: BrowserContext, stage: Stage) -> None:
    stage.provider.roles = []
    page = fresh.new_page()
    page.goto(stage.app.url)
    expect(page.get_by_text("Ask your administrator")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("fault", ["state", "nonce", "audience", "expiry", "signature"])
def test_a_fault_is_a_page_that_lets_nobody_in(
    fresh: BrowserContext, stage: Stage, fault: str
) -> None:
    stage.provider.fault = fault
    page = fresh.new_page()
    page.goto(stage.app.url)
    expect(page.get_by_role("heading", name="You could not be signed in")).to_be_visible()
    assert violations(page) == []
    stage.provider.fault = ""
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_part_of_a_page_asks_for_signing_in_like_a_whole_one(
    fresh: BrowserContext, stage: Stage
) -> None:
    page = fresh.new_page()
    page.goto(stage.app.url)
    fresh.clear_cookies()
    page.get_by_role("link", name="See more").click()
    expect(page.get_by_text("Engaged customers").first).to_be_visible()
    page.get_by_role("link", name="See more").click()
    expect(page.get_by_text("30 of 30 shown")).to_be_visible()


def test_a_crm_that_may_shows_a_page_after_signing_in_in_a_window(
    fresh: BrowserContext, stage: Stage
) -> None:
    # this Chromium holds cookies of frames back; what it would ask the reader is answered here
    fresh.grant_permissions(["storage-access"])
    page = fresh.new_page()
    page.goto(f"{stage.crm}/accounts/open")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Sign in to see this")).to_be_visible()
    with fresh.expect_page() as opened:
        frame.get_by_role("link", name="Sign in", exact=True).click()
    expect(opened.value.get_by_role("heading", name="You are signed in")).to_be_visible()
    opened.value.get_by_role("link", name="Go on").click()
    expect(opened.value.get_by_text("Close this window")).to_be_visible()
    opened.value.close()
    frame.get_by_role("link", name="I am signed in: go on").click()
    expect(frame.get_by_role("heading", name="Overview")).to_be_visible()
    expect(frame.get_by_role("columnheader", name="Customer")).to_have_attribute(
        "aria-sort", "ascending"
    )
    expect(frame.get_by_role("navigation")).to_have_count(0)
    page.reload()  # from now on the frame shows it at once
    expect(frame.get_by_role("heading", name="Overview")).to_be_visible()


def test_nobody_else_can_show_a_page_in_a_frame(fresh: BrowserContext, stage: Stage) -> None:
    page = fresh.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{stage.crm}/accounts/strict")
    expect(page.frame_locator("iframe").get_by_role("heading", name="Sign in")).to_have_count(0)
    assert any("frame-ancestors" in each for each in said)
