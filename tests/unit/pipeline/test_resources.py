"""What the steps of a run get."""

from pathlib import Path

import dagster as dg

from engagement_assets import config, consent, definitions
from engagement_assets.microsoft365.retry_budget import RunBudget
from tests.support.command import write_sample


def test_the_gate_spends_what_the_definitions_are_given(tmp_path: Path) -> None:
    config_file = write_sample(tmp_path, people=4, accounts=1, days=2)

    def budget() -> RunBudget:
        return RunBudget(wait_left=7.0)

    assert _gate(config_file, definitions.build(config_file, budget=budget)).budget is budget
    assert _gate(config_file, definitions.build(config_file)).budget is RunBudget


def _gate(config_file: Path, built: dg.Definitions) -> consent.Gate:
    assert built.resources is not None
    context = dg.build_init_resource_context(resources={"settings": config.load(config_file)})
    gate = built.resources["gate"](context)
    assert isinstance(gate, consent.Gate)
    return gate
