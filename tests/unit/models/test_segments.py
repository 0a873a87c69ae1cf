"""What a segment's file may give, and what is gathered of it."""

import json
from collections.abc import Callable

import duckdb
import pytest

from engagement_assets.models import segments
from engagement_assets.models.faults import ModelError
from engagement_assets.models.loading import Model
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.support.accounts import SECRET

Make = Callable[[str, str], Model]

# in the order of Customer_Profile
OF_THE_SCORE = [
    "NoOfEmails_ToAccount",
    "NoOfEmails_FromAccount",
    "DaysSinceLastContact",
    "Meetings",
    "Replies",
    "AccountPeople",
    "OwnPeople",
]


# --- what it may give ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select 'A' as Customer", "it gives no column CustomerId"),
        ("select null as CustomerId", "1 of its rows have no CustomerId"),
        ("select 'X' as CustomerId", "in 1 of its rows CustomerId is not an account"),
        ("select 7 as CustomerId", "in 1 of its rows CustomerId is not an account"),
        (
            f"select unnest(['A', '{SECRET}', '{SECRET}']) as CustomerId",
            "more than one row for the same CustomerId, 1 time(s)",
        ),
        (
            "select 'A' as CustomerId, 'inf'::double as Ratio",
            "Ratio is infinite or undefined in 1 row(s)",
        ),
        ("select 'A' as CustomerId, 'nan'::float as Ratio", "Ratio is infinite or undefined"),
    ],
)
def test_wrong_segments(
    make: Make, database: duckdb.DuckDBPyConnection, sql: str, text: str
) -> None:
    model = make("segments", sql)
    with pytest.raises(ModelError) as raised:
        segments.check(DuckDbEngine(database), model)
    assert text in str(raised.value)
    assert str(model.path) in str(raised.value)
    assert SECRET not in str(raised.value)


# --- what is gathered ---------------------------------------------------------------------------


def test_rows_of_a_segment(make: Make, database: duckdb.DuckDBPyConnection) -> None:
    model = make(
        "segments",
        'select date \'2026-03-01\' as Since, 1.5::double as "Odd ""name", '
        "customerid, null::bigint as Nothing, true as Flag from Customer_Profile",
    )
    segments.check(DuckDbEngine(database), model)
    segments.collect(DuckDbEngine(database), [model])

    ((name, customer, facts),) = database.execute("from segment_row").fetchall()
    assert (name, customer) == ("mine", "A")
    assert json.loads(facts) == {
        "Since": "2026-03-01",
        'Odd "name': 1.5,
        "Nothing": None,
        "Flag": True,
    }
    ((_, title, description, sql, shown, changed),) = database.execute(
        "from segment_listed"
    ).fetchall()
    assert (title, description) == ("Mine", "Just so.")
    assert sql == model.path.read_text()
    assert changed is None
    assert json.loads(shown) == ["Since", 'Odd "name', "Nothing", "Flag"]


def test_a_segment_that_shows_nothing(make: Make, database: duckdb.DuckDBPyConnection) -> None:
    segments.collect(
        DuckDbEngine(database), [make("segments", "select CustomerId from Customer_Profile")]
    )
    assert database.execute("select facts from segment_row").fetchall() == [("{}",)]
    assert database.execute("select columns from segment_listed").fetchall() == [("[]",)]


def test_changes_are_those_of_accounts_that_moved(
    make: Make, database: duckdb.DuckDBPyConnection
) -> None:
    database.execute(
        "insert into Customer_Profile by name "
        "select 'B' as CustomerId, 'b' as Name, 5 as Meetings, 5 as Replies, 1 as Rank"
    )
    database.execute(
        "insert into previous_profile by name "
        "select 'A' as CustomerId, 0 as Meetings, 2 as Replies union all select 'B', 4, 5"
    )
    database.execute(
        "insert into previous_segment_member (Segment, CustomerId) values ('mine','B')"
    )
    model = make(
        "segments",
        "select CustomerId, Rank from Customer_Profile where Meetings > 0 or Replies > 9",
    )
    segments.collect(DuckDbEngine(database), [model])

    # B was in it before; of A, Replies did not change, and Rank is only shown
    assert database.execute("from profile_change").fetchall() == [("A", "Meetings", "0", "1")]


# --- what decides about a segment ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select CustomerId, Rank from Customer_Profile where Meetings > 1", ["Meetings"]),
        ("select CustomerId, Meetings from Customer_Profile", ["Meetings"]),
        ("select CustomerId from Customer_Profile where Name like 'a%'", []),
        (
            (
                "with a as (select *, Meetings + Replies as n from Customer_Profile) "
                "select CustomerId, Rank from a where n > 3"
            ),
            ["Meetings", "Replies"],
        ),
        (
            (
                "select CustomerId from (select *, rank() over (order by Replies) as place "
                "from Customer_Profile) as ranked where place <= 3"
            ),
            ["Replies"],
        ),
        (
            "select CustomerId from Customer_Profile qualify row_number() over (order by Rank) < 9",
            ["Rank"],
        ),
        (
            (
                "select CustomerId from Customer_Profile where Rank = 1 "
                "union select p.CustomerId from Customer_Profile as p where p.meetings = 0"
            ),
            ["Rank", "Meetings"],
        ),
        (
            (
                "select a.CustomerId from Customer_Profile as a inner join Customer_Profile as b "
                "on a.Meetings < b.Meetings group by a.CustomerId having count(*) > 5"
            ),
            ["Meetings"],
        ),
        ("select account_id as CustomerId, 1 as Meetings from account where 1 = 1", []),
        (
            "select CustomerId, Rank from Customer_Profile where Meetings > 1 order by Rank desc",
            ["Meetings"],
        ),
        ("select CustomerId from Customer_Profile order by Rank limit 3", ["Rank"]),
        (
            (
                "select CustomerId, Rank from Customer_Profile where Meetings = 0 "
                "union select CustomerId, Rank from Customer_Profile where Replies = 0 "
                "order by Rank"
            ),
            ["Meetings", "Replies"],
        ),
    ],
)
def test_columns_that_decide(make: Make, sql: str, columns: list[str]) -> None:
    assert segments.causes(make("segments", sql)) == columns


@pytest.mark.parametrize(
    ("decisive", "kinds", "behind"),
    [
        (["Meetings", "ParentId"], {"own"}, ["ParentId", "Meetings"]),
        (["Rank"], {"score"}, OF_THE_SCORE),
        (["IsEngaged", "ScoreTrend"], {"own", "trend"}, ["IsEngaged", *OF_THE_SCORE]),
        (["DaysSinceLastEmail"], {"own"}, ["DaysSinceLastEmail"]),
    ],
)
def test_own_figures_stand_behind_what_is_relative(
    make: Make,
    database: duckdb.DuckDBPyConnection,
    decisive: list[str],
    kinds: set[str],
    behind: list[str],
) -> None:
    looked_at = " or ".join(f"{column} is null" for column in decisive)
    model = make("segments", f"select CustomerId from Customer_Profile where {looked_at}")
    segments.collect(DuckDbEngine(database), [model])

    assert segments.figures(decisive) == behind
    found = database.execute("select column_name from segment_figure").fetchall()
    assert [column for (column,) in found] == behind
    found = database.execute("select distinct kind from segment_cause").fetchall()
    assert {kind for (kind,) in found} == kinds


def test_every_own_figure_stands_for_what_is_not_known(
    make: Make, database: duckdb.DuckDBPyConnection
) -> None:
    """A segment over another table says nothing of the profile; any figure of it may be behind."""
    database.execute("insert into previous_profile (CustomerId, Replies, Rank) values ('A', 7, 1)")
    model = make("segments", "select account_id as CustomerId from account where 1 = 1")
    segments.collect(DuckDbEngine(database), [model])

    compared = {column for (_, column, _, _) in database.execute("from profile_change").fetchall()}
    assert compared == {"Meetings", "Replies"}
    figures = segments.figures([])
    assert "IsEngaged" in figures
    assert not {"CustomerId", "Name", "EngagementScore", "Rank", "ScoreTrend"} & set(figures)


@pytest.mark.parametrize(
    ("before", "is_changed"),
    [
        (None, None),
        ("-- title: Mine\n-- purpose: Just so.\nselect CustomerId from Customer_Profile", False),
        ("-- title: Ours\nselect  CustomerId -- of the list\nfrom Customer_Profile", False),
        ("select CustomerId from Customer_Profile where Meetings > 1", True),
        ("select CustomerId frm", True),
    ],
)
def test_a_rule_is_changed_by_its_sql_not_by_its_comments(
    make: Make, database: duckdb.DuckDBPyConnection, before: str | None, is_changed: bool | None
) -> None:
    if before is not None:
        database.execute(
            "insert into previous_segment_definition (Segment, Sql) values ('mine', ?)", [before]
        )
    segments.collect(
        DuckDbEngine(database), [make("segments", "select CustomerId from Customer_Profile")]
    )
    assert database.execute("select is_changed from segment_listed").fetchall() == [(is_changed,)]
