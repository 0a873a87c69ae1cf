"""References from code, SQL and pages to the pages: one spelling, and each leads somewhere."""

import re
import subprocess
from functools import cache
from pathlib import Path

from scripts.reference import DOCS, ROOT, model_files, numbers
from scripts.reference.markdown import anchor

PAGE = re.compile(r"\bdocs/([\w/-]+\.md)(?:#([\w-]+))?")
# a section is never called by the name of a paper that is not in the repository
OTHER_SPELLING = re.compile(r"\b[Cc]ontract \d")
# paths of the repository, as pages write them in code
NAMED = re.compile(
    r"`((?:engagement_assets|dbt_like_sql|tests|scripts|simulator|bench|docs)/[\w./-]*\w/?)`"
)


@cache
def texts() -> dict[str, str]:
    """Every text that is kept in the repository, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    endings = {".py", ".sql", ".md", ".yaml", ".html", ".toml", ".css"}
    found = {name: ROOT / name for name in listed if Path(name).suffix in endings}
    return {
        name: path.read_text(encoding="utf-8") for name, path in found.items() if path.is_file()
    }


def test_every_section_that_is_referred_to_is_there() -> None:
    seen = 0
    for name, text in texts().items():
        if name in {"tests/documents/test_reference.py", "scripts/reference/numbers.py"}:
            continue  # examples of references
        assert not OTHER_SPELLING.search(text), name
        for number in numbers.referred(text):
            assert number in numbers.sections(), f"{name}: numbers {number}"
            seen += 1
    assert seen > 80


def test_every_page_that_is_referred_to_is_there() -> None:
    seen = 0
    for name, text in texts().items():
        if name.startswith("tests/"):
            continue  # tests make pages up
        for page, heading in PAGE.findall(text):
            assert (DOCS / page).is_file(), f"{name}: docs/{page}"
            headings = re.findall(r"^#+ (.*)$", (DOCS / page).read_text("utf-8"), re.MULTILINE)
            assert not heading or heading in map(anchor, headings), f"{name}: docs/{page}#{heading}"
            seen += 1
    assert seen > 20


def test_every_model_says_which_rule_it_follows() -> None:
    for model in model_files.models().values():
        said = numbers.referred(model.source) or PAGE.findall(model.source)
        assert said, f"{model.path.name}: {model.source}"


def test_every_path_that_a_page_names_is_there() -> None:
    made = set(re.findall(r"[Cc]reate\s+`([^`]+)`", "".join(texts().values())))
    for name, text in texts().items():
        if name.endswith(".md") and not name.startswith("docs/decisions/"):
            for path in NAMED.findall(text):
                assert (ROOT / path).exists() or path in made, f"{name}: {path}"
