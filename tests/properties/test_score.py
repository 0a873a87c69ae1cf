"""The properties of the engagement score (numbers 6), on cohorts that Hypothesis makes up."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement_assets.config import DEFAULT_WEIGHTS
from engagement_assets.models.building import build
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse import inputs
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.support.pipeline import MODELS

NEEDED = ("score_value", "score_reference", "Office_ScoreContribution", "Office")
FIRST_DAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Account:
    """What the score looks at, of one account in one cohort."""

    emails_to: int
    emails_from: int
    replies: int
    meetings: int
    contacts: int
    own_people: int
    days_since: int


@dataclass(frozen=True)
class Scored:
    """A score and the points that it is made of."""

    score: float
    points: dict[str, float]

    @property
    def exact(self) -> float:
        """The score before rounding."""
        return math.fsum(self.points.values())


Score = Callable[[list[Account]], list[Scored]]

counts = st.integers(0, 5_000)
accounts = st.builds(
    Account, counts, counts, counts, counts, counts, counts, days_since=st.integers(0, 365)
)
cohorts = st.lists(accounts, min_size=1, max_size=12)


@pytest.fixture(scope="module")
def score() -> Score:
    """A function that scores a cohort with the SQL models themselves."""
    connection = duckdb.connect()
    engine = DuckDbEngine(connection)
    for source in INPUT_TABLES.values():
        source.create(connection)
    for model in MODELS:
        build(engine, model)
    inputs.write_weights(connection, DEFAULT_WEIGHTS)
    models = [model for model in MODELS if model.name in NEEDED]

    def scored(cohort: list[Account]) -> list[Scored]:
        connection.execute("delete from account; delete from account_period")
        for number, account in enumerate(cohort):
            connection.execute("insert into account values (?, ?, null)", [number, f"{number:03d}"])
            connection.execute(
                "insert into account_period by name select ? as account_no, 'year' as "
                "aggregation_level, ?::date as period_start, ?::date as last_day, ? as "
                "emails_to_account, ? as emails_from_account, ? as replies, ? as meetings, 0 as "
                "meetings_from_account, 0 as meetings_to_account, 0 as timed_meetings, 0 as "
                "own_in_emails, 0 as own_in_meetings, ? as own_people, 0 as contacts_in_emails, "
                "0 as contacts_in_meetings, ? as contacts, ?::date as first_day, "
                "? as days_since_email",
                [
                    number,
                    FIRST_DAY,
                    FIRST_DAY + timedelta(365),
                    account.emails_to,
                    account.emails_from,
                    account.replies,
                    account.meetings,
                    account.own_people,
                    account.contacts,
                    FIRST_DAY,
                    account.days_since,
                ],
            )
        for model in models:
            build(engine, model)
        rows = connection.execute(
            "select EngagementScore, map_from_entries(list((Component, Points))) from Office "
            "inner join Office_ScoreContribution using (PrimaryKey) "
            "group by CustomerId, EngagementScore order by CustomerId"
        ).fetchall()
        return [Scored(score, dict(points)) for score, points in rows]

    return scored


@given(cohort=cohorts)
def test_between_0_and_100_and_made_of_its_points(score: Score, cohort: list[Account]) -> None:
    for scored in score(cohort):
        assert 0 <= scored.exact < 100
        assert abs(scored.score - scored.exact) <= 0.05 + 1e-9
        assert len(scored.points) == len(DEFAULT_WEIGHTS)
        for component, points in scored.points.items():
            assert 0 <= points <= DEFAULT_WEIGHTS[component]  # type: ignore[index] # SQL's text, not a literal


COUNTED = [field.name for field in fields(Account) if field.name != "days_since"]


@given(
    cohort=cohorts, which=st.integers(0, 11), more=st.integers(1, 40), name=st.sampled_from(COUNTED)
)
def test_more_activity_never_lowers_the_own_score(
    score: Score, cohort: list[Account], which: int, more: int, name: str
) -> None:
    place = which % len(cohort)
    raised = replace(cohort[place], **{name: getattr(cohort[place], name) + more})
    after = score([*cohort[:place], raised, *cohort[place + 1 :]])[place]
    assert after.exact >= score(cohort)[place].exact - 1e-9


@given(cohort=cohorts, which=st.integers(0, 11))
def test_a_later_contact_never_lowers_the_own_score(
    score: Score, cohort: list[Account], which: int
) -> None:
    place = which % len(cohort)
    later = replace(cohort[place], days_since=cohort[place].days_since // 2)
    after = score([*cohort[:place], later, *cohort[place + 1 :]])[place]
    assert after.exact >= score(cohort)[place].exact - 1e-9


@given(cohort=cohorts, factor=st.integers(2, 50))
def test_a_common_factor_changes_no_points(
    score: Score, cohort: list[Account], factor: int
) -> None:
    multiplied = [
        replace(
            account,
            **{name: getattr(account, name) * factor for name in COUNTED},
        )
        for account in cohort
    ]
    for before, after in zip(score(cohort), score(multiplied), strict=True):
        for component, points in before.points.items():
            assert math.isclose(points, after.points[component], rel_tol=1e-9, abs_tol=1e-12)


@given(cohort=cohorts, seed=st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing_at_all(
    score: Score, cohort: list[Account], seed: random.Random
) -> None:
    order = list(range(len(cohort)))
    seed.shuffle(order)
    shuffled = score([cohort[place] for place in order])
    expected = score(cohort)
    assert shuffled == [expected[place] for place in order]


@given(account=accounts.filter(lambda a: min(a.emails_to, a.emails_from, a.replies, a.meetings,
                                             a.contacts, a.own_people) > 0))  # fmt: skip
def test_typical_in_everything_scores_50(score: Score, account: Account) -> None:
    assert [scored.score for scored in score([account] * 3)] == [50.0] * 3


@given(account=accounts)
def test_mail_that_nobody_answers_earns_only_people_and_recency(
    score: Score, account: Account
) -> None:
    silent = replace(account, emails_from=0, replies=0, meetings=0)
    points = score([silent, account])[0].points
    earned = {component for component, given_points in points.items() if given_points > 0}
    assert earned <= {"AccountPeople", "OwnPeople", "Recency"}


def test_one_giant_moves_no_other_score_by_more_than_a_point(score: Score) -> None:
    cohort = [
        Account(
            1 + n % 40, 1 + n % 30, 1 + n % 7, 1 + n % 9, 1 + n % 5, 1 + n % 6, days_since=n % 60
        )
        for n in range(299)
    ]
    giant = Account(40 * 50, 30 * 50, 7 * 50, 9 * 50, 5 * 50, 6 * 50, days_since=0)
    usual = replace(giant, **{name: getattr(giant, name) // 50 for name in COUNTED})
    before, after = score([*cohort, usual]), score([*cohort, giant])
    moved = [abs(a.exact - b.exact) for a, b in zip(before[:-1], after[:-1], strict=True)]
    assert max(moved) <= 1
