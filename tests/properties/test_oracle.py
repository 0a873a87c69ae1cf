"""The whole pipeline against the oracle, on random organisations full of edge cases."""

import random
from pathlib import Path

import pytest

from tests.naive.compare import differences
from tests.naive.compute import compute
from tests.organisations import write_organisation
from tests.support import pipeline

# rules that few organisations have a case for need many of them: see docs on testing
SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_published_tables_equal_the_oracle(seed: int, tmp_path: Path) -> None:
    config_file = write_organisation(tmp_path, random.Random(seed))
    published = pipeline.published(pipeline.run(config_file, threads=1 + seed % 2))
    assert differences(compute(config_file), published) == []
