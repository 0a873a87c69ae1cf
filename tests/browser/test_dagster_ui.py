"""What a newcomer sees in the Dagster UI, in a real browser. Screenshots stay in the tmp folder."""

import itertools
import re
from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import pytest
from playwright.sync_api import Page, expect

from engagement_assets import definitions, schemas

from .conftest import Ui, Visit

GROUPS = (
    *("consent", "people", "activity", "staging", "accounts", "office"),
    *("segments", "history", "published"),
)
# of two groups: with all of them open, the boxes are too small for names
ASSETS = ("email", "email_account", "account_period", "score_value", "Office")

# where the lineage puts its boxes: x and name of every group's or asset's box, in its own units
_BOXES = """
() => [...document.querySelectorAll('svg foreignObject')]
    .map(box => [Number(box.getAttribute('x')), box.textContent.trim()])
"""


def _open(visit: Visit, ui: Ui, path: str) -> Page:
    visit.page.goto(ui.url + path)
    return visit.page


def _lineage(page: Page, names: tuple[str, ...]) -> dict[str, float]:
    """Wait until the lineage shows these boxes, and return how far right each of them is."""
    page.wait_for_function(
        "names => { const shown = new Set((" + _BOXES.strip() + ")().map(box => box[1]));"
        " return names.every(name => shown.has(name)); }",
        arg=list(names),
    )
    # a box with an open group's name spans the group; its assets come later in the document
    return {name: x for x, name in page.evaluate(_BOXES)}


def _words(text: str) -> str:
    """Return a description as the page shows it: Markdown's marks are gone."""
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


def _assert_left_to_right(places: dict[str, float], names: tuple[str, ...]) -> None:
    shown = [(name, places[name]) for name in names]
    assert all(left < right for (_, left), (_, right) in itertools.pairwise(shown)), shown


def test_the_lineage_shows_the_groups_from_left_to_right(
    visit: Visit, ui: Ui, tmp_path: Path
) -> None:
    page = _open(visit, ui, "/asset-groups")
    places = _lineage(page, GROUPS)
    page.screenshot(path=tmp_path / "lineage.png")
    _assert_left_to_right(places, GROUPS)


def test_the_lineage_shows_the_assets_from_left_to_right(
    visit: Visit, ui: Ui, tmp_path: Path
) -> None:
    graph = definitions.build(ui.config_file).resolve_asset_graph()
    groups = {graph.get(dg.AssetKey(name)).group_name for name in ASSETS}
    opened = ",".join(f"global@global:{group}" for group in sorted(groups))
    # only what is in sight is drawn; the picture fits the width, so the height must be plenty
    visit.page.set_viewport_size({"width": 1800, "height": 2400})
    page = _open(visit, ui, f"/asset-groups?expanded={opened}")
    places = _lineage(page, ASSETS)
    page.screenshot(path=tmp_path / "lineage-expanded.png")
    _assert_left_to_right(places, ASSETS)


def test_the_page_of_office_explains_every_column(visit: Visit, ui: Ui, tmp_path: Path) -> None:
    table = schemas.TABLES["Office"]
    page = _open(visit, ui, "/assets/Office")
    expect(page.get_by_text(_words(table.description)).first).to_be_visible()
    for column in table.columns:
        row = page.locator("tr").filter(has=page.get_by_text(column.name, exact=True))
        expect(row).to_contain_text(_words(column.description))
    page.screenshot(path=tmp_path / "office.png")


def test_the_checks_of_office_passed(visit: Visit, ui: Ui, tmp_path: Path) -> None:
    page = _open(visit, ui, "/assets/Office?view=checks")
    expect(page.get_by_text("keeps_its_schema").first).to_be_visible()
    expect(page.get_by_text("Passed", exact=True).first).to_be_visible()
    expect(page.get_by_text("blocking")).to_be_visible()
    page.screenshot(path=tmp_path / "checks.png")


def test_the_schedule_and_the_sensor_are_on(visit: Visit, ui: Ui, tmp_path: Path) -> None:
    page = _open(visit, ui, "/automation")
    expect(page.get_by_text("weekly", exact=True).first).to_be_visible()
    expect(page.get_by_text(re.compile("06:00 AM.*only on Monday")).first).to_be_visible()
    page.screenshot(path=tmp_path / "automation.png")
    expect(page.get_by_text("consent_sensor", exact=True).first).to_be_visible()
    # the box on the left selects the row; the other one is the switch: schedule and sensor are on
    line = page.get_by_role("checkbox").and_(page.locator(":checked"))
    expect(line).to_have_count(2)


def test_the_run_is_listed_as_a_success(visit: Visit, ui: Ui, tmp_path: Path) -> None:
    page = _open(visit, ui, "/runs")
    expect(page.get_by_text("Success", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="engagement").first).to_be_visible()
    page.screenshot(path=tmp_path / "runs.png")


@pytest.mark.parametrize("path", ["/", "/asset-groups", "/assets/Office", "/runs", "/automation"])
def test_no_page_asks_anything_of_another_machine_or_pops_up(
    visit: Visit, ui: Ui, path: str
) -> None:
    page = _open(visit, ui, path)
    expect(page.get_by_role("link", name="Lineage").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("dialog")).to_have_count(0)
    hosts = {
        urlsplit(url.removeprefix("blob:")).hostname
        for url in visit.asked
        if not url.startswith("data:")
    }
    assert hosts == {"127.0.0.1"}


def test_the_servers_ask_nothing_of_another_machine(visit: Visit, ui: Ui) -> None:
    page = _open(visit, ui, "/runs")
    expect(page.get_by_text("Success", exact=True)).to_be_visible()
    assert ui.guard.refused() == []
