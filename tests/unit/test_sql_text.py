"""Names and texts as SQL."""

from pathlib import Path

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from engagement_assets.sql_text import identifier, literal

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(TEXTS, TEXTS)
def test_duckdb_reads_what_was_written(name: str, text: str) -> None:
    with duckdb.connect() as connection:
        answer = connection.execute(f"select {literal(text)} as {identifier(name)}")
        assert [column[0] for column in answer.description or ()] == [name]
        assert answer.fetchall() == [(text,)]


def test_paths_are_texts() -> None:
    assert literal(Path("it's")) == "'it''s'"
