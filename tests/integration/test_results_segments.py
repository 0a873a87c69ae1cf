"""Segments and measures in the results app, over what real runs published."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from tests.support import own_sql, results
from tests.support.reading import ask, customers, lines, section, words


@pytest.fixture(scope="module")
def own_sample(results_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config_file = own_sql.write(results_sample, tmp_path_factory.mktemp("own") / "organisation")
    own_sql.run(config_file)
    return config_file


@pytest.fixture(scope="module")
def own_app(own_sample: Path) -> Iterator[TestClient]:
    with results.client_of(results.settings_for(own_sample)) as client:
        yield client


# --- segments -----------------------------------------------------------------------------------


def test_the_list_says_how_large_and_who_moved(
    results_app: TestClient, results_sample: Path
) -> None:
    text = words(results_app.get("/segments").text)

    newest = ask(
        results_sample,
        'select Title, Members, Joined, "Left" from Segment_History '
        "join Segment_Definition using (Segment) "
        "qualify AsOfTime = max(AsOfTime) over () order by lower(Title)",
    )
    assert len(newest) == 7
    for title, members, joined, left in newest:
        moved = " ".join(
            f"{number} {word}" for number, word in ((joined, "joined"), (left, "left")) if number
        )
        pattern = rf"{title} .*? {members} customers? {moved or 'as in the run before'}"
        assert re.search(pattern, text), title


def test_the_one_that_cooled_most_stands_first(
    results_app: TestClient, results_sample: Path
) -> None:
    expected = ask(
        results_sample,
        "select CustomerId from Segment_Member join Customer_Profile using (CustomerId) "
        "where Segment = 'cooling' order by ScoreTrend, CustomerId",
    )

    page = results_app.get("/segments/cooling").text

    members = section(page, "members")
    assert customers(members) == [row[0] for row in expected]
    assert len(expected) > 1


def test_members_are_found_sorted_and_paged(results_app: TestClient, results_sample: Path) -> None:
    (name, other) = ask(
        results_sample,
        "select Name, CustomerId from Segment_Member join Customer_Profile using (CustomerId) "
        "where Segment = 'stale_accounts' order by Name limit 1",
    )[0]

    found = results_app.get("/segments/stale_accounts", params={"q": str(name).upper()}).text
    nobody = results_app.get("/segments/stale_accounts", params={"q": "nobody % _"}).text
    members = results_app.get(
        "/segments/stale_accounts", params={"sort": "DaysSinceLastEmail", "order": "asc"}
    ).text
    days = re.findall(r'<td class="number"><bdi>(\d+|never)</bdi></td>', members)[::3]

    assert other in customers(found)
    assert "has “nobody % _” in its name" in words(nobody)
    known = [int(each) for each in days if each != "never"]
    assert known == sorted(known)
    assert known
    assert days[-1] == "never"  # what is not known comes last


def test_who_joined_and_left_is_told_with_the_figures(
    results_app: TestClient, results_sample: Path
) -> None:
    changes = ask(
        results_sample,
        "select Segment, Change, coalesce(Name, CustomerId), Reason from Segment_Change "
        "join Office_Customer using (CustomerId) where Reason is not null",
    )
    assert {change for _, change, _, _ in changes} == {"joined", "left"}
    days = 0
    for segment, _, name, reason in changes:
        text = words(results_app.get(f"/segments/{segment}").text)
        said = text.rpartition("Size over time")[2]
        assert str(name) in said
        figure = json.loads(str(reason)).get("DaysSinceLastEmail")
        if figure and segment == "stale_accounts" and None not in figure.values():
            days += 1
            expected = f"days since the last e-mail: {figure['before']} → {figure['after']}"
            assert expected in said
    assert days


def test_all_members_are_downloaded_in_the_order_of_the_page(
    results_app: TestClient, results_sample: Path
) -> None:
    answer = results_app.get("/segments/stale_accounts/members.csv")
    rows = lines(answer.text)
    expected = ask(
        results_sample,
        "select CustomerId, Name, DaysSinceLastEmail from Segment_Member "
        "join Customer_Profile using (CustomerId) where Segment = 'stale_accounts' "
        "order by EngagementScore desc, CustomerId",
    )

    assert answer.headers["content-disposition"] == (
        'attachment; filename="stale_accounts-2026-11-23.csv"'
    )
    assert list(rows[0]) == [
        *("CustomerId", "Name", "Since", "DaysSinceLastEmail", "DaysSinceLastMeeting"),
        "EngagementScore",
    ]
    assert [(row["CustomerId"], row["Name"], row["DaysSinceLastEmail"]) for row in rows] == [
        (id_, name, "" if days is None else str(days)) for id_, name, days in expected
    ]
    table = pq.read_table(
        io.BytesIO(results_app.get("/segments/stale_accounts/members.parquet").content)
    )
    assert table["CustomerId"].to_pylist() == [row[0] for row in expected]
    assert str(table.schema.field("DaysSinceLastEmail").type) == "int64"


def test_a_segment_of_ones_own_shows_whatever_it_selects(own_app: TestClient) -> None:
    listed = own_app.get("/segments")
    page = own_app.get("/segments/odd")

    # titles are data: no placeholders, no tags
    assert "100% odd &lt;b&gt;" in listed.text
    assert page.status_code == 200
    text = words(page.text)
    assert 'Columns that nobody else shows: %s and "quotes".' in text
    assert 'Odd "column ↓' in text
    rows = lines(own_app.get("/segments/odd/members.csv").text)
    figures = [float(row['odd "column']) for row in rows]
    assert figures == sorted(figures, reverse=True)
    assert sum(row["Place"] == "the =first" for row in rows) == 1
    table = pq.read_table(io.BytesIO(own_app.get("/segments/odd/members.parquet").content))
    assert str(table.schema.field('odd "column').type) == "double"
    assert str(table.schema.field("IsEngaged").type) == "bool"


# --- measures -----------------------------------------------------------------------------------


def test_measures_are_listed_with_their_values(
    results_app: TestClient, results_sample: Path
) -> None:
    text = words(results_app.get("/measures").text)

    ((score,),) = ask(
        results_sample, "select Value from Measure_Value where Measure = 'average_score'"
    )
    assert re.search(rf"Average score {score:.1f} \S+( run before)?", text)
    assert re.search(r"Share of engaged customers \d+(\.\d)?%", text)
    assert re.search(r"Median reply time \d+ (min|h|days?)", text)
    assert text.index("Share of engaged") < text.index("Sub-accounts No customer has a value")


def test_every_measure_has_a_page_and_a_file(own_app: TestClient, own_sample: Path) -> None:
    measures = ask(own_sample, "select Measure, Title, Grain from Measure_Definition")
    assert len(measures) > 10
    for measure, title, grain in measures:
        page = own_app.get(f"/measures/{measure}")
        assert page.status_code == 200
        assert str(title) in words(page.text)
        answer = own_app.get(f"/measures/{measure}/values.csv")
        table, column = (
            ("Measure_Value", "CustomerId") if grain == "customer" else ("Measure_History", "RunId")
        )
        expected = ask(own_sample, f"select {column} from {table} where Measure = ?", measure)
        assert sorted(row[column] for row in lines(answer.text)) == sorted(
            str(row[0]) for row in expected
        )


def test_a_month_is_a_row_and_other_dimensions_a_table(own_app: TestClient) -> None:
    months = words(own_app.get("/measures/emails_by_month").text)
    sizes = words(own_app.get("/measures/by_size").text)

    assert re.search(r"Month Direction: to Direction: from November 2026 \d+ \d+ October", months)
    assert re.search(
        r"Size Active Value Since the run before .*\b(large|small) (true|false) \d+", sizes
    )
