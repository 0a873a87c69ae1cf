"""The customer card and the data pages in a real browser."""

import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import hostile, results
from tests.support.results import Server

from .accessibility import violations
from .opening import visit

NEVER = "/customers?engaged=no"
PAGES = (
    "/customers",
    "/customers?q=zzz",
    "/customers/C-1008",
    "/customers/C-1008?by=week&last=3",
    "/customers/C-1008?embed=1",
    "/customers/nobody",
    "/data",
    "/data/Office",
    "/data/Office/EngagementScore",
    "/data/Office/AggregationLevel",
    "/definitions",
)


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    config_file = hostile.run_hostile(tmp_path_factory.mktemp("hostile"))
    with results.serving(results.settings_for(config_file)) as server:
        yield server


def never_engaged(page: Page, url: str) -> str:
    """Return the address of the card of a customer without activity."""
    page.goto(url + NEVER)
    return page.locator("#customers tbody a").first.get_attribute("href") or ""


# The texts below and beside each chart that lie on one another, as far as they are shown.
TOUCHING = """() => [...document.querySelectorAll('.plot svg')].flatMap(chart => {
  const texts = [...chart.querySelectorAll('text')]
    .filter(text => getComputedStyle(text).display !== 'none')
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([one, a], place) => texts.slice(place + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top + 1 < b.bottom - 1
      && b.top + 1 < a.bottom - 1)
    .map(([other]) => `${one} / ${other}`));
})"""


@pytest.mark.parametrize("language", ["en", "nl"])
def test_texts_of_charts_never_touch_on_any_screen(
    browser: Browser, contexts: list[BrowserContext], results_server: Server, language: str
) -> None:
    page = visit(browser, contexts)
    charts = 0
    for path in (
        "/",
        "/customers/C-1008",
        "/customers/C-1008?by=week",
        "/segments/cooling",
        "/measures/average_score",
        "/measures/emails_by_month",
        "/data/Office/AggregationStartDate",
        "/data/Office/EngagementScore",
    ):
        joined = "&" if "?" in path else "?"
        page.goto(f"{results_server.url}{path}{joined}lang={language}")
        charts += page.locator(".plot").count()
        for width in (1800, 1280, 900, 700, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(TOUCHING) == [], (path, width)
    assert charts > 8


def test_parts_of_months_are_marked_and_named(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(f"{results_server.url}/customers/C-1008")
    emails = page.get_by_role("img", name="E-mails per month")
    expect(emails).to_have_accessible_name(re.compile("lighter: only a part of the month$"))
    expect(page.locator("figcaption", has_text="only a part of the month")).to_have_count(3)
    last = emails.locator(".bar").last
    expect(last).to_have_class("bar part")
    expect(last).to_contain_text("November 2026 (so far)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, contexts: list[BrowserContext], results_server: Server, scheme: str
) -> None:
    page = visit(browser, contexts, color_scheme=scheme)
    found = {}
    for path in (*PAGES, never_engaged(page, results_server.url)):
        page.goto(results_server.url + path)
        for summary in page.locator("summary").all():
            summary.click()
        found[path] = violations(page)
    assert {path: broken for path, broken in found.items() if broken} == {}


def test_a_phone_scrolls_down_only(
    browser: Browser,
    contexts: list[BrowserContext],
    results_server: Server,
    hostile_server: Server,
) -> None:
    page = visit(browser, contexts, viewport={"width": 390, "height": 844})
    addresses = [results_server.url + path for path in PAGES]
    addresses += [f"{each}{'&' if '?' in each else '?'}lang=nl" for each in addresses]
    addresses += [f"{hostile_server.url}/customers/{quote(each, safe='')}" for each in hostile.IDS]
    wide = []
    for address in [*addresses, f"{hostile_server.url}/customers"]:
        page.goto(address)
        for summary in page.locator("summary").all():
            summary.click()
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(address)
    assert wide == []


def test_from_a_search_to_the_card_and_through_the_chooser(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(results_server.url)
    page.keyboard.press("Control+k")
    page.keyboard.type("woodgrove")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Woodgrove Bank").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Woodgrove Bank")
    expect(page.get_by_role("heading", name="Activity by month")).to_be_visible()
    page.evaluate("document.body.dataset.kept = 'yes'")
    page.get_by_role("link", name="Weeks", exact=True).click()
    expect(page.get_by_role("heading", name="Activity by week")).to_be_visible()
    page.get_by_role("link", name="3 months").click()
    expect(page.get_by_role("link", name="3 months")).to_have_attribute("aria-current", "true")
    expect(page.locator("#activity figure").first.locator("g.bar")).to_have_count(18)
    assert page.evaluate("document.body.dataset.kept") == "yes"  # replaced in place
    assert "by=week&last=3" in page.url
    page.reload()
    expect(page.get_by_role("heading", name="Activity by week")).to_be_visible()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(results_server.url).netloc}
    assert said == []  # the browser reports what the Content-Security-Policy forbids


def test_the_list_follows_while_somebody_types_and_keeps_its_order(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(f"{results_server.url}/customers")
    page.get_by_role("columnheader", name="Trend").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Trend")).to_have_attribute(
        "aria-sort", "ascending"
    )
    field = page.get_by_role("searchbox", name="Look for a customer")
    field.press_sequentially("woodg")
    rows = page.locator("#customers tbody tr")
    expect(rows).to_have_count(1)
    expect(field).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("1 to 1 of 1")
    assert "q=woodg" in page.url
    assert "sort=ScoreTrend" in page.url


def test_without_scripts_search_sort_chooser_and_tables_work(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts, java_script_enabled=False)
    page.goto(f"{results_server.url}/customers")
    page.get_by_role("columnheader", name="Meetings").get_by_role("link").click()
    page.get_by_role("searchbox").fill("woodgrove")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Woodgrove Bank").click()
    page.get_by_role("link", name="Weeks", exact=True).click()
    expect(page.get_by_role("heading", name="Activity by week")).to_be_visible()
    page.locator("#activity summary").click()
    expect(page.get_by_role("rowheader", name="Week of 16 Nov 2026")).to_be_visible()
    page.get_by_role("link", name="Nederlands").click()
    expect(page.get_by_role("heading", name="Activiteit per week")).to_be_visible()


def test_by_keyboard_from_the_list_to_a_card(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(f"{results_server.url}/customers?q=woodgrove")
    link = page.get_by_role("link", name="Woodgrove Bank")
    for _ in range(40):
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Woodgrove Bank")


@pytest.mark.parametrize("place", range(len(hostile.CUSTOMERS)))
def test_a_deep_link_with_a_hostile_id(
    browser: Browser, contexts: list[BrowserContext], hostile_server: Server, place: int
) -> None:
    customer_id, name = hostile.CUSTOMERS[place]
    page = visit(browser, contexts)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{hostile_server.url}/customers/{quote(customer_id, safe='')}")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(" ".join(name.split()))
    weeks = page.get_by_role("link", name="Weeks", exact=True)
    if weeks.count():
        weeks.click()
        expect(page.get_by_role("heading", name="Activity by week")).to_be_visible()
        page.reload()
    page.get_by_role("link", name="Nederlands").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(heading).to_have_text(" ".join(name.split()))
    assert page.title() != "broken"
    assert said == []


def test_another_site_shows_the_card_in_a_frame_only_where_it_may(
    browser: Browser,
    contexts: list[BrowserContext],
    results_server: Server,
    results_sample: Path,
    tmp_path: Path,
) -> None:
    with _site(tmp_path) as origin:
        settings = replace(results.settings_for(results_sample), frame_origins=(origin,))
        with results.serving(settings) as allowed:
            page = visit(browser, contexts)
            _write_frame(tmp_path, f"{allowed.url}/customers/C-1008")
            page.goto(f"{origin}/frame.html")
            frame = page.frame_locator("iframe")
            expect(frame.get_by_role("heading", level=1)).to_have_text("Woodgrove Bank")
            expect(frame.get_by_role("navigation", name="Pages")).to_have_count(0)
            frame.get_by_role("link", name="Weeks", exact=True).click()
            expect(frame.get_by_role("heading", name="Activity by week")).to_be_visible()
            expect(frame.get_by_role("navigation", name="Pages")).to_have_count(0)
            opens = frame.get_by_role("link", name="Open in the results app")
            expect(opens).to_have_attribute("target", "_blank")
        _write_frame(tmp_path, f"{results_server.url}/customers/C-1008")
        page.goto(f"{origin}/frame.html")
        expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_have_count(0)


def test_on_paper_there_is_the_card_and_nothing_around_it(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts, viewport={"width": 718, "height": 1040})  # A4 with margins
    page.goto(f"{results_server.url}/customers/C-1008")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    expect(page.locator(".search")).to_be_hidden()
    expect(page.locator(".choosers")).to_be_hidden()
    expect(page.get_by_text("Engagement score")).to_be_visible()
    table = page.locator("table.parts")
    assert table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_column_is_traced_back_to_what_was_read(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(results_server.url)
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("link", name="Office", exact=True).click()
    page.get_by_role("link", name="EngagementScore", exact=True).click()
    expect(page.get_by_text("landed_message.sent_at").first).to_be_visible()
    page.get_by_role("link", name="Office_ScoreContribution.Points").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Points")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class _site:  # noqa: N801 - used as a function
    """Another web site on this machine."""

    def __init__(self, folder: Path) -> None:
        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *given: _Quiet(*given, directory=str(folder))
        )
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://localhost:{self._server.server_port}"

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _write_frame(folder: Path, address: str) -> None:
    (folder / "frame.html").write_text(
        f'<!doctype html><iframe src="{address}" width="900" height="900"></iframe>',
        encoding="utf-8",
    )
