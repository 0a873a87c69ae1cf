"""Which tests stay on one worker, which come first, and which are fast.

Workers take one group after another. Tests that share what their module or worker makes belong
together; long ones come first, so that no worker ends alone.
"""

from collections.abc import Collection, Mapping
from pathlib import PurePath

# Folders whose tests stay together: Playwright starts once in a process, and nothing else may run
# there until it has ended.
TOGETHER = ("tests/browser",)

# Folders in which a test takes milliseconds: a message to a worker for each costs more than that.
BY_FILE = ("tests/unit", "tests/sql", "tests/naive", "tests/documents")

# The longest first: what waits for processes, daemons and browsers.
LONG_FIRST = (
    "tests/browser",
    "tests/integration/test_kill.py",
    "tests/integration/test_graph_run.py",
    "tests/integration/test_graph_privacy.py",
    "tests/integration/test_privacy.py",
    "tests/documents/test_docs.py",
    "tests/integration/test_consent_daemon.py",
    "tests/integration/test_code_location.py",
    "tests/integration/test_simulator_scale.py",
    "tests/integration/test_simulator_msgraph.py",
    "tests/unit/schemas",
    "tests/unit/warehouse/test_publishing.py",
    "tests/integration/test_consent_gate.py",
    "tests/integration/test_dagster.py",
    "tests/integration/test_run.py",
    "tests/integration/test_configure.py",
    "tests/properties",
    "tests/field",
    "tests/integration",
    "tests/documents",
)

# Where tests are fast unless they ask for one of `SLOW_FIXTURES` or stand in `SLOW`.
FAST = ("tests/unit", "tests/sql", "tests/naive")
# they run everything once, drive a browser or start processes
SLOW_FIXTURES = frozenset(
    {"results_sample", "finished", "finished_sample", "finished_random", "browser", "whole_runs"}
)
# they start processes, run everything several times, or check or publish a snapshot again and again
SLOW: tuple[str, ...] = (
    "tests/naive/test_naive.py/test_organisations_compute",
    "tests/naive/test_organisations.py",
    "tests/sql/test_golden.py/test_cases_are_found_and_run",
    "tests/unit/consent/test_grants.py/test_of_many_who_see_it_at_once_all_agree_since_when",
    "tests/unit/models/test_segment_history.py",
    "tests/unit/models/test_statement.py/test_what_is_remembered_needs_no_parser",
    "tests/unit/pipeline/test_sqlite_engines.py",
    "tests/unit/preflight/test_customer_files.py/test_a_run_says_the_same",
    "tests/unit/reading/test_mailboxes.py/test_many_changes_over_many_runs",
    "tests/unit/reading/test_mailboxes.py/test_opting_out_erases_over_the_whole_path",
    "tests/unit/reading/test_mailboxes.py/test_runs_and_scores_are_kept_over_runs",
    "tests/unit/reading/test_mailboxes.py/test_small_batches_publish_the_same",
    "tests/unit/reading/test_mailboxes.py/test_the_same_data_are_the_same_bytes",
    "tests/unit/results/test_rules.py/test_both_kinds_of_sql_find_whom_a_reader_would",
    "tests/unit/results/test_snapshot.py/test_readers_and_publishing_do_not_get_in_each_others_way",
    "tests/unit/schemas/test_validation.py",
    "tests/unit/simulator/test_simulator.py/test_the_command_says_in_one_line_what_it_wrote",
    "tests/unit/support/test_scheduling.py",
    "tests/unit/warehouse/test_publishing.py",
)


def place(path: PurePath, places: Collection[str]) -> int | None:
    """Return the position of the first place that a file lies in; None when there is none."""
    for number, name in enumerate(places):
        if path.is_relative_to(name):
            return number
    return None


def group(path: PurePath, fixtures: Mapping[str, str]) -> str | None:
    """Return the group of a test; None for one that any worker may run at any time.

    Args:
        path: the test's file, from the root of the repository.
        fixtures: what the test asks for, with the scope of each.
    """
    together = place(path, TOGETHER)
    if together is not None:
        return TOGETHER[together]
    if place(path, BY_FILE) is not None or "module" in fixtures.values():
        return str(path)
    return None


def rank(path: PurePath) -> int:
    """Return where a test comes among all, the smallest first."""
    found = place(path, LONG_FIRST)
    return len(LONG_FIRST) if found is None else found


def is_fast(path: PurePath, test: str, fixtures: Collection[str]) -> bool:
    """Tell whether a test belongs to those that are run after every change.

    Args:
        path: the test's file, from the root of the repository.
        test: the test's name, without its parameters.
        fixtures: what it asks for.
    """
    return (
        place(path, FAST) is not None
        and place(path / test, SLOW) is None
        and SLOW_FIXTURES.isdisjoint(fixtures)
    )
