"""Segments: what a file of `segments/` gives, checked, and gathered.

A segment is a model like any other; its table has a column `CustomerId` and whatever it shows of a
member. The rules over the runs (who joined, who left, since when) are SQL, in `history/`.
"""

import json
from collections.abc import Collection, Sequence

from engagement_assets import schemas
from engagement_assets.models import tracked
from engagement_assets.models.engine import Engine
from engagement_assets.models.faults import fault
from engagement_assets.models.loading import Model
from engagement_assets.sql_text import identifier, literal

SOURCE_TABLES = (
    "segment_listed",
    "segment_row",
    "segment_cause",
    "segment_figure",
    "profile_change",
)

_PROFILE = "Customer_Profile"
# what an account is called says nothing about how it behaves
_NO_FIGURES = frozenset({tracked.CUSTOMER, "name"})

# what the other accounts move as well, and the own figures of the score that stand behind it
_SCORE = frozenset({"EngagementScore", "Rank", "ScoreBefore", "ScoreChange"})
_TREND = frozenset({"RecentScore", "EarlierScore", "ScoreTrend"})
_OF_THE_SCORE = (
    "NoOfEmails_ToAccount",
    "NoOfEmails_FromAccount",
    "DaysSinceLastContact",
    "Meetings",
    "Replies",
    "AccountPeople",
    "OwnPeople",
)

# of all others nobody asks what changed
_MOVED = """
    select coalesce(row.customer_id, earlier.CustomerId)
    from segment_row as row
    full outer join previous_segment_member as earlier
        on row.segment = earlier.Segment and row.customer_id = earlier.CustomerId
    where (row.customer_id is null or earlier.CustomerId is null)
        and exists (select 1 from previous_profile)
"""


def check(engine: Engine, model: Model) -> None:
    """Require that the table of a segment lists accounts, each once.

    Raises:
        ModelError: It does not. The text names the file, and no value.
    """
    with tracked.stumbling_named(model):
        found = engine.columns(model.name)
        if tracked.customer_column(found) is None:
            raise fault(model.path, "it gives no column CustomerId", "Select CustomerId first.")
        tracked.check_customers(engine, model, [])
        tracked.check_finite(engine, model, found)


def collect(engine: Engine, models: Sequence[Model]) -> None:
    """Gather the rows of all segments, and what they are, in the tables that `history/` reads.

    Args:
        engine: the warehouse, with the tables of all segments.
        models: all models; those of other layers are passed over.
    """
    tracked.collect(engine, models, "segments", SOURCE_TABLES, _gather)
    _collect_changes(engine)


def _gather(engine: Engine, model: Model) -> None:
    found = engine.columns(model.name)
    shown = [column for column in found if column.lower() != tracked.CUSTOMER]
    engine.insert(
        "segment_listed",
        [
            (
                model.name,
                model.title,
                model.purpose,
                model.sql.strip(),
                json.dumps(shown),
                _is_changed(engine, model),
            )
        ],
    )
    engine.append(
        "segment_row",
        f"select {literal(model.name)}, cast(CustomerId as varchar), {tracked.json_of(shown)} "
        f"from {identifier(model.name)}",
    )
    decisive = causes(model)
    engine.insert("segment_cause", [(model.name, column, _kind(column)) for column in decisive])
    engine.insert("segment_figure", [(model.name, column) for column in figures(decisive)])


def _is_changed(engine: Engine, model: Model) -> bool | None:
    """Whether the run before picked the members by other SQL; None when it did not have it."""
    before = engine.rows(
        f"select Sql from previous_segment_definition where Segment = {literal(model.name)}"
    )
    if not before:
        return None
    ((text,),) = before
    # most are the same to the letter, and parsing costs more than all else here
    return bool(text != model.sql.strip() and not same_rule(str(text), model.sql))


def _collect_changes(engine: Engine) -> None:
    """Compare what decides about any segment, and what that is made of, with the run before."""
    compared = engine.rows(
        "select column_name from segment_cause union select column_name from segment_figure "
        "order by column_name"
    )
    for (column,) in compared:
        figure = identifier(column)
        engine.append(
            "profile_change",
            f"""
            select
                coalesce(now.CustomerId, before.CustomerId), {literal(column)},
                cast(to_json(before.{figure}) as varchar),
                cast(to_json(now.{figure}) as varchar)
            from {_PROFILE} as now
            full outer join previous_profile as before on now.CustomerId = before.CustomerId
            where
                now.{figure} is distinct from before.{figure}
                and coalesce(now.CustomerId, before.CustomerId) in ({_MOVED})
            """,
        )


def causes(model: Model) -> list[str]:
    """Return the columns of Customer_Profile that decide who is in a segment.

    Columns that it merely shows are not among them, unless there are no others.
    """
    if _PROFILE not in model.references:
        return []
    known = _all_figures()
    return [each for each in known if each.lower() in model.decisive] or [
        each for each in known if each.lower() in model.mentioned
    ]


def figures(decisive: Collection[str]) -> list[str]:
    """Return the accounts' own figures behind the columns that decide about a segment.

    Behind a score these are the figures that it is made of. A segment that looks at no column of
    Customer_Profile looks at something else of an account: then every own figure stands for it.
    """
    wanted = {column for column in decisive if _kind(column) == "own"}
    if not decisive:
        wanted = {column for column in _all_figures() if _kind(column) == "own"}
    if any(_kind(column) != "own" for column in decisive):
        wanted |= set(_OF_THE_SCORE)
    return [column for column in _all_figures() if column in wanted]


def same_rule(before: str, now: str) -> bool:
    """Tell whether two files ask for the same; what their comments say plays no part."""
    import sqlglot  # noqa: PLC0415 - costs much, and is needed after a change only

    try:
        texts = [
            sqlglot.parse_one(sql, read="duckdb").sql("duckdb", comments=False)
            for sql in (before, now)
        ]
    except sqlglot.errors.SqlglotError:
        return False  # an older version let it through
    return texts[0] == texts[1]


def _all_figures() -> list[str]:
    return [
        column.name
        for column in schemas.TABLES[_PROFILE].columns
        if column.name.lower() not in _NO_FIGURES
    ]


def _kind(column: str) -> str:
    return "score" if column in _SCORE else "trend" if column in _TREND else "own"
