"""The stages of a run, each timed in a process of its own: `python -m bench.stages STAGE FILE`.

Prints one JSON object: the seconds of the work, the process's peak memory, and what the stage
counted. Importing is not timed: a run does that once, and `engagement run` is timed as a whole.
What a stage leaves behind in the configuration's `data_dir`, the next one finds there.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import duckdb

from bench.measuring import ROOT, load_checks, peak_bytes, stopwatch
from engagement_assets import config, consent, reading, schemas
from engagement_assets.config import Configuration
from engagement_assets.models.lineage import Lineage
from engagement_assets.models.loading import Model, load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES, InputTable
from engagement_assets.sql_text import literal
from engagement_assets.warehouse import database, inputs, publishing
from engagement_assets.warehouse.activity_store import ActivityStore
from engagement_assets.warehouse.duckdb_engine import DuckDbEngine
from tests.support.all_models import build_each

Result = dict[str, object]

SQL = ROOT / "dbt_like_sql"

_SCANS = 3

_PEER_TABLES = (
    "run contact account person_address colleague_address organisation_domain excluded_folder "
    "live_file local_day period_of_day score_weight"
)

# per type an aggregate that cannot be had without reading every value, and costs next to nothing
_FORCED: Mapping[str, str] = {
    "INTEGER": "sum({0})",
    "BIGINT": "bit_xor({0})",
    "BOOLEAN": "count(case when {0} then 1 end)",
    "VARCHAR": "sum(strlen({0}))",
    "DATE": "max({0})",
    "TIMESTAMP WITH TIME ZONE": "max({0})",
    "BIGINT[]": "sum(len({0})), sum(list_sum({0}))",
}


def warehouse_file(settings: Configuration) -> Path:
    """Return the warehouse of a configuration."""
    return settings.data_dir / "warehouse" / "warehouse.duckdb"


def landing(settings: Configuration) -> Result:
    """Land what is new; the people and the customer dataset are read first, and timed apart."""
    store = ActivityStore(settings.data_dir / "activity")
    with database.connect(warehouse_file(settings)) as connection:
        with stopwatch() as preparing:
            source = consent.Gate(settings).source
            reading.begin_run(connection, settings, uuid4().hex, datetime.now(UTC))
            reading.read_people(connection, source, settings.mailboxes)
            inputs.write_customers(connection, settings.customers)
        with stopwatch() as watch:
            reading.read_activity(connection, store, source)
        rows = _count(connection, "landed_message") + _count(connection, "landed_event")
    files = list((settings.data_dir / "activity").glob("*.parquet"))
    return {
        "seconds": watch.wall,
        "cpu": watch.cpu,
        "preparing": preparing.cpu,
        "bytes": sum(file.stat().st_size for file in files),
        "rows": rows,
    }


def models(settings: Configuration, folder: Path = SQL) -> Result:
    """Build every SQL model."""
    ordered = load_models(folder, INPUT_TABLES)
    seconds: dict[str, float] = {}
    with database.connect(warehouse_file(settings)) as connection, stopwatch() as watch:
        Lineage(ordered).write(DuckDbEngine(connection))
        began = time.perf_counter()
        for model in build_each(connection, ordered):
            ended = time.perf_counter()
            seconds[model.name], began = ended - began, ended
    return {"seconds": watch.wall, "cpu": watch.cpu, "by_model": seconds}


def floor(settings: Configuration, folder: Path = SQL) -> Result:
    """Read once what the models need of the landed rows: nothing can be faster.

    The best of three scans counts: the first one also warms the disk's cache up.
    """
    ordered = load_models(folder, INPUT_TABLES)
    sources = (INPUT_TABLES["landed_message"], INPUT_TABLES["landed_event"])
    queries = [_forced(source, _needed(source, ordered)) for source in sources]
    watches = []
    with database.connect(warehouse_file(settings)) as connection:
        for _ in range(_SCANS):
            with stopwatch() as watch:
                rows = [connection.execute(query).fetchall()[0][0] for query in queries]
            watches.append(watch)
    return {
        "seconds": min(watch.wall for watch in watches),
        "cpu": min(watch.cpu for watch in watches),
        "messages": rows[0],
        "events": rows[1],
    }


def checks(settings: Configuration) -> Result:
    """Hold the published tables against their definitions and against each other."""
    load_checks()

    with database.connect(warehouse_file(settings)) as connection:
        with stopwatch() as watch:
            failures = [f for table in schemas.TABLES for f in schemas.validate(connection, table)]
            failures += schemas.validate_cross_table(connection)
        rows = {table: _count(connection, table) for table in schemas.TABLES}
    assert not failures, "\n".join(map(str, failures))
    return {"seconds": watch.wall, "cpu": watch.cpu, "rows": rows}


def publish(settings: Configuration) -> Result:
    """Publish a snapshot; the second look at all checks is part of it."""
    load_checks()

    with database.connect(warehouse_file(settings)) as connection, stopwatch() as watch:
        published = publishing.publish(connection, settings.data_dir)
    files = published.rglob("*")
    size = sum(file.stat().st_size for file in files if file.is_file())
    return {"seconds": watch.wall, "cpu": watch.cpu, "bytes": size}


def peer_inputs(settings: Configuration) -> Result:
    """Write the small tables and the names of the large files for `bench.pandas_peer`."""
    folder = settings.data_dir / "peer"
    folder.mkdir(exist_ok=True)
    with database.connect(warehouse_file(settings)) as connection:
        for table in _PEER_TABLES.split():
            file = literal(folder / f"{table}.parquet")
            connection.execute(f'copy "{table}" to {file} (format parquet)')
    activity = settings.data_dir / "activity"
    files = {kind: sorted(map(str, activity.glob(f"{kind}s-*"))) for kind in ("message", "event")}
    published = str(settings.data_dir / "published" / "parquet" / "Office.parquet")
    (folder / "inputs.json").write_text(json.dumps({"files": files, "published": published}))
    return {"folder": str(folder)}


STAGES: Mapping[str, Callable[[Configuration], Result]] = {
    "landing": landing,
    "models": models,
    "floor": floor,
    "checks": checks,
    "publishing": publish,
    "peer_inputs": peer_inputs,
}


def _needed(source: InputTable, ordered: tuple[Model, ...]) -> list[str]:
    """Return the columns that a model which reads the source names anywhere."""
    texts = [model.sql for model in ordered if source.name in model.references]
    return [
        column
        for column in source.columns
        if any(re.search(rf"\b{column}\b", text) for text in texts)
    ]


def _forced(source: InputTable, columns: list[str]) -> str:
    reads = [_FORCED[source.columns[name][0]].format(f'"{name}"') for name in columns]
    return f'select count(*), {", ".join(reads)} from "{source.name}"'


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f'select count(*) from "{table}"').fetchall()[0][0])


def main() -> None:
    """Run the stage that the arguments name; a third one is a folder of SQL models to try."""
    stage, file, *folder = sys.argv[1:]
    settings = config.load(Path(file))
    if folder and stage in {"models", "floor"}:
        work = models if stage == "models" else floor
        result = work(settings, Path(folder[0]))
    else:
        result = STAGES[stage](settings)
    print(json.dumps({**result, "peak": peak_bytes()}))


if __name__ == "__main__":
    main()
