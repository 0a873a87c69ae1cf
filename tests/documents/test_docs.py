"""The documents against the code: what exists is mentioned, and what is said is true."""

import io
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest
from rich.console import Console

import scripts.demo
from engagement_assets import config, schemas
from engagement_assets.command import overview
from engagement_assets.definitions import CONFIG_VARIABLE, build, sql_folder
from engagement_assets.models import building, loading, measures, segments
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from scripts.reference import configuration, error_tree, model_files
from scripts.reference.markdown import anchor
from tests.sql.golden import Project, read_case
from tests.support import pipeline
from tests.support.sharing import made_once

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DEMO = ROOT / "data" / "demo" / "engagement.yaml"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}

# what a reader sees as code: in a block, or between backticks
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def block(page: Path, language: str, number: int = 0) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", TEXTS[page], re.MULTILINE | re.DOTALL)
    return str(found[number])


def words_in_code(*pages: Path) -> set[str]:
    """Every word that stands in code, and the name of every file that is linked."""
    found: set[str] = set()
    for page in pages:
        for code in CODE.findall(TEXTS[page]):
            found.update(re.findall(r"[\w.-]+", code))
        found.update(Path(target).stem for target in LINK.findall(TEXTS[page]))
    return found


# What exists is mentioned


def test_no_key_is_made_up() -> None:
    sections = {place.partition(".")[0] for place in configuration.sections()}
    found = set(re.findall(rf"`((?:{'|'.join(sections)})\.\w+)`", "\n".join(TEXTS.values())))
    assert found
    assert found <= configuration.keys()


def test_weights_are_those_of_the_configuration() -> None:
    for component, weight in config.DEFAULT_WEIGHTS.items():
        assert f"  {component}: {weight:g}\n" in TEXTS[DOCS / "configuration.md"]
        assert re.search(
            rf"\| `{component}` \|.*\| {weight:g} \|\n", TEXTS[DOCS / "the-numbers.md"]
        )


def test_every_exit_code_is_mentioned() -> None:
    text = TEXTS[DOCS / "configuration.md"].split("## Exit codes", 1)[1]
    for code in {0, *(each.exit_code for each in error_tree.classes().values())}:
        assert f"\n| {code} |" in text


def test_every_environment_variable_is_mentioned() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "engagement_assets").rglob("*.py"))
    used = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', code)) | {CONFIG_VARIABLE}
    assert used <= words_in_code(DOCS / "configuration.md")


def test_every_make_target_is_mentioned() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) > 5
    missing = [name for name in targets if f"`make {name}`" not in TEXTS[ROOT / "CONTRIBUTING.md"]]
    assert not missing


def test_no_make_target_is_made_up() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page, text in TEXTS.items():
        said = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
        assert said <= targets, page


def test_every_published_table_is_explained() -> None:
    explained = words_in_code(DOCS / "the-numbers.md")
    assert set(schemas.TABLES) <= explained | {"Office"}
    for table in (schemas.TABLES["Office"], schemas.TABLES["Office_ScoreContribution"]):
        explained_here = explained | {"Component"}
        assert {column.name for column in table.columns} <= explained_here, table.name


def test_every_outcome_and_component_is_explained() -> None:
    text = TEXTS[DOCS / "the-numbers.md"]
    outcomes = {outcome for each in schemas.LEDGER_OUTCOMES.values() for outcome in each}
    for word in {*outcomes, *schemas.COMPONENTS}:
        assert f"`{word}`" in text, word


def test_every_asset_is_mentioned() -> None:
    graph = build(DEMO).resolve_asset_graph()
    assets = {node.key.to_user_string() for node in graph.asset_nodes}
    models = model_files.models().keys()
    assert assets > models | INPUT_TABLES.keys()
    assert assets - models <= words_in_code(DOCS / "how-it-works.md")


def test_every_group_and_check_is_mentioned() -> None:
    graph = build(DEMO).resolve_asset_graph()
    text = TEXTS[DOCS / "how-it-works.md"]
    for node in graph.asset_nodes:
        assert (
            f"| {node.group_name} |" in text
            or f"**{node.group_name}**" in text
            or (node.group_name == "published")
        )
    checks = {key.name for key in graph.asset_check_keys}
    assert checks <= words_in_code(DOCS / "operations.md")


def test_every_page_is_in_the_index() -> None:
    index = DOCS / "README.md"
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(TEXTS[index])}
    assert set(DOCS.glob("*.md")) - {index} <= linked
    decisions = DOCS / "decisions" / "README.md"
    assert {path.name for path in decisions.parent.glob("0*.md")} == set(
        LINK.findall(TEXTS[decisions])
    )


# What is said is true


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get where Markdown is shown as a page."""
    text = re.sub(r"^```.*?^```", "", TEXTS[page], flags=re.MULTILINE | re.DOTALL)
    return {anchor(heading) for heading in HEADING.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", TEXTS[page], flags=re.MULTILINE | re.DOTALL)
    for link in LINK.findall(text):
        assert "://" not in link, f"{link}: nothing outside the repository is needed to read on"
        target, _, anchor = unquote(link).partition("#")
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), link
        if anchor:
            assert anchor in anchors(there), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_path_of_a_machine_and_no_marketing(page: Path) -> None:
    text = TEXTS[page]
    assert not re.search(r"(?<![\w.<>~/}%h-])/(?:home|root|work|tmp|Users|usr|var)/", text)
    assert not re.search(r"[\U0001F300-\U0001FAFF\u2600-\u27BF]", text)


def test_pictures_are_small_and_need_nothing() -> None:
    pictures = list((DOCS / "pictures").iterdir())
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 300_000, picture.name
        assert any(f"pictures/{picture.name})" in text for text in TEXTS.values()), picture.name
        if picture.suffix == ".svg":
            drawing = picture.read_text(encoding="utf-8")
            assert not re.search(r"url\(\"?http|@import|href=\"http|@font-face", drawing)


def test_the_example_is_a_configuration(tmp_path: Path) -> None:
    for name in ("activity", "our-sql"):
        (tmp_path / name).mkdir()
    for name in ("contacts.csv", "accounts.csv"):
        (tmp_path / name).touch()
    file = tmp_path / "engagement.yaml"
    file.write_text(block(DOCS / "configuration.md", "yaml"), encoding="utf-8")
    loaded = config.load(file)
    not_set = config.Configuration.model_fields.keys() - loaded.model_fields_set - {"as_of"}
    assert not not_set, "the example shows every key"
    assert loaded.customers.model_fields_set == config.Customers.model_fields.keys()
    assert loaded.mailboxes.model_fields_set == config.Mailboxes.model_fields.keys()

    weights = block(DOCS / "configuration.md", "yaml", 1)
    file.write_text(file.read_text().replace("score_weights: {}\n", weights), encoding="utf-8")
    assert config.load(file).score_weights == config.DEFAULT_WEIGHTS


def test_the_segment_and_the_measure_that_the_docs_add_work(demo: Path, tmp_path: Path) -> None:
    page = DOCS / "segments-and-measures.md"
    names = re.findall(r"`dbt_like_sql/((?:segments|measures)/\w+\.sql)`", TEXTS[page])
    shutil.copytree(sql_folder(), tmp_path / "dbt_like_sql")
    for number, name in enumerate(names):
        (tmp_path / "dbt_like_sql" / name).write_text(block(page, "sql", number))
    loaded = loading.load_models(tmp_path / "dbt_like_sql", INPUT_TABLES)
    by_name = {model.name: model for model in loaded}
    warehouse = shutil.copy(demo.parent / "warehouse" / "warehouse.duckdb", tmp_path)
    with duckdb.connect(warehouse) as connection:
        for name, check in zip(names, (segments.check, measures.check), strict=True):
            model = by_name[Path(name).stem]
            building.build(DuckDbEngine(connection), model)
            check(DuckDbEngine(connection), model)
            assert connection.execute(f"select count(*) > 0 from {model.name}").fetchall() == [
                (True,)
            ]
    with duckdb.connect(demo / "engagement.duckdb", read_only=True) as connection:
        assert connection.execute(block(page, "sql", 2)).fetchall()


def test_the_table_that_the_docs_add_works(tmp_path: Path) -> None:
    page = DOCS / "add-a-table.md"
    model, case = re.findall(r"`((?:dbt_like_sql|tests/sql)/\w+/\w+\.(?:sql|yaml))`", TEXTS[page])
    shutil.copytree(sql_folder(), tmp_path / "dbt_like_sql")
    for name, language in ((model, "sql"), (case, "yaml")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(block(page, language), encoding="utf-8")
    Project(tmp_path / "dbt_like_sql", INPUT_TABLES).check(read_case(tmp_path / case))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demo publishes, from its tenant but in a folder of its own."""

    def run(folder: Path) -> Path:
        config_file = scripts.demo.copied(folder)
        with scripts.demo.tenant(config_file, consent=True):
            command = [scripts.demo.ENGAGEMENT, "run", "-c", str(config_file)]
            subprocess.run(command, env=scripts.demo.environment(), check=True, capture_output=True)
        return config_file.parent / "data" / "published"

    return made_once(tmp_path_factory, "demo", run)


def test_the_readme_shows_what_the_demo_prints(demo: Path) -> None:
    console = Console(file=io.StringIO(), width=80)
    overview.show(console, config.load(DEMO, files_must_exist=False).name, overview.of(demo))
    assert isinstance(console.file, io.StringIO)
    printed = "\n".join(line.rstrip() for line in console.file.getvalue().strip().splitlines())
    shown = block(ROOT / "README.md", "text").partition("\n\nPublished:")[0]
    assert shown == printed
    drawing = (DOCS / "pictures" / "overview.svg").read_text(encoding="utf-8")
    for word in re.findall(r"C-\d+|\d+\.\d|\d+,\d+", printed):
        assert word in drawing, "take the pictures anew: scripts/pictures.py"


def test_the_score_worked_out_by_hand_is_the_demos(demo: Path) -> None:
    text = TEXTS[DOCS / "the-numbers.md"].split("### 6.3", 1)[1].split("\n## ", 1)[0]
    key = re.search(r"PrimaryKey = '([^']+)'", text)
    assert key
    tables = pipeline.published(demo)
    parts = {
        row["Component"]: row
        for row in tables["Office_ScoreContribution"]
        if row["PrimaryKey"] == key[1]
    }
    together = 0.0
    for part in schemas.COMPONENTS:
        cells = re.search(rf"^\| {part} \| (.*) \|$", text, re.MULTILINE)
        assert cells, part
        value, reference, weight, points = (float(cell) for cell in cells[1].split(" | "))
        assert value == pytest.approx(parts[part]["Value"], abs=0.001)
        assert reference == pytest.approx(parts[part]["Reference"], abs=0.001)
        assert weight == parts[part]["Weight"]
        assert points == pytest.approx(weight * value / (value + reference), abs=0.006), part
        together += points
    assert f"| {together:.2f} |" in text
    (office,) = (row for row in tables["Office"] if row["PrimaryKey"] == key[1])
    assert f"`EngagementScore` is {office['EngagementScore']}." in text
    assert f"`{office['CustomerId']}`" in text


def test_the_ledger_in_the_docs_is_the_demos(demo: Path) -> None:
    text = TEXTS[DOCS / "the-numbers.md"].split("## 7.", 1)[1].split("\n## 8", 1)[0]
    for row in pipeline.published(demo)["Office_Ledger"]:
        assert f"| {row['Outcome']} | {row['Count']:,} |" in text, row
