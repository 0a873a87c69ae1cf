"""Rules: read from an address, said in SQL twice, and the same as somebody counting by hand."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement_assets.models import findings
from engagement_assets.models.loading import load_models
from engagement_assets.models.model_sql import parse_select
from engagement_assets.results.fields import FIELDS, SEGMENT, Field, Kind, operators
from engagement_assets.results.rules import (
    MOST_CONDITIONS,
    Condition,
    Reading,
    Rule,
    read_rule,
    segment_file,
)
from engagement_assets.schemas import TABLES

SEGMENTS = ("stale_accounts", "Rising", "order")
TYPES = {
    Kind.TEXT: "varchar",
    Kind.COUNT: "bigint",
    Kind.NUMBER: "double",
    Kind.CHANGE: "double",
    Kind.MINUTES: "double",
    Kind.DAY: "date",
    Kind.YES_NO: "boolean",
}
# what breaks SQL, text files, addresses and patterns when somebody forgets it
HOSTILE = ["'", "''", '"', "\\", "--", "/*", "*/", ";", "%", "_", "$v0", "?", "{0}", "{column}"]
HOSTILE += ["é", "É", "ß", "\N{ZERO WIDTH JOINER}", "名", "&", "+", "=", "x", "X", " "]
TEXTS = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=6).map("".join)
WORDS = TEXTS.filter(lambda text: bool(text.strip())).map(str.strip)
COUNTS = st.integers(-3, 5)
NUMBERS = st.integers(-3_000_000, 5_000_000).map(
    lambda millionths: millionths / 1_000_000 if millionths % 1_000_000 else millionths // 1_000_000
)
LINE_ENDS = ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"]
TITLES = st.lists(st.sampled_from([*HOSTILE, *LINE_ENDS]), max_size=8)
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 9))
VALUES = {
    Kind.TEXT: WORDS,
    Kind.COUNT: COUNTS,
    Kind.NUMBER: NUMBERS,
    Kind.CHANGE: NUMBERS,
    Kind.MINUTES: NUMBERS,
    Kind.DAY: DAYS,
    Kind.YES_NO: st.booleans(),
    Kind.SEGMENT: st.sampled_from(SEGMENTS),
}


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from([*FIELDS.values(), SEGMENT]))
    operator = draw(st.sampled_from(operators(field)))
    values: list[Any] = draw(
        st.lists(VALUES[field.kind], min_size=operator.values, max_size=operator.values)
    )
    return Condition(field, operator, tuple(sorted(values)))


RULES = st.builds(
    Rule,
    st.sampled_from(["all", "any"]),
    st.lists(conditions(), max_size=4).map(tuple),
)


@st.composite
def customers(draw: st.DrawFn) -> list[dict[str, Any]]:
    def value(field: Field) -> st.SearchStrategy[Any]:
        known = VALUES[field.kind]
        return st.none() | known if field.nullable else known

    rows = draw(
        st.lists(
            st.fixed_dictionaries({name: value(field) for name, field in FIELDS.items()}),
            max_size=5,
        )
    )
    return [{**row, "CustomerId": f"{row['CustomerId']}{at}"} for at, row in enumerate(rows)]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} {TYPES[field.kind]}" for name, field in FIELDS.items())
        connection.execute(f"create table Customer_Profile ({columns})")
        connection.execute("create table Segment_Member (Segment varchar, CustomerId varchar)")
        for name in SEGMENTS:
            connection.execute(f'create table "{name}" (CustomerId varchar)')
        yield connection


def fill(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    for table in ("Customer_Profile", "Segment_Member", *SEGMENTS):
        connection.execute(f'delete from "{table}"')
    for at, row in enumerate(rows):
        marks = ", ".join("?" * len(row))
        connection.execute(
            f"insert into Customer_Profile values ({marks})", [row[name] for name in FIELDS]
        )
        segment = SEGMENTS[at % len(SEGMENTS)]
        member = row["CustomerId"]
        connection.execute("insert into Segment_Member values (?, ?)", [segment, member])
        connection.execute(f'insert into "{segment}" values (?)', [member])


def naive(rule: Rule, row: dict[str, Any], at: int) -> bool:
    """Say by hand whether a rule includes a customer."""
    says: dict[str, Callable[..., bool]] = {
        "contains": lambda x, v: x is not None and lower(v) in lower(x),
        "lacks": lambda x, v: x is None or lower(v) not in lower(x),
        "begins": lambda x, v: x is not None and lower(x).startswith(lower(v)),
        "is": lambda x, v: x == v,
        "is_not": lambda x, v: x != v,
        "more": lambda x, v: x is not None and x > v,
        "more_or_never": lambda x, v: x is None or x > v,
        "at_least": lambda x, v: x is not None and x >= v,
        "less": lambda x, v: x is not None and x < v,
        "at_most": lambda x, v: x is not None and x <= v,
        "equals": lambda x, v: x == v,
        "between": lambda x, v, w: x is not None and v <= x <= w,
        "before": lambda x, v: x is not None and x < v,
        "since": lambda x, v: x is not None and x >= v,
        "yes": bool,
        "no": lambda x: not x,
        "in": lambda x, v: x == v,
        "not_in": lambda x, v: x != v,
        "never": lambda x: x is None,
        "unknown": lambda x: x is None,
        "known": lambda x: x is not None,
    }
    facts = {**row, "Segment": SEGMENTS[at % len(SEGMENTS)]}
    held = [
        says[each.operator.code](facts[each.field.column], *each.values) for each in rule.conditions
    ]
    return not held or (all(held) if rule.match == "all" else any(held))


def lower(text: str) -> str:
    return text.replace("É", "é").replace("X", "x")


@settings(max_examples=150, deadline=None)
@given(rule=RULES, rows=customers())
def test_both_kinds_of_sql_find_whom_a_reader_would(
    connection: duckdb.DuckDBPyConnection, rule: Rule, rows: list[dict[str, Any]]
) -> None:
    fill(connection, rows)
    expected = sorted(row["CustomerId"] for at, row in enumerate(rows) if naive(rule, row, at))

    where, values = rule.bound()
    bound = connection.execute(
        f"select CustomerId from Customer_Profile where {where}", values or None
    ).fetchall()
    written = connection.execute(segment_file(rule, "A", "B")).fetchall()

    assert sorted(row[0] for row in bound) == expected
    assert sorted(row[0] for row in written) == expected


@settings(max_examples=150, deadline=None)
@given(rule=RULES)
def test_a_rule_survives_its_address(rule: Rule) -> None:
    parameters = parse_qsl(rule.query_string(), keep_blank_values=True)

    reading = read_rule(parameters, SEGMENTS)

    assert reading.rule == rule
    assert reading.query_string() == rule.query_string()


@settings(max_examples=60, deadline=None)
@given(rule=RULES, title=TITLES, purpose=TEXTS)
def test_the_pipeline_accepts_every_segment_file(
    tmp_path_factory: pytest.TempPathFactory, rule: Rule, title: list[str], purpose: str
) -> None:
    folder = tmp_path_factory.mktemp("models")
    (folder / "segments").mkdir()
    text = segment_file(rule, "A" + "".join(title), f"B {purpose}")
    (folder / "segments" / "mine.sql").write_text(text, encoding="utf-8")

    (model,) = load_models(folder, ["Customer_Profile", *SEGMENTS])

    one_line = ["A", *(" " if each in LINE_ENDS else each for each in title)]
    assert model.title == " ".join("".join(one_line).split())
    assert set(model.references) == {"Customer_Profile", *rule.segments()}
    assert findings.find(parse_select(model.path, text)) == []


def test_sql_reads_as_one_would_write_it() -> None:
    reading = read_rule(
        parse_qsl(
            "match=any&field=DaysSinceLastEmail&is=more_or_never&value=60&to="
            "&field=Name&is=contains&value=O'Neill&to=&field=Segment&is=in&value=order&to=",
            keep_blank_values=True,
        ),
        SEGMENTS,
    )
    assert reading.rule is not None

    assert segment_file(reading.rule, "Quiet", "Whom we lost") == (
        "-- title: Quiet\n"
        "-- purpose: Whom we lost\n"
        "-- source: /rules?match=any&field=DaysSinceLastEmail&is=more_or_never&value=60&to="
        "&field=Name&is=contains&value=O%27Neill&to=&field=Segment&is=in&value=order&to=\n"
        "select\n"
        "    CustomerId,\n"
        "    Name,\n"
        "    DaysSinceLastEmail,\n"
        "    EngagementScore\n"
        "from Customer_Profile\n"
        "where\n"
        "    (DaysSinceLastEmail is null or DaysSinceLastEmail > 60)\n"
        "    or contains(lower(Name), lower('O''Neill'))\n"
        '    or CustomerId in (select CustomerId from "order")\n'
        "order by EngagementScore desc, CustomerId asc\n"
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("field=DaysSinceLastEmail&is=more&value=&to=", "Write a number."),
        ("field=DaysSinceLastEmail&is=more&value=1e9&to=", "Write a number."),
        ("field=DaysSinceLastEmail&is=more&value=nan&to=", "Write a number."),
        ("field=DaysSinceLastEmail&is=more&value=٣&to=", "Write a number."),
        ("field=DaysSinceLastEmail&is=more&value=1.5&to=", "Write a whole number."),
        ("field=EngagementScore&is=more&value=10000000000&to=", "The number is too large."),
        (
            "field=DaysSinceLastEmail&is=between&value=9&to=3",
            "The second value is less than the first.",
        ),
        ("field=DaysSinceLastEmail&is=between&value=9&to=", "Write a number."),
        ("field=EngagementStartDate&is=before&value=20260101&to=", "Choose a day."),
        ("field=EngagementStartDate&is=before&value=2026-02-30&to=", "Choose a day."),
        ("field=Name&is=contains&value=+&to=", "Write a text."),
        ("field=Name&is=contains&value=" + "x" * 201 + "&to=", "The text is too long."),
        ("field=Name&is=is&value=a%00b&to=", "The text has characters that cannot be printed."),
        ("field=Segment&is=in&value=nobody&to=", "Choose a segment."),
    ],
)
def test_what_is_wrong_is_said_where_it_is(line: str, problem: str) -> None:
    reading = read_rule(parse_qsl(line, keep_blank_values=True), SEGMENTS)

    assert [each.problem for each in reading.lines] == [problem]
    assert reading.rule is None


@pytest.mark.parametrize(
    "address",
    [
        "field=Name; drop table Office&is=is&value=x&to=",
        "field=Email&is=is&value=x&to=",
        "field=Name&is=more&value=x&to=",
        "field=Name&is=between&value=1&to=2",
        "field=NoOfEmails_ToAccount&is=never&value=&to=",
        "field=Name&is=contains&value=x",
        "&".join(["field=Name&is=contains&value=x&to="] * (MOST_CONDITIONS + 1)),
    ],
)
def test_an_address_that_nobody_made_has_no_rule(address: str) -> None:
    reading = read_rule(parse_qsl(address, keep_blank_values=True), SEGMENTS)

    assert reading.problem
    assert reading.rule is None
    assert reading.lines == ()


def test_lines_come_and_go() -> None:
    reading = Reading("all", ()).with_field("Name").with_field("Rank").with_field("Email")
    again = read_rule(parse_qsl(reading.query_string(), keep_blank_values=True), SEGMENTS)

    assert [line.field.column for line in again.lines] == ["Name", "Rank"]
    assert [line.problem for line in again.lines] == ["Write a text.", "Write a number."]
    assert [line.field.column for line in again.without(0).lines] == ["Rank"]


def test_no_condition_includes_everybody() -> None:
    rule = read_rule([], SEGMENTS).rule

    assert rule is not None
    assert rule.bound() == ("true", {})


def test_rules_speak_of_every_column_of_the_profile() -> None:
    profile = {column.name: column for column in TABLES["Customer_Profile"].columns}

    assert set(FIELDS) == set(profile)
    for name, field in FIELDS.items():
        assert field.nullable == profile[name].nullable, name
        assert TYPES[field.kind] == profile[name].type.lower(), name
    assert all(re.fullmatch("[A-Za-z_]+", name) for name in FIELDS)


def test_labels_are_told_apart() -> None:
    labels = [field.label for field in (*FIELDS.values(), SEGMENT)]

    assert len(set(labels)) == len(labels)
