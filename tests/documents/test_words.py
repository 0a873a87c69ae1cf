"""The page of words: it is in order, and nothing has a name that it refuses."""

import re
from collections.abc import Iterator

from babel.messages.extract import extract_from_dir

from engagement_assets.models.loading import TRACKED
from engagement_assets.results.fields import FIELDS
from engagement_assets.schemas import TABLES
from engagement_assets.schemas.input_tables import INPUT_TABLES
from scripts.reference import DOCS, ROOT, model_files

PAGE = (DOCS / "words.md").read_text(encoding="utf-8")
USED, _, REST = PAGE.partition("## Words that are not used")
NOT_USED, _, NOT_ON_PAGES = REST.partition("## Words that pages do not use")


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table, heads left out."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [
        cells for cells in lines if cells[0] not in {"word", "first", "not", "not on a page", "---"}
    ]


def parts(name: str) -> set[str]:
    """The words of a name: `previous_run`, `CustomerId`, `NoOfEmails_ToAccount`."""
    return {each.lower() for each in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def names() -> Iterator[tuple[str, str]]:
    """Every name that somebody chose, and where it stands."""
    for folder in ("engagement_assets", "simulator", "scripts", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            for part in path.relative_to(ROOT).with_suffix("").parts:
                yield part, str(path.relative_to(ROOT))
    for model in model_files.models().values():
        yield model.name, str(model.path.relative_to(ROOT))
        for described in model.column_descriptions:
            yield described, model.name
    for table in TABLES.values():
        for column in table.columns:
            yield column.name, table.name
    for source in INPUT_TABLES.values():
        yield source.name, "a source"
        for named in source.columns:
            yield named, source.name


def test_nothing_has_a_name_that_is_refused() -> None:
    refused = dict(rows(NOT_USED))
    assert len(refused) > 5
    for name, where in names():
        for word in parts(name) & refused.keys():
            raise AssertionError(f"{where}: {name} says {word}; write {refused[word]}")


def test_every_word_has_one_line_and_is_not_refused() -> None:
    explained = rows(USED.partition("## One order")[0])
    words = [word.strip() for cells in explained for word in cells[0].split(",")]
    assert len(words) > 30
    assert len(set(words)) == len(words)
    assert not set(words) & {word for word, _ in rows(NOT_USED)}
    assert all(len(cells) == 2 and cells[1] for cells in rows(USED))


def sentences() -> Iterator[tuple[str, str]]:
    """Everything that a page or the end of a run says, and where it stands."""
    found = extract_from_dir(
        ROOT / "engagement_assets" / "results",
        [("templates/**.html", "jinja2"), ("**.py", "python")],
        keywords={"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)},
    )
    for file, line, message, _, _ in found:
        for text in (message,) if isinstance(message, str) else message:
            yield re.sub(r"%\(\w+\)s", "", text), f"{file}:{line}"
    for model in model_files.models().values():
        if model.layer in TRACKED:
            yield model.title, model.name
            yield model.purpose, model.name
    printed = (ROOT / "engagement_assets" / "command" / "overview.py").read_text(encoding="utf-8")
    for text in re.findall(r'add_row\(\s*"([^"]+)"', printed):
        yield text, "the end of a run"


def test_pages_have_one_word_for_one_thing() -> None:
    refused = [word.strip() for cells in rows(NOT_ON_PAGES) for word in cells[0].split(",")]
    assert len(refused) > 7
    said = list(sentences())
    assert len(said) > 400
    for word in refused:
        pattern = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        assert [where for text, where in said if pattern.search(text)] == [], word


def test_what_has_two_sides_begins_with_the_customers() -> None:
    pairs = rows(PAGE.partition("## One order")[2].partition("## ")[0])
    assert len(pairs) == 3
    labels = [field.label for field in FIELDS.values()]
    for first, then in pairs:
        assert labels.index(first) < labels.index(then.partition(",")[0])


def test_the_words_of_the_published_tables_are_explained() -> None:
    explained = {part for cells in rows(USED) for part in parts(cells[0])}
    spoken = {part for name in TABLES for part in parts(name)} - {"office", "entity", "user"}
    plain = {"column", "change", "definition", "member", "customer", "contribution", "profile"}
    assert spoken - plain <= explained
