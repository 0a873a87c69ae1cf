"""The overview, and what all pages share, in a real browser."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.results import Server

from .accessibility import violations
from .opening import visit

PAGES = ("/", "/?q=zzz", "/?embed=1", "/nowhere")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(
    browser: Browser,
    contexts: list[BrowserContext],
    results_server: Server,
    path: str,
    scheme: str,
) -> None:
    page = visit(browser, contexts, color_scheme=scheme)
    page.goto(results_server.url + path)
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []


def test_a_phone_scrolls_down_only(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts, viewport={"width": 390, "height": 844})
    for path in ("/", "/?lang=nl"):
        page.goto(results_server.url + path)
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_page_asks_nothing_of_another_host_and_breaks_no_policy(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(results_server.url)
    page.get_by_role("link", name="See more").click()
    expect(page.get_by_text("30 of 30 shown")).to_be_visible()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(results_server.url).netloc}
    assert said == []  # the browser reports what the Content-Security-Policy forbids


def test_see_more_sort_and_search_in_place(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(results_server.url)
    page.evaluate("document.body.dataset.kept = 'yes'")  # gone with the next whole page
    rows = page.locator("#preview tbody tr")
    expect(rows).to_have_count(12)
    page.get_by_role("link", name="See more").click()
    expect(rows).to_have_count(30)
    page.get_by_role("columnheader", name="Customer").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Customer")).to_have_attribute(
        "aria-sort", "ascending"
    )
    names = rows.get_by_role("link").all_inner_texts()
    assert names == sorted(names)
    field = page.get_by_role("searchbox", name="Search engaged customers")
    field.fill(names[3])
    field.press("Enter")
    expect(rows).to_have_count(1)
    assert page.evaluate("document.body.dataset.kept") == "yes"
    # the address says what is shown: it can be sent to somebody, and the way back leads back
    assert "q=" in page.url
    assert "sort=Name" in page.url
    page.reload()
    expect(rows).to_have_count(1)
    page.go_back()
    expect(rows).to_have_count(30)


def test_without_scripts_everything_works(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts, java_script_enabled=False)
    page.goto(results_server.url)
    rows = page.locator("#preview tbody tr")
    page.get_by_role("link", name="See more").click()
    expect(rows).to_have_count(30)
    page.get_by_role("link", name="Meetings").click()
    expect(page.get_by_role("columnheader", name="Meetings")).to_have_attribute(
        "aria-sort", "descending"
    )
    name = rows.get_by_role("link").nth(4).inner_text()
    page.get_by_role("searchbox", name="Search engaged customers").fill(name)
    page.locator("#preview").get_by_role("button", name="Search").click()
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Nederlands").click()
    expect(page.get_by_role("heading", name="Overzicht")).to_be_visible()
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Klanten", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")


def test_by_keyboard(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(results_server.url)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox", name="Look for a customer")).to_be_focused()
    # everything that can be reached shows that it was
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "() => { const at = document.activeElement; return"
            " [(at.innerText || at.name || at.id).trim(), getComputedStyle(at).outlineStyle]; }"
        )
        if page.evaluate("document.activeElement === document.body"):
            break  # the end
        assert outline != "none", name
        reached.append(name)
    assert "See more" in reached
    assert any(name.startswith("Score") for name in reached)


def test_printed_it_is_the_results_alone(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts, color_scheme="dark")
    page.goto(results_server.url)
    page.emulate_media(media="print")
    expect(page.get_by_text("Engaged customers").first).to_be_visible()
    for part in (page.get_by_role("navigation"), page.get_by_role("search").first):
        expect(part).to_be_hidden()
    colour = "e => getComputedStyle(e).backgroundColor"
    assert page.locator("body").evaluate(colour) == "rgb(255, 255, 255)"


def test_in_a_frame_there_is_the_page_alone(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(results_server.url + "/?embed=1")
    expect(page.get_by_text("Engaged customers").first).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
