"""Everything that Dagster shows and runs. Loads in seconds, offline and without secrets."""

import os
from collections.abc import Mapping
from pathlib import Path

import dagster as dg

from engagement_assets import config
from engagement_assets.errors import ConfigurationError
from engagement_assets.models import own_sql
from engagement_assets.models.loading import load_models
from engagement_assets.models.sql_cache import SqlCache
from engagement_assets.pipeline import (
    automation,
    checks,
    consent_status,
    inputs,
    models,
    publication,
    resources,
    sensor,
)
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.sql_files import sql_folder

__all__ = ["CONFIG_VARIABLE", "build", "configured", "defs", "sql_folder"]

CONFIG_VARIABLE = "ENGAGEMENT_CONFIG"

# beside the package in a checkout; an installed package has no demo
_DEMO = Path(__file__).parents[1] / "data" / "demo" / "engagement.yaml"


def build(
    config_file: Path,
    *,
    models_folder: Path | None = None,
    budget: resources.Budget | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """Return the definitions for a configuration.

    Args:
        config_file: the YAML file; each run reads it anew.
        models_folder: the SQL models; the product's own when None.
        budget: what a run may spend on a service that is busy; the product's own when None.
        loggers: where runs report to; Dagster's own when None.

    Raises:
        ConfigurationError: when the file is wrong (files that it names may be missing still).
        ModelError: when an SQL file is wrong.
    """
    configuration = config.load(config_file, files_must_exist=False)
    own = configuration.sql_folder
    cache = SqlCache(configuration.data_dir / "cache")
    found = load_models(
        models_folder or sql_folder(),
        INPUT_TABLES,
        own if own and own.is_dir() else None,
        cache,
    )
    own_sql.check(found)
    return dg.Definitions(
        assets=[
            consent_status.consent_status,
            *inputs.ASSETS,
            *models.assets(found, cache),
            automation.fresh(publication.published, configuration),
        ],
        asset_checks=[consent_status.nothing_excess_is_granted, *checks.CHECKS],
        jobs=[automation.JOB],
        schedules=[automation.weekly(configuration, config_file.absolute())],
        sensors=[sensor.of(config_file.absolute())],
        resources=resources.of(config_file.absolute(), budget),
        # DuckDB has one writer, and a process for every step takes five times as long
        executor=dg.in_process_executor,
        loggers=loggers,
    )


def configured(environment: Mapping[str, str], demo: Path = _DEMO) -> Path:
    """Return the configuration that an environment names; the demo's when it names none.

    Raises:
        ConfigurationError: when it names none and there is no demo, as in an installed package.
    """
    if named := environment.get(CONFIG_VARIABLE):
        return Path(named)
    if not demo.is_file():
        raise ConfigurationError(
            f"{CONFIG_VARIABLE} is not set. Set it to the path of the configuration, or start "
            "Dagster with `engagement ui -c engagement.yaml`, which does that."
        )
    return demo


@dg.definitions
def defs() -> dg.Definitions:
    """Return what a code server loads: for the configuration that the environment names."""
    return build(configured(os.environ))
