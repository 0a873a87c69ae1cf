"""Where the tests of a module stand, and what test folders may import of each other.

The tests of `engagement_assets/<room>/<module>.py` are `tests/unit/<room>/test_<module>.py`. What
has none of its own stands in `ELSEWHERE`, with its reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.imports import PACKAGE


@dataclass(frozen=True)
class Elsewhere:
    """The tests of modules that have none of their own.

    Attributes:
        tests: files or folders below `tests/`.
        reason: why it makes no sense to test them alone.
    """

    tests: tuple[str, ...]
    reason: str


# a module, or a room for all modules in it that have no tests of their own
ELSEWHERE: Mapping[str, Elsewhere] = {
    "definitions": Elsewhere(
        ("integration/test_code_location.py",), "it puts together what Dagster loads"
    ),
    "time_zones": Elsewhere(("unit/test_window.py",), "the window is made with its rules"),
    "whole_file": Elsewhere(
        ("unit/consent/test_grants.py", "unit/microsoft365/test_download.py"),
        "it is one step of those who keep a file",
    ),
    "activity.source": Elsewhere(("unit/activity/test_folder.py",), "a protocol and its errors"),
    "command": Elsewhere(("integration",), "commands are tested as they are run"),
    "config": Elsewhere(("unit/config/test_reading.py",), "sections are what a file is read into"),
    "configure": Elsewhere(
        ("integration/test_configure.py",), "the questions make sense in their order, in a terminal"
    ),
    "consent": Elsewhere(
        ("integration/test_consent_gate.py", "integration/test_consent_command.py"),
        "the gate and the report are about what a tenant answers",
    ),
    "customers": Elsewhere(
        ("unit/customers/test_files.py",), "what is wrong with a file is told by its readers"
    ),
    "microsoft365": Elsewhere(
        ("unit/microsoft365/test_source.py", "unit/microsoft365/test_download.py"),
        "the parts of one reading: they are tested over HTTPS through the source",
    ),
    "pipeline": Elsewhere(
        ("integration/test_dagster.py", "integration/test_consent_sensor.py"),
        "Dagster is tested with the whole job",
    ),
    "preflight": Elsewhere(
        ("integration/test_preflight.py", "integration/test_asking_by_mail.py"),
        "the checks are about what tenants, folders and mail servers answer",
    ),
    "reading": Elsewhere(
        ("unit/reading/test_activity.py", "conformance"),
        "the steps of one path: they are tested together, with every kind of source",
    ),
    "results": Elsewhere(
        ("unit/results", "integration", "browser"), "pages are tested as the app serves them"
    ),
    "schemas": Elsewhere(
        ("unit/schemas/test_validation.py",),
        "declarations: every column and rule is broken once, in one list of mutations",
    ),
    "sources.kind": Elsewhere(("conformance",), "a protocol: every kind must keep it"),
    "warehouse.activity_batch": Elsewhere(
        ("unit/warehouse/test_activity_store.py",), "what is written is what the store commits"
    ),
}


def modules(root: Path) -> Iterator[str]:
    """Yield every module of the package that may have tests, without the package's name."""
    for path in sorted((root / PACKAGE).rglob("*.py")):
        if path.name != "__init__.py":
            yield ".".join(path.relative_to(root / PACKAGE).with_suffix("").parts)


def own_tests(module: str) -> str:
    """Return the file that a module's own tests stand in, below `tests/`."""
    *rooms, name = module.split(".")
    return "/".join(["unit", *rooms, f"test_{name}.py"])


def excused(module: str, excuses: Iterable[str] = ELSEWHERE) -> str | None:
    """Return the narrowest entry of `ELSEWHERE` that a module falls under; None for none."""
    fitting = [name for name in excuses if module == name or module.startswith(f"{name}.")]
    return max(fitting, key=len, default=None)


# What tests share, and what of the other folders each may import. The oracle uses nothing that
# the product's tests are helped by.
SHARED: Mapping[str, frozenset[str]] = {
    "naive": frozenset({"naive", "organisations"}),
    "organisations": frozenset({"organisations", "naive"}),
    "support": frozenset({"support", "organisations", "naive"}),
}


def wrong_import(module: str, name: str) -> str:
    """Return what is wrong with what a module of `tests` imports; empty when nothing is.

    Args:
        module: the module that imports.
        name: what it imports.
    """
    if not name.startswith("tests."):
        return ""
    room, other = module.split(".")[1], name.split(".")[1]
    if any(part.startswith("test_") for part in name.split(".")):
        return "nobody imports a module with tests: what is shared stands in tests/support"
    if other not in SHARED.get(room, {other}):
        return f"tests/{room} imports nothing of tests/{other}"
    return ""
