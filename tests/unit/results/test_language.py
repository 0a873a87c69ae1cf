"""The Dutch catalogue: complete, and true to the messages that pages have."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import engagement_assets.results
from engagement_assets.models.loading import TRACKED
from tests.support import pipeline

PACKAGE = Path(engagement_assets.results.__file__).parent
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}|%%|(?<!%)%(?!\()")


def messages() -> Iterator[tuple[str, str]]:
    """Yield where each message stands, and the message (of two for a number, the first)."""
    found = extract_from_dir(
        PACKAGE,
        METHODS,
        {"templates/**.html": {"silent": "false"}},
        keywords=KEYWORDS,
    )
    for file, line, message, _, _ in found:
        yield f"{file}:{line}", message if isinstance(message, str) else message[0]
    yield from shipped()


def shipped() -> Iterator[tuple[str, str]]:
    """Yield what the shipped segments and measures say of themselves and of their values."""
    for model in pipeline.MODELS:
        if model.layer in TRACKED:
            yield str(model.path), model.title
            yield str(model.path), model.purpose
    for word in ("Direction", "to", "from"):
        yield "dimensions", word


@pytest.fixture(scope="module")
def dutch() -> Catalog:
    with (PACKAGE / "locale" / "nl.po").open("rb") as stream:
        return read_po(stream, locale="nl", abort_invalid=True)


def test_pages_have_messages() -> None:
    places = {place.partition(":")[0] for place, _ in messages()}
    assert {"templates/overview.html", "templates/base.html", "ledger.py", "failures.py"} <= places


def test_every_message_is_translated(dutch: Catalog) -> None:
    missing = []
    for place, message in messages():
        entry = dutch.get(message)
        translated = entry is not None and all(
            entry.string if isinstance(entry.string, tuple) else (entry.string,)
        )
        if not translated or (entry is not None and entry.fuzzy):
            missing.append(f"{place}: {message}")
    assert not missing, "\n".join(missing)


def test_translations_have_the_placeholders_of_their_message(dutch: Catalog) -> None:
    for entry in dutch:
        if not entry.id:
            continue
        expected = {frozenset(PLACEHOLDER.findall(each)) for each in _forms(entry.id)}
        found = {frozenset(PLACEHOLDER.findall(each)) for each in _forms(entry.string)}
        assert found == expected, entry.id


def _forms(text: object) -> tuple[str, ...]:
    """Return a text, or the forms that it has for one and for several."""
    return text if isinstance(text, tuple) else (str(text),)


def test_nothing_is_translated_that_no_page_says(dutch: Catalog) -> None:
    said = {message for _, message in messages()}
    left = [
        entry.id
        for entry in dutch
        if entry.id and (entry.id if isinstance(entry.id, str) else entry.id[0]) not in said
    ]
    assert not left
