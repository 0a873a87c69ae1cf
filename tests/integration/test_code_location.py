"""The code location: it loads anywhere, its graph is as agreed, and its rooms are in order."""

import ast
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from engagement_assets import definitions, schemas
from engagement_assets.definitions import sql_folder
from engagement_assets.errors import ConfigurationError
from engagement_assets.schemas.input_tables import INPUT_TABLES
from tests.support import asset_graph, imports
from tests.support.command import BIN, ROOT, TIMEOUT
from tests.support.offline import Guard

MODULES = imports.modules(ROOT)
IMPORTS = [
    found for name, path in MODULES.items() for found in imports.imports(name, path, MODULES)
]
INSIDE = [
    (found, target)
    for found in IMPORTS
    if (target := imports.module_of(found.name, MODULES)) and imports.room(target)
]


def _environment(guard: Guard, home: Path) -> dict[str, str]:
    """Nothing of ours: no secrets, no configuration, no Dagster instance, an empty home."""
    return {
        "PATH": os.pathsep.join([str(BIN), "/usr/bin", "/bin"]),
        "HOME": str(home),
        "VIRTUAL_ENV": str(BIN.parent),
        "LANG": "C.UTF-8",
        "DAGSTER_DISABLE_TELEMETRY": "1",
    } | guard.environment


# --- loading ------------------------------------------------------------------------------------


def test_the_guard_refuses_the_network(tmp_path: Path) -> None:
    guard = Guard(tmp_path / "guard")
    program = (
        "import socket\n"
        "for call in (lambda: socket.create_connection(('192.0.2.1', 443), 1),\n"
        "             lambda: socket.getaddrinfo('example.org', 443)):\n"
        "    try:\n"
        "        call()\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | guard.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT,
    )
    assert run.stdout.split() == ["refused", "refused"], run.stderr
    assert len(guard.refused()) == 2


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("dagster definitions validate -w workspace.yaml", "account_engagement"),
        ("dg check defs", "All definitions loaded successfully"),
    ],
    ids=["dagster", "dg"],
)
def test_it_loads_offline_without_secrets(command: str, says: str, tmp_path: Path) -> None:
    program, *arguments = command.split()
    guard = Guard(tmp_path / "guard")
    home = tmp_path / "home"
    home.mkdir()
    run = subprocess.run(
        [str(BIN / program), *arguments],
        cwd=ROOT,
        env=_environment(guard, home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert says in run.stdout + run.stderr
    # dg itself looks for a newer dg, at one place; that it may not do so must not matter
    assert len(set(guard.refused())) <= (program == "dg")


def test_loading_reads_and_writes_nothing(tmp_path: Path) -> None:
    asset_graph.build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["engagement.yaml"]


# --- the graph ----------------------------------------------------------------------------------


def test_the_graph_is_as_committed(tmp_path: Path) -> None:
    graph = asset_graph.described(asset_graph.build(tmp_path))
    committed = json.loads(asset_graph.SNAPSHOT.read_text(encoding="utf-8"))
    differences = [
        f"{kind} {name}: {committed[kind].get(name)} is now {graph[kind].get(name)}"
        for kind in graph
        for name in sorted(graph[kind].keys() | committed[kind].keys())
        if graph[kind].get(name) != committed[kind].get(name)
    ]
    assert differences == [], f"When this is meant: {asset_graph.UPDATE}"


def test_every_sql_file_is_an_asset(tmp_path: Path) -> None:
    assets = asset_graph.described(asset_graph.build(tmp_path))["assets"]
    files = {path.stem: path.parent.name for path in sql_folder().glob("*/*.sql")}
    assert files
    assert files.keys() - assets.keys() == set()
    assert {name for name, asset in assets.items() if "sql" in asset["kinds"]} == files.keys()


def test_every_source_table_is_an_asset(tmp_path: Path) -> None:
    assets = asset_graph.described(asset_graph.build(tmp_path))["assets"]
    assert INPUT_TABLES.keys() - assets.keys() == set()


def test_every_published_table_has_a_blocking_schema_check(tmp_path: Path) -> None:
    graph = asset_graph.described(asset_graph.build(tmp_path))
    for table in schemas.TABLES:
        assert graph["checks"][f"{table}:keeps_its_schema"]["blocking"], table
        assert table in graph["assets"]["published"]["deps"], table


def test_everything_is_in_the_job_and_described(tmp_path: Path) -> None:
    built = asset_graph.build(tmp_path)
    graph = built.resolve_asset_graph()
    described = asset_graph.described(built)
    assert set(described["jobs"]["engagement"]) == described["assets"].keys()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, f"{key.to_user_string()} has no description"
        assert node.owners, f"{key.to_user_string()} has no owner"
        assert node.group_name != "default", f"{key.to_user_string()} has no group"


def test_groups_depend_on_each_other_in_one_direction(tmp_path: Path) -> None:
    """The lineage page shows groups first; with a circle it puts results left of their sources."""
    assets = asset_graph.described(asset_graph.build(tmp_path))["assets"]
    edges: dict[str, set[str]] = {asset["group"]: set() for asset in assets.values()}
    for asset in assets.values():
        edges[asset["group"]] |= {assets[dep]["group"] for dep in asset["deps"]} - {asset["group"]}
    assert imports.circles({group: frozenset(deps) for group, deps in edges.items()}) == []


def test_the_schedule_is_as_configured_and_on(tmp_path: Path) -> None:
    built = asset_graph.build(tmp_path, schedule="30 5 * * 2", time_zone="Europe/Amsterdam")
    assert asset_graph.described(built)["schedules"] == {
        "weekly": {
            "cron": "30 5 * * 2",
            "time zone": "Europe/Amsterdam",
            "status": "RUNNING",
            "job": "engagement",
        }
    }


def test_every_sql_asset_has_the_version_of_its_text_and_leads_to_its_file(tmp_path: Path) -> None:
    graph = asset_graph.build(tmp_path).resolve_asset_graph()
    changed = shutil.copytree(sql_folder(), tmp_path / "models") / "marts" / "Office.sql"
    changed.write_text(changed.read_text(encoding="utf-8") + "-- another comment\n")
    after = definitions.build(
        tmp_path / "engagement.yaml", models_folder=tmp_path / "models"
    ).resolve_asset_graph()
    for file in sql_folder().glob("*/*.sql"):
        node = graph.get(dg.AssetKey(file.stem))
        (link,) = node.metadata["dagster/code_references"].code_references
        assert Path(link.file_path) == file
        assert node.code_version, file
        is_same = after.get(node.key).code_version == node.code_version
        assert is_same == (file.stem != "Office"), file


@pytest.mark.parametrize(
    ("schedule", "days"),
    [("0 6 * * 1", 7), ("30 5 * * 1-5", 3), ("0 6 1 * *", 31)],
    ids=["weekly", "on working days", "monthly"],
)
def test_published_may_be_as_old_as_the_schedule_lets_it(
    schedule: str, days: int, tmp_path: Path
) -> None:
    built = asset_graph.build(tmp_path, schedule=schedule)
    policy = built.resolve_asset_graph().get(dg.AssetKey("published")).freshness_policy
    assert policy == dg.FreshnessPolicy.time_window(
        warn_window=timedelta(days=days + 1), fail_window=timedelta(days=days + 3)
    )


def test_without_a_configuration_a_checkout_shows_the_demo_and_a_package_says_what_to_set(
    tmp_path: Path,
) -> None:
    assert definitions.configured({}) == ROOT / "data" / "demo" / "engagement.yaml"
    named = {definitions.CONFIG_VARIABLE: "my.yaml"}
    assert definitions.configured(named, tmp_path / "none.yaml") == Path("my.yaml")
    empty: list[dict[str, str]] = [{}, {definitions.CONFIG_VARIABLE: ""}]
    for nothing in empty:
        with pytest.raises(ConfigurationError, match=f"^{definitions.CONFIG_VARIABLE} is not set"):
            definitions.configured(nothing, tmp_path / "none.yaml")


# --- the rooms ----------------------------------------------------------------------------------


def test_rooms_import_downwards_only() -> None:
    unknown = {imports.room(module) for module in MODULES} - {""} - imports.ALLOWED.keys()
    assert unknown == set(), f"Say in {imports.__name__}.ALLOWED what these rooms may import."
    wrong = [
        str(found)
        for found, target in INSIDE
        if imports.room(target) != imports.room(found.module)
        and imports.room(target) not in imports.ALLOWED[imports.room(found.module)]
    ]
    assert wrong == []


def test_the_table_of_rooms_has_no_circle() -> None:
    assert imports.circles(imports.ALLOWED) == []


def test_modules_import_each_other_in_no_circle() -> None:
    edges = {
        name: frozenset(
            target
            for found, target in INSIDE
            # a package's own front door may gather what lies behind it
            if found.module == name and target != name and not name.startswith(f"{target}.")
        )
        for name in MODULES
    }
    assert imports.circles(edges) == []


def test_only_the_pipeline_knows_dagster() -> None:
    wrong = [
        str(found)
        for found in IMPORTS
        if found.name.split(".")[0].startswith("dagster")
        and imports.room(found.module) not in imports.DAGSTER
    ]
    assert wrong == []


def test_nothing_of_the_product_imports_tests_or_the_simulator() -> None:
    beside = {"tests", "bench", "scripts", "simulator"}
    wrong = [str(found) for found in IMPORTS if found.name.split(".")[0] in beside]
    assert wrong == []


def test_nothing_of_a_library_is_used_that_it_does_not_offer() -> None:
    """Names that begin with an underscore change from one release to the next."""
    wrong = [
        str(found)
        for found in IMPORTS
        if found.name.split(".")[0] not in {imports.PACKAGE, "__future__"}
        and any(part.startswith("_") for part in found.name.split("."))
    ]
    assert wrong == []


def test_dagster_sees_real_annotations() -> None:
    """Dagster reads annotations while it decorates: as texts they break resources and configs."""
    wrong = [
        str(path.relative_to(ROOT))
        for module, path in MODULES.items()
        if imports.room(module) in {"pipeline", "definitions"}
        and any(
            isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    assert wrong == []
