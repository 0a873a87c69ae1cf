"""What the header of a model file says."""

from pathlib import Path

import pytest

from engagement_assets.models.faults import ModelError
from engagement_assets.models.headers import read_header

PATH = Path("marts/m.sql")
HEADER = "-- purpose: For a test.\n-- grain: row\n-- source: numbers 1\n"


def test_header_is_read_up_to_the_first_other_line() -> None:
    text = (
        "\n-- purpose: One row per account:\n--   with its score.\n-- grain:  account, level\n"
        "-- source: numbers 5\n--\n--materialized: view\n\n-- a remark: about the query\nselect 1"
    )

    assert read_header(PATH, text) == {
        "purpose": "One row per account: with its score.",
        "grain": "account, level",
        "source": "numbers 5",
        "materialized": "view",
    }


def test_a_model_is_a_table_unless_it_says_otherwise() -> None:
    assert read_header(PATH, HEADER + "select 1 as x")["materialized"] == "table"


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("", "does not say its purpose"),
        ("-- purpose: x\n-- grain: y\n", "does not say its source"),
        (HEADER.replace("row", ""), "does not say its grain"),
        (HEADER + "-- materialised: view\n", "unknown key, materialised. Did you mean materiali"),
        (HEADER + "-- owner: me\n", "unknown key, owner. The keys are purpose"),
        (HEADER + "-- grain: day\n", "says grain twice"),
        (HEADER + "-- materialized: incremental\n", "Write table or view"),
        (HEADER + "-- Just a remark\n", "nor an indented continuation: -- Just a remark"),
    ],
)
def test_wrong_headers(header: str, text: str) -> None:
    with pytest.raises(ModelError, match=r"^marts/m\.sql: ") as raised:
        read_header(PATH, header + "select 1 as x")

    assert text in str(raised.value)


def test_what_a_segment_and_a_measure_need_not_say() -> None:
    segment = read_header(PATH, "-- title: Busy\n-- purpose: x\nselect 1", "segments")
    assert segment["grain"] == "CustomerId"
    assert segment["source"] == "docs/segments-and-measures.md"
    measure = read_header(PATH, "-- title: M\n-- purpose: x\n-- unit: days\nselect 1", "measures")
    assert measure["unit"] == "days"
    assert measure["grain"].startswith("CustomerId, or the whole business")


@pytest.mark.parametrize(
    ("layer", "header", "text"),
    [
        ("segments", "-- purpose: x\n", "does not say its title. Add `-- title: …` at the top."),
        ("segments", "-- title: x\n", "does not say its purpose"),
        ("segments", "-- title: x\n-- purpose: y\n-- unit: days\n", "unknown key, unit"),
        ("measures", "-- title: x\n-- purpose: y\n", "does not say its unit"),
        ("measures", "-- title: x\n-- purpose: y\n-- unit: miles\n", "The units are number, count"),
        ("marts", HEADER + "-- title: x\n", "unknown key, title"),
    ],
)
def test_wrong_headers_of_layers(layer: str, header: str, text: str) -> None:
    with pytest.raises(ModelError) as raised:
        read_header(PATH, header + "select 1 as x", layer)

    assert text in str(raised.value)
