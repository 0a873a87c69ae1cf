"""Settings that all tests share."""

import zoneinfo

from hypothesis import HealthCheck, settings

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
