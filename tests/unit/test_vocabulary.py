"""What the vocabulary says stands a second time where nothing can be imported: it is the same."""

import re
from pathlib import Path
from typing import get_args

import pytest
import sqlglot
from sqlglot import exp

from engagement_assets import vocabulary
from engagement_assets.config import DEFAULT_WEIGHTS
from engagement_assets.results import templating
from engagement_assets.results.card import activity
from engagement_assets.results.pages import overview
from engagement_assets.schemas import CROSS_TABLE, RUN_STATUSES
from engagement_assets.sql_files import sql_folder

TEMPLATES = Path(templating.__file__).parent / "templates"


def select(path: str) -> exp.Expr:
    return sqlglot.parse_one((sql_folder() / path).read_text(encoding="utf-8"), read="duckdb")


def texts(expression: exp.Expr) -> set[str]:
    return {each.name for each in expression.find_all(exp.Literal) if each.is_string}


def test_every_component_has_a_weight_a_value_and_a_name() -> None:
    assert tuple(DEFAULT_WEIGHTS) == vocabulary.COMPONENTS
    assert texts(select("intermediate/score_value.sql")) >= set(vocabulary.COMPONENTS)
    words = (TEMPLATES / "card" / "words.html").read_text(encoding="utf-8")
    named = re.findall(r'^  "(\w+)": _\(', words.partition("} %}")[0], re.MULTILINE)
    assert tuple(named) == vocabulary.COMPONENTS


def test_every_row_has_a_contribution_of_each_component() -> None:
    (rule,) = (rule for rule in CROSS_TABLE if rule.file == "contributions_of_each_row")
    number = len(vocabulary.COMPONENTS)
    assert rule.name == f"{number} contributions for each row"
    assert re.findall(r"\d+", rule.sql) == [str(number)]


def test_the_page_explains_every_status_but_the_good_one() -> None:
    assert {"processed", *overview.MAILBOXES} == set(vocabulary.MAILBOX_STATUSES)


@pytest.mark.parametrize(
    "path", ["Office_Run/failed_mailboxes_warn.sql", "mailbox/all_mailboxes_are_read.sql"]
)
def test_statuses_in_sql(path: str) -> None:
    known = {*vocabulary.WARNING_STATUSES, *vocabulary.RUN_STATUSES}
    assert vocabulary.WARNING_STATUSES <= texts(select(f"checks/{path}")) <= known


def test_a_run_has_its_statuses_from_sql() -> None:
    assert texts(select("marts/Office_Run.sql")) >= set(RUN_STATUSES)


def test_the_ledger_is_asked_for_every_outcome() -> None:
    rows = select("checks/Office_Ledger/every_outcome_has_a_row.sql").find(exp.Values)
    assert rows
    asked = [tuple(each.name for each in row.expressions) for row in rows.expressions]
    assert asked == [
        (item, outcome)
        for item, outcomes in vocabulary.LEDGER_OUTCOMES.items()
        for outcome in outcomes
    ]


def test_bounds_of_persons_in_sql() -> None:
    (rule,) = (rule for rule in CROSS_TABLE if rule.table == "Office_UserEntity")
    bounds = (vocabulary.FEWEST_PERSONS, vocabulary.MOST_PERSONS)
    assert tuple(int(number) for number in re.findall(r"\d+", rule.sql)) == bounds
    assert rule.name == f"{bounds[0]} to {bounds[1]:,} persons"


def test_periods_in_sql_and_on_the_card() -> None:
    assert texts(select("staging/period_of_day.sql")) == set(vocabulary.LEVELS)
    assert {"year", *activity.LEVELS} == set(vocabulary.LEVELS)


def test_lists_are_those_of_the_types() -> None:
    """So that a type checker and a check refuse the same words."""
    assert get_args(vocabulary.Component) == vocabulary.COMPONENTS
    assert get_args(vocabulary.MailboxStatus) == vocabulary.MAILBOX_STATUSES
