"""The data pages: every published table, what its columns hold, where they come from."""

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fastapi.testclient import TestClient

from engagement_assets.results import column_stats
from engagement_assets.schemas import TABLES
from tests.support import results

PUBLIC = "https://engagement.test"
COLUMNS = [(table.name, column.name) for table in TABLES.values() for column in table.columns]


def ask(config_file: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask the published snapshot."""
    file = config_file.parent / "data" / "published" / "engagement.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def changed(config_file: Path, folder: Path, sql: str) -> Path:
    """Copy an organisation, change what it published, and return its configuration."""
    shutil.copytree(config_file.parent, folder, symlinks=True)
    with duckdb.connect(folder / "data" / "published" / "engagement.duckdb") as connection:
        connection.execute(sql)
    return folder / config_file.name


def words(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))


@pytest.fixture(scope="module")
def guarded(results_sample: Path) -> Iterator[TestClient]:
    """An app that people sign in to."""
    settings = results.settings_with_sign_in(results_sample, "https://login.test", PUBLIC)
    with results.client_of(settings, PUBLIC) as client:
        yield client


def test_every_table_is_listed_with_its_rows_and_has_a_page(
    results_app: TestClient, results_sample: Path
) -> None:
    said = words(results_app.get("/data").text)
    for table in TABLES.values():
        ((rows,),) = ask(results_sample, f'select count(*) from "{table.name}"')
        assert f"{table.description.replace('`', '')} {len(table.columns)} {rows:,} " in said
        page = words(results_app.get(f"/data/{table.name}").text)
        for column in table.columns:
            assert column.description.replace("`", "") in page


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_column_has_a_page_whose_counts_are_all_its_values(
    results_app: TestClient, results_sample: Path, table: str, column: str
) -> None:
    answer = results_app.get(f"/data/{table}/{column}")
    assert answer.status_code == 200
    ((rows, filled, different),) = ask(
        results_sample,
        f'select count(*), count("{column}"), count(distinct "{column}") from "{table}"',
    )
    said = words(answer.text)
    assert f"Filled {filled:,} of {rows:,} rows" in said
    assert f"Different values {different:,} " in said
    ranges = re.search(r"Show as table Value Rows (.*?) Where it comes from", said)
    if ranges:
        counts = re.findall(r'<td class="number">([\d,]+)</td></tr>', answer.text)
        assert sum(int(count.replace(",", "")) for count in counts) == filled


def test_ranges_of_whole_numbers_hold_what_they_say(
    results_app: TestClient, results_sample: Path
) -> None:
    page = results_app.get("/data/Office/NoOfEmails_ToAccount").text
    found = re.findall(r'<th scope="row">([^<]*)</th><td class="number">([\d,]+)</td>', page)
    assert len(found) > 3
    for said, count in found:
        first, _, last = said.strip().partition(" to ")
        ((expected,),) = ask(
            results_sample,
            "select count(*) from Office where NoOfEmails_ToAccount between "
            f"{first.replace(',', '')} and {(last or first).replace(',', '')}",
        )
        assert int(count.replace(",", "")) == expected, said


def test_frequent_values_are_counted(results_app: TestClient, results_sample: Path) -> None:
    said = words(results_app.get("/data/Office/AggregationLevel").text)
    for level, count in ask(
        results_sample, "select AggregationLevel, count(*) from Office group by 1"
    ):
        assert f"{level} {count:,} " in said


def test_a_large_table_is_looked_at_in_part_and_says_so(
    results_sample: Path, tmp_path: Path
) -> None:
    ((rows,),) = ask(results_sample, "select count(*) from Office")
    large = changed(
        results_sample,
        tmp_path / "copy",
        f"insert into Office select Office.* from Office, range({column_stats.LARGE // rows})",
    )
    with results.client_of(results.settings_for(large)) as client:
        for path in ("/data/Office", "/data/Office/EngagementScore"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "The table is large." in words(answer.text)
        assert "The table is large." not in words(client.get("/data/Office_Run").text)


def test_a_table_without_rows_and_a_column_without_values_have_a_page(
    results_sample: Path, tmp_path: Path
) -> None:
    empty = changed(
        results_sample,
        tmp_path / "copy",
        "delete from Office_Ledger; update Office_Customer set Name = null",
    )
    with results.client_of(results.settings_for(empty)) as client:
        assert client.get("/data/Office_Ledger").status_code == 200
        assert "Every row is empty here." in words(client.get("/data/Office_Ledger/Count").text)
        assert "Every row is empty here." in words(client.get("/data/Office_Customer/Name").text)


@pytest.mark.parametrize(
    "path", ["/data/sqlite_master", "/data/Office/nope", "/data/Office%22", "/data/office"]
)
def test_what_is_not_published_is_not_found(results_app: TestClient, path: str) -> None:
    assert results_app.get(path).status_code == 404


# --- who sees values about employees ---


@pytest.mark.parametrize("table", ["Office_UserEntity", "Office_Mailbox"])
def test_viewers_see_no_value_about_an_employee(
    guarded: TestClient, results_sample: Path, table: str
) -> None:
    personal = {
        str(value)
        for row in ask(
            results_sample,
            "select UserId, EmailAddress from Office_UserEntity union "
            "select Reason, null from Office_Mailbox where Reason is not null",
        )
        for value in row
        if value is not None
    }
    assert len(personal) > 10
    results.signed_in(guarded, "VIEWER")
    for path in (
        f"/data/{table}",
        *(f"/data/{table}/{each.name}" for each in TABLES[table].columns),
    ):
        answer = guarded.get(path)
        assert answer.status_code == 200
        assert [value for value in personal if value in html.unescape(answer.text)] == []
    assert "Contributors and administrators see them." in guarded.get(f"/data/{table}/UserId").text


def test_contributors_see_why_mailboxes_were_not_read(
    guarded: TestClient, results_sample: Path
) -> None:
    reasons = ask(results_sample, "select Reason from Office_Mailbox where Reason is not null")
    assert reasons
    results.signed_in(guarded, "CONTRIBUTOR")
    page = guarded.get("/data/Office_Mailbox/Reason").text
    assert "Contributors and administrators see them." not in page
    assert str(reasons[0][0])[:60] in words(page)


# --- where columns come from ---


def test_the_lineage_of_the_score_leads_to_what_was_read(results_app: TestClient) -> None:
    page = results_app.get("/data/Office/EngagementScore").text
    sources = re.search(
        r"In the end it is made of: (.*?) Office_ScoreContribution.Points", words(page)
    )
    assert sources is not None
    assert "landed_message.sent_at" in sources[1]
    assert "landed_event.start_at" in sources[1]
    assert 'href="/data/Office_ScoreContribution/Points"' in page
    assert 'href="/data/score_value' not in page


def test_a_column_says_what_is_made_of_it(results_app: TestClient) -> None:
    page = results_app.get("/data/Office/EngagementScore").text
    assert 'href="/data/Office_ScoreHistory/EngagementScore"' in page


def test_lineage_that_goes_in_a_circle_ends(results_sample: Path, tmp_path: Path) -> None:
    circle = changed(
        results_sample,
        tmp_path / "copy",
        "delete from Column_Lineage; insert into Column_Lineage values "
        "('Office', 'CustomerId', 'a', 'x', null), ('a', 'x', 'b', 'y', null), "
        "('b', 'y', 'a', 'x', null), ('b', 'y', 'Office', 'CustomerId', null)",
    )
    with results.client_of(results.settings_for(circle)) as client:
        said = words(client.get("/data/Office/CustomerId").text)
        assert "a.x b.y Office.CustomerId" in said
        assert "(see above)" in said


def test_results_without_lineage_say_so(results_sample: Path, tmp_path: Path) -> None:
    older = changed(results_sample, tmp_path / "copy", "drop table Column_Lineage")
    with results.client_of(results.settings_for(older)) as client:
        said = words(client.get("/data/Office/CustomerId").text)
        assert "did not say where columns come from" in said
        assert client.get("/data/Column_Lineage").status_code == 404


# --- definitions ---


def test_the_definitions_give_this_years_weights_and_typical_values(
    results_app: TestClient, results_sample: Path
) -> None:
    ((weight, reference),) = ask(
        results_sample,
        "select distinct Weight, Reference from Office_ScoreContribution "
        "where Component = 'Meetings' and PrimaryKey like '%|year|%'",
    )
    said = words(results_app.get("/definitions").text)
    assert f"Meetings {weight:.0f} {reference:.1f}" in said


def test_links_to_definitions_lead_somewhere(results_app: TestClient) -> None:
    ids = set(re.findall(r'id="([^"]*)"', results_app.get("/definitions").text))
    for table, column in COLUMNS[:40]:
        page = results_app.get(f"/data/{table}/{column}").text
        assert set(re.findall(r'href="/definitions#([^"]*)"', page)) <= ids
