"""The stages of a run, each timed in a process of its own: `python -m bench.stages STAGE FILE`.

Prints one JSON object: the seconds of the work, the process's peak memory, and what the stage
counted. Importing is not timed: a run does that once, and `engagement run` is timed as a whole.
What a stage leaves behind in the configuration's `data_dir`, the next one finds there.
"""

import json
import re
import resource
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from engagement_assets import config, schemas
from engagement_assets.activity import people
from engagement_assets.activity.folder import FolderSource
from engagement_assets.config import Configuration
from engagement_assets.warehouse import database, inputs, publishing, reading
from engagement_assets.warehouse.activity_store import ActivityStore
from engagement_assets.warehouse.models import Model, build, load_models
from engagement_assets.warehouse.sources import SOURCES, Source
from engagement_assets.window import Window

Result = dict[str, object]

SQL = Path(__file__).parent.parent / "dbt_like_sql"

_SCANS = 3

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
    began = time.perf_counter()
    source = _folder(settings)
    selected = people.select(source, settings.mailboxes.addresses, settings.mailboxes.opted_out)
    window = Window.until(settings.as_of or datetime.now(UTC), settings.time_zone)
    store = ActivityStore(settings.data_dir / "activity")
    with database.connect(warehouse_file(settings)) as connection:
        inputs.write_run(connection, "bench", datetime.now(UTC), window)
        inputs.write_weights(connection, settings.score_weights)
        publishing.load_previous(connection, settings.data_dir)
        inputs.write_people(connection, selected, source.organisation_domains())
        inputs.write_customers(connection, settings.customers)
        prepared = time.perf_counter()
        user_ids = [person.id for person in selected.persons]
        outcomes = reading.read_mailboxes(connection, store, source, user_ids, lambda _a, _b: None)
        store.tidy(connection)
        reading.expose_mailboxes(connection, store, outcomes, window)
        landed = time.perf_counter()
    files = list((settings.data_dir / "activity").glob("*.parquet"))
    return {
        "seconds": landed - prepared,
        "preparing": prepared - began,
        "bytes": sum(file.stat().st_size for file in files),
        "batches": len(files),
        "rows": store.rows(user_ids),
    }


def models(settings: Configuration, folder: Path = SQL) -> Result:
    """Build every SQL model."""
    ordered = load_models(folder, SOURCES)
    seconds: dict[str, float] = {}
    with database.connect(warehouse_file(settings)) as connection:
        inputs.write_run_end(connection, datetime.now(UTC))
        for model in ordered:
            began = time.perf_counter()
            build(connection, model)
            seconds[model.name] = time.perf_counter() - began
    return {"seconds": sum(seconds.values()), "by_model": seconds}


def floor(settings: Configuration, folder: Path = SQL) -> Result:
    """Read once what the models need of the landed rows: nothing can be faster."""
    ordered = load_models(folder, SOURCES)
    best = float("inf")
    read: dict[str, int] = {}
    with database.connect(warehouse_file(settings)) as connection:
        queries = [
            _forced(source, needed)
            for source in (SOURCES["landed_message"], SOURCES["landed_event"])
            if (needed := _needed(source, ordered))
        ]
        for _ in range(_SCANS):
            began = time.perf_counter()
            rows = [connection.execute(query).fetchall()[0] for query in queries]
            best = min(best, time.perf_counter() - began)
        read = {"messages": int(rows[0][0]), "events": int(rows[1][0])}
    return {"seconds": best, **read}


def checks(settings: Configuration) -> Result:
    """Hold the published tables against their definitions and against each other."""
    import engagement_assets.schemas.validation  # noqa: F401, PLC0415 (slow: not timed)

    with database.connect(warehouse_file(settings)) as connection:
        began = time.perf_counter()
        failures = [f for table in schemas.TABLES for f in schemas.validate(connection, table)]
        failures += schemas.validate_together(connection)
        seconds = time.perf_counter() - began
        rows = {table: _count(connection, table) for table in schemas.TABLES}
    return {"seconds": seconds, "failures": [str(failure) for failure in failures], "rows": rows}


def publish(settings: Configuration) -> Result:
    """Publish a snapshot; the second look at all checks is part of it."""
    import engagement_assets.schemas.validation  # noqa: F401, PLC0415 (slow: not timed)

    with database.connect(warehouse_file(settings)) as connection:
        began = time.perf_counter()
        published = publishing.publish(connection, settings.data_dir, "bench")
        seconds = time.perf_counter() - began
    files = published.rglob("*")
    return {"seconds": seconds, "bytes": sum(f.stat().st_size for f in files if f.is_file())}


def nothing(settings: Configuration) -> Result:
    """Open the warehouse: the memory that every stage takes before it works."""
    began = time.perf_counter()
    with database.connect(warehouse_file(settings)):
        return {"seconds": time.perf_counter() - began}


STAGES: Mapping[str, Callable[[Configuration], Result]] = {
    "landing": landing,
    "models": models,
    "floor": floor,
    "checks": checks,
    "publishing": publish,
    "nothing": nothing,
}


def peak_bytes() -> int:
    """Return the most memory that this process has held.

    `ru_maxrss` would do, but on Linux a process starts with that of the one that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _folder(settings: Configuration) -> FolderSource:
    assert settings.source.kind == "folder"
    return FolderSource(settings.source.path)


def _needed(source: Source, ordered: tuple[Model, ...]) -> list[str]:
    """Return the columns that a model which reads the source names anywhere."""
    texts = [model.sql for model in ordered if source.name in model.references]
    return [
        column
        for column in source.columns
        if any(re.search(rf"\b{column}\b", text) for text in texts)
    ]


def _forced(source: Source, columns: list[str]) -> str:
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
