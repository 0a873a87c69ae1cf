"""Settings that all tests share."""

import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.support.results import Server

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


# the results app is imported where it is used: most tests need none of it


@pytest.fixture(scope="session")
def results_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of an organisation after two runs, a week apart. Do not change it."""
    from tests.support import results  # noqa: PLC0415 - slow, and few tests need it

    return results.run_twice(tmp_path_factory.mktemp("results"))


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
