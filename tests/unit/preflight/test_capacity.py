"""Estimates of time and disk, and which error decides."""

import shutil
from pathlib import Path

from engagement_assets.activity.source import User
from engagement_assets.errors import ConfigurationError, ConsentError, EngagementError
from engagement_assets.preflight import capacity, check
from engagement_assets.preflight.capacity import BYTES_PER_COPY
from engagement_assets.preflight.mailboxes import Probes, inspect, spread
from engagement_assets.sources import Estimate


def estimate(copies: int) -> Estimate:
    return Estimate(mailboxes=2, copies=copies, requests=0, seconds=60)


def test_disk(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free // BYTES_PER_COPY
    place = tmp_path / "not" / "there" / "yet"
    assert capacity.disk(place, estimate(1_000)).level == "ok"
    assert capacity.disk(place, None).level == "ok"
    assert capacity.disk(place, estimate(free * 2 // 3)).level == "warning"
    found = capacity.disk(place, estimate(free * 3))
    assert (found.level, found.exit_code) == ("error", 1)
    assert not place.exists()


def test_a_place_that_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = capacity.disk(tmp_path / "file" / "data", estimate(1))
    assert (found.level, found.exit_code) == ("error", 2)


def test_what_an_estimate_is_reckoned_from_is_said() -> None:
    measured = capacity.first_run(estimate(5)).found
    assert measured == "About 5 messages and meetings in 2 mailbox(es), 1 min."
    guessed = Estimate(mailboxes=2, copies=5, requests=7_000, seconds=60, basis="Assumed: much.")
    assert capacity.first_run(guessed).found == (
        "About 5 messages and meetings in 2 mailbox(es), 7,000 requests, 1 min. Assumed: much."
    )


def test_durations_and_sizes() -> None:
    durations = [capacity.duration(seconds) for seconds in (0, 61, 5_401, 3_600 * 12.2)]
    assert durations == ["1 min", "2 min", "1.5 h", "12 h"]
    sizes = [capacity.size(number) for number in (10, 2_000, 3_400_000, 7e9, 25e13)]
    assert sizes == ["10 bytes", "2 kB", "3 MB", "7 GB", "250.0 TB"]


def test_the_worst_error_decides() -> None:
    found = {
        kind: check.error("subject", "found", "advice", kind)
        for kind in (EngagementError, ConsentError, ConfigurationError)
    }
    fine = check.warning("subject", "found", "advice")
    assert check.exit_code((fine, check.not_checked("subject", "why"))) == 0
    assert check.exit_code((fine, found[EngagementError])) == 1
    assert check.exit_code((found[EngagementError], found[ConsentError])) == 3
    assert check.exit_code(tuple(found.values())) == 2


def test_spread_takes_people_from_everywhere() -> None:
    persons = [User(str(number), ()) for number in range(100)]
    assert [int(person.id) for person in spread(persons, 4)] == [0, 25, 50, 75]
    assert spread(persons[:3], 25) == persons[:3]
    assert spread(persons, 0) == []


def test_no_more_than_a_few_mailboxes_are_named() -> None:
    persons = [User(str(number), ()) for number in range(90)]
    found = inspect(Probes({person.id: "no mailbox" for person in persons[:40]}, ()), persons)
    assert "40 of 90 probed: 0 answer(s)" in found.found
    assert ": 0, 1, 2, 3, 4 and 35 more" in found.found
    assert found.level == "warning"
