"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

# machines differ in speed and tests must not: no deadline, and the same examples every time
settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("repeatable")
