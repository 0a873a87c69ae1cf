"""The generated parts of the documents: up to date, complete, and leading where they should."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from engagement_assets import schemas
from engagement_assets.errors import EngagementError
from scripts import docs
from scripts.reference import (
    DOCS,
    ROOT,
    configuration,
    dictionary,
    editor_schema,
    error_tree,
    markdown,
    model_files,
    numbers,
    page_queries,
    rooms,
    sql_rules,
)

DEMO = ROOT / "data" / "demo" / "engagement.yaml"

PAGE = "before\n<!-- generated: a -->\nold\n<!-- /generated -->\nafter\n"
REPLACED = "before\n<!-- generated: a -->\n\nnew\n\n<!-- /generated -->\nafter\n"


# Up to date


def test_what_is_generated_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--check"]) == 0, capsys.readouterr().err


def test_the_check_names_a_stale_file_and_leaves_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = editor_schema.text()
    monkeypatch.setattr(docs, "FILES", {DOCS / "engagement.schema.json": lambda: "another"})
    monkeypatch.setattr(docs, "PARTS", {})
    assert docs.main(["--check"]) == 1
    assert capsys.readouterr().err.startswith("docs/engagement.schema.json is not up to date.")
    assert (DOCS / "engagement.schema.json").read_text(encoding="utf-8") == before


def test_what_is_stale_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, page = tmp_path / "whole.md", tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "FILES", {whole: lambda: "all of it"})
    monkeypatch.setattr(docs, "PARTS", {page: {"a": lambda: "new\n"}})
    assert docs.main(["--check"]) == 1
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0
    assert whole.read_text(encoding="utf-8") == "all of it"
    assert page.read_text(encoding="utf-8") == REPLACED


def test_every_part_of_a_page_is_generated() -> None:
    for page in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")):
        named = set(
            re.findall(
                r"^<!-- generated: (\S+) -->$", page.read_text(encoding="utf-8"), re.MULTILINE
            )
        )
        assert named == set(docs.PARTS.get(page, {})), page


def test_a_part_is_replaced_and_the_rest_is_left() -> None:
    assert markdown.fill(PAGE, {"a": "new\n"}) == REPLACED
    assert markdown.fill(REPLACED, {"a": "new\n"}) == REPLACED


@pytest.mark.parametrize("parts", [{}, {"b": ""}, {"a": "", "b": ""}])
def test_a_page_and_its_parts_that_do_not_fit_are_refused(parts: dict[str, str]) -> None:
    with pytest.raises(markdown.PartError, match=r"\['a'\]"):
        markdown.fill(PAGE, parts)


def test_a_part_that_stands_twice_is_refused() -> None:
    with pytest.raises(markdown.PartError):
        markdown.fill(PAGE + PAGE, {"a": ""})


def test_a_bar_and_a_line_end_do_not_end_a_cell() -> None:
    assert markdown.table(("a", "b"), [("x|y", "1\n2")]) == (
        "| a | b |\n| --- | --- |\n| x\\|y | 1 2 |\n"
    )


# The configuration


def test_every_key_has_a_type_in_words_and_a_meaning() -> None:
    for part in (configuration.top(), *map(configuration.section, configuration.sections())):
        head, _, *rows = part.splitlines()
        assert head == "| key | what it may be | default | meaning |"
        assert rows
        for row in rows:
            assert all(cell.strip() for cell in row.strip("|").split(" | ")), row


def test_a_type_without_words_is_refused() -> None:
    with pytest.raises(KeyError, match="no words for <class 'complex'>"):
        configuration.words(complex)


def test_types_are_said_in_words() -> None:
    said = {
        line.split(" | ")[0].strip("| `"): line.split(" | ")[1]
        for place in configuration.sections()
        for line in configuration.section(place).splitlines()
    }
    assert said["source.cloud"] == "`global`, `us_government`, `us_government_dod` or `china`"
    assert said["smtp.port"] == "whole number, 1 to 65,535"
    assert said["mailboxes.addresses"] == "list, each: e-mail address"
    assert said["customers.accounts"] == "path of a `.csv` or `.parquet` file that exists"
    assert said["results.sign_in"] == "section"


def _file(text: str) -> Any:
    """Return what an editor sees in a YAML file: moments are texts there."""
    loaded = yaml.safe_load(text)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return value.isoformat() if isinstance(value, datetime) else value

    return plain(loaded)


def _validator() -> jsonschema.Draft202012Validator:
    document = editor_schema.document()
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def _examples() -> dict[str, str]:
    """Return every whole configuration that the documents show, and the demo's."""
    found = {"demo": DEMO.read_text(encoding="utf-8")}
    for page in DOCS.glob("*.md"):
        blocks = re.findall(
            r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
        for number, block in enumerate(blocks):
            if re.search(r"^source:", block, re.MULTILINE):
                found[f"{page.name} {number}"] = block
    return found


def test_the_schema_takes_every_example() -> None:
    examples = _examples()
    assert len(examples) >= 2
    for name, text in examples.items():
        errors = [error.message for error in _validator().iter_errors(_file(text))]
        assert errors == [], name


WRONG = {
    "an unknown key": {"colour": "blue"},
    "a misspelt key of a section": {"customers": {"contact": "contacts.csv"}},
    "a port that is none": {"results": {"port": 70000}},
    "a choice that is none": {"source": {"kind": "graph", "cloud": "mars"}},
    "a part of the score that is none": {"score_weights": {"Charm": 100}},
    "a required key without a value": {"mailboxes": {"addresses": None}},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_the_schema_refuses(change: dict[str, Any]) -> None:
    assert not _validator().is_valid(_file(DEMO.read_text(encoding="utf-8")) | change)


def test_the_schema_lets_a_key_be_empty_that_may_be_left_out() -> None:
    content = _file(DEMO.read_text(encoding="utf-8"))
    assert _validator().is_valid(content | {"name": None, "smtp": None, "regions": None})


# Errors, rooms


def test_every_error_is_in_the_tree_below_its_kind() -> None:
    lines = error_tree.tree().splitlines()[2:]
    assert len(lines) == len(error_tree.classes())
    for name, error in error_tree.classes().items():
        depth = sum(issubclass(each, EngagementError) for each in error.__mro__) - 1
        row = rf"\| (?:&emsp;){{{depth}}}`{error.__name__}` \| {error.exit_code} \| \S"
        assert any(re.match(row, line) for line in lines), name


def test_arrows_of_the_rooms_lead_downwards_and_say_what_the_code_says() -> None:
    number = {name: floor for floor, row in enumerate(rooms.floors()) for name in row}
    ground = set(rooms.ground())
    assert number.keys() | ground == set(rooms.graph())
    drawn: dict[str, set[str]] = {name: set() for name in number}
    for name, below in rooms.arrows():
        assert number[name] > number[below]
        drawn[name].add(below)

    def reach(name: str) -> set[str]:
        return drawn[name].union(*map(reach, drawn[name]))

    for name, imported in rooms.graph().items():
        if name not in ground:
            assert imported - ground <= reach(name), name
    # in a picture, down is where y grows
    paths = re.findall(r'<path d="M\S+ (\S+?)C.*? (\S+?)" fill="none"', rooms.picture())
    assert len(paths) == len(rooms.arrows())
    assert all(float(begin) < float(end) for begin, end in paths)


# One hop from a number to its SQL


def test_every_table_leads_to_its_sql_cases_rule_and_sources() -> None:
    page = dictionary.page()
    for name in schemas.TABLES:
        section = page.split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]
        model = model_files.models()[name]
        sql = model.path.relative_to(ROOT).as_posix()
        assert f"- **SQL**: [{name}](../{sql})" in section
        assert f"- **Cases**: [tests/sql/{name}](../tests/sql/{name})" in section
        assert re.search(r"^- \*\*Rule\*\*: \[\d.*?\]\(the-numbers\.md#\d", section, re.MULTILINE)
        (reads,) = re.findall(r"^- \*\*Reads\*\*: (.*)$", section, re.MULTILINE)
        assert [link.strip("[") for link in re.findall(r"\[\w+", reads)] == list(model.references)
        checks = sorted((ROOT / "dbt_like_sql" / "checks" / name).glob("*.sql"))
        assert all(f"(../{path.relative_to(ROOT).as_posix()})" in section for path in checks)


def test_every_segment_measure_and_question_of_a_page_leads_to_its_sql() -> None:
    text = (DOCS / "segments-and-measures.md").read_text(encoding="utf-8")
    for model in model_files.models().values():
        if model.layer in {"segments", "measures"}:
            assert f"| {model_files.link(model)} |" in text
    questions = page_queries.overview()
    for path in page_queries.FOLDER.glob("*.sql"):
        (line,) = (each for each in questions.splitlines() if f"/{path.name})" in each)
        assert line.count("data-dictionary.md#") >= 1, path.name


# Rules about SQL


@dataclass(frozen=True)
class SqlRule:
    name: str
    example: str = "log(x)"
    reason: str = "has another base on Spark"
    instead: str = "ln(x)"
    applies_to: str = "all"
    is_refused: bool = False


def test_a_rule_about_sql_says_what_to_write_and_what_happens() -> None:
    rules = [
        SqlRule("portable"),
        SqlRule("clock", is_refused=True),
        SqlRule("people", applies_to="own", is_refused=True),
    ]
    rows = sql_rules.overview(rules).splitlines()[2:]
    said = "`log(x)` | ln(x) | has another base on Spark"
    assert rows == [
        f"| portable | {said} | a test refuses it; preflight warns of own SQL |",
        f"| clock | {said} | refused |",
        f"| people | {said} | own SQL is refused |",
    ]


# References


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("-- source: numbers 2.4, 2.5", ["2.4", "2.5"]),
        ("-- source: numbers 2.2-2.4", ["2.2", "2.4"]),
        ("numbers 1 (contact), 7 (Office_Ledger).", ["1", "7"]),
        ("(numbers 7, Office_Mailbox), numbers 5 to 7", ["7", "5", "7"]),
        ("Numbers 6 and 7; numbers 64 bits wide", ["6", "7"]),
    ],
)
def test_references_are_found(text: str, found: list[str]) -> None:
    assert numbers.referred(text) == found


def test_a_reference_becomes_a_link() -> None:
    assert numbers.links("2.8, 7 (Office_Run)") == (
        "[2.8](the-numbers.md#28-replies), [7](the-numbers.md#7-the-other-published-tables)"
    )
    assert numbers.links("docs/privacy.md") == "[privacy](privacy.md)"
    with pytest.raises(KeyError):
        numbers.links("9")
