"""What the published tables are after the same thing was run several times."""

from collections.abc import Mapping

from .pipeline import Rows

# what differs between two runs of the same thing
OF_THE_RUN = ("RunId", "StartedAt", "FinishedAt")

# every run adds the same rows
KEPT_OVER_RUNS = ("Office_Run", "Office_ScoreHistory", "Measure_History")

# tables that tell of the run before, or of all runs; all others are the same bytes again
OF_SEVERAL_RUNS = (
    *KEPT_OVER_RUNS,
    "Customer_Profile",
    "Segment_History",
    "Segment_Change",
    "Coverage_History",
)


def assert_repeated(once: Mapping[str, Rows], now: Mapping[str, Rows]) -> int:
    """Check that tables are those of one run, run again without a change; return how many runs.

    Args:
        once: the tables after the first run.
        now: the tables after so many more.
    """
    run_ids = {row["RunId"] for row in now["Office_Run"]}
    more = len(run_ids) - 1
    assert len(now["Office_Run"]) == len(run_ids)
    for table in KEPT_OVER_RUNS:
        assert {row["RunId"] for row in now[table]} == run_ids, table
        assert _without_run(now[table]) == sorted(_without_run(once[table]) * (more + 1)), table
    # nobody joined or left since the first run, whose members all did
    assert _without_run(now["Segment_Change"]) == _without_run(once["Segment_Change"])
    later = [row | {"Joined": 0, "Left": 0} for row in once["Segment_History"]] * more
    assert _without_run(now["Segment_History"]) == _without_run(once["Segment_History"] + later)
    unchanged = [row | {"Came": 0, "Gone": 0, "Changed": 0} for row in once["Coverage_History"]]
    coverage = once["Coverage_History"] + unchanged * more
    assert _without_run(now["Coverage_History"]) == _without_run(coverage)
    profiles = [row | _compared(row) for row in once["Customer_Profile"]]
    assert now["Customer_Profile"] == (profiles if more else once["Customer_Profile"])
    return len(run_ids)


def _compared(row: Mapping[str, object]) -> dict[str, object]:
    """Return what a run before, with the same score, adds to a profile."""
    engaged = row["IsEngaged"]
    return {
        "ScoreBefore": row["EngagementScore"] if engaged else None,
        "ScoreChange": 0.0 if engaged else None,
    }


def _without_run(rows: Rows) -> list[str]:
    return sorted(
        repr([(name, value) for name, value in row.items() if name not in OF_THE_RUN])
        for row in rows
    )
