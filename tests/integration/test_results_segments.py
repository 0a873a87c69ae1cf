"""Segments and measures in the results app, over what real runs published."""

import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from engagement_assets.results.language import NOTHING
from tests.support import own_sql, results
from tests.support.reading import ask, customers, lines, section, words

# Measures that a newcomer writes, each with its unit: what they come to is all that differs.
ODD_MEASURES = {
    "tiny": ("number", "select 1e-9 as Value"),
    "small": ("number", "select 0.004 as Value"),
    "small_share": ("share", "select 0.0004 as Value"),
    "nought": ("number", "select 0.0 as Value"),
    "below_nought": ("number", "select -3.5 as Value"),
    "huge": ("count", "select 1e12 as Value"),
    "largest": ("number", "select 1.7e308 as Value"),
    "unknown": ("number", "select cast(null as double) as Value"),
    "low_score": ("score", "select 3.25 as Value"),
    "small_by_month": (
        "share",
        "select Month, 0.0003 as Value from (values ('2026-09'), ('2026-11')) as m (Month)",
    ),
    "two_by_month": (
        "share",
        "select '2026-11' as Month, Side, 0.5 as Value from (values ('a'), ('b')) as s (Side)",
    ),
}


@pytest.fixture(scope="module")
def own_sample(results_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config_file = own_sql.write(results_sample, tmp_path_factory.mktemp("own") / "organisation")
    for name, (unit, sql) in ODD_MEASURES.items():
        head = f"-- title: The {name} one\n-- purpose: Odd.\n-- unit: {unit}\n"
        (config_file.parent / "sql" / "measures" / f"{name}.sql").write_text(f"{head}{sql}\n")
    own_sql.run(config_file)
    file = config_file.parent / "data" / "published" / "engagement.duckdb"
    with duckdb.connect(file) as connection:  # a run before in which they came to the same
        connection.execute(
            "insert into Measure_History by name select history.* "
            "replace (earlier.RunId as RunId, earlier.AsOfTime as AsOfTime) "
            "from Measure_History as history, (select RunId, AsOfTime from Office_Run "
            "order by StartedAt desc limit 1 offset 1) as earlier "
            "where history.Measure in (select unnest(?))",
            [list(ODD_MEASURES)],
        )
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

    assert re.search(
        r"Month Direction: from Direction: to "
        r"November 2026 \(only a part of the month\) \d+ \d+ October",
        months,
    )
    assert re.search(
        r"Size Active Value Since the run before .*\b(large|small) (true|false) \d+", sizes
    )


def test_measures_are_drawn_whatever_they_come_to(own_app: TestClient) -> None:
    listed = own_app.get("/measures")
    assert listed.status_code == 200
    text = words(listed.text)
    for name, value in (
        ("tiny", "1E-9"),
        ("small", "0.0040"),
        ("small_share", "0.040%"),
        ("nought", "0"),
        ("below_nought", "-3.5"),
        ("huge", "1,000,000,000,000"),
        ("low_score", "3.2"),
    ):
        assert re.search(rf"The {name} one {re.escape(value)} as in the run before", text), name
        page = own_app.get(f"/measures/{name}").text
        (scale,) = re.findall(r'<svg class="scale".*?</svg>', page, re.DOTALL)
        numbers = re.findall(r"<text[^>]*>(.*?)</text>", scale)
        assert 2 <= len(numbers) == len(set(numbers)) <= 6, name
    for name in ("largest", "unknown", "small_by_month", "two_by_month"):
        assert own_app.get(f"/measures/{name}").status_code == 200


def test_a_tile_says_what_its_number_is(own_app: TestClient) -> None:
    text = words(own_app.get("/measures").text)

    assert re.search(r"Share of e-mails answered A value for each of \d+ customers Replies", text)
    assert re.search(r"Accounts by size \d values, by Size, Active Engaged", text)
    assert re.search(r"E-mails by month \d+ in November 2026 so far", text)
    assert "The small_by_month one 0.030% in November 2026 so far" in text
    assert "The two_by_month one 2 values, by Month, Side Odd." in text  # no share is their sum


def test_scores_over_the_runs_have_the_axis_of_all_scores(own_app: TestClient) -> None:
    for measure in ("average_score", "low_score"):
        page = own_app.get(f"/measures/{measure}").text
        (scale,) = re.findall(r'<svg class="scale".*?</svg>', page, re.DOTALL)
        assert re.findall(r"<text[^>]*>(.*?)</text>", scale) == ["0", "20", "40", "60", "80", "100"]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/customers", "customers"),
        ("/", "preview"),
        ("/segments/stale_accounts", "members"),
        ("/segments/never_engaged", "members"),
        ("/measures/answered_share", "values"),
    ],
)
def test_rows_without_a_number_come_last_in_every_list_and_order(
    own_app: TestClient, address: str, name: str, order: str
) -> None:
    first = section(own_app.get(address).text, name)
    columns = list(dict.fromkeys(re.findall(r"[?&;]sort=(\w+)", first)))
    assert columns
    for column in columns:
        page = section(
            own_app.get(address, params={"sort": column, "order": order, "show": 500}).text, name
        )
        body = page.partition("<tbody>")[2].partition("</tbody>")[0]
        heads = re.findall(r"<th scope=\"col\".*?</th>", page, re.DOTALL)
        place = next(at for at, head in enumerate(heads) if f"sort={column}&" in unescape(head))
        missing = []
        for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL):
            cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
            # a row that has no numbers at all says so in one cell instead of them
            text = words(cells[min(place, len(cells) - 1)]).strip()
            missing.append(text in {NOTHING, "never"} or (place > 0 and "never engaged" in text))
        assert missing == sorted(missing), (address, column, order)
