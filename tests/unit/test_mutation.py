"""What a mutation run changes: every condition, one at a time, and nothing that is none."""

import pytest

from engagement_assets.definitions import sql_folder
from scripts import mutation


def changes(sql: str) -> list[str]:
    return [mutant.text for mutant in mutation.of_sql("x", sql)]


def test_comparisons_and_logic_are_turned() -> None:
    assert changes("select a where a < b and c = d") == [
        "select a where a <= b and c = d",
        "select a where a < b or c = d",
        "select a where a < b and c <> d",
    ]


def test_numbers_are_moved_by_one_both_ways() -> None:
    assert changes("select a + 64") == ["select a + 65", "select a + 63"]
    assert changes("select cast(a as decimal(38, 10))") == []


def test_one_of_two_becomes_the_other() -> None:
    assert changes("select case when a then 1 else 0 end") == [
        "select case when a then 0 else 0 end",
        "select case when a then 1 else 1 end",
    ]
    assert changes("select count(case when a then 1 end)") == []


def test_between_has_an_and_of_its_own() -> None:
    assert changes("select a between b and c and d") == ["select a between b and c or d"]


def test_every_condition_on_rows_is_missing_once() -> None:
    sql = "select a from t where a > b and c group by a having count(*) > d"
    dropped = [mutant.text for mutant in mutation.without_conditions("x", sql)]
    assert sorted(dropped) == [
        "SELECT a FROM t WHERE TRUE AND c GROUP BY a HAVING COUNT(*) > d",
        "SELECT a FROM t WHERE a > b AND TRUE GROUP BY a HAVING COUNT(*) > d",
        "SELECT a FROM t WHERE a > b AND c GROUP BY a HAVING TRUE",
    ]


def test_python_is_changed_as_well() -> None:
    text = "x = a < 3 and b == c"
    assert {mutant.text for mutant in mutation.of_python("x", text)} == {
        "x = a < 3 or b == c",
        "x = a <= 3 and b == c",
        "x = a < 3 and b != c",
        "x = a < 4 and b == c",
    }


def test_a_change_says_where_it_is() -> None:
    (first, *_) = mutation.of_sql("Office", "select a\nfrom t\nwhere a < 3\n")
    assert (first.name, first.change) == ("Office", "< -> <= in: where a < 3")


def test_a_case_notices_a_mutant_of_its_model() -> None:
    """From the model to the verdict, with one small model."""
    found = list(mutation.models({"period_of_day"}))
    assert found
    assert any(is_noticed for _, is_noticed in found)


@pytest.mark.parametrize(("model", "change"), mutation.EQUIVALENT)
def test_what_means_the_same_is_still_there(model: str, change: str) -> None:
    (file,) = sql_folder().rglob(f"{model}.sql")
    text = file.read_text(encoding="utf-8")
    made = (*mutation.of_sql(model, text), *mutation.without_conditions(model, text))
    assert change in {mutant.change for mutant in made}
