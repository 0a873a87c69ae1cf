"""A running app while new results are published: no request fails, none sees half of each."""

import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import httpx

from engagement_assets.warehouse import publishing
from tests.support import results

READERS = 8
SNAPSHOTS = 15
_SHOWN = re.compile(r"Engaged customers</dt>\s*<dd class=\"value\">(\d+)")
_LEDGER = re.compile(r"<caption><b>([\d,]+)</b>")


def publish(data_dir: Path, number: int, template: Path) -> None:
    """Publish a copy that says its number in two tables, with the product's own steps."""
    snapshots = data_dir / "snapshots"
    building = snapshots / ".building"
    building.mkdir()
    shutil.copyfile(template, building / "engagement.duckdb")
    with duckdb.connect(building / "engagement.duckdb") as connection:
        connection.execute("update Office_Run set CustomersEnriched = ?", [number])
        connection.execute("update Office_Ledger set Count = ? where Outcome = 'read'", [number])
    published = data_dir / "published"
    publishing._remove_all_but(snapshots, published.resolve())
    snapshot = snapshots / f"{number:06d}"
    building.replace(snapshot)
    publishing._link(snapshot.relative_to(data_dir), published)


def test_snapshots_are_replaced_under_load(results_sample: Path, tmp_path: Path) -> None:
    config_file = tmp_path / "engagement.yaml"
    shutil.copyfile(results_sample, config_file)
    data_dir = tmp_path / "data"
    (data_dir / "snapshots").mkdir(parents=True)
    template = (results_sample.parent / "data" / "published").resolve() / "engagement.duckdb"
    first, last = 101, 100 + SNAPSHOTS
    publish(data_dir, first, template)
    done = threading.Event()

    def read(client: httpx.Client) -> list[int]:
        """Read the overview again and again, and return what it said."""
        seen = []
        while not done.is_set():
            answer = client.get("/")
            assert answer.status_code == 200, answer.text
            (engaged,) = _SHOWN.findall(answer.text)
            # two statements of one request, two tables, one snapshot
            assert set(_LEDGER.findall(answer.text)) == {engaged}
            seen.append(int(engaged))
        return seen

    with (
        results.serving(results.settings_for(config_file)) as server,
        httpx.Client(base_url=server.url, timeout=60) as client,
        ThreadPoolExecutor(READERS) as pool,
    ):
        readers = [pool.submit(read, client) for _ in range(READERS)]
        try:
            for number in range(first + 1, last + 1):
                publish(data_dir, number, template)
        finally:
            done.set()
        seen = [reader.result() for reader in readers]
        assert f">{last}" in client.get("/").text.replace("\n", "")
    assert all(each == sorted(each) for each in seen)  # nobody went back in time
    assert len({number for each in seen for number in each}) > SNAPSHOTS / 2
