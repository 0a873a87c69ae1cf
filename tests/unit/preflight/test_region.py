"""Where a tenant lies, beside where it is expected."""

import pytest

from engagement_assets.microsoft365.tenant import Tenant
from engagement_assets.preflight import region

WORLD = "graph.microsoft.com"


@pytest.mark.parametrize(
    ("code", "expected", "level"),
    [("EU", ("UK", "EU"), "ok"), ("GB", ("UK",), "ok"), ("AS", ("UK", "EU"), "warning")],
)
def test_a_region_as_expected_or_not(code: str, expected: tuple[str, ...], level: str) -> None:
    found = region.inspect(Tenant(code, WORLD), "global", expected)
    assert (found.level, found.exit_code) == (level, 0)
    assert f"({code})" in found.found


def test_a_region_that_is_not_told() -> None:
    assert region.inspect(Tenant(None, WORLD), "global", ("EU",)).level == "warning"


def test_another_national_cloud() -> None:
    found = region.inspect(Tenant("USG", "graph.microsoft.us"), "global", ("NA",))
    assert (found.level, found.exit_code) == ("error", 2)
    assert "graph.microsoft.us, not in global" in found.found
    assert region.inspect(Tenant("USG", "graph.microsoft.us"), "us_government", ("NA",)).level == (
        "ok"
    )
