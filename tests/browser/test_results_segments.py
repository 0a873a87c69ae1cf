"""Segments, measures and the rule builder in a real browser, as somebody new to them."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support import own_sql, results
from tests.support.reading import ask
from tests.support.results import Server

from .accessibility import violations
from .opening import visit

QUIET = "match=all&field=DaysSinceLastContact&is=more_or_never&value=60&to="
LONG = f"{QUIET}&field=EngagementScore&is=between&value=1&to=90&field=Name&is=contains&value=&to="
PAGES = (
    "/segments",
    "/segments/stale_accounts",
    "/segments/stale_accounts?q=zzz",
    "/measures",
    "/measures/average_score",
    "/measures/emails_by_month",
    "/measures/answered_share",
    "/measures/sub_accounts",
    "/rules",
    f"/rules?{QUIET}",
    f"/rules?{LONG}",
    "/rules?match=all&field=Rank&is=between&value=9&to=3",
)


@pytest.fixture(scope="module")
def own(results_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app whose readers may save segments."""
    config_file = own_sql.write(results_sample, tmp_path_factory.mktemp("own") / "organisation")
    own_sql.run(config_file)
    with results.serving(results.settings_for(config_file)) as server:
        yield server


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, contexts: list[BrowserContext], own: Server, scheme: str
) -> None:
    page = visit(browser, contexts, color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(own.url + path)
        for summary in page.locator("summary").all():
            summary.click()
        found[path] = violations(page)
    assert {path: broken for path, broken in found.items() if broken} == {}


def test_a_phone_scrolls_down_only(
    browser: Browser, contexts: list[BrowserContext], own: Server
) -> None:
    page = visit(browser, contexts, viewport={"width": 390, "height": 844})
    wide = []
    for path in (*PAGES, "/segments/odd", "/measures/by_size"):
        for language in ("en", "nl"):
            page.goto(f"{own.url}{path}{'&' if '?' in path else '?'}lang={language}")
            for summary in page.locator("summary").all():
                summary.click()
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                wide.append((path, language))
    assert wide == []


def test_find_the_account_that_cooled_most(
    browser: Browser, contexts: list[BrowserContext], results_server: Server, results_sample: Path
) -> None:
    ((name, trend),) = ask(
        results_sample,
        "select Name, ScoreTrend from Customer_Profile order by ScoreTrend, CustomerId limit 1",
    )
    page = visit(browser, contexts)
    page.goto(results_server.url)
    page.get_by_role("link", name="Segments").click()
    page.get_by_role("link", name="Cooling").click()
    first = page.locator("#members tbody tr").first
    expect(first.get_by_role("link")).to_have_text(str(name))
    expect(first).to_contain_text(f"\N{MINUS SIGN}{abs(float(str(trend))):.1f}")
    first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(name))


@pytest.mark.parametrize("scripts", [True, False])
def test_download_the_stale_accounts(
    browser: Browser,
    contexts: list[BrowserContext],
    results_server: Server,
    results_sample: Path,
    scripts: bool,
) -> None:
    expected = ask(
        results_sample, "select CustomerId from Segment_Member where Segment = 'stale_accounts'"
    )
    page = visit(browser, contexts, java_script_enabled=scripts)
    page.goto(results_server.url)
    page.get_by_role("link", name="Segments").click()
    page.get_by_role("link", name="Stale accounts").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download CSV").click()
    file = downloading.value
    assert file.suggested_filename == "stale_accounts-2026-11-23.csv"
    with Path(file.path()).open(encoding="utf-8-sig", newline="") as stream:
        found = [row["CustomerId"] for row in csv.DictReader(stream)]
    assert sorted(found) == sorted(str(row[0]) for row in expected)


def test_members_are_sorted_and_searched_in_place(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(f"{results_server.url}/segments/stale_accounts")
    page.evaluate("document.body.dataset.kept = 'yes'")  # gone with the next whole page
    heading = page.get_by_role("columnheader", name="Days since the last e-mail")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    name = page.locator("#members tbody a").first.inner_text()
    field = page.get_by_role("searchbox", name="Search this segment")
    field.fill(name)
    field.press("Enter")
    expect(page.locator("#members tbody tr")).to_have_count(1)
    assert page.evaluate("document.body.dataset.kept") == "yes"


def counted(sample: Path, condition: str) -> str:
    ((number,),) = ask(sample, f"select count(*) from Customer_Profile where {condition}")
    return f"{number} of 40 customers"


def test_the_count_follows_what_is_typed(
    browser: Browser, contexts: list[BrowserContext], results_server: Server, results_sample: Path
) -> None:
    page = visit(browser, contexts)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{results_server.url}/segments")
    page.get_by_role("link", name="Build your own").click()
    page.get_by_label("Begin with a condition about").select_option("days since the last e-mail")
    page.get_by_role("button", name="Add").click()
    # the cursor waits where something is missing
    value = page.get_by_label("Value: days since the last e-mail", exact=True)
    expect(value).to_be_focused()
    page.evaluate("document.body.dataset.kept = 'yes'")
    page.keyboard.type("60")
    found = page.locator("#found-title")
    expect(found).to_contain_text(counted(results_sample, "DaysSinceLastEmail > 60"))
    expect(page.get_by_label("Second value")).to_be_hidden()
    page.get_by_label("What holds").select_option("is between")
    expect(page.locator("#result")).to_contain_text("Write a number.")
    page.get_by_label("Second value").fill("90")
    expect(found).to_contain_text(counted(results_sample, "DaysSinceLastEmail between 60 and 90"))
    page.get_by_label("What holds").select_option("is never")
    expect(found).to_contain_text(counted(results_sample, "DaysSinceLastEmail is null"))
    expect(value).to_be_hidden()
    assert page.evaluate("document.body.dataset.kept") == "yes"
    # the address holds the rule: it can be sent to somebody
    assert "is=never" in page.url
    page.reload()
    expect(found).to_contain_text(counted(results_sample, "DaysSinceLastEmail is null"))
    page.get_by_text("The rule as SQL").first.click()
    expect(page.locator("#result pre")).to_contain_text("DaysSinceLastEmail is null")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_label("Begin with a condition about")).to_be_visible()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(results_server.url).netloc}
    assert said == []  # the browser reports what the Content-Security-Policy forbids


def test_a_rule_is_built_without_scripts(
    browser: Browser, contexts: list[BrowserContext], results_server: Server, results_sample: Path
) -> None:
    page = visit(browser, contexts, java_script_enabled=False)
    page.goto(f"{results_server.url}/rules")
    page.get_by_label("Begin with a condition about").select_option("score")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("What holds").select_option("is between")
    page.get_by_label("Value: score", exact=True).fill("20")
    page.get_by_label("Second value").fill("60.5")
    page.keyboard.press("Enter")
    between = "EngagementScore between 20 and 60.5"
    expect(page.locator("#found-title")).to_contain_text(counted(results_sample, between))
    page.get_by_label("Add a condition about").select_option("its segments")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Value: its segments").select_option("Stale accounts")
    page.get_by_label("Customers for whom").select_option("at least one of these holds")
    page.get_by_role("button", name="Count").click()
    members = "CustomerId in (select CustomerId from Segment_Member where Segment = '{}')"
    both = f"{between} or {members.format('stale_accounts')}"
    expect(page.locator("#found-title")).to_contain_text(counted(results_sample, both))
    page.get_by_role("button", name=re.compile("Remove.*score")).click()
    expect(page.locator("#found-title")).to_contain_text(
        counted(results_sample, members.format("stale_accounts"))
    )


def test_a_rule_becomes_a_segment_with_the_next_run(
    browser: Browser, contexts: list[BrowserContext], own: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(f"{own.url}/rules?{QUIET}")
    page.get_by_label("File name").fill("odd")
    page.get_by_label("Title").fill("Gone quiet")
    page.get_by_role("button", name="Save for the next run").click()
    expect(page.get_by_text("There is already a table of that name.")).to_be_visible()
    page.get_by_label("File name").fill("gone_quiet")
    page.get_by_role("button", name="Save for the next run").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as gone_quiet.")

    own_sql.run(own.settings.published.parents[1] / "engagement.yaml")

    page.goto(f"{own.url}/segments")  # no restart
    page.get_by_role("link", name="Gone quiet").click()
    expect(page.locator("#members-title")).not_to_have_text("0 customers")
    page.get_by_role("link", name="Open in the rule builder").click()
    value = page.get_by_label("Value: days since the last e-mail or meeting", exact=True)
    expect(value).to_have_value("60")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download the file").click()
    text = Path(downloading.value.path()).read_text(encoding="utf-8")
    assert "from Customer_Profile\nwhere\n    (DaysSinceLastContact is null or" in text


def test_in_dutch_the_shipped_segments_too(
    browser: Browser, contexts: list[BrowserContext], results_server: Server
) -> None:
    page = visit(browser, contexts)
    page.goto(f"{results_server.url}/segments?lang=nl")
    page.get_by_role("link", name="Ingeslapen klanten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ingeslapen klanten")
    expect(page.locator("#members")).to_contain_text("Dagen sinds de laatste e-mail")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV downloaden").click()
    text = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    assert text.startswith("CustomerId;Name;Since;")
