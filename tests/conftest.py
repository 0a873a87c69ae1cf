"""Settings that all tests share, and what is made once for all of them."""

import os
import zoneinfo
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import grouping, offline, scheduling, scratch, whole_runs
from tests.support.sharing import WORKER, made_once, shared_folder

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.support.finished import Finished
    from tests.support.results import Server

scratch.prefer_memory()

# the oracle, like the product, goes by the rules that the lock file pins, not by the machine's
zoneinfo.reset_tzpath(to=())

# machines differ in speed and tests must not: no deadline, and the same examples every time
settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("repeatable")

_GROUPS = pytest.StashKey[Path]()
_RUNS = pytest.StashKey[Path]()
_COUNTED = pytest.StashKey[list[str]]()


# --- the session --------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)  # after pytest has its temporary folders
def pytest_configure(config: pytest.Config) -> None:
    """Let no test reach the network, and count the runs that tests start."""
    folders: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined] # pytest sets it, and has no other way
    folder = shared_folder(folders)
    if WORKER not in os.environ:
        # whatever tests start in this session inherits it
        os.environ.update(offline.Guard(folder / "offline").environment)
    offline.guard_this_process()
    config.stash[_GROUPS] = folder / "groups.json"
    config.stash[_RUNS] = folder / "whole runs"
    whole_runs.count(folder / "whole runs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Group the tests, mark those that are fast, and put the longest first."""
    paths: dict[pytest.Item, PurePath] = {}
    groups: dict[str, str] = {}
    for item in items:
        path = paths[item] = item.path.relative_to(config.rootpath)
        fixtures = _fixtures(item)
        if group := grouping.group(path, fixtures):
            groups[item.nodeid] = group
        name = getattr(item, "originalname", None) or item.name
        if grouping.is_fast(path, name, fixtures):
            item.add_marker(pytest.mark.fast)
    items.sort(key=lambda item: grouping.rank(paths[item]))
    scheduling.write_groups(config.stash[_GROUPS], groups)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Let workers take groups, in the order of the tests, unless the command says otherwise."""
    if config.option.dist != "load":
        return None
    return scheduling.GroupScheduling(config, log, config.stash[_GROUPS])


def _fixtures(item: pytest.Item) -> dict[str, str]:
    """Return the scope of every fixture that a test asks for, also by way of others."""
    info = getattr(item, "_fixtureinfo", None)
    if info is None:  # a golden case
        return {}
    return {name: found[-1].scope for name, found in info.name2fixturedefs.items()}


@pytest.hookimpl(tryfirst=True)  # before the temporary folders are removed
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a session that starts more whole runs than agreed."""
    config = session.config
    if hasattr(config, "workerinput"):
        return
    runs = whole_runs.counted(config.stash[_RUNS])
    config.stash[_COUNTED] = runs
    if len(runs) > whole_runs.most() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many whole runs there were, and for which tests when there were too many."""
    runs = config.stash.get(_COUNTED, [])
    if not runs:
        return
    too_many = len(runs) > whole_runs.most()
    terminalreporter.write_line(
        f"engagement run was started {len(runs)} times; {whole_runs.most()} are agreed",
        red=too_many,
    )
    if too_many:
        for test in runs:
            terminalreporter.write_line(f"  {test}")


# --- made once ----------------------------------------------------------------------------------

# Dagster and the results app are imported where they are used: most tests need none of them


@pytest.fixture(scope="session")
def finished_sample(tmp_path_factory: pytest.TempPathFactory) -> "Finished":
    """A small organisation of the simulator after one run."""
    from tests.support import finished  # noqa: PLC0415 - slow, and few tests need it

    return made_once(tmp_path_factory, "finished sample", finished.sample)


@pytest.fixture(scope="session")
def finished_random(tmp_path_factory: pytest.TempPathFactory) -> "Finished":
    """A random organisation, full of edge cases, after one run."""
    from tests.support import finished  # noqa: PLC0415 - slow, and few tests need it

    return made_once(tmp_path_factory, "finished random", finished.random_organisation)


@pytest.fixture(scope="session")
def results_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of an organisation after two runs, a week apart. Do not change it."""
    from tests.support import results  # noqa: PLC0415 - slow, and few tests need it

    return made_once(tmp_path_factory, "results sample", results.run_twice)


@pytest.fixture(scope="session")
def results_client(results_sample: Path) -> "Iterator[TestClient]":
    """The client behind `results_app`."""
    from tests.support import results  # noqa: PLC0415 - slow, and few tests need it

    with results.client_of(results.settings_for(results_sample)) as client:
        yield client


@pytest.fixture
def results_app(results_client: "TestClient") -> "TestClient":
    """A client to the results app of `results_sample`, in this process; nobody signs in.

    It remembers nothing of other tests, such as a language.
    """
    results_client.cookies.clear()
    return results_client


@pytest.fixture(scope="session")
def results_server(results_sample: Path) -> "Iterator[Server]":
    """The results app of `results_sample` at a free port, for browsers."""
    from tests.support import results  # noqa: PLC0415 - slow, and few tests need it

    with results.serving(results.settings_for(results_sample)) as server:
        yield server
