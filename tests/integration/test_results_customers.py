"""The customer card and the list of customers, over what real runs published."""

import csv
import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import httpx
import pytest
from fastapi.testclient import TestClient

from engagement_assets.results import paging
from tests.support import hostile, results

Rows = list[tuple[Any, ...]]


def ask(config_file: Path, sql: str, *values: object) -> Rows:
    """Ask the published snapshot."""
    file = config_file.parent / "data" / "published" / "engagement.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def words(page: str) -> str:
    """Return what a page says, without its tags."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text))


def links(page: str) -> list[str]:
    """Return the cards that a page links to."""
    return [html.unescape(found) for found in re.findall(r'href="(/customers/[^"]*)"', page)]


@pytest.fixture(scope="module")
def engaged(results_sample: Path) -> Rows:
    """Every engaged customer: id, name, score, rank."""
    return ask(
        results_sample,
        "select CustomerId, Name, EngagementScore, Rank from Customer_Profile "
        "where IsEngaged order by EngagementScore desc, CustomerId",
    )


@pytest.fixture(scope="module")
def hostile_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.run_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def hostile_client(hostile_sample: Path) -> Iterator[httpx.Client]:
    # over HTTP: the client in this process decodes addresses twice
    with (
        results.serving(results.settings_for(hostile_sample)) as server,
        httpx.Client(base_url=server.url, timeout=60) as client,
    ):
        yield client


@pytest.fixture
def hostile_app(hostile_client: httpx.Client) -> httpx.Client:
    """A client that remembers nothing of other tests, such as a language."""
    hostile_client.cookies.clear()
    return hostile_client


def test_every_card_says_score_position_and_parts_that_add_up(
    results_app: TestClient, results_sample: Path, engaged: Rows
) -> None:
    (total,) = ask(results_sample, "select count(*) from Office_Customer")[0]
    for customer_id, name, score, rank in engaged:
        answer = results_app.get(f"/customers/{customer_id}")
        assert answer.status_code == 200
        said = words(answer.text)
        assert str(name) in said
        assert f"{score:.1f} of 100" in said
        assert f"{rank} of {total}" in said
        points = [
            float(found) for found in re.findall(r">([\d.]+)</td>\s*<td[^>]*weight", answer.text)
        ]
        assert len(points) == 8
        assert sum(points[:7]) == pytest.approx(points[7], abs=0.05)
        assert f"rounded: {score:.1f}" in said
        assert points[7] == pytest.approx(score, abs=0.06)


def test_the_year_and_the_charts_are_those_of_office(
    results_app: TestClient, results_sample: Path, engaged: Rows
) -> None:
    customer_id = engaged[0][0]
    said = words(results_app.get(f"/customers/{customer_id}").text)
    ((sent, received),) = ask(
        results_sample,
        "select NoOfEmails_ToAccount, NoOfEmails_FromAccount from Office "
        "where CustomerId = ? and AggregationLevel = 'year'",
        customer_id,
    )
    assert f"{received:,} from the customer, {sent:,} to the customer" in said
    months = ask(
        results_sample,
        "select strftime(AggregationStartDate, '%B %Y'), NoOfEmails_ToAccount, "
        "NoOfEmails_FromAccount from Office where CustomerId = ? and AggregationLevel = 'month'",
        customer_id,
    )
    assert len(months) > 3
    for month, to, sender in months:
        assert re.search(
            rf"{month}( \([^)]*\))?: {sender} e-mails from the customer, {to} to", said
        )


def test_the_chooser_shows_weeks_or_fewer_months_and_keeps_its_links(
    results_app: TestClient, engaged: Rows
) -> None:
    address = f"/customers/{engaged[0][0]}"
    usual = results_app.get(address).text
    assert "Activity by month" in words(usual)
    assert f"{address}?by=week&last=12#activity" in links(usual)
    weeks = results_app.get(f"{address}?by=week&last=3").text
    assert "Activity by week" in words(weeks)
    assert weeks.count("Week of ") > 20
    assert "Week of 7 Sept 2026" in words(weeks)
    assert "Week of 4 May 2026" not in words(weeks)
    assert f"{address}?by=month&last=3#activity" in links(weeks)
    assert results_app.get(f"{address}?by=x&last=y").text.count("Activity by month") == 1


def test_a_customer_without_activity_says_what_that_means(
    results_app: TestClient, results_sample: Path
) -> None:
    (customer_id,) = ask(
        results_sample, "select CustomerId from Customer_Profile where not IsEngaged limit 1"
    )[0]
    answer = results_app.get(f"/customers/{customer_id}")
    assert answer.status_code == 200
    assert "Never engaged" in words(answer.text)
    assert "Mailboxes read" in words(answer.text)
    assert "Engagement score" not in words(answer.text)


def test_an_unknown_customer_is_not_found_and_can_be_looked_for(results_app: TestClient) -> None:
    answer = results_app.get("/customers/" + quote("<b>nobody</b>/?", safe=""))
    assert answer.status_code == 404
    assert "<b>nobody" not in answer.text
    assert "<b>nobody</b>/?" in words(answer.text)
    assert 'action="/customers"' in answer.text


def test_the_change_since_the_last_run_is_that_of_the_history(
    results_app: TestClient, results_sample: Path
) -> None:
    ((customer_id, change),) = ask(
        results_sample,
        "select CustomerId, ScoreChange from Customer_Profile where ScoreChange < -0.5 "
        "order by ScoreChange limit 1",
    )
    ((rank, before),) = ask(
        results_sample,
        "select now.place, earlier.place from (select CustomerId, rank() over (order by "
        "EngagementScore desc) as place from Customer_Profile) as now join (select CustomerId, "
        "rank() over (order by EngagementScore desc) as place from Office_ScoreHistory "
        "where AsOfTime < (select max(AsOfTime) from Office_Run)) as earlier using (CustomerId) "
        "where CustomerId = ?",
        customer_id,
    )
    said = words(results_app.get(f"/customers/{customer_id}").text)
    if rank != before:
        up_or_down = "up" if rank < before else "down"
        assert re.search(rf"{abs(rank - before)} places? {up_or_down} since the last run", said)
    assert f"Since the last run \N{MINUS SIGN}{-change:.1f} 16 Nov 2026" in said


def test_a_card_does_not_depend_on_the_order_of_rows(
    results_sample: Path, tmp_path: Path, results_app: TestClient, engaged: Rows
) -> None:
    shutil.copytree(results_sample.parent, tmp_path / "copy", symlinks=True)
    copy = tmp_path / "copy" / results_sample.name
    file = copy.parent / "data" / "published" / "engagement.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute(
            "create table shuffled as from Office_ScoreContribution order by hash(Points); "
            "drop table Office_ScoreContribution; "
            "alter table shuffled rename to Office_ScoreContribution"
        )
    address = f"/customers/{engaged[3][0]}"
    with results.client_of(results.settings_for(copy)) as shuffled:
        assert words(shuffled.get(address).text) == words(results_app.get(address).text)


def test_no_page_of_a_customer_names_an_address(
    results_app: TestClient, results_sample: Path, engaged: Rows
) -> None:
    with (results_sample.parent / "contacts.csv").open(encoding="utf-8") as stream:
        addresses = [row["Email"].lower() for row in csv.DictReader(stream)]
    addresses += [
        str(row[0]) for row in ask(results_sample, "select EmailAddress from Office_Mailbox")
    ]
    assert len(addresses) > 20
    for path in ("/customers", *(f"/customers/{customer_id}" for customer_id, *_ in engaged)):
        page = results_app.get(path).text.lower()
        assert [address for address in addresses if address in page] == []


def test_in_a_frame_of_another_site_there_is_no_navigation(
    results_app: TestClient, engaged: Rows
) -> None:
    address = f"/customers/{engaged[0][0]}"
    framed = results_app.get(address, headers={"Sec-Fetch-Dest": "iframe"}).text
    assert '<nav aria-label="Pages"' in results_app.get(address).text
    assert '<nav aria-label="Pages"' not in framed
    assert 'target="_blank"' in framed


def test_a_card_in_dutch_has_dutch_words_and_numbers(
    results_app: TestClient, engaged: Rows
) -> None:
    customer_id, _, score, _ = engaged[0]
    dutch = {"Accept-Language": "nl-BE,nl;q=0.9,en;q=0.5"}
    said = words(results_app.get(f"/customers/{customer_id}", headers=dutch).text)
    assert f"Waarom {score:.1f}".replace(".", ",") in said
    assert "Why" not in said


# --- the list ---


def test_the_list_begins_with_the_highest_score(results_app: TestClient, engaged: Rows) -> None:
    page = results_app.get("/customers").text
    assert links(page)[0] == f"/customers/{engaged[0][0]}"


@pytest.mark.parametrize(
    ("column", "sql"),
    [
        ("Label", "Name"),
        ("Score", "case when IsEngaged then EngagementScore end"),
        ("ScoreChange", "case when IsEngaged then ScoreChange end"),
        ("ScoreTrend", "case when IsEngaged then ScoreTrend end"),
        ("EmailsFrom", "case when IsEngaged then NoOfEmails_FromAccount end"),
        ("EmailsTo", "case when IsEngaged then NoOfEmails_ToAccount end"),
        ("Meetings", "case when IsEngaged then Meetings end"),
        ("DaysSinceLastContact", "DaysSinceLastContact"),
    ],
)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_every_column_sorts_both_ways(
    results_app: TestClient, results_sample: Path, column: str, sql: str, order: str
) -> None:
    expected = ask(
        results_sample,
        f"select CustomerId from Customer_Profile order by {sql} {order} nulls last, "
        "coalesce(Name, CustomerId), CustomerId",
    )
    page = results_app.get(f"/customers?sort={column}&order={order}").text
    listed = re.findall(r'<th scope="row"><a href="(/customers/[^"]*)"', page)
    assert listed == [f"/customers/{customer_id}" for (customer_id,) in expected[:50]]


def test_a_search_finds_names_and_ids_in_any_case_and_without_accents(
    hostile_app: httpx.Client,
) -> None:
    for text, customer_id in (
        ("łodz ced", "x y+z"),
        ("SLASH", "a/b?c=d&e#f"),
        ("C|YEAR", "C|year|2026"),
    ):
        assert links(hostile_app.get("/customers", params={"q": text}).text) == [
            f"/customers/{quote(customer_id, safe='')}"
        ]
    # what means something to LIKE, to a template or to SQL is text like any other
    for text in ("%", "_", "{{ 7 * 7 }}", "'", '"', "\\"):
        found = hostile_app.get("/customers", params={"q": text})
        expected = sum(text in each or text in name for each, name in hostile.CUSTOMERS)
        assert len(links(found.text)) == expected, text
        assert f'value="{text}"' in html.unescape(found.text)


def test_a_search_without_a_result_says_so(results_app: TestClient) -> None:
    said = words(results_app.get("/customers", params={"q": "<i>none</i>"}).text)
    assert "No customer's name or id holds “<i>none</i>”." in said


def test_engaged_and_never_engaged_customers_are_all(
    results_app: TestClient, results_sample: Path
) -> None:
    (total,) = ask(results_sample, "select count(*) from Office_Customer")[0]
    yes = links(results_app.get("/customers?engaged=yes").text)
    no = links(results_app.get("/customers?engaged=no").text)
    assert len(yes) + len(no) == total
    assert set(yes).isdisjoint(no)
    assert yes
    assert no


def test_a_long_list_has_pages_that_together_are_everybody(
    results_app: TestClient, results_sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE_LENGTH", 7)
    (total,) = ask(results_sample, "select count(*) from Office_Customer")[0]
    seen: list[str] = []
    address: str | None = "/customers"
    while address:
        page = results_app.get(address).text
        seen += links(page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = html.unescape(following[1]) if following else None
    assert len(seen) == total
    assert len(set(seen)) == total
    for silly in ("0", "-3", "99999999999999", "x"):
        assert results_app.get("/customers", params={"page": silly}).status_code == 200


# --- customers that try to break a page ---


def test_hostile_customers_are_found_in_the_list_and_their_links_lead_to_their_cards(
    hostile_app: httpx.Client,
) -> None:
    page = hostile_app.get("/customers").text
    assert hostile.SCRIPT not in page
    listed = links(page)
    for customer_id, name in hostile.CUSTOMERS:
        address = f"/customers/{quote(customer_id, safe='')}"
        assert address in listed
        card = hostile_app.get(address)
        assert card.status_code == 200, customer_id
        assert re.sub(r"\s+", " ", name).strip() in words(card.text)
        assert hostile.SCRIPT not in card.text
        assert "<img" not in card.text


@pytest.mark.parametrize("customer_id", hostile.IDS)
def test_the_links_of_a_hostile_card_lead_back_to_it(
    hostile_app: httpx.Client, customer_id: str
) -> None:
    address = f"/customers/{quote(customer_id, safe='')}"
    page = hostile_app.get(address).text
    for link in (*(each for each in links(page) if "by=" in each or "lang=" in each),):
        answer = hostile_app.get(link)
        assert answer.status_code == 200, link
        assert customer_id in html.unescape(answer.text)


def test_an_id_that_begins_like_another_keeps_its_own_parts(
    hostile_app: httpx.Client, hostile_sample: Path
) -> None:
    for customer_id in ("C", "C|year|2026"):
        ((score,),) = ask(
            hostile_sample,
            "select EngagementScore from Customer_Profile where CustomerId = ? and IsEngaged",
            customer_id,
        )
        said = words(hostile_app.get(f"/customers/{quote(customer_id, safe='')}").text)
        assert f"rounded: {score:.1f}" in said
