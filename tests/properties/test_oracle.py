"""The whole pipeline against the oracle, on random organisations full of edge cases."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from tests.naive import tracked
from tests.naive.compare import differences, equal
from tests.naive.compute import results
from tests.naive.tables import Results, all_tables
from tests.organisations import move_on, write_organisation
from tests.support import pipeline

# rules that few organisations have a case for need many of them: see docs on testing
SEEDS = range(int(os.environ.get("ENGAGEMENT_SEEDS", "24")))
# every so many organisations are run again after some of their mailboxes broke or disappeared
RUN_AGAIN = 4


@pytest.mark.parametrize("seed", SEEDS)
def test_published_tables_equal_the_oracle(seed: int, tmp_path: Path) -> None:
    config_file = write_organisation(tmp_path, random.Random(seed))
    expected = _assert_equal(config_file, None, threads=1 + seed % 2)
    if seed % RUN_AGAIN == 0:
        move_on(config_file, random.Random(seed))
        expected = _assert_equal(config_file, expected)
        move_on(config_file, random.Random(seed + 1))
        _assert_equal(config_file, expected)


def _assert_equal(config_file: Path, before: Results | None, *, threads: int = 1) -> Results:
    """Run once, compare everything, and return what was expected."""
    published = pipeline.published(pipeline.run(config_file, threads=threads))
    expected = results(config_file, before=before)
    assert differences(all_tables(expected), dict(published)) == []

    scores: tracked.Scores = {
        row["PrimaryKey"]: float(str(row["EngagementScore"])) for row in published["Office"]
    }
    members: dict[str, set[object]] = {
        str(row["Segment"]): set() for row in published["Segment_Definition"]
    }
    for row in published["Segment_Member"]:
        members[str(row["Segment"])].add(row["CustomerId"])
    assert members == tracked.members(expected, scores)

    parents = {r["CustomerId"]: r["ParentId"] for r in published["Customer_Profile"]}
    assert {a: p for a, p in parents.items() if p is not None} == tracked.parents(expected)
    values: dict[tuple[str, Any, tuple[str, ...]], object] = {
        (str(row["Measure"]), row["CustomerId"], _dimensions(row["Dimensions"])): row["Value"]
        for row in published["Measure_Value"]
    }
    computed = tracked.measures(expected, scores)
    assert values.keys() == computed.keys()
    assert [key for key in values if not equal(computed[key], values[key])] == []
    return expected


def _dimensions(text: object) -> tuple[str, ...]:
    return tuple(json.loads(str(text)).values()) if text is not None else ()
