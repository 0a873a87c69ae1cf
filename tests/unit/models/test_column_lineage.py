"""What columns are made of, on small SELECTs."""

import pytest

from engagement_assets.models.column_lineage import column_lineage
from tests.support.model_files import Write, one

SCHEMAS = {
    "Person": {"Id": "BIGINT", "name": "VARCHAR", "keys": "BIGINT[]", "kind": "ENUM('a', 'b')"},
    "Office": {"PrimaryKey": "VARCHAR", "Score": "DOUBLE", "Name": "VARCHAR"},
    "unused": {"id": "BIGINT"},
}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            """with a as (select id, name from person),
            b as (select a.id as k, a.name || o.name as n from a join office as o using (name))
            select K as Key, n, count(*) as c from b""",
            {"Key": [("Person", "Id")], "n": [("Office", "Name"), ("Person", "name")], "c": []},
        ),
        (
            "select id as x, name as Y from person union all select score, primarykey from office",
            {"x": [("Office", "Score"), ("Person", "Id")],
             "Y": [("Office", "PrimaryKey"), ("Person", "name")]},
        ),
        ("with person as (select id + 1 as n from person) select n from PERSON",
         {"n": [("Person", "Id")]}),
        ("with a as (from office) select score from a qualify rank() over (order by 1) = 1",
         {"score": [("Office", "Score")]}),
        ("select k.x as a, kind from person cross join unnest(keys) as k(x)",
         {"a": [("Person", "keys")], "kind": [("Person", "kind")]}),
        ("select (select max(score) from office) as s, 1 as one from person",
         {"s": [("Office", "Score")], "one": []}),
        ("select id as x, name as y from person union by name select 'a' as y, 1 as x",
         {"x": [], "y": []}),
        # by position, x and y would change places, wherever in the SELECT the union stands
        (
            """select id as x, name as y from person
            union all by name select primarykey as y, score as x from office""",
            {"x": [], "y": []},
        ),
        (
            """with a as (select id as x, name as y from person
            union by name select primarykey as y, score as x from office) select x from a""",
            {"x": []},
        ),
        (
            """select q.x from (select id as x, name as y from person
            union by name select primarykey as y, score as x from office) as q
            union all select score from office""",
            {"x": []},
        ),
        ("select id as x from person join office using (nope)", {"x": []}),
        ("select nope as x, id from person", {"x": [], "id": [("Person", "Id")]}),
        ("select id from person as p join office as o on true, unknown_to_schemas as u",
         {"id": [("Person", "Id")]}),
        ("select * from office", {"primarykey": [("Office", "PrimaryKey")],
                                  "score": [("Office", "Score")], "name": [("Office", "Name")]}),
    ],
)  # fmt: skip
def test_lineage(write: Write, sql: str, expected: dict[str, list[tuple[str, str]]]) -> None:
    model = one(write({"marts/m": sql}), *SCHEMAS, "unknown_to_schemas")

    assert column_lineage(model, SCHEMAS) == expected
