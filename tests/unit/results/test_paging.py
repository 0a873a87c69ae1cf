"""Long lists: the order, and the pages."""

import duckdb
import pytest

from engagement_assets.results import paging
from engagement_assets.results.paging import PAGE_LENGTH, Pages, counted, ordered
from engagement_assets.results.snapshot import Snapshot, _Memory

ROWS = "select * from (values ('b', 1), ('a', 2), ('c', null), ('d', 2)) as t(Name, \"a\"\"b\");\n"


@pytest.fixture
def snapshot() -> Snapshot:
    return Snapshot("000001", duckdb.connect(), frozenset(), _Memory())


@pytest.mark.parametrize(("descending", "names"), [(True, "adbc"), (False, "badc")])
def test_what_is_not_known_comes_last(snapshot: Snapshot, descending: bool, names: str) -> None:
    sql = ordered(ROWS, 'a"b', descending=descending, ties="Name")
    assert "".join(row["Name"] for row in snapshot.rows(sql)) == names


def test_rows_are_counted(snapshot: Snapshot) -> None:
    assert counted(snapshot, ROWS, {}) == 4


@pytest.mark.parametrize(
    ("asked", "total", "number"),
    [
        ("", 0, 1),
        ("", 120, 1),
        ("3", 120, 3),
        ("4", 120, 3),
        ("0", 120, 1),
        ("-3", 120, 1),
        ("٣", 120, 1),
        ("999999999", 120, 1),
        ("99999999", 120, 3),
        ("2", 2 * PAGE_LENGTH, 2),
        ("3", 2 * PAGE_LENGTH, 2),
    ],
)
def test_a_page_that_makes_no_sense_is_the_first_or_the_last(
    asked: str, total: int, number: int
) -> None:
    assert Pages.of(asked, total).number == number


def test_places_and_neighbours() -> None:
    first, middle, last = (Pages(number, 2 * PAGE_LENGTH + 1) for number in (1, 2, 3))
    assert (first.before, first.after, first.first, first.last) == (None, 2, 1, PAGE_LENGTH)
    assert (middle.before, middle.after, middle.first) == (1, 3, PAGE_LENGTH + 1)
    assert (last.before, last.after, last.first, last.last) == (2, None, 101, 101)


def test_pages_are_the_whole_list_once(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE_LENGTH", 3)
    sql = ordered("select range as Number from range(7)", "Number", descending=False, ties="1")
    seen: list[int] = []
    pages: Pages | None = Pages.of("", counted(snapshot, sql, {}))
    while pages:
        rows = pages.rows(snapshot, sql, {})
        assert (rows[0]["Number"] + 1, rows[-1]["Number"] + 1) == (pages.first, pages.last)
        seen += [row["Number"] for row in rows]
        pages = Pages(pages.after, pages.total) if pages.after else None
    assert seen == list(range(7))
