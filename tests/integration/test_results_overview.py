"""What the overview says, over the results of real runs."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import duckdb
import pytest
from fastapi.testclient import TestClient

from engagement_assets import config
from tests.support import pipeline, results
from tests.support.command import read_settings, write_settings

PUBLIC = "https://engagement.test"


def words(page: str) -> str:
    """Return what a reader sees: no tags, one space between words."""
    shown = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(shown)).strip()


@pytest.fixture
def copy(results_sample: Path, tmp_path: Path) -> Path:
    """The configuration of a copy of the organisation, to change."""
    shutil.copytree(results_sample.parent, tmp_path / "copy", symlinks=True)
    return tmp_path / "copy" / results_sample.name


def change(config_file: Path, *statements: str) -> None:
    """Change what is published."""
    published = config.load(config_file, files_must_exist=False).data_dir / "published"
    with duckdb.connect(published / "engagement.duckdb") as connection:
        for statement in statements:
            connection.execute(statement)


def text_of(config_file: Path, address: str = "/", **headers: str) -> str:
    with results.client_of(results.settings_for(config_file)) as client:
        answer = client.get(address, headers=headers)
        assert answer.status_code == 200
        return words(answer.text)


def test_the_figures_are_those_of_the_newest_run(
    results_app: TestClient, results_sample: Path
) -> None:
    tables = pipeline.published(results_sample.parent / "data" / "published")
    runs = sorted(tables["Office_Run"], key=lambda run: str(run["AsOfTime"]))
    before, run = runs
    text = words(results_app.get("/").text)
    assert f"Engaged customers {run['CustomersEnriched']} of {run['CustomersTotal']}" in text
    assert f"Mailboxes read {run['ProcessedAddresses']} of {run['SelectedAddresses']}" in text
    more = int(str(run["EmailsProcessed"])) - int(str(before["EmailsProcessed"]))
    assert f"E-mails processed {run['EmailsProcessed']:,} +{more} since the run before" in text
    assert f"Meetings processed {run['MeetingsProcessed']}" in text
    assert f"Days of data {run['DaysOfData']}" in text
    assert "E-mails and meetings up to 23 Nov 2026 08:00" in text  # Amsterdam
    assert "accepted on 20 Nov 2026 by ada@contoso.com" in text


def test_the_ledger_adds_up_on_the_page(results_app: TestClient, results_sample: Path) -> None:
    ledger = results_app.get("/").text.split('id="ledger-title"')[1]
    tables = pipeline.published(results_sample.parent / "data" / "published")
    shown = re.findall(r"<caption><b>(.*?)</b>.*?<tbody>(.*?)</tbody>", ledger, re.DOTALL)
    assert len(shown) == 3
    for (total, body), item in zip(shown, ("email", "meeting", "contact"), strict=True):
        counts = re.findall(r'<td class="number">([\d,]+)</td>', body)
        read = int(total.replace(",", ""))
        assert read == sum(int(count.replace(",", "")) for count in counts) > 0
        (published,) = (
            row["Count"]
            for row in tables["Office_Ledger"]
            if (row["Item"], row["Outcome"]) == (item, "read")
        )
        assert read == published


@pytest.fixture
def guarded(results_sample: Path) -> Iterator[TestClient]:
    settings = results.settings_with_sign_in(results_sample, "https://login.test", PUBLIC)
    with results.client_of(settings, PUBLIC) as client:
        yield client


@pytest.mark.parametrize("role", ["VIEWER", "CONTRIBUTOR", "ADMINISTRATOR"])
def test_addresses_of_employees_are_for_those_who_can_do_something(
    guarded: TestClient, results_sample: Path, role: str
) -> None:
    results.signed_in(guarded, role, name="Vic")
    text = guarded.get("/").text
    tables = pipeline.published(results_sample.parent / "data" / "published")
    persons = {str(row["EmailAddress"]) for row in tables["Office_UserEntity"]}
    (missing,) = (
        str(row["EmailAddress"])
        for row in tables["Office_Mailbox"]
        if row["Status"] == "no_mailbox"
    )
    shown = set(re.findall(r"[\w.]+@[\w.]+\w", text))
    assert shown & persons == (set() if role == "VIEWER" else {missing})
    assert ("ada@contoso.com" in shown) == (role != "VIEWER")  # who accepted the privacy terms
    assert "No mailbox 1 These people have no mailbox" in words(text)  # everybody knows why


def test_search_finds_names_and_ids_and_nothing_else(
    results_app: TestClient, results_sample: Path
) -> None:
    tables = pipeline.published(results_sample.parent / "data" / "published")
    enriched = {row["CustomerId"] for row in tables["Office"]}
    names = {row["CustomerId"]: str(row["Name"]) for row in tables["Office_Customer"]}
    wanted = sorted(str(customer) for customer in enriched)[0]
    for search in (wanted, wanted.lower(), names[wanted].upper(), f"  {names[wanted][1:6]} "):
        preview = results_app.get("/", params={"q": search}).text.split('id="preview"')[1]
        assert f'href="/customers/{wanted}"' in preview
    nothing = words(results_app.get("/", params={"q": "zzz%_'\""}).text)
    assert "No engaged customer has “zzz%_'\"” in its name or id." in nothing


def _order(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/customers/([^"]*)">', page)


def test_sorting_and_see_more(results_app: TestClient) -> None:
    first = _order(results_app.get("/").text)
    assert len(first) == 12
    everything = _order(results_app.get("/?show=500").text)
    assert everything[:12] == first
    assert len(everything) == len(set(everything)) == 30
    lowest = _order(results_app.get("/?sort=EngagementScore&order=asc&show=500").text)
    assert lowest[-1] == first[0]
    assert sorted(lowest) == sorted(everything)
    # injected text is ignored like any other unknown column
    for sort in ('EngagementScore" desc; drop table Office; --', "1", "rowid"):
        assert _order(results_app.get("/", params={"sort": sort}).text) == first


def test_links_keep_what_was_asked_for(results_app: TestClient) -> None:
    page = results_app.get("/?q=a&sort=Name&order=asc").text
    assert 'href="/?q=a&amp;sort=Name&amp;order=desc"' in page  # the other way round
    assert 'href="/?q=a&amp;sort=Name&amp;order=asc&amp;lang=nl"' in page
    assert '<input type="hidden" name="sort" value="Name">' in page


def test_a_line_needs_two_runs(copy: Path) -> None:
    assert "There has been one run so far" not in text_of(copy)
    change(copy, "delete from Office_Run where AsOfTime < '2026-11-20'")
    text = text_of(copy)
    assert "There has been one run so far" in text
    assert "since the run before" not in text


def test_overdue_results_say_so_and_what_to_do(copy: Path) -> None:
    assert "Up to date" in text_of(copy)
    change(copy, "update Office_Run set StartedAt = StartedAt - interval 10 day")
    text = text_of(copy)
    assert "Overdue" in text
    assert "engagement run" in text
    assert "Up to date" not in text


def test_mailboxes_that_failed_are_a_warning(copy: Path) -> None:
    change(
        copy,
        "update Office_Mailbox set Status = 'failed', Reason = 'The <b>file</b> is broken.' "
        "where UserId in (select UserId from Office_Mailbox where Status = 'processed' limit 2)",
        "update Office_Run set Status = 'succeeded_with_warnings'",
    )
    text = text_of(copy)
    assert "With warnings" in text
    assert "Not every mailbox could be read: 2 failed. E-mails" in text
    assert "The <b>file</b> is broken." in text  # as text: `words` takes tags away


def test_an_organisation_without_activity_says_what_to_look_at(copy: Path) -> None:
    change(
        copy,
        "update Customer_Profile set IsEngaged = false",
        "update Office_Ledger set Count = 0",
        "update Office_Run set CustomersEnriched = 0, CustomersTotal = 0, DaysOfData = 0",
    )
    text = text_of(copy)
    assert "No customer has an e-mail or a meeting in the last year." in text
    assert "None were read." in text


def test_results_of_an_older_version_are_shown_as_far_as_they_go(copy: Path) -> None:
    change(copy, "drop table Customer_Profile", "drop table Segment_Member")
    text = text_of(copy)
    assert "Engaged customers 30 of 40" in text
    assert "published by an older version" in text


def test_names_and_ids_are_text(copy: Path) -> None:
    change(
        copy,
        "update Customer_Profile set Name = '<script>alert(1)</script>' where Rank = 1",
        "update Customer_Profile set CustomerId = 'a/b?c=d&e#f\"><img>' where Rank = 2",
    )
    with results.client_of(results.settings_for(copy)) as client:
        page = client.get("/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="/customers/a%2Fb%3Fc%3Dd%26e%23f%22%3E%3Cimg%3E"' in page
    assert "<script>alert" not in page
    assert "<img>" not in page


def test_privacy_terms_that_nobody_accepted_are_named(copy: Path) -> None:
    settings = read_settings(copy)
    del settings["privacy_terms"]
    write_settings(copy, settings)
    assert "Not accepted" in text_of(copy)


def test_who_accepted_them_and_opted_out_is_not_named(copy: Path) -> None:
    settings = read_settings(copy)
    settings["mailboxes"]["opted_out"] = ["ada@contoso.com"]
    write_settings(copy, settings)
    text = text_of(copy)
    assert "accepted on 20 Nov 2026 by somebody who opted out" in text
    assert "ada@contoso.com" not in text


def test_a_part_of_the_score_that_nobody_has_is_said_once_and_held_against_nobody(
    copy: Path,
) -> None:
    change(
        copy,
        "update Office_ScoreContribution set Value = 0, Points = 0, Reference = null "
        "where Component = 'Meetings'",
    )
    nobody = "No engaged customer had a meeting: nobody can earn these 25 points."
    assert text_of(copy).count(nobody) == 1
    (customer,) = pipeline.published(copy.parent / "data" / "published")["Office"][:1]
    card = text_of(copy, f"/customers/{customer['CustomerId']}")
    assert card.count(nobody) == 1
    assert "meetings" not in card.partition("Nothing at all:")[2].partition(".")[0]
    dutch = text_of(copy, **{"Accept-Language": "nl"})
    assert "Geen enkele klant met contact had een vergadering: niemand kan deze 25 punten" in dutch


def test_a_part_that_one_customer_has_is_said_on_the_cards_of_the_others(copy: Path) -> None:
    change(
        copy,
        "update Office_ScoreContribution set Value = 0, Points = 0 where Component = 'Replies'",
        "update Office_ScoreContribution set Value = 3, Points = 5 where Component = 'Replies' "
        "and PrimaryKey = (select min(PrimaryKey) from Office where AggregationLevel = 'year')",
    )
    rows = pipeline.published(copy.parent / "data" / "published")["Office"]
    engaged = sorted({str(row["CustomerId"]) for row in rows})
    said = (
        f"1 of {len(engaged)} engaged customers answered an e-mail: "
        "nobody else can earn these 10 points."
    )
    assert said in text_of(copy)
    cards = [text_of(copy, f"/customers/{customer}") for customer in engaged[:3]]
    assert [said in card for card in cards] == [False, True, True]


def test_who_is_signed_in_keeps_the_navigation_wherever_they_land(guarded: TestClient) -> None:
    results.signed_in(guarded, "VIEWER")
    for path, status in (
        ("/nowhere", 404),
        ("/customers/nobody", 404),
        ("/segments/none", 404),
        ("/segments/cooling/members.csv", 403),
    ):
        answer = guarded.get(path)
        assert answer.status_code == status
        assert '<nav aria-label="Pages"' in answer.text, path
    refused = guarded.request("DELETE", "/customers", headers={"Origin": PUBLIC})
    assert refused.status_code == 405
    assert '<nav aria-label="Pages"' in refused.text
    guarded.cookies.clear()
    assert '<nav aria-label="Pages"' not in guarded.get("/nowhere").text
    results.signed_in(guarded, None)  # no role: nothing that they could open
    assert '<nav aria-label="Pages"' not in guarded.get("/nowhere").text


def test_no_results_yet(copy: Path) -> None:
    shutil.rmtree(copy.parent / "data")
    with results.client_of(results.settings_for(copy)) as client:
        answer = client.get("/")
        assert answer.status_code == 503
        assert "engagement run -c" in words(answer.text)
        assert client.get("/health").status_code == 200
        pipeline.run(copy)  # no restart
        assert "Engaged customers" in words(client.get("/").text)


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [
        ("/", "", "en"),
        ("/", "nl,en;q=0.5", "nl"),
        ("/", "fr, nl-BE;q=0.8, en;q=0.5", "nl"),
        ("/", "de", "en"),
        ("/?lang=nl", "en", "nl"),
        ("/?lang=xx", "nl", "nl"),
    ],
)
def test_the_readers_language(copy: Path, address: str, accepted: str, language: str) -> None:
    text = text_of(copy, address, **{"Accept-Language": accepted})
    assert ("Klanten met contact" in text) == (language == "nl")
    assert ("Engaged customers" in text) == (language == "en")
    assert ("23 nov 2026 08:00" in text) == (language == "nl")


def test_a_chosen_language_stays(copy: Path) -> None:
    with results.client_of(results.settings_for(copy)) as client:
        chosen = client.get("/?lang=nl")
        assert "HttpOnly" in chosen.headers["set-cookie"]
        assert 'lang="nl"' in client.get("/customers").text
        client.get("/?lang=en")
        assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "nl"}).text


def test_the_run_is_linked_where_dagster_is_known(copy: Path, guarded: TestClient) -> None:
    with results.client_of(results.settings_for(copy)) as client:
        assert re.search(r'href="http://127\.0\.0\.1:3000/runs/[0-9a-f-]+"', client.get("/").text)
    results.signed_in(guarded, "ADMINISTRATOR")
    assert "/runs/" not in guarded.get("/").text
