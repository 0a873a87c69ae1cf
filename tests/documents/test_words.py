"""The page of words: it is in order, and nothing has a name that it refuses."""

import re
from collections.abc import Iterator

from engagement_assets.schemas import TABLES
from engagement_assets.schemas.input_tables import INPUT_TABLES
from scripts.reference import DOCS, ROOT, model_files

PAGE = (DOCS / "words.md").read_text(encoding="utf-8")
USED, _, NOT_USED = PAGE.partition("## Words that are not used")


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table, heads left out."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [cells for cells in lines if cells[0] not in {"word", "not", "---"}]


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
    words = [word.strip() for cells in rows(USED) for word in cells[0].split(",")]
    assert len(words) > 30
    assert len(set(words)) == len(words)
    assert not set(words) & {word for word, _ in rows(NOT_USED)}
    assert all(len(cells) == 2 and cells[1] for cells in rows(USED))


def test_the_words_of_the_published_tables_are_explained() -> None:
    explained = {part for cells in rows(USED) for part in parts(cells[0])}
    spoken = {part for name in TABLES for part in parts(name)} - {"office", "entity", "user"}
    plain = {"column", "change", "definition", "member", "customer", "contribution", "profile"}
    assert spoken - plain <= explained
