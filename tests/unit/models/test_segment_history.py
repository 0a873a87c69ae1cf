"""Segments over several runs of a small organisation: who came, who went, why, and since when."""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from engagement_assets.definitions import sql_folder
from engagement_assets.models.loading import Model, load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES
from tests.naive.case import Case, attendee, utc
from tests.support import pipeline
from tests.support.pipeline import MODELS, Rows

ADA, ANN, ZOE = "ada@contoso.com", "ann@acme.example", "zoe@zeta.example"
MET = (
    "-- title: Met\n-- purpose: A meeting.\nselect CustomerId from Customer_Profile where Meetings"
)
CUSTOMERS = {
    "contacts": "contacts.csv",
    "account_id": "id",
    "email": "mail",
    "accounts": "accounts.csv",
}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Ada wrote to Ann of acme in April 2024; nobody ever wrote to zeta."""
    accepted = {"accepted_by": ADA, "accepted_at": "2024-01-01T00:00:00Z"}
    found = Case(tmp_path, settings={"privacy_terms": accepted})
    found.email("ada", "2024-04-01T08:00:00Z", ADA, ANN)
    return found


def run(case: Case, day: str, models: Sequence[Model] = MODELS) -> dict[str, Rows]:
    case.as_of = f"{day}T12:00:00Z"
    return dict(pipeline.published(pipeline.run(case.write(), run_id=day, models=models)))


def with_own(folder: Path, **files: str) -> tuple[Model, ...]:
    for name, sql in files.items():
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        (folder / "segments" / f"{name}.sql").write_text(sql)
    return load_models(sql_folder(), INPUT_TABLES, folder)


def of_segment(rows: Rows, segment: str) -> list[dict[str, object]]:
    """Return the rows of a segment without what is known of them."""
    return [
        {name: value for name, value in row.items() if name not in {"Segment", "AsOfTime"}}
        for row in rows
        if row["Segment"] == segment
    ]


def without_moment(rows: Rows) -> list[dict[str, object]]:
    """Return rows without the moment that their run was about."""
    return [{name: value for name, value in row.items() if name != "AsOfTime"} for row in rows]


def test_accounts_leave_and_come_back_with_reasons(case: Case) -> None:
    run(case, "2024-06-14")
    case.email("ada", "2024-06-20T08:00:00Z", ADA, ANN)
    left = run(case, "2024-06-21")
    unchanged = run(case, "2024-06-28")
    back = run(case, "2024-08-30")

    assert [row["CustomerId"] for row in of_segment(left["Segment_Member"], "stale_accounts")] == [
        "zeta"
    ]
    assert unchanged["Segment_Change"] == left["Segment_Change"]
    assert of_segment(back["Segment_Change"], "stale_accounts") == [
        {
            "RunId": "2024-06-14",
            "CustomerId": account,
            "Change": "joined",
            "Reason": None,
            "Cause": None,
        }
        for account in ("acme", "zeta")
    ] + [
        {
            "RunId": "2024-06-21",
            "CustomerId": "acme",
            "Change": "left",
            "Reason": '{"DaysSinceLastEmail":{"before":74,"after":1}}',
            "Cause": "own",
        },
        {
            "RunId": "2024-08-30",
            "CustomerId": "acme",
            "Change": "joined",
            "Reason": '{"DaysSinceLastEmail":{"before":8,"after":71}}',
            "Cause": "own",
        },
    ]
    assert of_segment(back["Segment_History"], "stale_accounts") == [
        {"RunId": "2024-06-14", "Members": 2, "Joined": 2, "Left": 0},
        {"RunId": "2024-06-21", "Members": 1, "Joined": 0, "Left": 1},
        {"RunId": "2024-06-28", "Members": 1, "Joined": 0, "Left": 0},
        {"RunId": "2024-08-30", "Members": 2, "Joined": 1, "Left": 0},
    ]
    since = {
        row["CustomerId"]: row["Since"]
        for row in back["Segment_Member"]
        if row["Segment"] == "stale_accounts"
    }
    moments = {row["RunId"]: row["AsOfTime"] for row in back["Office_Run"]}
    assert since == {"acme": moments["2024-08-30"], "zeta": moments["2024-06-14"]}


def test_scores_and_values_of_the_business_are_compared_with_the_run_before(case: Case) -> None:
    first = run(case, "2024-06-14")
    case.email("ada", "2024-06-20T08:00:00Z", ANN, ADA)
    second = run(case, "2024-06-21")

    def profile(tables: dict[str, Rows], account: str) -> dict[str, object]:
        (row,) = [row for row in tables["Customer_Profile"] if row["CustomerId"] == account]
        return row

    before, after = profile(first, "acme"), profile(second, "acme")
    assert before["ScoreBefore"] is None
    assert after["ScoreBefore"] == before["EngagementScore"] != after["EngagementScore"]
    assert profile(second, "zeta")["ScoreBefore"] is None
    scores = [
        (row["RunId"], row["Value"])
        for row in second["Measure_History"]
        if row["Measure"] == "average_score"
    ]
    assert scores == [
        ("2024-06-14", before["EngagementScore"]),
        ("2024-06-21", after["EngagementScore"]),
    ]


def test_a_segment_comes_and_goes(case: Case, tmp_path: Path) -> None:
    case.event("ada", utc("2024-06-03T09:00:00"), utc("2024-06-03T10:00:00"))
    own = tmp_path / "own"
    run(case, "2024-06-14")
    added = run(case, "2024-06-21", with_own(own, met=f"{MET} > 0"))
    (own / "segments" / "met.sql").unlink()
    removed = run(case, "2024-06-28", with_own(own))
    again = run(case, "2024-07-05", with_own(own, met=f"{MET} > 0"))
    changed = run(case, "2024-07-12", with_own(own, met=f"{MET} >= 0"))

    assert of_segment(added["Segment_Change"], "met") == [
        {
            "RunId": "2024-06-21",
            "CustomerId": "acme",
            "Change": "joined",
            "Reason": None,
            "Cause": "rule",
        }
    ]
    assert of_segment(removed["Segment_Definition"], "met") == []
    assert of_segment(removed["Segment_Member"], "met") == []
    assert of_segment(removed["Segment_History"], "met") == [
        {"RunId": "2024-06-21", "Members": 1, "Joined": 1, "Left": 0}
    ]
    assert of_segment(removed["Segment_Change"], "met") == of_segment(
        added["Segment_Change"], "met"
    )
    assert of_segment(again["Segment_Change"], "met")[-1] == {
        "RunId": "2024-07-05",
        "CustomerId": "acme",
        "Change": "joined",
        "Reason": None,
        "Cause": "rule",
    }
    # no figure of zeta changed: the rule did
    assert of_segment(changed["Segment_Change"], "met")[-1] == {
        "RunId": "2024-07-12",
        "CustomerId": "zeta",
        "Change": "joined",
        "Reason": "{}",
        "Cause": "rule",
    }


def test_a_mailbox_that_is_not_counted_any_more_is_a_cause(case: Case) -> None:
    first = run(case, "2024-06-14")
    case.settings["mailboxes"] = {"addresses": ["bob@contoso.com", "cid@elsewhere.example"]}
    left = run(case, "2024-06-21")
    again = run(case, "2024-06-28")

    assert of_segment(left["Segment_Change"], "never_engaged")[-1] == {
        "RunId": "2024-06-21",
        "CustomerId": "acme",
        "Change": "joined",
        "Reason": '{"IsEngaged":{"before":true,"after":false}}',
        "Cause": "coverage",
    }
    # Bob's goes on, Ada's is not selected any more, Cid has none
    nothing = {"NotRead": 0, "Behind": 0, "Partly": 0}
    before = {"Mailboxes": 2, "Came": None, "Gone": None, "Changed": None}
    counted = [
        {"RunId": "2024-06-14", **before, **nothing},
        {"RunId": "2024-06-21", "Mailboxes": 1, "Came": 0, "Gone": 1, "Changed": 1, **nothing},
        {"RunId": "2024-06-28", "Mailboxes": 1, "Came": 0, "Gone": 0, "Changed": 0, **nothing},
    ]
    assert without_moment(first["Coverage_History"]) == counted[:1]
    assert without_moment(again["Coverage_History"]) == counted


def test_other_weights_are_another_rule_of_what_looks_at_scores(case: Case) -> None:
    run(case, "2024-06-14")
    names = ("EmailsFromAccount", "TwoWayEmails", "Replies", "Meetings", "AccountPeople")
    weights = dict.fromkeys(names, 0) | {"OwnPeople": 50, "Recency": 50}
    case.settings["score_weights"] = weights
    case.email("bob", "2024-06-20T08:00:00Z", "bob@contoso.com", ZOE)
    changed = run(case, "2024-06-21")

    causes = {
        (row["Segment"], row["CustomerId"]): row["Cause"]
        for row in changed["Segment_Change"]
        if row["RunId"] == "2024-06-21"
    }
    assert causes["top_tenth", "zeta"] == "rule"
    assert causes["never_engaged", "zeta"] == "own"


def test_a_run_goes_on_from_a_snapshot_of_an_older_version(case: Case) -> None:
    """Tables that did not exist are missing; columns came and went since."""
    run(case, "2024-06-14")
    parquet = case.folder / "data" / "published" / "parquet"
    for table in ("Segment_History", "Segment_Change", "Measure_History"):
        (parquet / f"{table}.parquet").unlink()
    with duckdb.connect() as connection:
        file = parquet / "Customer_Profile.parquet"
        connection.execute(f"create table old as select * from '{file}'")
        connection.execute("alter table old drop Replies; alter table old add Retired integer")
        connection.execute(f"copy old to '{file}'")
    (parquet / "Coverage_History.parquet").unlink()
    again = run(case, "2024-06-21")

    assert [row["RunId"] for row in of_segment(again["Segment_History"], "rising")] == [
        "2024-06-21"
    ]
    assert {row["RunId"] for row in again["Office_Run"]} == {"2024-06-14", "2024-06-21"}


def test_a_meeting_with_two_children_counts_once_at_their_parent(case: Case) -> None:
    both = [attendee(ANN), attendee(ZOE)]
    case.event("ada", utc("2024-06-03T09:00:00"), utc("2024-06-03T10:00:00"), attendees=both)
    case.event("ada", utc("2024-06-04T09:00:00"), utc("2024-06-04T10:00:00"))
    case.email("ada", "2024-06-05T08:00:00Z", ADA, ANN, ZOE)
    (case.folder / "accounts.csv").write_text(
        "id,Name,Above\nacme,Acme,group\nzeta,Zeta, group \ngroup,Group,\nlost,Lost,nobody\n"
    )
    alone = run(case, "2024-06-14")
    case.settings["customers"] = CUSTOMERS | {"parent": "Above"}
    grouped = run(case, "2024-06-15")

    assert {row["ParentId"] for row in alone["Customer_Profile"]} == {None}
    parents = {row["CustomerId"]: row["ParentId"] for row in grouped["Customer_Profile"]}
    assert parents == {"acme": "group", "zeta": "group", "group": None, "lost": None}
    values = {
        (row["Measure"], row["CustomerId"], *json.loads(str(row["Dimensions"] or "{}")).values()): (
            row["Value"]
        )
        for row in grouped["Measure_Value"]
        if str(row["Measure"]).startswith(("group", "sub"))
    }
    assert values == {
        ("sub_accounts", "group"): 2,
        ("group_meetings", "group"): 2,
        ("group_emails", "group", "to"): 2,
        ("group_emails", "group", "from"): 0,
        ("group_days_since_last_contact", "group"): 10,
    }
    meetings = {row["CustomerId"]: row["Meetings"] for row in grouped["Customer_Profile"]}
    assert meetings == {"acme": 2, "zeta": 1, "group": 0, "lost": 0}


def test_parents_change_nothing_in_office(case: Case) -> None:
    (case.folder / "accounts.csv").write_text("id,Name,Above\nacme,Acme,zeta\nzeta,Zeta,acme\n")
    published = []
    parents: dict[str, str] = {"parent": "Above"}
    for number, more in enumerate(({}, parents)):
        case.settings |= {"customers": CUSTOMERS | more, "data_dir": f"data-{number}"}
        folder = pipeline.run(case.write(), run_id="the same")
        published.append((folder / "parquet" / "Office.parquet").read_bytes())
    assert published[0] == published[1]
